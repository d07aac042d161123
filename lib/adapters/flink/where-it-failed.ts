/**
 * Whether an operation of the SQL gateway failed before it asked anybody to start a job (protocol.md section 5). What counts
 * is where it failed, not with which exception: the frames of the thread that ran the operation, read from its start upwards.
 *
 *   Caused by: ...SqlExecutionException: Failed to execute the operation <id>.    the gateway's own, says that it was run
 *       at ...OperationManager$Operation.processThrowable(...)
 *       ... 1 more
 *   Caused by: <what went wrong>                                                  any text, of any number of lines
 *       at ...                                                                    where it was thrown
 *       at ...TableEnvironmentImpl.translate(...)                                 the branch: planning, so before any submission
 *       at ...TableEnvironmentImpl.executeInternal(...)                           the trunk: every statement comes this way
 *       at ...OperationManager$Operation.lambda$run$0(...)                        the start
 *       ... 7 more                                                                as many as the exception above has below
 *
 * A message may hold anything, text that looks like frames too. So a frame of a submission in any line is believed, and
 * what speaks for a refusal is believed only where its place and its number of frames left out are those of a real trace.
 */

const PACKAGE = 'org.apache.flink.table.';
const GATEWAY = `${PACKAGE}gateway.service.`;
const OPERATION = `${GATEWAY}operation.OperationManager$Operation.`;
const EXECUTOR = `${GATEWAY}operation.OperationExecutor.`;
const ENVIRONMENT = `${PACKAGE}api.internal.TableEnvironmentImpl.`;

const SUBMITTING = [
  `${PACKAGE}planner.delegation.DefaultExecutor.execute`,
  'org.apache.flink.streaming.api.environment.StreamExecutionEnvironment.execute',
];

/** The way that every statement goes, from the start of its operation to the client of a cluster. */
const TRUNK = [
  OPERATION,
  `${GATEWAY}operation.OperationManager.`,
  `${GATEWAY}SqlGatewayServiceImpl.`,
  `${EXECUTOR}executeStatement`,
  `${EXECUTOR}executeOperation`,
  `${EXECUTOR}configureSession`,
  `${EXECUTOR}callModifyOperations`,
  `${EXECUTOR}callEndStatementSetOperation`,
  `${EXECUTOR}callExecuteOperation`,
  `${EXECUTOR}callOperation`,
  `${ENVIRONMENT}execute`,
  `${PACKAGE}api.TableEnvironment.executePlan`,
  ...SUBMITTING,
  'org.apache.flink.client.deployment.executors.AbstractSessionClusterExecutor.execute',
  'org.apache.flink.client.deployment.executors.AbstractJobClusterExecutor.execute',
];

/** Branches that end before the client of a cluster is called. */
const BRANCHES = [
  `${EXECUTOR}getTableEnvironment`,
  `${PACKAGE}planner.delegation.ParserImpl.parse`,
  `${PACKAGE}planner.delegation.hive.HiveParser.parse`,
  `${PACKAGE}planner.delegation.PlannerBase.`,
  `${PACKAGE}planner.delegation.StreamPlanner.`,
  `${PACKAGE}planner.delegation.BatchPlanner.`,
  `${PACKAGE}planner.delegation.DefaultExecutor.createPipeline`,
  `${ENVIRONMENT}translate`,
  `${ENVIRONMENT}loadPlan`,
  `${ENVIRONMENT}createCatalog`,
  `${ENVIRONMENT}getModifyOperation`,
  `${ENVIRONMENT}extractSinkIdentifierNames`,
  `${ENVIRONMENT}generatePipelineFromQueryOperation`,
  `${PACKAGE}operations.ddl.`,
  `${PACKAGE}catalog.CatalogManager.`,
  `${PACKAGE}catalog.FunctionCatalog.`,
  `${PACKAGE}resource.ResourceManager.`,
];

/** The same for the step between planning and the client, which builds the job. */
export const GRAPH_BRANCHES = [
  'org.apache.flink.streaming.api.environment.StreamExecutionEnvironment.getPipelineExecutor',
  'org.apache.flink.client.deployment.executors.PipelineExecutorUtils.getJobGraph',
  'org.apache.flink.client.deployment.executors.PipelineExecutorUtils.getStreamGraph',
  'org.apache.flink.streaming.api.graph.StreamGraph.serializeUserDefinedInstances',
];

/** Frames of those who may have been given the job. */
const ASKED = [
  'org.apache.flink.client.program.',
  'org.apache.flink.client.ClientUtils.',
  'org.apache.flink.client.deployment.StandaloneClusterDescriptor.',
  'org.apache.flink.runtime.rest.RestClient',
  'org.apache.flink.runtime.dispatcher.',
  'org.apache.flink.runtime.jobmaster.',
  'org.apache.flink.runtime.minicluster.',
];

export const START = '<Exception on server side:';
export const END = 'End of exception on server side>';
const WRAPPER = `Caused by: ${GATEWAY}utils.SqlExecutionException: Failed to execute the operation `;
const DOING = ['Failed to fetchResults.', 'Failed to configure session.'];
const FETCHING = `${PACKAGE}gateway.api.utils.SqlGatewayException: `;

/** A whole trace of the gateway, and it failed before its statement could have started a job. */
export function failedBeforeSubmission(trace: string): boolean {
  const failure = readFailure(trace.split('\n'));
  if (failure === null || failure.lines.some(({ frame }) => frame !== null && startsWithAny(frame, ASKED)))
    return false;
  const stacks = stacksOf(failure.lines);
  // Stryker disable next-line OptionalChaining: a stack has frames; the compiler does not know that
  const own = stacks.filter((stack) => stack.more === failure.depth && bottomOf(stack)?.startsWith(OPERATION) === true);
  return own.length > 0 && own.every((stack) => isBefore(stack, stacks, failure));
}

