/**
 * Which text of Flink means what (flink-rest.md sections 0 and 1.5, protocol.md section 5). Flink's REST servers answer
 * nearly every failure with HTTP 500 and a Java stack trace, so the texts are all there is to go by.
 */
import { MOST_ERROR_LENGTH, MOST_TOLD_LENGTH } from '../../domain/constants.ts';
import { AppError, type ErrorCode, type Mask } from '../../domain/errors.ts';
import { CUT_MARK } from '../../domain/known-values.ts';
import { maskSecrets } from '../../domain/sql/mask.ts';
import { failedBeforeDeploy } from './before-deploy.ts';
import { refusedPlan } from './refused-plan.ts';
import { between, cutTrace } from './trace-text.ts';
import { failedBeforeSubmission } from './where-it-failed.ts';

export interface Cause {
  /** Java class without its package. */
  readonly type: string;
  readonly message: string;
}

/** 2.3 and later speak of applications, earlier versions of jobs. */
export const DUPLICATE =
  /Duplicate(?:Job|Application)SubmissionException|(?:Job|Application) has already been submitted/;

const NO_EXECUTOR = 'No ExecutorFactory found to execute the application';
const NO_EXECUTOR_HINT =
  "The SQL gateway can't start jobs of this kind: for YARN it needs flink-yarn and Hadoop on its class path.";

/** Translates the body of a failed reply of the gateway. */
export function gatewayError(text: string): AppError {
  const trace = errorText(text);
  const hint = trace.includes(NO_EXECUTOR) ? ` ${NO_EXECUTOR_HINT}` : '';
  return said(codeOf(trace), (mask) => personLine(trace, mask) + hint);
}

/** An error in the words of Flink. Who knows what they may quote can have them told again without it. */
export function said(code: ErrorCode, tell: (mask: Mask) => string): AppError {
  return new AppError(code, tell(maskSecrets), { tell });
}

/**
 * Translates a failed reply to a script. What fails once the deployer is at work proves nothing: half a cluster may be
 * there. A 400 or 404 is said before the script is looked at.
 */
export function deployError(status: number, text: string): AppError {
  const whole = errorText(text);
  const trace = cutTrace(whole);
  if (refusedByKubernetes(trace) !== null) {
    const refused = (mask: Mask): string => refusedByKubernetes(cutTrace(mask(whole))) ?? 'it gave no reason';
    return said('flink.rejected', (mask) => `Kubernetes refused to make the cluster: ${refused(mask)}`);
  }
  const early = status === 400 || status === 404 || failedBeforeDeploy(whole);
  return said(early ? 'flink.rejected' : 'flink.failed', (mask) => deployLine(status, trace, personLine(whole, mask)));
}

/** Not 409: it is there, who knows since when. */
const REFUSED_STATUS = /\bcode=(?:400|401|403|404|422)\b/;

/** The deployment comes first of all that makes a cluster. What Kubernetes said, if it refused that. */
function refusedByKubernetes(trace: string): string | null {
  const line = trace.split('\n').find((one) => between(one, POSTED, SAID) !== null) ?? '';
  const [message, status] = [between(line, SAID, STATUS), between(`${line}\n`, STATUS, '\n')];
  return message !== null && status !== null && REFUSED_STATUS.test(status) ? message : null;
}

const POSTED = 'Failure executing: POST at: ';
const SAID = '/deployments. Message: ';
const STATUS = '. Received status: ';

const NO_FACTORY = 'No ClusterClientFactory found';

/** Who is asked what is there, before anything is made. */
const LOOKS = [
  ['Fabric8FlinkKubeClient.getService(', 'Kubernetes'],
  ['YarnClusterDescriptor.isReadyForDeployment(', 'YARN'],
] as const;

function deployLine(status: number, trace: string, line: string): string {
  if (status === 404) return `This SQL gateway takes no scripts (${line}): it needs Flink 2.0 or later.`;
  const asked = LOOKS.find(([frame]) => trace.includes(frame))?.[1];
  if (asked !== undefined) return `${asked} could not be asked: ${line}`;
  if (!trace.includes(NO_FACTORY)) return line;
  return `The SQL gateway can't start such a cluster: ${line} On Kubernetes it needs flink-kubernetes on its class path.`;
}

