/**
 * Whether the JobManager's dispatcher refused a job because of what the job itself says (protocol.md section 5). From 2.0 on
 * some options of a job are first read there, before anything of it is started. The gateway quotes the JobManager:
 *
 *   Caused by: ...RestClientException: [Internal server error., <Exception on server side:
 *   ...JobSubmissionException: Failed to submit job.
 *       at ...Dispatcher.lambda$handleTermination$24(...)          it has cleaned up, and then answered
 *   Caused by: <what is wrong>
 *       at ...StreamGraph.getCheckpointingSettings(...)            the job's own settings are read
 *       at ...JobMasterServiceLeadershipRunnerFactory.createJobManagerRunner(...)
 *       at ...Dispatcher.createJobMasterRunner(...)
 *
 * No proof by itself: the text may quote an author. The JobManager is to be asked for the job.
 */
import { END, readLine, START, startsWithAny } from './where-it-failed.ts';

const RUNTIME = 'org.apache.flink.runtime.';
const QUOTING = `Caused by: ${RUNTIME}rest.util.RestClientException: [Internal server error., ${START}`;
const REFUSAL = `${RUNTIME}client.JobSubmissionException: Failed to submit job.`;
const CLEANED_UP = `${RUNTIME}dispatcher.Dispatcher.lambda$handleTermination$`;
const MAKING = `${RUNTIME}dispatcher.JobMasterServiceLeadershipRunnerFactory.createJobManagerRunner`;
/** The same for each submission of this job: Flink's client may have repeated it, and a second one may still be on its way. */
const OWN_SETTINGS = ['org.apache.flink.streaming.api.graph.StreamGraph.', `${RUNTIME}jobgraph.JobGraph.`];

export function refusedPlan(trace: string): boolean {
  const texts = trace.split('\n');
  const at = texts.indexOf(QUOTING);
  const isWhole = texts[0] === START && texts.findLast((text) => text !== '') === END;
  // If nothing is quoted, this is the first line that is no refusal.
  if (!isWhole || texts[at + 1] !== REFUSAL) return false;
  const frames = texts.slice(at + 2).map((text) => readLine(text).frame);
  const making = frames.findIndex((frame) => frame?.startsWith(MAKING) === true);
  // Stryker disable next-line StringLiteral: no frame of the job's settings begins like another text
  const within = frames[making - 1] ?? '';
  return frames[0]?.startsWith(CLEANED_UP) === true && startsWithAny(within, OWN_SETTINGS);
}
