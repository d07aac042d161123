/** The runs that a sweep found to be sent again, in the order in which they get their turns. Bounded, whatever there is. */
import type { RunHead } from '../domain/run.ts';

/** What is kept of a run until its turn; the rest is read again then. */
export interface WaitingRun {
  readonly id: number;
  /** The version that was decided on: if it has moved on, the next sweep decides anew. */
  readonly v: number;
  readonly hosts: string;
  readonly intentAt: number;
  /** When it last had a turn; null: never. */
  readonly lastTurnAt: number | null;
}

/** More than a sweep can send to one cluster. */
const MOST_PER_LANE = 500;

export class ToSend {
  readonly #lanes = new Map<string, WaitingRun[]>();

  add({ id, v, hosts, intentAt, sends, sentAt, triedAt }: RunHead): void {
    const resentAt = sends > 1 ? sentAt : null;
    const lastTurnAt = triedAt === null ? resentAt : Math.max(triedAt, resentAt ?? 0);
    const lane = this.#lanes.get(hosts) ?? [];
    lane.push({ id, v, hosts, intentAt, lastTurnAt });
    // Now and then, so that the order is not made anew for each run.
    if (lane.length >= 2 * MOST_PER_LANE) lane.sort(byTurn).splice(MOST_PER_LANE);
    this.#lanes.set(hosts, lane);
  }

  /** One for each cluster; the one whose next run has waited longest comes first. */
  lanes(): readonly (readonly WaitingRun[])[] {
    const lanes = [...this.#lanes.values()].map((lane) => lane.toSorted(byTurn).slice(0, MOST_PER_LANE));
    return lanes.toSorted(([a], [b]) => (a === undefined || b === undefined ? 0 : byTurn(a, b)));
  }
}

/**
 * Who never had a turn comes first, by the nearest last moment; then who had one longest ago: a run that uses up its turns
 * without an outcome gives way to the others.
 */
export function byTurn(a: WaitingRun, b: WaitingRun): number {
  if (a.lastTurnAt !== b.lastTurnAt) return (a.lastTurnAt ?? 0) - (b.lastTurnAt ?? 0);
  return a.intentAt - b.intentAt || a.id - b.id;
}
