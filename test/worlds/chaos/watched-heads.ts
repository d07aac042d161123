/** The heads of all runs; every write is held to the protocol's rules for writers (section 2) at the moment it is made. */
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { isFinal } from '../../../lib/domain/run/status.ts';
import { wasConfirmed } from './oracle.ts';
import type { Complain } from './violations.ts';

const MAX_HEAD_BYTES = 8 * 1024;
const SKEW_MS = 3_000;
/** The law's number, not the code's. */
const PATIENCE_MS = 55_000;

export interface HeadWatch {
  readonly now: () => number;
  readonly complain: Complain;
  readonly trace: (text: string) => void;
  /** A new run, or a run's new state, is about to be stored. */
  readonly written: (before: RunHead | undefined, after: RunHead) => void;
}

export class WatchedHeads extends Map<number, RunHead> {
  readonly #watch: HeadWatch;

  constructor(watch: HeadWatch) {
    super();
    this.#watch = watch;
  }

  override set(id: number, after: RunHead): this {
    const before = this.get(id);
    const broken = [
      ...checkHead(after),
      ...(before === undefined ? [] : checkChange(before, after, this.#watch.now())),
    ];
    for (const text of broken) this.#watch.complain('law', id, text);
    this.#watch.trace(
      `HEAD run ${id} ${shown(before)} -> ${shown(after)} by ${after.events.at(-1)?.by} "${after.events.at(-1)?.cause}"`,
    );
    super.set(id, after);
    this.#watch.written(before, after);
    return this;
  }
}

function shown(head: RunHead | undefined): string {
  if (head === undefined) return '-';
  const extra = `${head.cancelAskedAt === null ? '' : ' cancelAsked'}${head.missedAt === null ? '' : ' missed'}`;
  return `v${head.v} ${head.status}/${head.submitStatus} sends ${head.sends} open [${head.open.join(',')}]${extra}`;
}

function checkHead(head: RunHead): string[] {
  const said: string[] = [];
  if ((head.status as string) === 'RECONNECTING') said.push('RECONNECTING was stored');
  const bytes = Buffer.byteLength(JSON.stringify(head));
  if (bytes >= MAX_HEAD_BYTES) said.push(`HEAD has ${bytes} bytes`);
  if (isFinal(head.status) && head.active !== null && !isWatched(head))
    said.push(`final, yet active in ${head.active}`);
  if (!isFinal(head.status) && (head.active === null || isWatched(head))) said.push('not final, yet not active');
  if (isFinal(head.status) && head.submitStatus === 'INITIALIZE') said.push('final, yet its submission is undecided');
  const seqs = head.events.map((event) => event.seq);
  if (seqs.some((seq, i) => i > 0 && seq <= seqs[i - 1]!)) said.push(`events out of order: ${seqs.join(',')}`);
  return said;
}

function isWatched({ active }: RunHead): boolean {
  return active?.startsWith('WATCH') === true;
}

/** Given up, and nobody has taken its place: its job may show itself again. */
function mayComeBack(head: RunHead): boolean {
  return head.status === 'UNKNOWN' && head.kind === 'job' && wasConfirmed(head) && head.givenUpFor === null;
}

// eslint-disable-next-line complexity -- a table of cases, one line each
function checkChange(before: RunHead, after: RunHead, now: number): string[] {
  const said: string[] = [];
  const refreshOnly = JSON.stringify({ ...before, refreshedAt: after.refreshedAt }) === JSON.stringify(after);
  if (after.v !== before.v + 1 && !refreshOnly) said.push(`version went from ${before.v} to ${after.v}`);
  if (isFinal(before.status) && after.status !== before.status && !mayComeBack(before))
    said.push(`final ${before.status} became ${after.status}`);
  const [lastBefore, lastAfter] = [before.events.at(-1)?.seq ?? 0, after.events.at(-1)?.seq ?? 0];
  if (lastAfter !== lastBefore && lastAfter !== lastBefore + 1)
    said.push(`events jumped from ${lastBefore} to ${lastAfter}`);
  if (after.status !== before.status && lastAfter === lastBefore) said.push('the status changed without an event');
  const isFirst = before.follows !== null && before.sends === 0;
  if (after.once && !isFirst && after.open.length > before.open.length) said.push('what may run once was sent again');
  const resent =
    after.sends > before.sends && before.open.length > 0 && before.open.every((n) => after.open.includes(n));
  if (resent && now - before.sentAt < PATIENCE_MS - SKEW_MS)
    said.push(`send ${after.sends} was permitted ${now - before.sentAt} ms after the one before`);
  return said;
}
