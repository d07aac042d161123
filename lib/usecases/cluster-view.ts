/** What one sweep knows of a cluster: asked once, however many runs it has. */
import { type ClusterNotes, NO_NOTES } from '../domain/answering.ts';
import { AppError } from '../domain/errors.ts';
import type { FlinkJobState } from '../domain/job-status.ts';
import type { Clock, JobManager, JobManagerIdentity, Log, SweepStore } from '../domain/ports.ts';
import type { Budget } from './budget.ts';
import { withinBudget } from './budget.ts';

export interface ClusterView {
  /** Null: not reachable, or not any more: then nothing is asked of it in this sweep. */
  reached: Reached | null;
}

export interface Reached {
  readonly identity: JobManagerIdentity;
  readonly jobs: ReadonlyMap<string, FlinkJobState>;
  /** Who has answered at this address, and how steadily. */
  readonly notes: ClusterNotes;
}

export interface ClusterViewDeps {
  readonly jobManager: JobManager;
  readonly clock: Clock;
  readonly log: Log;
  readonly sweep: SweepStore;
}

/** A cluster that does not answer costs a sweep no more than this. */
const ANSWER_WITHIN_MS = 5_000;

/** `shared` false: a cluster that one run has for itself; of those no record is kept, they would pile up. */
export type Views = (hosts: string, shared: boolean) => Promise<ClusterView>;

export function clusterViews(deps: ClusterViewDeps, budget: Budget): Views {
  const views = new Map<string, Promise<ClusterView>>();
  return (hosts, shared) => {
    const known = views.get(hosts);
    if (known !== undefined) return known;
    const asked = hosts === '' ? Promise.resolve({ reached: null }) : ask(deps, hosts, shared, budget);
    views.set(hosts, asked);
    return asked;
  };
}

async function ask(deps: ClusterViewDeps, hosts: string, shared: boolean, budget: Budget): Promise<ClusterView> {
  const askedAt = deps.clock.now();
  const reached = await withinBudget(
    deps.clock,
    Math.min(ANSWER_WITHIN_MS, budget.remainingMs()),
    async ({ signal }) => {
      try {
        const identity = await deps.jobManager.identify(hosts, signal);
        return { identity, jobs: await deps.jobManager.overview(identity.address, signal) };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        deps.log.warn('cluster not reachable', { hosts, error: error.message });
        return null;
      }
    },
  );
  const notes = shared ? await note(deps, hosts, askedAt, reached?.identity.jmId) : NO_NOTES;
  return { reached: reached === null ? null : { ...reached, notes } };
}

/** Without it nothing is known of how steadily the cluster answers, which ends no run: a failure must not stop the sweep. */
async function note(
  deps: ClusterViewDeps,
  hosts: string,
  askedAt: number,
  answeredBy: string | null | undefined,
): Promise<ClusterNotes> {
  return await deps.sweep.noteCluster(hosts, askedAt, answeredBy).catch((error: unknown) => {
    deps.log.warn('state of cluster not noted', { hosts, error: String(error) });
    return NO_NOTES;
  });
}
