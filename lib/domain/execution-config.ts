/**
 * What Dinghy fixes for the statement that starts the job; nobody can override it (design.md, precedence). Given per
 * statement, never in the session: a second job there would be a duplicate and would restore from the same state.
 */
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

/** One gateway serves many clusters: which one is said with every session and statement. */
export function targetConfig(address: string): Record<string, string> {
  const url = new URL(/^https?:\/\//.test(address) ? address : `http://${address}`);
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return { 'execution.target': 'remote', 'rest.address': url.hostname, 'rest.port': port };
}
