/**
 * What Dinghy fixes for the statement that starts the job; nobody can override it (design.md, precedence). Given per
 * statement, never in the session: a second job there would be a duplicate and would restore from the same state.
 */
import { deployOptions } from './deployment.ts';
import type { RunHead } from './run.ts';
import { savepointPathKey } from './flink-options.ts';

export function executionConfig(
  run: Pick<RunHead, 'jobId' | 'address' | 'savePointPath'>,
  flinkVersion: string,
): Record<string, string> {
  const restore = run.savePointPath === null ? {} : { [savepointPathKey(flinkVersion)]: run.savePointPath };
  const id = run.jobId === null ? {} : { '$internal.pipeline.job-id': run.jobId };
  return { ...targetConfig(run.address), ...restore, ...id };
}

/** The same for any run: on a cluster that is there, or on one that it starts. `properties`: its options, all layers. */
export function sendOptions(
  run: Pick<RunHead, 'jobId' | 'address' | 'savePointPath' | 'deployment'>,
  properties: Readonly<Record<string, string>>,
  flinkVersion: string,
): Record<string, string> {
  if (run.deployment === null) return executionConfig(run, flinkVersion);
  return deployOptions(run.deployment, { ...run, properties }, flinkVersion);
}

/** One gateway serves many clusters: which one is said with every session and statement. */
export function targetConfig(address: string): Record<string, string> {
  const url = new URL(/^https?:\/\//.test(address) ? address : `http://${address}`);
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return { 'execution.target': 'remote', 'rest.address': url.hostname, 'rest.port': port };
}
