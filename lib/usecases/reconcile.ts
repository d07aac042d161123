/**
 * One sweep over every run that is not final (protocol.md section 6): intents first, then what is watched, then live runs
 * by a cursor, until the time is up. Per cluster one overview, whatever the number of runs.
 */
import { SWEEP_MS, SWEEP_WIDTH } from '../domain/constants.ts';
import type { ActiveRun, SweepCursor, SweepStore } from '../domain/ports.ts';
import { INTENT_PARTITIONS, LIVE_PARTITIONS, WATCH } from '../domain/settle.ts';
import { type Budget, withinBudget } from './budget.ts';
import { type ClusterView, type Views, clusterViews } from './cluster-view.ts';
import { type ReconcileDeps, reconcileRun } from './reconcile-run.ts';
import { widthLimit } from './width-limit.ts';

export interface SweepDeps extends ReconcileDeps {
  readonly sweep: SweepStore;
}

export interface SweepReport {
  readonly runs: number;
  /** True when the sweep came to the end of the index; else the next one goes on from there. */
  readonly passEnded: boolean;
}

/** Kept free at the end: the cursor must be written. */
const RESERVE_MS = 2_000;

export function reconcile(deps: SweepDeps): (scope: { readonly budgetMs: number }) => Promise<SweepReport> {
  return ({ budgetMs }) =>
    withinBudget(deps.clock, Math.min(SWEEP_MS, budgetMs - RESERVE_MS), async (budget) => {
      const sweep = new Sweep(deps, budget);
      for (const partition of [...INTENT_PARTITIONS, WATCH]) await sweep.partition(partition, null);
      const stopped = await sweep.live(await deps.sweep.readCursor());
      await deps.sweep.writeCursor(stopped);
      const report = { runs: sweep.runs, passEnded: stopped === null };
      deps.log.info('swept', { ...report });
      return report;
    });
}

class Sweep {
  readonly #deps: SweepDeps;
  readonly #budget: Budget;
  readonly #views: Views;
  readonly #limit = widthLimit(SWEEP_WIDTH);
  runs = 0;

  constructor(deps: SweepDeps, budget: Budget) {
    this.#deps = deps;
    this.#budget = budget;
    this.#views = clusterViews(deps, budget);
  }

  /** Where it had to stop; null at the end of the last partition. */
  async live(cursor: SweepCursor | null): Promise<SweepCursor | null> {
    const first = cursor === null ? 0 : Math.max(0, LIVE_PARTITIONS.indexOf(cursor.partition));
    for (const [index, partition] of LIVE_PARTITIONS.slice(first).entries()) {
      const after = await this.partition(partition, index === 0 ? (cursor?.after ?? null) : null);
      if (!this.#budget.isOpen()) return { partition, after };
    }
    return null;
  }

  /** Goes through a partition; gives the last run that was looked at when the time was up. */
  async partition(partition: string, from: number | null): Promise<number | null> {
    let after = from;
    while (this.#budget.isOpen()) {
      const page = await this.#deps.sweep.activeRuns(partition, after);
      await this.#page(page.runs);
      if (!this.#budget.isOpen()) return after;
      if (page.after === null) return null;
      after = page.after;
    }
    return after;
  }

  /** Cluster by cluster side by side, so that a dead one holds up its own runs alone. */
  async #page(runs: readonly ActiveRun[]): Promise<void> {
    const clusters = [...new Set(runs.map((run) => run.hosts))];
    const runsOf = (hosts: string): ActiveRun[] => runs.filter((run) => run.hosts === hosts);
    await Promise.all(clusters.map((hosts) => this.#cluster(hosts, runsOf(hosts))));
  }

  async #cluster(hosts: string, runs: readonly ActiveRun[]): Promise<void> {
    const shared = runs.some((run) => run.deployment === null);
    const view = await this.#views(hosts, shared).catch((error: unknown) => {
      this.#deps.log.error('cluster could not be looked at', { hosts, error: String(error) });
      return { reached: null };
    });
    await Promise.all(runs.map((run) => this.#limit(() => this.#run(run, view))));
  }

  /** A run that goes wrong must not take the others with it. */
  async #run(run: ActiveRun, view: ClusterView): Promise<void> {
    if (!this.#budget.isOpen()) return;
    this.runs += 1;
    try {
      await reconcileRun(this.#deps, run, view, this.#budget);
    } catch (error) {
      this.#deps.log.warn('run not reconciled, the next sweep will look again', {
        runId: run.id,
        error: String(error),
      });
    }
  }
}
