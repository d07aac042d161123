/**
 * A Flink in memory: SQL gateway and JobManager with sessions, tables, operations and jobs, over a clock that tests hold.
 * It can be told to fail on command. Held to the real Flink by test/contracts/flink.contract.ts.
 */
import { AppError } from '../../lib/domain/errors.ts';
import type { Clock, GatewaySession, JobManager, SqlGateway } from '../../lib/domain/ports.ts';
import type { Cell } from '../../lib/domain/results/cell.ts';
import type { ResultPage } from '../../lib/domain/results/result-page.ts';
import type { CompletedState } from '../../lib/domain/run/savepoint.ts';
import type { FlinkJob, FlinkJobState } from '../../lib/domain/run/status.ts';
import { fakeCheckpoints } from './fake-checkpoints.ts';
import { type FakeJars, fakeJars, type JarCall } from './fake-jars.ts';
import { FakeSavepoints } from './fake-savepoints.ts';

interface FakeJob {
  readonly id: string;
  readonly sql: string;
  readonly config: Readonly<Record<string, string>>;
  state: FlinkJobState;
  ranAt: number | null;
  endedAt: number | null;
  cause: string | null;
  /** How often it was restarted. */
  restarts?: number;
  waitsForSlots?: boolean;
}

interface Operation {
  readonly readyAt: number;
  /** Evaluated once, when the operation is looked at after it is ready. */
  readonly finish: () => readonly ResultPage[];
  pages: readonly ResultPage[] | null;
  failure: AppError | null;
}

interface Session {
  readonly properties: Record<string, string>;
  readonly tables: Set<string>;
  readonly operations: Map<string, Operation>;
  readonly previews: FakeJob[];
}

export type Call =
  | JarCall
  | 'version'
  | 'open'
  | 'configure'
  | 'start'
  | 'deploy'
  | 'fetch'
  | 'close'
  | 'identify'
  | 'overview'
  | 'job'
  | 'allTasksRun'
  | 'failureCause'
  | 'restarts'
  | 'slots'
  | 'checkpoints'
  | 'cancel'
  | 'triggerSavepoint'
  | 'savepointState';

/** A cluster that was started for one script. */
interface FakeCluster {
  readonly clusterId: string;
  readonly jobId: string;
  readonly script: string;
  readonly config: Readonly<Record<string, string>>;
}

/** Called before (true) and after (false) each call takes effect; may throw, or wait. */
type Fault = (call: Call, before: boolean, detail: string) => Promise<void> | void;

export interface FakeFlink extends SqlGateway, JobManager {
  readonly jobs: Map<string, FakeJob>;
  readonly jars: FakeJars;
  readonly savepoints: FakeSavepoints;
  /** What a job has completed, by its id: what a test puts there, besides what checkpointing brings by itself. */
  readonly completed: Map<string, CompletedState[]>;
  readonly openSessions: () => number;
  readonly sessionsOpened: () => number;
  readonly configured: string[];
  readonly started: { readonly sql: string; readonly config: Readonly<Record<string, string>> }[];
  /** Targets that it can start clusters on; the real one of the tests has none either. */
  readonly platforms: Set<string>;
  readonly clusters: FakeCluster[];
  readonly lastProperties: () => Readonly<Record<string, string>>;
  fault: Fault;
  planningMs: number;
  /** How long the tasks of a job that is RUNNING take to start. */
  tasksStartMs: number;
  /** Rows that a query gives, and whether it then ends. */
  rowsOf: (sql: string) => { columns: string[]; cells: Cell[]; ends: boolean };
  freeSlots: number;
  jmId: string;
  /** JobManager addresses that refuse connections. */
  readonly deadHosts: Set<string>;
  /** Addresses at which another server answers, with a 404 of its own. */
  readonly foreignHosts: Set<string>;
  highAvailability: boolean;
  /** High availability's default: the id of a job is forgotten when it ends. */
  forgetsEnded: boolean;
  /** Shown with high availability. */
  haCluster: string;
  /** Ids of jobs that have ended under an earlier leader: they are refused, and nothing else is told of them. */
  readonly refusedIds: Set<string>;
  /** Under which id a statement's job is started, given the one that was asked for. */
  takesId: (asked: string) => string;
  /** Whether an operation says which job it has started. */
  tellsJobId: boolean;
  version: SqlGateway['version'];
}

/** Of every job alike. */
const NODES = JSON.stringify({
  nodes: [
    { id: 1, type: 'Source: src[1]', pact: 'Data Source', contents: '[1]:TableSourceScan()', parallelism: 2 },
    {
      ...{ id: 3, type: 'snk[2]: Writer', pact: 'Operator', contents: 'snk[2]: Writer', parallelism: 2 },
      predecessors: [{ id: 1, ship_strategy: 'FORWARD', side: 'second' }],
    },
  ],
});

