/**
 * Which text of Flink means what (flink-rest.md sections 0 and 1.5, protocol.md section 5). Flink's REST servers answer
 * nearly every failure with HTTP 500 and a Java stack trace, so the texts are all there is to go by.
 */
import { AppError, type ErrorCode, type Mask } from '../../domain/errors.ts';
import { MAX_ERROR_LENGTH, MAX_TOLD_LENGTH } from '../../domain/limits.ts';
import { maskSecrets } from '../../domain/secrets/mask-sql.ts';
import { CUT_MARK } from '../../domain/secrets/mask-values.ts';
import { failedBeforeDeploy } from './before-deploy.ts';
import { readCauses } from './read-causes.ts';
import { refusedPlan } from './refused-plan.ts';
import { joinedCauses, shownCauses } from './shown-causes.ts';
import { between, cutTrace } from './trace-text.ts';
import { failedBeforeSubmission } from './where-it-failed.ts';

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
    // Stryker disable next-line StringLiteral: a mask takes no word of Kubernetes away
    const refused = (mask: Mask): string => refusedByKubernetes(cutTrace(mask(whole))) ?? 'it gave no reason';
    return said('flink.rejected', (mask) => `Kubernetes refused to create the cluster: ${refused(mask)}`);
  }
  const early = status === 400 || status === 404 || failedBeforeDeploy(whole);
  return said(early ? 'flink.rejected' : 'flink.failed', (mask) => deployLine(status, trace, personLine(whole, mask)));
}

/** Not 409: it exists already, which proves nothing. */
const REFUSED_STATUS = /\bcode=(?:400|401|403|404|422)\b/;

/** The deployment comes first of all that makes a cluster. What Kubernetes said, if it refused that. */
function refusedByKubernetes(trace: string): string | null {
  // Stryker disable next-line StringLiteral: no text without Kubernetes' words is a refusal of it
  const line = trace.split('\n').find((one) => between(one, POSTED, SAID) !== null) ?? '';
  const [message, status] = [between(line, SAID, STATUS), between(`${line}\n`, STATUS, '\n')];
  // Stryker disable next-line ConditionalExpression,LogicalOperator: both are there or neither; the compiler does not know that
  return message !== null && status !== null && REFUSED_STATUS.test(status) ? message : null;
}

const POSTED = 'Failure executing: POST at: ';
const SAID = '/deployments. Message: ';
const STATUS = '. Received status: ';

const NO_FACTORY = 'No ClusterClientFactory found';

/** The requests for existing objects, before anything is made. */
const LOOKS = [
  ['Fabric8FlinkKubeClient.getService(', 'Kubernetes'],
  ['YarnClusterDescriptor.isReadyForDeployment(', 'YARN'],
] as const;

function deployLine(status: number, trace: string, line: string): string {
  if (status === 404) return `This SQL gateway does not accept scripts (${line}): it needs Flink 2.0 or later.`;
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
  return cutLine(personLine(errorText(body), mask), MAX_ERROR_LENGTH);
}

/**
 * The one line a person needs: what is wrong, and what it is about (shown-causes.ts). Whoever records it cuts it to what a
 * record has room for, and logs the rest (log-full-text.ts).
 */
export function personLine(trace: string, mask: Mask = maskSecrets): string {
  const text = cutTrace(mask(trace));
  const told = joinedCauses(shownCauses(readCauses(text)));
  const line = told === '' ? text.replace(/\s+/g, ' ').trim() : told;
  return cutLine(line === '' ? 'Flink gave no reason' : line, MAX_TOLD_LENGTH);
}

function cutLine(line: string, most: number): string {
  return line.length <= most ? line : `${line.slice(0, most - 1)}${CUT_MARK}`;
}