/** If several places match, some are text of a message: each must be before the submission. */
function isBefore(stack: Stack, all: readonly Stack[], failure: Failure): boolean {
  const branch = stack.frames.findLast((frame) => !startsWithAny(frame, TRUNK));
  if (branch !== undefined) {
    if (startsWithAny(branch, GRAPH_BRANCHES)) return true;
    const sameThread = all.filter(({ more }) => more >= failure.depth);
    const submits = sameThread.some(({ frames }) => frames.some((frame) => startsWithAny(frame, SUBMITTING)));
    return startsWithAny(branch, BRANCHES) && !submits;
  }
  if (!failure.hasCauses) return isOwnRefusal(stack, failure);
  // Errors that the table environment throws itself wrap those that it has caught.
  // Stryker disable next-line StringLiteral: a stack has frames; the compiler does not know that
  const [top = ''] = stack.frames;
  if (!top.startsWith(`${ENVIRONMENT}execute`)) return false;
  const more = stack.frames.length + stack.more - 1;
  const causes = all.filter((cause) => cause.more === more && bottomOf(cause) === top);
  return causes.length > 0 && causes.every((cause) => isBefore(cause, all, failure));
}

/** Statements that are no use are refused before anything is done; what fails later has a cause. */
// Stryker disable next-line StringLiteral: a stack has frames; the compiler does not know that
function isOwnRefusal({ frames: [top = ''] }: Stack, { header }: Failure): boolean {
  const refuses = REFUSING.some((known) => top.startsWith(known));
  return refuses && REFUSALS.some((known) => header.startsWith(`${CAUSED_BY}${known}: `));
}

const REFUSING = [`${EXECUTOR}executeStatement`, `${EXECUTOR}executeOperation`, `${ENVIRONMENT}executeInternal`];
const REFUSALS = [
  `${PACKAGE}api.TableException`,
  `${PACKAGE}api.ValidationException`,
  `${GATEWAY}utils.SqlExecutionException`,
  'java.lang.UnsupportedOperationException',
];

export function startsWithAny(frame: string, known: readonly string[]): boolean {
  return known.some((start) => frame.startsWith(start));
}

export function bottomOf({ frames }: Stack): string | undefined {
  return frames.at(-1);
}

interface Failure {
  /** "Caused by: ..." of the operation's error. */
  readonly header: string;
  /** The text after it. */
  readonly lines: readonly Line[];
  /** How many frames are below the operation's own. */
  readonly depth: number;
  readonly hasCauses: boolean;
}

/** Null: this is no whole answer about an operation that was run. */
function readFailure(texts: readonly string[]): Failure | null {
  const at = texts.findIndex((text) => text.startsWith(WRAPPER));
  const lines = texts.map(readLine);
  const isWhole = texts[0] === START && texts.findLast((text) => text !== '') === END;
  // Stryker disable next-line ConditionalExpression,EqualityOperator: a whole trace begins with another line, and its last has no stack
  if (at < 0) return null;
  if (!isWhole || !texts.slice(1, at).every(isOfFetching)) return null;
  const [own] = stacksOf(lines.slice(at));
  // Stryker disable next-line OptionalChaining: a stack has frames; that there may be no stack is tested
  if (own?.frames[0]?.startsWith(`${OPERATION}processThrowable`) !== true) return null;
  const header = texts[at + 1 + own.length];
  // Stryker disable next-line OptionalChaining: behind the stack stands the end of the trace, at the latest
  if (header?.startsWith(CAUSED_BY) !== true) return null;
  const depth = own.frames.length + own.more - own.frames.filter((frame) => frame.startsWith(OPERATION)).length;
  const from = at + 2 + own.length;
  const hasCauses = texts.slice(from).some((text) => text.startsWith(CAUSED_BY));
  return { header, lines: lines.slice(from), depth, hasCauses };
}

/** Above the wrapper stands nothing that an author could have written. */
function isOfFetching(text: string): boolean {
  if (readLine(text).kind !== 'other') return true;
  const header = text.startsWith(CAUSED_BY) ? text.slice(CAUSED_BY.length) : text;
  return header.startsWith(FETCHING) && DOING.some((what) => header.endsWith(what));
}

interface Line {
  readonly kind: 'frame' | 'more' | 'other';
  /** Class and method. */
  readonly frame: string | null;
  readonly more: number;
}

export interface Stack {
  /** The innermost first. */
  readonly frames: readonly string[];
  /** How many more it shares with the exception above. */
  readonly more: number;
  /** Counted in lines. */
  readonly length: number;
}

export const CAUSED_BY = 'Caused by: ';
const OTHER: Line = { kind: 'other', frame: null, more: 0 };
const MAX_FRAME_LENGTH = 2_000;
const FRAME = /^\tat (?:[\w.@-]*\/)*([^\s()]+)\(/;
const MORE = /^\t\.\.\. (\d{1,6}) more$/;

export function readLine(text: string): Line {
  if (text.length > MAX_FRAME_LENGTH) return OTHER;
  const frame = FRAME.exec(text)?.[1];
  if (frame !== undefined) return { kind: 'frame', frame, more: 0 };
  const more = MORE.exec(text)?.[1];
  return more === undefined ? OTHER : { kind: 'more', frame: null, more: Number(more) };
}

/** Each row of frames that ends with how many more there are. */
export function stacksOf(lines: readonly Line[]): Stack[] {
  const stacks: Stack[] = [];
  let frames: string[] = [];
  for (const { kind, frame, more } of lines) {
    if (frame !== null) {
      frames.push(frame);
      continue;
    }
    if (kind === 'more' && frames.length > 0) stacks.push({ frames, more, length: frames.length + 1 });
    frames = [];
  }
  return stacks;
}
