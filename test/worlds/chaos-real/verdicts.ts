/** What was found wrong, each run and kind once; and what the protocol excepts from its promises (section 10). */
import { Counts } from './counts.ts';

export type Wrong = 'duplicate' | 'lost' | 'wrong final' | 'late';

export interface Verdict {
  readonly kind: Wrong;
  /** Null: no run is concerned. */
  readonly runId: number | null;
  readonly text: string;
}

export class Verdicts {
  readonly all: Verdict[] = [];
  readonly apart = new Counts();
  readonly #apartKeys = new Set<string>();

  complain(kind: Wrong, runId: number | null, text: string): void {
    const known = this.all.some(
      (one) => one.kind === kind && (runId === null ? one.text === text : one.runId === runId),
    );
    if (!known) this.all.push({ kind, runId, text });
  }

  setApart(why: string, key: string): void {
    if (this.#apartKeys.has(`${why} ${key}`)) return;
    this.#apartKeys.add(`${why} ${key}`);
    this.apart.add(why);
  }

  count(kind: Wrong): number {
    return this.all.filter((one) => one.kind === kind).length;
  }
}
