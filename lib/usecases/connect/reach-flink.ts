/**
 * Reaches what a run needs of Flink, side by side: a SQL statement needs a gateway session and the JobManager, a jar the
 * JobManager alone (and itself), a script a gateway session alone. One session per submission, closed when the work is done; out of
 * reach here means: refused, no run (design.md, rules 8 and 10).
 */
import { AppError, type ErrorCode } from '../../domain/errors.ts';
import type { JarJob, RunPlan, ScriptJob, StatementJob } from '../../domain/plan/plan.ts';
import { type FlinkAddresses, gatewayOf } from '../../domain/plan/run-target.ts';
import type { Clock, GatewaySession, JobManager, Log, SqlGateway } from '../../domain/ports.ts';
import { checkWantedJar } from '../../domain/run/jar-content.ts';
import type { JobManagerIdentity } from '../../domain/run/job-manager.ts';
import { NO_REDACTION, type Redaction } from '../../domain/secrets/redaction.ts';
import { shownAddress } from '../../domain/secrets/shown-address.ts';
import type { Budget } from '../waiting/budget.ts';
import { throwBugs } from '../waiting/throw-bugs.ts';
import { type JarDeps, JarOnFlink, readJar } from './jar-on-flink.ts';
import { openSession, type Session } from './session.ts';

export interface FlinkDeps extends JarDeps {
  readonly gateway: SqlGateway;
  readonly jobManager: JobManager;
  readonly clock: Clock;
  readonly log: Log;
}

/** The parts of Flink that a run has reached, with the plan to start there. */
export type FlinkVisit = SqlVisit | JarVisit | ScriptVisit;

/** How a visit ends; one without a session has nothing to end. */
interface Ending {
  /** Closes the session now; nothing happens when it is closed already. */
  close(): Promise<void>;
  /** Leaves the session to the gateway's idle time-out: closing it would interrupt a statement it has been given. */
  leaveOpen(): void;
  /** Inserts secrets into what is sent and masks them in what comes back; a session does both itself. */
  readonly redaction: Redaction;
}

interface WithSession extends Ending {
  readonly session: GatewaySession;
  /** Flink's version, "2.3.0". */
  readonly version: string;
}

export interface SqlVisit extends WithSession {
  readonly kind: 'sql';
  readonly job: StatementJob | null;
  readonly identity: JobManagerIdentity;
}

export interface JarVisit extends Ending {
  readonly kind: 'jar';
  readonly job: JarJob;
  readonly jar: JarOnFlink;
  readonly identity: JobManagerIdentity;
}

/** The cluster of a script does not exist yet: there is no JobManager to ask. */
export interface ScriptVisit extends WithSession {
  readonly kind: 'script';
  readonly job: ScriptJob;
}

/** The JobManager that the run's record names; a script's comes with its cluster. */
export function jobManagerOf(flink: FlinkVisit): JobManagerIdentity {
  return flink.kind === 'script' ? NO_JOB_MANAGER : flink.identity;
}

const NO_JOB_MANAGER: JobManagerIdentity = { address: '', jmId: null, highAvailability: false, forgetsEnded: false };

/** The address, and the purpose. */
export interface WantedOfFlink {
  readonly target: FlinkAddresses;
  readonly plan: Pick<RunPlan, 'job' | 'properties' | 'origins'>;
}

/** `work` gets a promise, so that it can do other things while Flink is being reached. */
export async function withFlink<T>(
  deps: FlinkDeps,
  wanted: WantedOfFlink,
  budget: Budget,
  work: (flink: Promise<FlinkVisit>) => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const signal = AbortSignal.any([budget.signal, done.signal]);
  const { visit, reaching, close } = reach(deps, wanted, budget, signal);
  for (const each of [...reaching, visit]) {
    // Any error: each is awaited further down; until then a failure of one of them is nobody's yet.
    each.catch(() => undefined);
  }
  try {
    return await work(visit);
  } finally {
    const outcomes = await settled(deps.clock, reaching, done);
    await close();
    throwBugs(outcomes);
  }
}

/** Long enough for a late answer to arrive: a session must be known to be closed. */
const UNWANTED_WITHIN_MS = 500;

async function settled(
  clock: Clock,
  reaching: readonly Promise<unknown>[],
  done: AbortController,
): Promise<readonly PromiseSettledResult<unknown>[]> {
  const all = Promise.allSettled(reaching);
  const arrived = new AbortController();
  const patience = clock.sleep(UNWANTED_WITHIN_MS, arrived.signal);
  await Promise.race([all, patience]);
  arrived.abort();
  done.abort();
  await patience;
  return await all;
}