export function fakeFlink(clock: Clock): FakeFlink {
  const sessions = new Map<string, Session>();
  let opened = 0;
  let operationCount = 0;
  let lastProperties: Readonly<Record<string, string>> = {};

  const around = async <T>(call: Call, detail: string, signal: AbortSignal, work: () => T): Promise<T> => {
    await orAborted(flink.fault(call, true, detail), signal);
    const done = work();
    await orAborted(flink.fault(call, false, detail), signal);
    return done;
  };

  const submit = (id: string, sql: string, config: Readonly<Record<string, string>>): FakeJob => {
    if (flink.jobs.has(id) || flink.refusedIds.has(id))
      throw new AppError('flink.duplicate', 'Job has already been submitted.');
    const job: FakeJob = { id, sql, config, state: 'RUNNING', ranAt: clock.now(), endedAt: null, cause: null };
    flink.jobs.set(id, job);
    return job;
  };

  const startOperation = (session: Session, sql: string, config: Readonly<Record<string, string>>): Operation => {
    const readyAt = clock.now() + flink.planningMs;
    const asked = config['$internal.pipeline.job-id'] ?? `${'f'.repeat(24)}${String(operationCount).padStart(8, '0')}`;
    const jobId = flink.takesId(asked);
    const page = (id: string | null): ResultPage => ({ kind: 'page', jobId: id, columns: ['job id'], rows: [] });
    const end: ResultPage = { kind: 'end', jobId: null, columns: [], rows: [] };
    if (/^\s*(SELECT|WITH|VALUES)\b/i.test(sql)) {
      const finish = (): readonly ResultPage[] => {
        const job = submit(jobId, sql, config);
        session.previews.push(job);
        const { columns, cells, ends } = flink.rowsOf(sql);
        if (ends) Object.assign(job, { state: 'FINISHED', endedAt: clock.now() });
        const rows: ResultPage = { kind: 'page', jobId, columns, rows: cells };
        return ends ? [rows, { ...end, jobId }] : [rows];
      };
      return { readyAt, finish, pages: null, failure: null };
    }
    if (/^\s*EXPLAIN\b/i.test(sql)) {
      const finish = (): readonly ResultPage[] => {
        checkTables(session, sql);
        const nodes = /^\s*EXPLAIN JSON_EXECUTION_PLAN\b/.test(sql) ? `\n== Physical Execution Plan ==\n${NODES}` : '';
        const rows: Cell[] = [{ op: '+I', fields: [`== Abstract Syntax Tree ==\n${sql}${nodes}`] }];
        return [{ kind: 'page', jobId: null, columns: ['result'], rows }, end];
      };
      return { readyAt, finish, pages: null, failure: null };
    }
    if (/^\s*SET\s*$/i.test(sql)) {
      const rows = Object.entries(session.properties).map((fields): Cell => ({ op: '+I', fields }));
      const shown: ResultPage = { kind: 'page', jobId: null, columns: ['key', 'value'], rows };
      return { readyAt, finish: () => [shown, end], pages: null, failure: null };
    }
    if (/^\s*CALL\b/i.test(sql)) {
      const { columns, cells } = flink.rowsOf(sql);
      const shown: ResultPage = { kind: 'page', jobId: null, columns, rows: cells };
      return { readyAt, finish: () => [shown, end], pages: null, failure: null };
    }
    if (/^\s*(SHOW|DESCRIBE|DESC)\b/i.test(sql)) {
      const rows = [...session.tables].map((name): Cell => ({ op: '+I', fields: [name] }));
      const shown: ResultPage = { kind: 'page', jobId: null, columns: ['table name'], rows };
      return { readyAt, finish: () => [shown, end], pages: null, failure: null };
    }
    const finish = (): readonly ResultPage[] => {
      checkTables(session, sql);
      submit(jobId, sql, config);
      return [page(flink.tellsJobId ? jobId : null), end];
    };
    return { readyAt, finish, pages: null, failure: null };
  };

  const deploy = (script: string, config: Readonly<Record<string, string>>): string => {
    const target = config['execution.target'] ?? 'remote';
    if (target === 'remote') throw refusedScript('Application Mode not supported by standalone deployments.');
    if (!flink.platforms.has(target)) throw refusedScript('No ClusterClientFactory found.');
    const clusterId = config['kubernetes.cluster-id'] ?? `application_1_${flink.clusters.length + 1}`;
    if (flink.clusters.some((cluster) => cluster.clusterId === clusterId)) {
      throw new AppError('flink.failed', `The Flink cluster ${clusterId} already exists.`);
    }
    const jobId = config['$internal.pipeline.job-id'] ?? '';
    flink.clusters.push({ clusterId, jobId, script, config });
    submit(jobId, script, config);
    return clusterId;
  };

  const alive = (address: string): void => {
    if (flink.foreignHosts.has(address)) {
      throw new AppError('flink.protocol', `${address} answered HTTP 404, which is not Flink's JobManager.`);
    }
    if (address !== '' && !flink.deadHosts.has(address)) return;
    throw new AppError('flink.unreachable', `Flink can't be reached at ${address}: connection refused.`);
  };

  const sessionOf = (handle: string): Session => {
    const session = sessions.get(handle);
    if (session === undefined) throw new AppError('flink.failed', `Session '${handle}' does not exist.`);
    return session;
  };

  const openSession = (handle: string): GatewaySession => ({
    configure: (sql, signal) =>
      around('configure', sql, signal, () => {
        configure(sessionOf(handle), sql);
        flink.configured.push(sql);
      }),
    start: (sql, config, signal) =>
      around('start', sql, signal, () => {
        flink.started.push({ sql, config });
        const operation = `operation-${(operationCount += 1)}`;
        sessionOf(handle).operations.set(operation, startOperation(sessionOf(handle), sql, config));
        return operation;
      }),
    deploy: (script, config, signal) =>
      around('deploy', config['$internal.pipeline.job-id'] ?? '', signal, () => {
        sessionOf(handle);
        return deploy(script, config);
      }),
    fetch: (operation, token, signal) =>
      around('fetch', operation, signal, () => fetchPage(sessionOf(handle), operation, token, clock)),
    close: (signal) =>
      around('close', handle, signal, () => {
        for (const job of sessionOf(handle).previews) end(job, 'CANCELED', clock);
        sessions.delete(handle);
      }),
  });

  const isStarting = (job: FakeJob | undefined): boolean =>
    job?.endedAt === null && (job.ranAt === null || clock.now() < job.ranAt + flink.tasksStartMs);

  const savepoints = new FakeSavepoints({
    now: () => clock.now(),
    isLive: (id) => flink.jobs.get(id)?.endedAt === null,
    isStarting: (id) => isStarting(flink.jobs.get(id)),
    end: (id, state) => {
      const job = flink.jobs.get(id);
      if (job !== undefined) end(job, state, clock);
    },
    completed: (id, path) => {
      const one = { path, isSavepoint: true, completedAt: clock.now(), discarded: false };
      flink.completed.set(id, [one, ...(flink.completed.get(id) ?? [])]);
    },
  });

  const flink: FakeFlink = {
    jobs: new Map(),
    savepoints,
    jars: fakeJars(around, (jobId, what) => void submit(jobId, 'EXECUTE JAR', what.flinkConfiguration)),
    completed: new Map(),
    openSessions: () => sessions.size,
    sessionsOpened: () => opened,
    configured: [],
    started: [],
    platforms: new Set(),
    clusters: [],
    lastProperties: () => lastProperties,
    fault: () => undefined,
    planningMs: 100,
    tasksStartMs: 0,
    rowsOf: () => ({ columns: ['a'], cells: [], ends: true }),
    freeSlots: 4,
    jmId: '/tmp/flink-web-1',
    deadHosts: new Set(),
    foreignHosts: new Set(),
    highAvailability: false,
    forgetsEnded: false,
    haCluster: 'first',
    refusedIds: new Set(),
    takesId: (asked) => asked,
    tellsJobId: true,
    version: (_url, signal) => around('version', '', signal, () => '2.3.0'),
    open: (_url, properties, signal) =>
      around('open', '', signal, () => {
        const handle = `session-${(opened += 1)}`;
        lastProperties = properties;
        const operations = new Map<string, Operation>();
        sessions.set(handle, { properties: { ...properties }, tables: new Set(), operations, previews: [] });
        return openSession(handle);
      }),
    identify: (hosts, signal) =>
      around('identify', hosts, signal, () => {
        const address = hosts.split(',').find((host) => !flink.deadHosts.has(host)) ?? '';
        alive(address);
        const { jmId, highAvailability, forgetsEnded } = flink;
        const own = flink.clusters.find(({ clusterId }) => address.includes(clusterId));
        const base = {
          address,
          jmId,
          highAvailability,
          forgetsEnded,
          ...(highAvailability ? { haCluster: flink.haCluster } : {}),
        };
        return own === undefined ? base : { ...base, ownJobId: own.jobId };
      }),
    overview: (address, signal) =>
      around('overview', '', signal, () => {
        alive(address);
        savepoints.progress();
        return new Map([...flink.jobs].map(([id, { state }]) => [id, state] as const));
      }),
    job: (address, jobId, signal) =>
      around('job', jobId, signal, () => {
        alive(address);
        savepoints.progress();
        return toFlinkJob(flink.jobs.get(jobId));
      }),
    allTasksRun: (address, jobId, signal) =>
      around('allTasksRun', jobId, signal, () => {
        alive(address);
        return !isStarting(flink.jobs.get(jobId));
      }),
    failureCause: (address, jobId, signal) =>
      around('failureCause', jobId, signal, () => {
        alive(address);
        return flink.jobs.get(jobId)?.cause ?? null;
      }),
    restarts: (address, jobId, signal) =>
      around('restarts', jobId, signal, () => {
        alive(address);
        return flink.jobs.get(jobId)?.restarts ?? null;
      }),
    slots: (address, signal) =>
      around('slots', '', signal, () => {
        alive(address);
        return { total: 4, free: flink.freeSlots };
      }),
    checkpoints: (address, jobId, signal) =>
      around('checkpoints', jobId, signal, () => {
        alive(address);
        savepoints.progress();
        const job = flink.jobs.get(jobId);
        return job === undefined ? null : fakeCheckpoints(job, flink.completed.get(jobId) ?? []);
      }),
    cancel: (address, jobId, signal) =>
      around('cancel', jobId, signal, () => {
        alive(address);
        savepoints.progress();
        const job = flink.jobs.get(jobId);
        if (job !== undefined) end(job, 'CANCELED', clock);
      }),
    triggerSavepoint: (address, jobId, ask, signal) =>
      around('triggerSavepoint', jobId, signal, () => {
        alive(address);
        savepoints.ask(jobId, ask);
      }),
    savepointState: (address, jobId, triggerId, signal) =>
      around('savepointState', jobId, signal, () => {
        alive(address);
        return savepoints.state(jobId, triggerId);
      }),
  };
  return flink;
}

