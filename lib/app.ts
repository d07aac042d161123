/**
 * Composition root: configuration -> clients -> stores -> use cases. Every part is made once per process, and only if a
 * handler names it, so that a bundle has only what its handler uses.
 */
import { dynamoClient } from './adapters/dynamo/client.ts';
import { definitionReader } from './adapters/dynamo/definition-reader.ts';
import { dynamoJobStore } from './adapters/dynamo/job-store.ts';
import { dynamoRequestKeyStore } from './adapters/dynamo/request-key-store.ts';
import { runList } from './adapters/dynamo/run-list.ts';
import { dynamoSavepointStore } from './adapters/dynamo/savepoint-store.ts';
import { dynamoSlotStore } from './adapters/dynamo/slot-store.ts';
import { dynamoSweepStore } from './adapters/dynamo/sweep-store.ts';
import { taskList } from './adapters/dynamo/task-list.ts';
import { jarRunner } from './adapters/flink/jars.ts';
import { jobManager } from './adapters/flink/job-manager.ts';
import { sqlGateway } from './adapters/flink/sql-gateway.ts';
import { jarSource } from './adapters/jar-source/jar-source.ts';
import { secretReader } from './adapters/secrets/secret-reader.ts';
import { admitByTables, itemsOf } from './app/callers.ts';
import { clock, config, eventContext, ids, log, machine } from './app/process.ts';
import { tableName, type TableSetting } from './config.ts';
import { MAX_JAR_BYTES, MAX_KEPT_JAR_BYTES } from './domain/limits.ts';
import { admitAdhoc } from './usecases/admit-adhoc.ts';
import { admitEverybody } from './usecases/admit-caller.ts';
import { stopTask } from './usecases/cancel-task.ts';
import { explainTask } from './usecases/explain-task.ts';
import { exportSql } from './usecases/export-sql.ts';
import { jobData } from './usecases/job-data.ts';
import { getJobInstance, getJobInstanceByTaskId, getRun } from './usecases/job-instance.ts';
import { listRuns } from './usecases/list-runs.ts';
import { listTasks } from './usecases/list-tasks.ts';
import { planJob } from './usecases/plan-job.ts';
import { reconcile } from './usecases/reconcile.ts';
import { loggingEnds } from './usecases/record/log-ends.ts';
import type { RecordDeps } from './usecases/record/record.ts';
import { rememberRefusal } from './usecases/remember-refusal.ts';
import { restartTask } from './usecases/restart-task.ts';
import { startSlot } from './usecases/start-slot.ts';
import type { SubmitDeps } from './usecases/submit/submission.ts';
import { submitTask } from './usecases/submit-task.ts';
import { submitUnstored } from './usecases/submit-unstored.ts';
import { taskLineage } from './usecases/task-lineage.ts';

// Not in domain/once.ts, because esbuild reads the annotation only in this file. It drops what a function does not use.
/* @__NO_SIDE_EFFECTS__ */
function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

const dynamo = once(() => dynamoClient(config().dynamoEndpoint));
const table = (setting: TableSetting): string => tableName(config(), setting);
const items = once(() => itemsOf(config(), dynamo(), log()));
const store = once(() => {
  const jobs = dynamoJobStore({ items: items(), table: table('JOBS_TABLE'), clock: clock(), ids: ids() });
  return loggingEnds(jobs, log());
});

const keys = once(() => dynamoRequestKeyStore({ items: items(), table: table('JOBS_TABLE'), clock: clock() }));

const admit = once(() => {
  if (config().auth === 'none') return admitEverybody;
  return admitByTables(config(), items(), machine());
});

const definitions = once(() => definitionReader(items(), table('DEFINITIONS_TABLE')));

export const httpContext = once(() => {
  return { ...eventContext(), admit: admit() };
});

/** For calls that run the caller's own statements. */
export const adhocContext = once(() => {
  const context = httpContext();
  return { ...context, admit: admitAdhoc(context.admit, config().adhoc) };
});

const savepoints = once(() => dynamoSavepointStore({ items: items(), table: table('JOBS_TABLE'), ids: ids() }));

/** For functions that send nothing: their roles may read no secrets. */
const recordDeps = once((): RecordDeps => ({
  store: store(),
  savepoints: savepoints(),
  jobManager: jobManager(),
  clock: clock(),
  log: log(),
  secrets: null,
}));

/** Both functions that start jobs read jars; each keeps its own copies. */
const jarDeps = once(() => {
  const { credentials, region } = dynamo().config;
  const s3 = { credentials, region, endpoint: config().s3Endpoint };
  const limits = { maxJarBytes: MAX_JAR_BYTES, maxKeptBytes: MAX_KEPT_JAR_BYTES };
  return {
    jars: jarRunner(),
    jarSource: jarSource({ ...limits, s3, http: { namedHosts: config().jarHosts }, allowFiles: config().jarFiles }),
  };
});

const submitDeps = once((): SubmitDeps => ({
  ...recordDeps(),
  keys: keys(),
  definitions: definitions(),
  secrets: secretReader(config()),
  gateway: sqlGateway(),
  ...jarDeps(),
  ids: ids(),
  settings: config(),
}));

export const appSubmitTask = once(() => submitTask(submitDeps()));

export const appStartSlot = once(() =>
  startSlot({
    definitions: definitions(),
    slots: dynamoSlotStore(items(), table('JOBS_TABLE')),
    submit: appSubmitTask(),
    clock: clock(),
    log: log(),
  }),
);

export const appSubmitUnstored = once(() => submitUnstored(submitDeps()));

export const appRestartTask = once(() => restartTask(submitDeps()));

export const appRememberRefusal = once(() => rememberRefusal({ keys: keys(), ids: ids(), clock: clock(), log: log() }));

export const appGetJobInstance = once(() => getJobInstance(recordDeps()));

export const appGetJobInstanceByTaskId = once(() =>
  getJobInstanceByTaskId({ ...recordDeps(), definitions: definitions() }),
);

export const appJobData = once(() => jobData({ store: store(), clock: clock() }));

export const appGetRun = once(() => getRun(recordDeps()));

export const appListRuns = once(() =>
  listRuns({ runList: runList(items(), table('JOBS_TABLE')), store: store(), clock: clock(), log: log() }),
);

export const appListTasks = once(() =>
  listTasks({ taskList: taskList(items(), table('DEFINITIONS_TABLE')), clock: clock() }),
);

export const appStopTask = once(() =>
  stopTask({
    ...recordDeps(),
    keys: keys(),
    ids: ids(),
    definitions: definitions(),
  }),
);

export const appReconcile = once(() =>
  reconcile({
    ...recordDeps(),
    secrets: secretReader(config()),
    gateway: sqlGateway(),
    ...jarDeps(),
    sweep: dynamoSweepStore(items(), table('JOBS_TABLE')),
  }),
);

/** For functions that explain a task and start nothing. */
const askDeps = once(() => ({
  definitions: definitions(),
  settings: config(),
  clock: clock(),
}));

const explainDeps = once(() => ({ ...askDeps(), gateway: sqlGateway(), log: log() }));

export const appExplainTask = once(() => explainTask(explainDeps()));

export const appPlanJob = once(() => planJob(explainDeps()));

export const appTaskLineage = once(() => taskLineage(explainDeps()));

export const appExportSql = once(() => exportSql(askDeps()));
