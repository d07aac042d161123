/**
 * The first part of a sweep: looks at every run with something left to do (protocol.md section 6). Each partition of the
 * index goes on by itself from where it stopped; what fails in one holds up no other.
 */
import { AppError } from '../../domain/errors.ts';
import { CLUSTER_WIDTH } from '../../domain/limits.ts';
import type { SweepStore } from '../../domain/ports.ts';
import { PARTITIONS } from '../../domain/run/active-partitions.ts';
import type { ActivePage, ActiveRun, SweepCursor } from '../../domain/run/active-run.ts';
import { isFinal } from '../../domain/run/status.ts';
import { shownAddress } from '../../domain/secrets/shown-address.ts';
import { logFailure, stackOf } from '../record/log-failure.ts';
import { PASSED_OVER } from '../record/read-heads.ts';
import type { Budget } from '../waiting/budget.ts';
import { type WidthLimit, widthLimit } from '../waiting/width-limit.ts';
import type { ReconcileDeps } from './act-on-run.ts';
import { type ClusterViewDeps, clusterViews, type Views } from './cluster-view.ts';
import type { Endpoints } from './guarded-flink.ts';
import { reconcileRun } from './reconcile-run.ts';

export type CheckDeps = ReconcileDeps & ClusterViewDeps & { readonly sweep: SweepStore };

const NO_RUNS: ActivePage = { runs: [], after: null };
const QUERIES_WIDTH = 4;
const MINUTE_MS = 60_000;

export class RunChecks {
  readonly #deps: CheckDeps;
  readonly #views: Views;
  readonly #places: Map<string, number>;
  readonly #ended = new Set<string>();
  /** Pages that were read already. */
  readonly #ahead = new Map<string, ActivePage>();
  readonly #failed = new Set<string>();
  readonly #unreadable = new Set<string>();
  readonly #queries = widthLimit(QUERIES_WIDTH);
  /** By cluster, so that one that is slow does not hold up the runs of others. */
  readonly #limits = new Map<string, WidthLimit>();
  readonly #ownClusters = widthLimit(CLUSTER_WIDTH);
  readonly #startedAt: number;
  /** Whether it looks at all of the index, and not only at what the last sweep has left. */
  readonly #fromStart: boolean;
  /** Clusters that runs share, and those of them with a live run whose job was not seen. */
  readonly #clusters = new Set<string>();
  readonly #notSeen = new Set<string>();
  runs = 0;
  failedRuns = 0;
  /** Of those that have not ended: all; confirmed ones whose job was not seen; those whose job goes on a minute after their cancel. */
  live = 0;
  notSeen = 0;
  undeliveredCancels = 0;

  constructor(deps: CheckDeps, endpoints: Endpoints, places: SweepCursor) {
    this.#deps = deps;
    this.#views = clusterViews(deps, endpoints);
    this.#places = new Map(Object.entries(places));
    this.#startedAt = deps.clock.now();
    this.#fromStart = this.#places.size === 0;
  }

