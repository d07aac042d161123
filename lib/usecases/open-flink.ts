/**
 * Reaches the SQL gateway and the JobManager of a run, side by side. One session per submission, closed when the work is
 * done; out of reach here means: refused, no run (design.md, rules 8 and 10).
 */
import { AppError, type ErrorCode } from '../domain/errors.ts';
import type { Clock, GatewaySession, JobManager, JobManagerIdentity, Log, SqlGateway } from '../domain/ports.ts';
import type { RunTarget } from '../domain/run-target.ts';
import { type Budget, withinBudget } from './budget.ts';

export interface FlinkDeps {
  readonly gateway: SqlGateway;
  readonly jobManager: JobManager;
  readonly clock: Clock;
  readonly log: Log;
}

export interface FlinkVisit {
  readonly session: GatewaySession;
  readonly identity: JobManagerIdentity;
  /** Flink's version, "2.3.0". */
  readonly version: string;
  /** Closes the session now; nothing happens when it is closed already. */
  close(): Promise<void>;
  /** Leaves the session to the gateway's idle time-out: closing it would interrupt a statement it has been given. */
  leaveOpen(): void;
}

/** Long enough for a session with slow catalogs, short enough to fit between the budget and the function's time-out. */
const CLOSE_WITHIN_MS = 1_500;

/** `work` gets a promise, so that it can do other things while Flink is being reached. */
export async function withFlink<T>(
  deps: FlinkDeps,
  target: Pick<RunTarget, 'hosts' | 'gatewayUrl'>,
  properties: Readonly<Record<string, string>>,
  budget: Budget,
  work: (flink: Promise<FlinkVisit>) => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const signal = AbortSignal.any([budget.signal, done.signal]);
  const opening = deps.gateway.open(target.gatewayUrl, properties, signal);
  const identity = deps.jobManager.identify(target.hosts, signal);
  const version = deps.gateway.version(target.gatewayUrl, signal);
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => (closing ??= closeSession(deps, opening));
  const leaveOpen = (): void => void (closing ??= Promise.resolve());
  const flink = visit(opening, identity, version, target).then((parts) => ({ ...parts, close, leaveOpen }));
  // Each is awaited further down; until then a failure of one of them is nobody's yet.
  for (const reaching of [opening, identity, version, flink]) reaching.catch(() => undefined);
  try {
    return await work(flink);
  } finally {
    await settled(deps.clock, [opening, identity, version], done);
    await close();
  }
}

/** How long an answer that nobody waits for any more is given to come by itself: a session must be known to be closed. */
const UNWANTED_WITHIN_MS = 500;

async function settled(clock: Clock, reaching: readonly Promise<unknown>[], done: AbortController): Promise<void> {
  const all = Promise.allSettled(reaching);
  const arrived = new AbortController();
  const patience = clock.sleep(UNWANTED_WITHIN_MS, arrived.signal);
  await Promise.race([all, patience]);
  arrived.abort();
  done.abort();
  await Promise.all([all, patience]);
}

type Parts = Pick<FlinkVisit, 'session' | 'identity' | 'version'>;

async function visit(
  opening: Promise<GatewaySession>,
  identity: Promise<JobManagerIdentity>,
  version: Promise<string>,
  target: Pick<RunTarget, 'hosts' | 'gatewayUrl'>,
): Promise<Parts> {
  const gateway = await Promise.allSettled([opening, version]);
  const [session, number] = gateway;
  if (session.status === 'rejected') throw refusal('The SQL gateway', target.gatewayUrl, session.reason);
  if (number.status === 'rejected') throw refusal('The SQL gateway', target.gatewayUrl, number.reason);
  try {
    return { session: session.value, identity: await identity, version: number.value };
  } catch (error) {
    throw refusal('The Flink cluster', target.hosts, error);
  }
}

function refusal(what: string, where: string, error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const code: ErrorCode = error.code;
  const hint = 'Nothing was started. Check that it runs and that its address is right, then submit again.';
  return new AppError(code, `${what} (${where}) is out of reach: ${error.message} ${hint}`, { cause: error });
}

export async function closeSession(
  deps: Pick<FlinkDeps, 'clock' | 'log'>,
  opening: Promise<GatewaySession>,
): Promise<void> {
  const session = await opening.catch(() => null);
  if (session === null) return;
  await withinBudget(deps.clock, CLOSE_WITHIN_MS, (budget) => session.close(budget.signal)).catch((error: unknown) => {
    deps.log.warn('session not closed, the gateway will do it when it is idle', { error: String(error) });
  });
}
