/**
 * One HTTP route: event -> request -> input -> use case -> answer -> envelope. The one place where everything that goes
 * wrong is caught: a caller always gets the envelope.
 */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { AppError } from '../domain/errors.ts';
import { BUDGET_MS } from '../domain/limits.ts';
import type { Clock, Log } from '../domain/ports.ts';
import { ANONYMOUS } from '../domain/run/cancel-text.ts';
import { apiPath } from './api-path.ts';
import { type Answer, toEnvelope } from './envelope.ts';
import { type Request, toRequest } from './request.ts';
import { loggedText, toldText } from './told-text.ts';

export interface HttpContext {
  /** none: every call is let in; refused: none is. */
  readonly auth: 'none' | 'refused';
  readonly timeZone: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a use case may know of the request it serves. */
export interface Scope {
  readonly caller: string;
  /** How long the caller can be kept waiting. */
  readonly budgetMs: number;
  readonly timeZone: string;
  readonly now: number;
}

export interface Route<Input, Output> {
  /** Whether 0.x clients call it, which read `datas`. */
  readonly bothDialects: boolean;
  readonly parse: (request: Request) => Input;
  readonly answer: (output: Output, scope: Scope) => Answer;
  /** The task that a request names, however bad it is. For calls whose clients cancel that task when they are refused. */
  readonly namedTask?: (request: Request) => number | null;
}

/** Remembers that a call which names a task was refused to a caller. */
export type RememberRefusal = (taskId: number, caller: string) => Promise<void>;

export type HttpHandler = (
  event: APIGatewayProxyEventV2,
  context?: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** Between the end of the budget and the function's time-out: closing a session, writing the answer. */
const RESERVE_MS = 3_500;

/** `setUp` and `useCase` are called with the first request, so that a bad setting is answered in the envelope too. */
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
    let http: HttpContext | null = null;
    let said: Answer;
    try {
      http = setUp();
      checkAuth(http);
      said = await answerTo({ http, parts, useCase, remember, requestId }, toRequest(event), context);
    } catch (error) {
      // Any error: this is where all of them arrive.
      said = toFailure(error, requestId, http?.log ?? lastResort);
    }
    const { log, timeZone, now } = factsOf(http);
    const path = `${event.requestContext.http.method} ${apiPath(event.rawPath)}`;
    log.info('answered', {
      requestId,
      path,
      success: said.success,
      durationMs: Math.round(performance.now() - started),
    });
    return toEnvelope(said, { requestId, now, timeZone, bothDialects: parts.bothDialects });
  };
}

interface Call<Input, Output> {
  readonly http: HttpContext;
  readonly parts: Route<Input, Output>;
  readonly useCase: () => (input: Input, scope: Scope) => Promise<Output>;
  readonly remember: (() => RememberRefusal) | undefined;
  readonly requestId: string;
}

/** The caller was let in. A refusal is remembered before it is told: what the client does then follows at once. */
async function answerTo<Input, Output>(
  call: Call<Input, Output>,
  request: Request,
  context: Context | undefined,
): Promise<Answer> {
  const { http, parts, remember } = call;
  const scope = toScope(http, context);
  const said = await outcomeOf(call, request, scope);
  const taskId = said.success ? null : (parts.namedTask?.(request) ?? null);
  if (taskId !== null && remember !== undefined) await remember()(taskId, scope.caller);
  return said;
}

async function outcomeOf<Input, Output>(call: Call<Input, Output>, request: Request, scope: Scope): Promise<Answer> {
  const { http, parts, useCase, requestId } = call;
  try {
    const output = await useCase()(parts.parse(request), scope);
    return parts.answer(output, { ...scope, now: http.clock.now() });
  } catch (error) {
    // Any error: this is where all of them arrive.
    return toFailure(error, requestId, http.log);
  }
}

function checkAuth(http: HttpContext): void {
  if (http.auth === 'none') return;
  const hint = 'To let every caller in, deploy it with AUTH=none.';
  throw new AppError(
    'request.unauthorized',
    `This deployment refuses every caller, because API keys are not set up. ${hint}`,
  );
}

function toScope(http: HttpContext, context: Context | undefined): Scope {
  const remainingMs = context?.getRemainingTimeInMillis() ?? BUDGET_MS + RESERVE_MS;
  const budgetMs = Math.max(0, Math.min(BUDGET_MS, remainingMs - RESERVE_MS));
  return { caller: ANONYMOUS, budgetMs, timeZone: http.timeZone, now: http.clock.now() };
}

function toFailure(error: unknown, requestId: string, log: Log): Answer {
  if (error instanceof AppError) {
    log.info('refused', { requestId, code: error.code, reason: loggedText(error) });
    return { success: false, msg: toldText(error), data: null };
  }
  log.error('unexpected error', {
    requestId,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  const msg = `Something unexpected went wrong. The log has it under the request id ${requestId}. Try again.`;
  return { success: false, msg, data: null };
}

/** For the log line and the envelope of a request that met a bad setting before there was a log or a clock. */
function factsOf(http: HttpContext | null): { log: Log; timeZone: string; now: number } {
  if (http === null) return { log: lastResort, timeZone: 'UTC', now: Date.now() };
  return { log: http.log, timeZone: http.timeZone, now: http.clock.now() };
}

const write = (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
  process.stdout.write(`${JSON.stringify({ level, message, ...fields })}\n`);
};

const lastResort: Log = { info: write('info'), warn: write('warn'), error: write('error') };
