/** Savepoints that were asked of runs, and restarts, held to the protocol (sections 12 and 13) at each write and each send. */
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { SavepointTrigger, SavepointWish } from '../../../lib/domain/run/savepoint-trigger.ts';
import type { Complain } from './violations.ts';

const SKEW_MS = 3_000;
/** The law's numbers, not the code's. */
const SEND_WITHIN_MS = 20_000;
const TRIGGER_KNOWN_MS = 4 * 60_000;

interface Asking {
  readonly jobId: string;
  readonly ask: SavepointTrigger;
  readonly now: number;
}

export class WishWatch {
  /** As each was stored last. */
  readonly stored = new Map<string, { readonly runId: number; readonly wish: SavepointWish }>();
  /** Those that somebody was told of. */
  readonly promised = new Set<string>();
  readonly #complain: Complain;

  constructor(complain: Complain) {
    this.#complain = complain;
  }

  acknowledged({ savepoint }: RunHead): void {
    if (savepoint !== null) this.promised.add(savepoint.triggerId);
  }

  written(before: RunHead | undefined, after: RunHead): void {
    const [old, wish] = [before?.savepoint ?? null, after.savepoint];
    if (old !== null && wish?.triggerId !== old.triggerId && old.state === 'wanted' && old.type !== 'trigger')
      this.#complain('law', after.id, `its wish ${old.triggerId}, which is still wanted, is gone`);
    if (old !== null && wish?.triggerId === old.triggerId && old.state !== 'wanted' && wish.state !== old.state)
      this.#complain('law', after.id, `its savepoint was ${old.state} and is ${wish.state}`);
    if (wish !== null) this.stored.set(wish.triggerId, { runId: after.id, wish });
  }

  /** The trigger id is durable, is permitted, and is not sent so late that Flink may have forgotten it. */
  asking(heads: ReadonlyMap<number, RunHead>, by: string, { jobId, ask, now }: Asking): void {
    const head = [...heads.values()].find((one) => one.jobId === jobId);
    const { triggerId, type } = ask;
    const said = `${by} asks for savepoint ${triggerId}`;
    const stored = this.stored.get(triggerId);
    if (stored?.runId !== head?.id || stored === undefined) {
      this.#complain('law', head?.id ?? null, `${said}, which no record of the run names`);
      return;
    }
    const { runId, wish } = stored;
    if (wish.type !== type) this.#complain('law', runId, `${said} as ${type}, but ${wish.type} was wanted`);
    if (wish.sentAt === null || now - wish.sentAt > SEND_WITHIN_MS + SKEW_MS)
      this.#complain('law', runId, `${said} without a permission: ${wish.sentAt ?? 'none'}`);
    if (wish.firstSentAt !== null && now - wish.firstSentAt > TRIGGER_KNOWN_MS + SEND_WITHIN_MS + SKEW_MS)
      this.#complain('law', runId, `${said} ${now - wish.firstSentAt} ms after its first send`);
  }
}

/** A claim goes to the run that waits for the end of the one that has it, or back to that one. */
export function isRestart(before: RunHead | undefined, after: RunHead | undefined): boolean {
  const waits = (one: RunHead | undefined, other: RunHead | undefined): boolean =>
    one?.follows?.isWaiting === true && one.follows.runId === other?.id;
  return waits(after, before) || waits(before, after);
}
