/**
 * Whether a `POST /jars/:id/run` failed before main() was entered (protocol.md sections 5 and 11). Flink's handler reads the
 * options, the jar and its class in the thread of the request, and hands the program to another thread only then. What that
 * other thread throws, Flink puts below a first line of its own, "Could not execute application.", which no message can take
 * away: an Error of main() may have no frames at all, so that their absence alone proves nothing.
 */
import { END, GRAPH_BRANCHES, readLine, START } from './where-it-failed.ts';

const PACKAGE = 'org.apache.flink.';
const HANDLER = `${PACKAGE}runtime.webmonitor.handlers.JarRunHandler.`;
const HANDLING = `${HANDLER}handleRequest`;

/** Stands over everything that happens from the other thread on, and over nothing that happens before. */
export const EXECUTING = 'Could not execute application';

/** Frames of the other thread. */
const PROGRAM_STARTED = [
  `${HANDLER}lambda$handleRequest`,
  `${PACKAGE}client.deployment.application.`,
  `${PACKAGE}client.ClientUtils.executeProgram`,
  `${PACKAGE}client.program.PackagedProgram.callMainMethod`,
  `${PACKAGE}client.program.PackagedProgram.invokeInteractiveModeForExecution`,
];

/** The trace is whole, and the thread of the request threw it. */
export function failedBeforeMain(trace: string): boolean {
  const texts = trace.split('\n');
  const isWhole = texts[0] === START && texts.findLast((text) => text !== '') === END;
  // Stryker disable next-line OptionalChaining: a whole trace has two lines at least; the compiler does not know that
  if (!isWhole || texts[1]?.includes(EXECUTING) !== false) return false;
  const frames = framesOf(texts);
  return !hasAny(frames, PROGRAM_STARTED) && hasAny(frames, [HANDLING]);
}

/** Code of those who have got the job. */
const ASKED = [`${PACKAGE}runtime.dispatcher.`, `${PACKAGE}runtime.jobmaster.`, `${PACKAGE}runtime.rpc.`];
/** The text of execute() after it has handed the job over. */
const HANDED_OVER = /^Caused by: \S+(?:FlinkException: Failed to execute job|JobSubmissionException)/m;

/**
 * execute() was called, and failed where the job is put together. No proof, since main() may have called it before: the
 * JobManager is to be asked.
 */
export function failedInGraph(trace: string): boolean {
  const frames = framesOf(trace.split('\n'));
  return hasAny(frames, GRAPH_BRANCHES) && !hasAny(frames, ASKED) && !HANDED_OVER.test(trace);
}

function framesOf(texts: readonly string[]): string[] {
  // Stryker disable next-line ArrayDeclaration: no frame that is looked for begins like another text
  return texts.flatMap((text) => readLine(text).frame ?? []);
}

function hasAny(frames: readonly string[], known: readonly string[]): boolean {
  return frames.some((frame) => known.some((start) => frame.startsWith(start)));
}
