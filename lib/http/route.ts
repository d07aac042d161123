/**
 * One HTTP route: event -> request -> input -> use case -> answer -> envelope. The only place that catches all errors: a
 * caller always gets the envelope.
 */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { Admit, Admitted, Presented } from '../domain/access/admission.ts';
import { hideApiKeys } from '../domain/access/api-key.ts';
import type { Subject } from '../domain/access/may-call.ts';
import { callerOf, type Principal } from '../domain/access/principal.ts';
import { isInScope } from '../domain/access/task-scope.ts';
import { AppError } from '../domain/errors.ts';
import { BUDGET_MS } from '../domain/limits.ts';
import type { Clock, Log } from '../domain/ports.ts';
import { apiPath } from './api-path.ts';
import { checkTask, checkVerb } from './check-call.ts';
import { presentedBy } from './credentials.ts';
import { type Answer, toEnvelope } from './envelope.ts';
import { causeText, loggedText, refusalText } from './refusal-text.ts';
import { type Request, shown, toRequest } from './request.ts';
import { type ServedRoute, servedRoute } from './served.ts';

export interface HttpContext {
  /** Who may call. */
  readonly admit: Admit;
  readonly timeZone: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a use case may know about the request. */
export interface Scope {
  /** The caller, and its one text for records and name spaces. */
  readonly principal: Principal;
  readonly caller: string;
  /** Whether the caller may use a task whose number is known only after a read. */
  readonly maySee: (taskId: number) => boolean;
  /** How long the caller can wait. */
  readonly budgetMs: number;
  readonly timeZone: string;
  readonly now: number;
}

export interface Route<Input, Output> {
  /** Whether 0.x clients call it; they read `datas`. */
  readonly bothDialects: boolean;
  readonly parse: (request: Request) => Input;
  readonly answer: (output: Output, scope: Scope) => Answer;
  /** The task of a call. Null: the use case asks `maySee` when it knows the task. */
  readonly task: ((input: Input) => Subject) | null;
  /** The task that even a bad request names. For calls whose clients cancel that task after a refusal. */
  readonly namedTask?: (request: Request) => number | null;
}

/** Records that a call of a task was refused to a caller. */
export type RememberRefusal = (taskId: number, caller: string) => Promise<void>;

export type HttpHandler = (
  event: APIGatewayProxyEventV2,
  context?: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** Between the end of the budget and the function's time-out: closing a session, writing the answer. */
const RESERVE_MS = 3_500;

/** `setUp` and `useCase` are called with the first request, so that a bad setting also gives an answer in the envelope. */
export function route<Input, Output>(
  setUp: () => HttpContext,
  parts: Route<Input, Output>,
  useCase: () => (input: Input, scope: Scope) => Promise<Output>,
  remember?: () => RememberRefusal,
): HttpHandler {
  return async (event, context) => {
    // Lambda's own id is in its log lines too; API Gateway's is not.
    const requestId = context?.awsRequestId ?? event.requestContext.requestId;
    const started = performance.now();
    const path = apiPath(event.rawPath);
    const served = servedRoute(path);
    let http: HttpContext | null = null;
    let admitted: Admitted | null = null;
    let said: Answer;
    try {
      http = setUp();
      // Before anything of the request is read.
      admitted = await admit(http, presentedBy(event, requestId), verbOf(served, event.requestContext.http.method));
      said = await answerTo({ http, parts, useCase, remember, requestId, admitted }, toRequest(event), context);
    } catch (error) {
      // Any error: all errors arrive here.
      said = toFailure(error, requestId, http?.log ?? lastResort);
    }
    const { log, timeZone, now } = factsOf(http);
    log.info('answered', {
      requestId,
      path: hideApiKeys(`${event.requestContext.http.method} ${shown(path)}`),
      verb: served?.verb ?? null,
      caller: admitted === null ? null : callerOf(admitted.principal),
      sourceIp: event.requestContext.http.sourceIp,
      success: said.success,
      ...(said.errorCode !== undefined && { code: said.errorCode }),
      ...said.logged,
      cold_start: isCold,
      durationMs: Math.round(performance.now() - started),
    });
    isCold = false;
    return toEnvelope(said, { requestId, now, timeZone, bothDialects: parts.bothDialects });
  };
}

/** Whether this is the first request of the process. */
let isCold = true;

interface Call<Input, Output> {
  readonly http: HttpContext;
  readonly parts: Route<Input, Output>;
  readonly useCase: () => (input: Input, scope: Scope) => Promise<Output>;
  readonly remember: (() => RememberRefusal) | undefined;
  readonly requestId: string;
  readonly admitted: Admitted;
}

/** The caller is authenticated. A refusal is recorded before the answer: the client's next call may follow at once. */
async function answerTo<Input, Output>(
  call: Call<Input, Output>,
  request: Request,
  context: Context | undefined,
): Promise<Answer> {
  const { http, parts, remember, admitted } = call;
  const scope = toScope(http, admitted, context);
  const noted = admitted.noteUse();
  try {
    const said = await outcomeOf(call, request, scope);
    const taskId = said.success ? null : (parts.namedTask?.(request) ?? null);
    if (taskId !== null && scope.maySee(taskId) && remember !== undefined) await remember()(taskId, scope.caller);
    return said;
  } finally {
    await noted;
  }
}

async function outcomeOf<Input, Output>(call: Call<Input, Output>, request: Request, scope: Scope): Promise<Answer> {
  const { http, parts, useCase, requestId, admitted } = call;
  try {
    const input = parts.parse(request);
    checkTask(admitted, parts.task?.(input) ?? null);
    const output = await useCase()(input, scope);
    return parts.answer(output, { ...scope, now: http.clock.now() });
  } catch (error) {
    // Any error: all errors arrive here.
    return toFailure(error, requestId, http.log);
  }
}

async function admit(http: HttpContext, presented: Presented, verb: ServedRoute['verb']): Promise<Admitted> {
  const admitted = await http.admit(presented);
  checkVerb(admitted, verb === 'any' ? null : verb);
  return admitted;
}

/** By the list of routes. An unknown path needs a caller too, who then learns that there is no such call. */
function verbOf(served: ServedRoute | null, method: string): ServedRoute['verb'] {
  return served?.methods.includes(method) === true ? served.verb : 'any';
}

function toScope(http: HttpContext, { principal, grant }: Admitted, context: Context | undefined): Scope {
  const remainingMs = context?.getRemainingTimeInMillis() ?? BUDGET_MS + RESERVE_MS;
  const budgetMs = Math.max(0, Math.min(BUDGET_MS, remainingMs - RESERVE_MS));
  const maySee = (taskId: number): boolean => isInScope(grant.tasks, taskId);
  const times = { budgetMs, timeZone: http.timeZone, now: http.clock.now() };
  return { principal, caller: callerOf(principal), maySee, ...times };
}

function toFailure(error: unknown, requestId: string, log: Log): Answer {
  if (error instanceof AppError) {
    const facts = { requestId, code: error.code, reason: loggedText(error) };
    if (error.ofDeployment) log.error('failed', { ...facts, cause: causeText(error) });
    else log.info('refused', facts);
    return { success: false, msg: refusalText(error), data: null, errorCode: error.code };
  }
  log.error('unexpected error', {
    requestId,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  const msg = `Something unexpected went wrong. The log has it under the request id ${requestId}. Try again.`;
  return { success: false, msg, data: null, errorCode: 'internal' };
}

/** For a request that met a bad setting before there was a log or a clock. */
function factsOf(http: HttpContext | null): { log: Log; timeZone: string; now: number } {
  if (http === null) return { log: lastResort, timeZone: 'UTC', now: Date.now() };
  return { log: http.log, timeZone: http.timeZone, now: http.clock.now() };
}

const write = (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
  process.stdout.write(`${JSON.stringify({ level, message, ...fields })}\n`);
};

const lastResort: Log = { info: write('info'), warn: write('warn'), error: write('error') };