function codeOf(trace: string): ErrorCode {
  if (failedBeforeSubmission(trace)) return 'flink.rejected';
  if (DUPLICATE.test(trace)) return 'flink.duplicate';
  return refusedPlan(trace) ? 'flink.planRefused' : 'flink.failed';
}

/** Flink's errors come as `{"errors": [..]}`; the last one carries the trace. */
export function errorText(body: string): string {
  try {
    const parsed = JSON.parse(body) as { errors?: unknown };
    if (Array.isArray(parsed.errors)) return String(parsed.errors.at(-1) ?? '');
  } catch {
    // Any error: it is no JSON, and not Flink's own form. The text itself is all there is.
  }
  return body;
}

/** The line for a person in the body of a failed reply that concerns no run: nobody has it in full elsewhere. */
export function errorLine(body: string, mask: Mask = maskSecrets): string {
  return cutLine(personLine(errorText(body), mask), MOST_ERROR_LENGTH);
}

/**
 * The one line a person needs: the message of the last cause, without Java's class names. Whoever records it cuts it to what
 * a record has room for, and logs the rest (tell-whole.ts).
 */
export function personLine(trace: string, mask: Mask = maskSecrets): string {
  const text = cutTrace(mask(trace));
  const causes = readCauses(text);
  // The causes below say what is wrong with the value, but not of which option.
  const last = causes.find(isUnreadableOption) ?? causes.findLast(({ message }) => message !== '') ?? causes.at(-1);
  const line = last === undefined ? text : (missingClass(last) ?? (withPlace(last.message, causes) || last.type));
  const clean = withoutExpected(line).replace(/\s+/g, ' ').trim();
  const shown = clean === '' ? 'Flink gave no reason' : clean;
  return cutLine(shown, MOST_TOLD_LENGTH);
}

function cutLine(line: string, most: number): string {
  return line.length <= most ? line : `${line.slice(0, most - 1)}${CUT_MARK}`;
}

/** The parser's list of everything it would have taken is longer than any message. */
function withoutExpected(line: string): string {
  const at = line.search(/Was expecting(?: one of| any of)?:/);
  return at < 0 ? line : line.slice(0, at);
}

function isUnreadableOption({ message }: Cause): boolean {
  return message.startsWith("Could not parse value '") && message.includes("' for key '");
}

/** Java's message is the bare name of the class. */
function missingClass({ type, message }: Cause): string | null {
  return type === 'ClassNotFoundException' ? `class ${message} was not found` : null;
}

/** The last cause may have lost the place that one of those above it still names. */
function withPlace(message: string, causes: readonly Cause[]): string {
  const same = (cause: Cause): boolean =>
    /line \d{1,9}, column \d{1,9}/.test(cause.message) && cause.message.endsWith(message);
  return causes.findLast(same)?.message ?? message;
}

const FRAME = /^\s*(?:at |\.\.\. \d+ more|End of exception on server side)/;
const HEADING = /^(?:<Exception on server side:\s*|Caused by: )?((?:[\w$]+\.)+[\w$]+)(?::\s?(.*))?$/;

export function readCauses(trace: string): Cause[] {
  const causes: { type: string; message: string }[] = [];
  let inMessage = false;
  for (const line of trace.replaceAll('<Exception on server side:', '').split('\n')) {
    const heading = HEADING.exec(line);
    if (FRAME.test(line)) {
      inMessage = false;
    } else if (heading !== null && (!inMessage || line.startsWith('Caused by: '))) {
      causes.push({ type: heading[1]?.split('.').at(-1) ?? '', message: stripClass(heading[2] ?? '') });
      inMessage = true;
    } else if (inMessage) {
      const current = causes.at(-1);
      if (current !== undefined) current.message += `\n${line}`;
    }
  }
  return causes.map((cause) => ({ ...cause, message: stripClass(cause.message.trim()) }));
}

/** A JobManager's whole reply, as the gateway quotes it. */
const WRAPPING = /^\[?Internal server error\.,?\s*(?:<Exception on server side:)?\s*/;

/** A message is often the text of the cause below it, class name included. */
function stripClass(message: string): string {
  return message.replace(WRAPPING, '').replace(/^(?:[\w$]+\.)+[\w$]*(?:Exception|Error): /, '');
}
