/** The runs that a sweep found to be sent again, in the order in which they get their turns. Bounded, whatever there is. */
import type { RunHead } from '../../domain/run/run.ts';

/** What is kept of a run until its turn; the rest is read again then. */
export interface WaitingRun {
  readonly id: number;
  /** The version that was decided on: if it has moved on, the next sweep decides anew. */
  readonly v: number;
  readonly hosts: string;
  readonly intentAt: number;
  /** When it last had a turn; 0: never. */
  readonly lastTurnAt: number;
}

/** More than a sweep can send to one cluster. */
const MAX_PER_LANE = 500;

export class ToSend {
  readonly #lanes = new Map<string, WaitingRun[]>();

  add({ id, v, hosts, intentAt, sends, sentAt, triedAt }: RunHead): void {
    const lastTurnAt = Math.max(triedAt ?? 0, sends > 1 ? sentAt : 0);
    const lane = laneOf(this.#lanes, hosts);
    lane.push({ id, v, hosts, intentAt, lastTurnAt });
    // Now and then, so that the order is not made anew for each run.
    // Stryker disable next-line ConditionalExpression,EqualityOperator,ArithmeticOperator: a matter of time and memory alone
    if (lane.length >= 2 * MAX_PER_LANE) lane.sort(byTurn).splice(MAX_PER_LANE);
  }

  /** One for each cluster; the one whose next run has waited longest comes first. */
  lanes(): readonly (readonly WaitingRun[])[] {
    const firsts = [...this.#lanes.values()].flatMap((lane) => lane.toSorted(byTurn).slice(0, MAX_PER_LANE));
    const lanes = new Map<string, WaitingRun[]>();
    for (const run of firsts.toSorted(byTurn)) laneOf(lanes, run.hosts).push(run);
    return [...lanes.values()];
  }
}

function laneOf(lanes: Map<string, WaitingRun[]>, hosts: string): WaitingRun[] {
  const lane = lanes.get(hosts) ?? [];
  lanes.set(hosts, lane);
  return lane;
}

/**
 * Who never had a turn comes first, by the nearest last moment; then who had one longest ago: a run that uses up its turns
 * without an outcome gives way to the others.
 */
function byTurn(a: WaitingRun, b: WaitingRun): number {
  return a.lastTurnAt - b.lastTurnAt || a.intentAt - b.intentAt || a.id - b.id;
}
