/**
 * What Dinghy fixes for the statement that starts the job; nobody can override it (options.md). Given per
 * statement, never in the session: a second job there would be a duplicate and would restore from the same state.
 */
import { JOB_ID_OPTION, savepointPathKey, withOldNames } from '../options/by-version.ts';
import { deployOptions } from '../options/own-cluster.ts';
import type { RunHead } from './run.ts';

export function executionConfig(
  run: Pick<RunHead, 'kind' | 'jobId' | 'address' | 'savePointPath'>,
  flinkVersion: string,
): Record<string, string> {
  const restore = run.savePointPath === null ? {} : { [savepointPathKey(flinkVersion)]: run.savePointPath };
  const id = run.jobId === null ? {} : { [JOB_ID_OPTION]: run.jobId };
  const rows = run.kind === 'preview' ? ROWS_AS_THEY_COME : {};
  return { ...targetConfig(run.address), ...SUBMIT_AND_LEAVE, ...rows, ...restore, ...id };
}

/** The same for any run, on an existing cluster or its own. `properties`: its options of all layers. */
export function sendOptions(
  run: Pick<RunHead, 'kind' | 'jobId' | 'address' | 'savePointPath' | 'deployment'>,
  properties: Readonly<Record<string, string>>,
  flinkVersion: string,
): Record<string, string> {
  const ofVersion = withOldNames(properties, flinkVersion);
  if (run.deployment === null) return { ...ofVersion, ...executionConfig(run, flinkVersion) };
  return { ...ofVersion, ...deployOptions(run.deployment, { ...run, properties }, flinkVersion) };
}

/** Exactly once, Flink would keep the rows of a query back until a checkpoint: with one a minute a preview saw none. */
const ROWS_AS_THEY_COME = { 'execution.checkpointing.mode': 'AT_LEAST_ONCE' } as const;

/** Waiting for the end of a job would keep its session busy, and the job would be cancelled with the session. */
const SUBMIT_AND_LEAVE = { 'table.dml-sync': 'false' } as const;

/** For a statement before the job, which may ask the cluster (SHOW JOBS). Empty address: there is no cluster yet. */
export function stepConfig(address: string): Record<string, string> {
  return address === '' ? {} : targetConfig(address);
}

/**
 * One gateway serves many clusters: which one is said with every statement. With high availability on, Flink's client
 * would ask ZooKeeper or Kubernetes for the JobManager and not look at the address.
 */
export function targetConfig(address: string): Record<string, string> {
  const url = new URL(/^https?:\/\//.test(address) ? address : `http://${address}`);
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const where = { 'execution.target': 'remote', 'rest.address': url.hostname, 'rest.port': port };
  return { ...where, 'high-availability.type': 'NONE' };
}
