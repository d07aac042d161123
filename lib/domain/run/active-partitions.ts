/**
 * The partitions of the index `active` (protocol.md section 1): runs with something left to do, by kind. A kind is spread over several, so
 * that no partition takes all the writes.
 */
import type { RunHead } from './run.ts';

/** Where versions before 0.2 put every run that is watched: read for those that are there still. */
const OLD_WATCH = 'WATCH';

const INTENTS = 4;
const WISHES = 4;
const LIVES = 16;
const WATCHES = 16;

export const INTENT_PARTITIONS: readonly string[] = Array.from({ length: INTENTS }, (_, n) => intentIn(n));
/** Runs of which a savepoint is wanted: each is looked at in each sweep. */
export const WISH_PARTITIONS: readonly string[] = Array.from({ length: WISHES }, (_, n) => wishIn(n));
export const LIVE_PARTITIONS: readonly string[] = Array.from({ length: LIVES }, (_, n) => liveIn(n));
export const WATCH_PARTITIONS: readonly string[] = [
  OLD_WATCH,
  ...Array.from({ length: WATCHES }, (_, n) => watchIn(n)),
];

/** In the order in which a sweep reads them. */
export const PARTITIONS: readonly string[] = [
  ...INTENT_PARTITIONS,
  ...WISH_PARTITIONS,
  ...WATCH_PARTITIONS,
  ...LIVE_PARTITIONS,
];

export function intentIn(id: number): string {
  return `INTENT#${id % INTENTS}`;
}

export function wishIn(id: number): string {
  return `WISH#${id % WISHES}`;
}

export function liveIn(id: number): string {
  return `LIVE#${id % LIVES}`;
}

export function watchIn(id: number): string {
  return `WATCH#${id % WATCHES}`;
}

/** Of a confirmed run. */
export function liveOf(head: RunHead): string {
  const isWanted = head.savepoint?.state === 'wanted' || head.restart?.state === 'wanted';
  return isWanted ? wishIn(head.id) : liveIn(head.id);
}