/** A caller that gives up does not wait for the other side. */
async function orAborted(work: Promise<void> | void, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw outOfTime();
  if (work === undefined) return;
  let giveUp = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(outOfTime());
    signal.addEventListener('abort', giveUp);
  });
  await Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', giveUp));
  if (signal.aborted) throw outOfTime();
}

function refusedScript(reason: string): AppError {
  return new AppError('flink.rejected', reason);
}

function outOfTime(): AppError {
  return new AppError('budget.exceeded', 'Out of time.');
}

function end(job: FakeJob, state: FlinkJobState, clock: Clock): void {
  if (job.endedAt === null) Object.assign(job, { state, endedAt: clock.now() });
}

function toFlinkJob(job: FakeJob | undefined): FlinkJob | null {
  if (job === undefined) return null;
  const { state, ranAt, endedAt, waitsForSlots } = job;
  return { state, ranAt, endedAt, ...(waitsForSlots === undefined ? {} : { waitsForSlots }) };
}

function configure(session: Session, sql: string): void {
  const created = /^\s*CREATE\s+(?:TEMPORARY\s+)?(?:TABLE|VIEW)\s+(\w+)/i.exec(sql);
  const set = /^\s*SET\s+'([^']+)'\s*=\s*'([^']*)'/i.exec(sql);
  if (created?.[1] !== undefined) session.tables.add(created[1]);
  else if (set?.[1] !== undefined) session.properties[set[1]] = set[2] ?? '';
  else if (/^\s*(SELECT|INSERT|SHOW|DESCRIBE|EXPLAIN|EXECUTE)\b/i.test(sql)) {
    throw new AppError('flink.failed', 'Unsupported statement for configuring session');
  }
}

function checkTables(session: Session, sql: string): void {
  for (const found of sql.matchAll(/INSERT\s+(?:INTO|OVERWRITE)\s+(\w+)/gi)) {
    const name = found[1] ?? '';
    if (session.tables.has(name)) continue;
    throw new AppError(
      'flink.rejected',
      `Cannot find table '\`default_catalog\`.\`default_database\`.\`${name}\`' in any of the catalogs [default_catalog], nor as a temporary table.`,
    );
  }
}

function fetchPage(session: Session, handle: string, token: number, clock: Clock): ResultPage {
  const operation = session.operations.get(handle);
  if (operation === undefined) throw new AppError('flink.failed', 'Can not find the submitted operation');
  if (operation.failure !== null) throw operation.failure;
  if (clock.now() < operation.readyAt) return { kind: 'notReady', jobId: null, columns: [], rows: [] };
  try {
    operation.pages ??= operation.finish();
  } catch (error) {
    if (error instanceof AppError) operation.failure = error;
    throw error;
  }
  const last = operation.pages.at(-1);
  // A query that goes on answers with empty pages.
  const empty: ResultPage = { kind: 'page', jobId: last?.jobId ?? null, columns: last?.columns ?? [], rows: [] };
  return operation.pages[token] ?? (last?.kind === 'end' ? last : empty);
}