interface Reaching {
  readonly visit: Promise<FlinkVisit>;
  /** Everything under way for it. */
  readonly reaching: readonly Promise<unknown>[];
  close(): Promise<void>;
}

function reach(
  deps: FlinkDeps,
  { target, plan: { job, properties, origins } }: WantedOfFlink,
  budget: Budget,
  signal: AbortSignal,
): Reaching {
  if (job?.kind === 'jar') return reachForJar(deps, { ...target, job }, budget, signal);
  const gatewayUrl = gatewayOf(target);
  const session = openSession(deps, { gatewayUrl, properties, origins }, budget, signal);
  if (job?.kind === 'script') return reachForScript(session, gatewayUrl, job);
  return reachForSql(deps, { ...target, job, gatewayUrl }, session, signal);
}

function reachForSql(
  deps: FlinkDeps,
  {
    hosts,
    gatewayUrl,
    job,
  }: { readonly hosts: string; readonly gatewayUrl: string; readonly job: StatementJob | null },
  session: Session,
  signal: AbortSignal,
): Reaching {
  // Without an address, the job gets its own cluster: there is no JobManager to ask yet.
  const identity = hosts === '' ? Promise.resolve(NO_JOB_MANAGER) : deps.jobManager.identify(hosts, signal);
  const visit = async (): Promise<SqlVisit> => {
    const opened = await openedSession(session, gatewayUrl);
    return { kind: 'sql', job, ...opened, identity: await identified(identity, hosts) };
  };
  return { visit: visit(), reaching: [session.opening, session.version, identity], close: session.close };
}

/** The jar is read here, so that its errors come before there is a run. The run that has the claim uploads it later. */
function reachForJar(
  deps: FlinkDeps,
  { hosts, job }: FlinkAddresses & { readonly job: JarJob },
  budget: Budget,
  signal: AbortSignal,
): Reaching {
  const identity = deps.jobManager.identify(hosts, signal);
  const reading = readJar(deps, job.uri, budget, signal);
  const visit = async (): Promise<JarVisit> => {
    const reached = await identified(identity, hosts);
    const local = await reading;
    // A run that is sent again has its own jar to compare with, and its own end if that has changed.
    if (job.sha256 === undefined) checkWantedJar(job, local.sha256);
    const id = await deps.jars.find(reached.address, local.sha256, signal);
    const jar = new JarOnFlink(deps, reached.address, local, id);
    return { kind: 'jar', job, jar, identity: reached, ...NOTHING_TO_END };
  };
  const close = async (): Promise<void> => {
    const [read] = await Promise.allSettled([reading]);
    if (read.status === 'fulfilled') read.value.release();
  };
  const visiting = visit();
  return { visit: visiting, reaching: [identity, reading, visiting], close };
}

const NOTHING_TO_END: Ending = {
  close: () => Promise.resolve(),
  leaveOpen: () => undefined,
  redaction: NO_REDACTION,
};

function reachForScript(session: Session, gatewayUrl: string, job: ScriptJob): Reaching {
  const visit = async (): Promise<ScriptVisit> => {
    return { kind: 'script', job, ...(await openedSession(session, gatewayUrl)) };
  };
  return { visit: visit(), reaching: [session.opening, session.version], close: session.close };
}

async function openedSession(session: Session, gatewayUrl: string): Promise<WithSession> {
  const { opening, version, close, leaveOpen } = session;
  const [opened, number] = await Promise.allSettled([opening, version]);
  if (opened.status === 'rejected') throw refusal('The SQL gateway', gatewayUrl, opened.reason);
  if (number.status === 'rejected') throw refusal('The SQL gateway', gatewayUrl, number.reason);
  return { session: opened.value, version: number.value, close, leaveOpen, redaction: NO_REDACTION };
}

async function identified(identity: Promise<JobManagerIdentity>, hosts: string): Promise<JobManagerIdentity> {
  try {
    return await identity;
  } catch (error) {
    throw refusal('The Flink cluster', hosts, error);
  }
}

function refusal(what: string, address: string, error: unknown): unknown {
  // An error caused by an option of the run says nothing about the server.
  if (!(error instanceof AppError) || error.code === 'config.invalid') return error;
  const code: ErrorCode = error.code;
  const hint = 'Nothing was started. Check that it runs and that its address is right, then submit again.';
  return new AppError(code, `${what} (${shownAddress(address)}) is out of reach: ${error.message} ${hint}`, {
    cause: error,
  });
}
