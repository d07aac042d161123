/**
 * What a failed `POST /jars/:id/run` proves (protocol.md sections 5 and 11). The JobManager runs main() before it answers,
 * so an answer that tells of a failure inside main() does not by itself say on which side of the submission it happened.
 * The texts are the same on 1.20.3 and 2.3.0, but for those of a duplicate.
 */
import { AppError, type Mask } from '../../domain/errors.ts';
import { EXECUTING, failedBeforeMain, failedInGraph } from './before-main.ts';
import { DUPLICATE, errorText, personLine, said } from './errors.ts';
import { type Cause, readCauses } from './read-causes.ts';
import { type ShownCause, shownCauses } from './shown-causes.ts';
import { between, cutTrace } from './trace-text.ts';

/** execute() wraps every failed submission in this. Other failures of main() are not wrapped. */
const SUBMITTING = ['Failed to execute job', 'Failed to execute sql', 'Failed to submit job', 'JobSubmissionException'];

export function jarRunError(body: string): AppError {
  const text = errorText(body);
  const trace = cutTrace(text);
  const line = (mask: Mask): string => personLine(text, mask);
  if (DUPLICATE.test(trace)) return said('flink.duplicate', line);
  // main() may say the same about its own file, and has run then.
  if (between(trace, 'Jar file ', ' does not exist') !== null && !trace.includes(EXECUTING))
    return new AppError('flink.jarGone', GONE);
  if (STARTED_NONE.test(trace)) return new AppError('flink.rejected', NO_JOB);
  if (SUBMITTING.some((known) => trace.includes(known)) && !failedInGraph(text)) return said('flink.failed', line);
  const causes = (mask: Mask): Cause[] => readCauses(cutTrace(mask(text)));
  if (trace.includes(EXECUTING))
    return said('flink.mainFailed', (mask) => `main() failed: ${thrownByMain(causes(mask))}`);
  const told = readCauses(trace).some(isOfProgram);
  if (!told) return said(failedBeforeMain(text) ? 'flink.rejected' : 'flink.failed', line);
  return said('flink.rejected', (mask) => beforeMain(causes(mask)));
}

function isOfProgram({ type }: Cause): boolean {
  return type === 'ProgramInvocationException';
}

/** Flink's own first line: main() may throw the same words after it has started a job. */
const STARTED_NONE = /^(?:<Exception on server side:\s*)?[\w.]+RestHandlerException: No jobs included in application/;

const GONE = 'The JobManager has lost the jar.';
const NO_JOB = 'main() ended without starting a job: it must call execute() once.';

/** With the exceptions' classes, which often say more than their messages: the one that main() threw, and its causes. */
function thrownByMain(causes: readonly Cause[]): string {
  const own = causes.filter(({ type, message }) => !WRAPPERS.includes(type) && message !== `${EXECUTING}.`);
  if (own.length === 0) return causes.findLast(isOfProgram)?.message ?? 'Flink gave no reason';
  return shownCauses(own).map(shown).join(', because of ');
}

const WRAPPERS = ['RestHandlerException', 'CompletionException', 'ProgramInvocationException'];

function shown({ type, text }: ShownCause): string {
  return text === '' ? type : `${type}: ${text}`;
}

/** The path of the upload on the JobManager says nothing to a person. */
function beforeMain(causes: readonly Cause[]): string {
  const zip = causes.find(({ type }) => type === 'ZipException');
  // Stryker disable OptionalChaining,StringLiteral: one of the program is among them; the compiler does not know that
  return zip === undefined
    ? (causes.find(isOfProgram)?.message ?? 'Flink gave no reason')
    : `the jar can't be opened: ${zip.message}`;
}
