/** What one sweep knows of a cluster: asked once, however many runs it has. */
import { AppError } from '../../domain/errors.ts';
import type { Clock, JobManager, Log, SweepStore } from '../../domain/ports.ts';
import { type ClusterNotes, NO_NOTES } from '../../domain/run/answering.ts';
import type { JobManagerIdentity } from '../../domain/run/job-manager.ts';
import type { FlinkJobState } from '../../domain/run/status.ts';
import { shownAddress } from '../../domain/secrets/shown-address.ts';
import type { Endpoint } from './endpoint.ts';
import { type Endpoints, guardedJobManager } from './guarded-flink.ts';

export interface ReachedCluster {
  readonly identity: JobManagerIdentity;
  /** Null: the overview could not be had; each job is asked for by itself. */
  readonly jobs: ReadonlyMap<string, FlinkJobState> | null;
  /** Who has answered at this address, and how steadily. */
  readonly notes: ClusterNotes;
}

export interface ClusterView {
  readonly endpoint: Endpoint;
  /** Asks by way of what this sweep knows of the cluster. */
  readonly jobManager: JobManager;
  /** False: whether it is reachable is not known, and nothing may be concluded. */
  readonly asked: boolean;
  /** Null: not reachable. */
  readonly reached: ReachedCluster | null;
}

/** What is known of the cluster now: it may have stopped answering since it was first asked. */
export function reachedBy({ endpoint, reached }: ClusterView): ReachedCluster | null {
  return endpoint.away === null ? reached : null;
}

export interface ClusterViewDeps {
  readonly jobManager: JobManager;
  readonly clock: Clock;
  readonly log: Log;
  readonly sweep: SweepStore;
}

/** `shared` false: a cluster that one run has for itself; of those no record is kept, they would pile up. */
export type Views = (hosts: string, shared: boolean, signal: AbortSignal) => Promise<ClusterView>;

export function clusterViews(deps: ClusterViewDeps, endpoints: Endpoints): Views {
  const views = new Map<string, Promise<ClusterView>>();
  return (hosts, shared, signal) => {
    const known = views.get(hosts);
    if (known !== undefined) return known;
    const viewing = ask(deps, endpoints.jobManager(hosts, shared), { hosts, shared }, signal);
    if (shared) views.set(hosts, viewing);
    return viewing;
  };
}

interface Place {
  readonly hosts: string;
  readonly shared: boolean;
}

async function ask(deps: ClusterViewDeps, endpoint: Endpoint, place: Place, signal: AbortSignal): Promise<ClusterView> {
  const { hosts, shared } = place;
  const jobManager = guardedJobManager(deps.jobManager, endpoint);
  if (hosts === '') return { endpoint, jobManager, asked: true, reached: null };
  const askedAt = deps.clock.now();
  const reached = await reach(deps, jobManager, hosts, signal);
  const asked = reached !== null || endpoint.away !== null;
  const view: ClusterView = { endpoint, jobManager, asked, reached };
  if (endpoint.away !== null)
    deps.log.warn('cluster not reachable', { hosts: shownAddress(hosts), error: endpoint.away });
  if (!asked || !shared) return view;
  const notes = await note(deps, hosts, askedAt, reachedBy(view)?.identity.jmId);
  return { ...view, reached: reached === null ? null : { ...reached, notes } };
}

async function reach(
  { log }: ClusterViewDeps,
  jobManager: JobManager,
  hosts: string,
  signal: AbortSignal,
): Promise<ReachedCluster | null> {
  try {
    const identity = await jobManager.identify(hosts, signal);
    return { identity, jobs: await overview(jobManager, identity, log, signal), notes: NO_NOTES };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.info('cluster did not identify itself', { hosts: shownAddress(hosts), code: error.code, error: error.message });
    return null;
  }
}

/** A cluster that can't list its jobs may still show each of them. */
async function overview(
  jobManager: JobManager,
  { address }: JobManagerIdentity,
  log: Log,
  signal: AbortSignal,
): Promise<ReachedCluster['jobs']> {
  try {
    return await jobManager.overview(address, signal);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.warn('cluster does not list its jobs: each run is checked by itself', {
      address: shownAddress(address),
      error: error.message,
    });
    return null;
  }
}

/** Without it nothing is known of how steadily the cluster answers, which ends no run: a failure must not stop the sweep. */
async function note(
  deps: ClusterViewDeps,
  hosts: string,
  askedAt: number,
  answeredBy: string | null | undefined,
): Promise<ClusterNotes> {
  try {
    return await deps.sweep.noteCluster(hosts, askedAt, answeredBy);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    deps.log.warn('state of cluster not recorded', { hosts: shownAddress(hosts), error: error.message });
    return NO_NOTES;
  }
}
