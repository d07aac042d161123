/**
 * Which text of Flink means what (flink-rest.md sections 0 and 1.5, protocol.md section 5). Flink's REST servers answer
 * nearly every failure with HTTP 500 and a Java stack trace, so the texts are all there is to go by.
 */
import { MOST_ERROR_LENGTH } from '../../domain/constants.ts';
import { AppError, type ErrorCode } from '../../domain/errors.ts';
import { maskSecrets } from '../../domain/sql/mask.ts';

interface Cause {
  /** Java class without its package. */
  readonly type: string;
  readonly message: string;
}

const SQL_ERRORS = ['SqlParser', 'ValidationException', 'TableException'];

/** Any of these in the chain: the submission itself was under way, so bad SQL is not proven. */
const SUBMISSION_TEXTS = [
  'Failed to execute sql',
  'Failed to execute job',
  'JobSubmissionException',
  'RestClientException',
  'RetryException',
  'ConnectException',
  'TimeoutException',
];

/** 2.3 and later speak of applications, earlier versions of jobs. */
const DUPLICATE = /Duplicate(?:Job|Application)SubmissionException|(?:Job|Application) has already been submitted/;

/** Said before anything is submitted, although it comes wrapped like a failed submission. */
const NO_EXECUTOR = 'No ExecutorFactory found to execute the application';
const NO_EXECUTOR_HINT =
  "The SQL gateway can't start jobs of this kind: for YARN it needs flink-yarn and Hadoop on its class path.";

/** Translates the body of a failed reply of the gateway. */
export function gatewayError(text: string): AppError {
  const trace = errorText(text);
  if (trace.includes(NO_EXECUTOR)) return new AppError('flink.rejected', `${personLine(trace)} ${NO_EXECUTOR_HINT}`);
  return new AppError(codeOf(trace), personLine(trace));
}

/** Each is said before Flink has asked anybody for a cluster. */
const SAID_EARLY = new RegExp(
  [
    'Application Mode not supported by standalone deployments',
    'No ClusterClientFactory found',
    'Multiple compatible client factories found',
    "Session '[0-9a-f-]+' does not exist",
    'Please specify script content or uri',
    'Either required fine-grained memory',
  ].join('|'),
);

/** The deployment comes first of all that makes a cluster. Not 409: it is there, who knows since when. */
const REFUSED_BY_KUBERNETES =
  /Failure executing: POST at: \S+\/deployments\. Message: (.*?)\. Received status: .*?\bcode=(?:400|401|403|404|422)\b/;

/**
 * Translates a failed reply to a script. What the deployer says once it is at work proves nothing: half a cluster may be
 * there. A 400 or 404 is said before the script is looked at.
 */
export function deployError(status: number, text: string): AppError {
  const trace = errorText(text);
  const refused = REFUSED_BY_KUBERNETES.exec(trace)?.[1];
  if (refused !== undefined)
    return new AppError('flink.rejected', `Kubernetes refused to make the cluster: ${refused}`);
  const early = status === 400 || status === 404 || SAID_EARLY.test(trace);
  return new AppError(early ? 'flink.rejected' : 'flink.failed', deployLine(status, trace));
}

const NO_FACTORY = 'No ClusterClientFactory found';

function deployLine(status: number, trace: string): string {
  if (status === 404) return `This SQL gateway takes no scripts (${personLine(trace)}): it needs Flink 2.0 or later.`;
  const line = personLine(trace);
  if (!trace.includes(NO_FACTORY)) return line;
  return `The SQL gateway can't start such a cluster: ${line} On Kubernetes it needs flink-kubernetes on its class path.`;
}

function codeOf(trace: string): ErrorCode {
  if (DUPLICATE.test(trace)) return 'flink.duplicate';
  const submitting = SUBMISSION_TEXTS.some((known) => trace.includes(known));
  const bySql = SQL_ERRORS.some((known) => trace.includes(known));
  return bySql && !submitting ? 'flink.rejected' : 'flink.failed';
}

/** Flink's errors come as `{"errors": [..]}`; the last one carries the trace. */
function errorText(body: string): string {
  try {
    const parsed = JSON.parse(body) as { errors?: unknown };
    if (Array.isArray(parsed.errors)) return String(parsed.errors.at(-1) ?? '');
  } catch {
    // Not Flink's own form; the text itself is all there is.
  }
  return body;
}

/** The line for a person in the body of a failed reply. */
export function errorLine(body: string): string {
  return personLine(errorText(body));
}

/** The one line a person needs: the message of the last cause, without Java's class names. */
export function personLine(trace: string): string {
  const causes = readCauses(trace);
  // The causes below say what is wrong with the value, but not of which option.
  const last = causes.find(isUnreadableOption) ?? causes.findLast(({ message }) => message !== '') ?? causes.at(-1);
  const line = last === undefined ? trace : (missingClass(last) ?? (withPlace(last.message, causes) || last.type));
  // The parser's list of everything it would have taken is longer than any message.
  const clean = line
    .replace(/\s*Was expecting(?: one of| any of)?:[\s\S]*$/, '')
    .replace(/\s+/g, ' ')
    .trim();
  // Some of Flink's messages repeat the whole statement.
  return (clean === '' ? 'Flink gave no reason' : maskSecrets(clean)).slice(0, MOST_ERROR_LENGTH);
}

function isUnreadableOption({ message }: Cause): boolean {
  return /^Could not parse value '[\s\S]*' for key '/.test(message);
}

/** Java's message is the bare name of the class. */
function missingClass({ type, message }: Cause): string | null {
  return type === 'ClassNotFoundException' ? `class ${message} was not found` : null;
}

/** The last cause may have lost the place that one of those above it still names. */
function withPlace(message: string, causes: readonly Cause[]): string {
  const same = (cause: Cause): boolean => /line \d+, column \d+/.test(cause.message) && cause.message.endsWith(message);
  return causes.findLast(same)?.message ?? message;
}

const FRAME = /^\s*(?:at |\.\.\. \d+ more|End of exception on server side)/;
const HEADING = /^(?:<Exception on server side:\s*|Caused by: )?((?:[\w$]+\.)+[\w$]+)(?::\s?(.*))?$/;

function readCauses(trace: string): Cause[] {
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