  /** Before everything else: most deployments have few runs to look at, so one read replaces one for each partition. */
  async readAhead(): Promise<void> {
    if (!this.#fromStart) return;
    try {
      const whole = await this.#deps.sweep.wholeIndex();
      if (whole === null) return;
      for (const partition of PARTITIONS) this.#ahead.set(partition, whole.get(partition) ?? NO_RUNS);
    } catch (error) {
      // Any error: each partition is read by itself then, and what fails there is told there.
      logFailure(this.#deps.log, 'the index was not read in one request: the sweep reads it part by part', {}, error);
    }
  }

  /** Goes on until everything was looked at, or the time is up. */
  async goOn(budget: Budget): Promise<void> {
    await Promise.all(PARTITIONS.map((partition) => this.#partition(partition, budget)));
  }

  /** At runs whose record has just changed: what became of them is told at once, not a minute later. */
  async again(ids: readonly number[], budget: Budget): Promise<void> {
    const together = widthLimit(CLUSTER_WIDTH);
    await Promise.all(ids.map((id) => together(() => this.#again(id, budget))));
  }

  async #again(id: number, budget: Budget): Promise<void> {
    if (!budget.isOpen()) return;
    await this.#alone({ id, hosts: '' }, async () => {
      const head = await this.#deps.store.readHead(id);
      if (head === null || isFinal(head.status)) return;
      // Stryker disable next-line BooleanLiteral: its cluster was asked before, and is known by now
      await this.#look(head, true, budget);
    });
  }

  /** Keeps when the jobs of whole clusters were seen: of runs that are as they were nothing else is written. */
  async noteSwept(): Promise<void> {
    if (!this.#fromStart || this.left().length > 0) return;
    const seen = [...this.#clusters].filter((hosts) => !this.#notSeen.has(hosts));
    await Promise.all(seen.map((hosts) => this.#noteSwept(hosts)));
  }

  async #noteSwept(hosts: string): Promise<void> {
    try {
      await this.#deps.sweep.noteSwept(hosts, this.#startedAt);
    } catch (error) {
      // Any error: answers show an earlier time, that of the last sweep that could be noted.
      logFailure(this.#deps.log, 'time of the sweep not recorded', { hosts: shownAddress(hosts) }, error);
    }
  }

  places(): SweepCursor {
    return Object.fromEntries(this.#places);
  }

  /** Partitions that could not be read, and those that were not looked at to their end. */
  failed(): readonly string[] {
    return [...this.#failed];
  }

  left(): readonly string[] {
    return PARTITIONS.filter((partition) => !this.#ended.has(partition));
  }

  async #partition(partition: string, budget: Budget): Promise<void> {
    try {
      while (budget.isOpen() && !this.#ended.has(partition)) await this.#nextPage(partition, budget);
      this.#failed.delete(partition);
    } catch (error) {
      // Any error: it must not end the sweep of the other partitions.
      this.#failed.add(partition);
      const fields = { partition, error: error instanceof AppError ? error.message : stackOf(error) };
      this.#deps.log.error('part of the index was not read: the next sweep continues there', fields);
    }
  }

  async #nextPage(partition: string, budget: Budget): Promise<void> {
    const from = this.#places.get(partition) ?? null;
    const page =
      this.#ahead.get(partition) ?? (await this.#queries(() => this.#deps.sweep.activeRuns(partition, from)));
    this.#ahead.delete(partition);
    for (const problem of page.unreadable ?? []) this.#tellOf(problem);
    const done = new Set<number>();
    await this.#page(page.runs, done, budget);
    const stoppedAt = page.runs.findIndex(({ id }) => !done.has(id));
    const after = stoppedAt === -1 ? page.after : (page.runs[stoppedAt - 1]?.id ?? from);
    if (after === null) this.#places.delete(partition);
    else this.#places.set(partition, after);
    if (stoppedAt === -1 && page.after === null) this.#ended.add(partition);
  }

  /** Once in a sweep, however often its row or head is met. */
  #tellOf(problem: string): void {
    if (this.#unreadable.has(problem)) return;
    this.#unreadable.add(problem);
    this.failedRuns += 1;
    this.#deps.log.error(PASSED_OVER, { error: problem });
  }

  async #page(runs: readonly ActiveRun[], done: Set<number>, budget: Budget): Promise<void> {
    const byHosts = new Map<string, ActiveRun[]>();
    for (const run of runs) {
      const there = byHosts.get(run.hosts);
      if (there === undefined) byHosts.set(run.hosts, [run]);
      else there.push(run);
    }
    await Promise.all([...byHosts].map(([hosts, own]) => this.#cluster(hosts, own, done, budget)));
  }

  async #cluster(hosts: string, runs: readonly ActiveRun[], done: Set<number>, budget: Budget): Promise<void> {
    const shared = runs.some((run) => run.deployment === null);
    const look = async (run: ActiveRun): Promise<void> => {
      if (!budget.isOpen()) return;
      this.#count(run);
      await this.#alone(run, async () => {
        const isSeen = await this.#look(run, shared, budget);
        if (isMissing(run, isSeen)) this.notSeen += 1;
      });
      // What the end of the time cut off is looked at again.
      if (budget.isOpen()) done.add(run.id);
    };
    const limit = shared ? this.#limitOf(hosts) : this.#ownClusters;
    await Promise.all(runs.map((run) => limit(() => look(run))));
  }

  #limitOf(hosts: string): WidthLimit {
    const limit = this.#limits.get(hosts) ?? widthLimit(CLUSTER_WIDTH);
    this.#limits.set(hosts, limit);
    return limit;
  }

  /** Whether its job was seen, or its head says already that it is not. */
  async #look(run: ActiveRun, shared: boolean, budget: Budget): Promise<boolean> {
    this.runs += 1;
    const { hosts } = run;
    const isSeen = await reconcileRun(this.#deps, run, await this.#views(hosts, shared, budget.signal), budget);
    if (run.deployment !== null || isFinal(run.status)) return isSeen;
    this.#clusters.add(hosts);
    if (!isSeen) this.#notSeen.add(hosts);
    return isSeen;
  }

  /** Once in a sweep, however often it is looked at, and whatever comes of it: a cancel that fails is one that is not delivered. */
  #count({ status, cancelAskedAt }: ActiveRun): void {
    if (isFinal(status)) return;
    this.live += 1;
    if (cancelAskedAt !== null && cancelAskedAt < this.#startedAt - MINUTE_MS) this.undeliveredCancels += 1;
  }

  /** A run that goes wrong must not take the others with it. */
  async #alone({ id: runId, hosts }: Pick<ActiveRun, 'id' | 'hosts'>, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof AppError && error.code === 'store.invalid') {
        this.#tellOf(error.message);
        return;
      }
      // Any error: it must not end the sweep of the other runs.
      this.failedRuns += 1;
      this.#notSeen.add(hosts);
      logFailure(this.#deps.log, 'run not reconciled: the next sweep tries again', { runId }, error);
    }
  }
}

/** Answers show such a run as RECONNECTING. */
function isMissing({ status, missedAt, unreachableSince }: ActiveRun, isSeen: boolean): boolean {
  if (isFinal(status) || status === 'INITIALIZING') return false;
  return !isSeen || missedAt !== null || unreachableSince !== null;
}
