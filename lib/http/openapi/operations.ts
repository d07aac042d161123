/** The parameters and the answer of each call of routes.json. The document is made from it, and docs/guide/api.md from the document. */
import { MAX_PARALLELISM } from '../../domain/definition/definitions.ts';
import { MAX_ID } from '../../domain/limits.ts';
import { schema } from './schemas.ts';

type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly schema: Schema;
  readonly required?: boolean;
  /** The required one that it may replace. */
  readonly insteadOf?: string;
  readonly text: string;
}

export interface Operation {
  readonly summary: string;
  /** In the query of a GET; in the body of a POST unless `query` says otherwise. */
  readonly parameters: readonly Parameter[];
  /** A POST whose parameters are in the query. */
  readonly query?: true;
  /** Variables of the task may be given. */
  readonly variables?: true;
  readonly data: Schema;
  /** The answer has no envelope. */
  readonly bare?: true;
}

const id = { type: ['integer', 'string'], minimum: 1, maximum: MAX_ID, pattern: '^[0-9]{1,10}$' } as const;
const flag = { type: ['boolean', 'string', 'integer'], examples: [true, 'False', '1', 'on', 'no'] } as const;
const text = { type: 'string' } as const;
const textLike = (...examples: string[]): Schema => ({ type: 'string', examples });
const statuses = textLike('FAILED', 'running', 'FINISHED,UNKNOWN');
const upTo = (maximum: number): Schema => ({ type: ['integer', 'string'], minimum: 1, maximum, pattern: '^[0-9]+$' });
const required = true;

const taskId: Parameter = { name: 'id', schema: id, required, text: 'the task' };

const SUBMIT: Omit<Operation, 'summary'> = {
  parameters: [
    taskId,
    {
      name: 'savePointPath',
      schema: textLike('s3://bucket/savepoint-1', 'LATEST'),
      text: 'where the job starts from: a path; or NONE, LATEST or EARLIEST instead of the strategy of the task',
    },
    { name: 'isOnline', schema: flag, text: 'true: any live run of the task is the answer, with any variables' },
  ],
  variables: true,
  data: schema('JobResult'),
};

const ASKED: readonly Parameter[] = [
  { name: 'id', schema: id, text: 'a stored task; other fields of the request replace its own' },
  { name: 'statement', schema: textLike('SELECT 1'), text: 'the SQL; required without an id' },
  { name: 'type', schema: textLike('local', 'standalone'), text: 'the run mode' },
  { name: 'clusterId', schema: id, text: 'the cluster' },
  { name: 'fragment', schema: flag, text: 'whether variables of the deployment are visible' },
  { name: 'batchModel', schema: flag, text: 'whether Flink runs it as a batch' },
];

/** Each text has the names that Dinky 0.x uses. */
const UNSTORED: readonly Parameter[] = [
  { name: 'jobName', schema: textLike('orders'), text: 'name of the job (or `name`)' },
  { name: 'type', schema: textLike('local', 'standalone'), text: 'the run mode' },
  { name: 'clusterId', schema: id, text: 'a stored cluster; by default the one of the deployment' },
  {
    name: 'clusterConfigurationId',
    schema: id,
    text: 'a stored cluster configuration, for a run with its own cluster',
  },
  { name: 'parallelism', schema: upTo(MAX_PARALLELISM), text: 'parallelism of the job' },
  { name: 'checkPoint', schema: upTo(MAX_ID), text: 'milliseconds between checkpoints (or `checkpoint`)' },
  {
    name: 'savePointStrategy',
    schema: { type: ['integer', 'string'], examples: [0, '1', 'LATEST'] },
    text: 'where the job starts from: 0 NONE, 1 LATEST, 2 EARLIEST, 3 CUSTOM, as a number or by name',
  },
  {
    name: 'savePointPath',
    schema: textLike('s3://bucket/savepoint-1'),
    text: 'where the job starts from, instead of the strategy; `savepointPaths` of the deployment limit it',
  },
  {
    name: 'configJson',
    schema: {
      type: ['object', 'string'],
      examples: [{ customConfig: { 'pipeline.max-parallelism': '8' } }, { customConfig: [] }],
    },
    text: 'Flink options and functions, as of a task (or `configuration` or `customConfig`: the options alone)',
  },
];

const EXECUTE_SQL: Operation = {
  summary: 'Run a statement without a stored task, if the deployment allows it',
  parameters: [
    { name: 'statement', schema: textLike('SELECT 1'), required, text: 'the SQL' },
    ...UNSTORED,
    { name: 'envId', schema: id, text: 'a stored FlinkSqlEnv task, whose statements run first' },
    { name: 'fragment', schema: flag, text: 'whether variables of the deployment are visible' },
    { name: 'statementSet', schema: flag, text: 'as of a task (or `useStatementSet`)' },
    { name: 'batchModel', schema: flag, text: 'whether Flink runs it as a batch' },
    { name: 'useChangeLog', schema: flag, text: 'whether the rows of a SELECT say what changed' },
    { name: 'maxRowNum', schema: upTo(MAX_ID), text: 'maximum number of rows of a SELECT; 100 by default' },
  ],
  variables: true,
  data: schema('JobResult'),
};

const EXECUTE_JAR: Operation = {
  summary: 'Run a jar without a stored task, if the deployment allows it',
  parameters: [
    {
      name: 'jarPath',
      schema: textLike('https://jars.example.com/job.jar', 's3://bucket/job.jar'),
      required,
      text: 'the jar (or `userJarPath` or `uri`; or instead of the jar, its class and arguments, an EXECUTE JAR as `statement`)',
    },
    {
      name: 'mainAppClass',
      schema: textLike('com.example.Main'),
      text: 'its class (or `userJarMainAppClass` or `mainClass`); by default the one in its manifest',
    },
    {
      name: 'mainArgs',
      schema: { type: ['string', 'array'], items: text, examples: ['--day 2026-01-31', ['--day', '2026-01-31']] },
      text: 'its arguments (or `userJarParas` or `args`): one text, split as a shell does, or a list with one argument in each item',
    },
    ...UNSTORED,
  ],
  variables: true,
  data: schema('JobResult'),
};

const runId: Parameter = { name: 'id', schema: id, required, text: 'the jobInstanceId that a submit returned' };

const oneRun = (insteadOf: string): Parameter => ({
  name: 'runId',
  schema: id,
  insteadOf,
  text: 'instead of the task: one run, also one without a stored task',
});

const CANCEL: Operation = {
  summary: 'End the newest live run of a task',
  parameters: [
    taskId,
    oneRun('id'),
    { name: 'withSavePoint', schema: flag, text: 'whether to take a savepoint' },
    {
      name: 'forceCancel',
      schema: flag,
      text: 'whether to end it even if the savepoint fails; true by default',
    },
  ],
  data: { type: ['boolean', 'null'] },
};

const stopped: Parameter = { name: 'taskId', schema: id, required, text: 'the task' };
const stopType: Parameter = {
  ...{ name: 'type', required },
  schema: textLike('trigger', 'stop', 'cancel', 'canceljob', 'cancelWithSavepoint', 'CANCEL'),
  text: 'trigger: take a savepoint; stop: end with a savepoint, after all data in flight; cancel: end, if possible with a savepoint; canceljob: end without one; cancelWithSavepoint: end only if the savepoint succeeds',
};

const STOP: Operation = {
  summary: 'Take a savepoint of the newest live run of a task, or end it',
  parameters: [stopped, oneRun('taskId'), stopType],
  data: schema('SavePointResult'),
};

const RESTART: Operation = {
  summary: 'Stop the live run of a task with a savepoint, and start another run from it',
  parameters: [
    taskId,
    {
      name: 'savePointPath',
      schema: textLike('s3://bucket/savepoint-1'),
      text: 'where the new run starts from; the old one is then cancelled without a savepoint',
    },
  ],
  variables: true,
  data: schema('JobResult'),
};

const RESTART_FROM: Operation = {
  ...RESTART,
  parameters: RESTART.parameters.map((one) => (one.name === 'savePointPath' ? { ...one, required } : one)),
};

/** By method and path. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET /openapi/submitTask': { summary: 'Start a task', ...SUBMIT },
  'POST /openapi/submitTask': { summary: 'Start a task', ...SUBMIT },
  'GET /openapi/onLineTask': { summary: 'Start a task unless it has a live run (Dinky 0.x)', ...SUBMIT },
  'GET /openapi/restartTask': RESTART,
  'GET /openapi/reOnLineTask': RESTART,
  'GET /openapi/selectSavePointRestartTask': RESTART_FROM,
  'GET /openapi/selectSavePointReOnLineTask': RESTART_FROM,
  'POST /openapi/executeSql': EXECUTE_SQL,
  'POST /openapi/executeJar': EXECUTE_JAR,
  'GET /openapi/getJobInstance': {
    summary: 'The status of a run',
    parameters: [runId],
    data: schema('JobInstance'),
  },
  'GET /openapi/getJobInstanceByTaskId': {
    summary: 'The status of the latest run of a task; null if it has never run',
    parameters: [taskId],
    data: { anyOf: [schema('JobInstance'), { type: 'null' }] },
  },
  'POST /openapi/getJobInstanceList': {
    summary: 'Runs by page, newest first',
    parameters: [
      { name: 'pageSize', schema: upTo(100), text: 'runs on a page' },
      { name: 'current', schema: { ...upTo(MAX_ID), examples: [1, '2'] }, text: 'number of the page, from 1' },
      { name: 'taskId', schema: id, text: 'only runs of this task' },
      { name: 'status', schema: statuses, text: 'only runs of these statuses, separated by commas' },
    ],
    data: { type: 'array', items: schema('JobInstance') },
  },
  'GET /openapi/getJobData': {
    summary: 'The rows of a preview',
    parameters: [
      {
        name: 'jobId',
        schema: { type: 'string', pattern: '^[0-9a-fA-F]{32}$' },
        required,
        text: 'the job of a SELECT, as submitTask returned it',
      },
    ],
    data: schema('Submission'),
  },
  'GET /openapi/runs': {
    summary: 'Runs, newest first, in pages',
    parameters: [
      { name: 'taskId', schema: id, text: 'only runs of this task' },
      { name: 'status', schema: statuses, text: 'only runs of these statuses, separated by commas' },
      { name: 'live', schema: flag, text: 'true: only runs that have not ended' },
      {
        name: 'since',
        schema: textLike('2026-01-31T12:00:00Z', '2026-01-31', '90m', '7d'),
        text: 'submitted at this time or later: 2026-01-31T12:00:00Z, 2026-01-31 (midnight UTC), or how long ago: 90m, 12h, 7d',
      },
      { name: 'limit', schema: upTo(100), text: 'runs on a page; 20 by default' },
      { name: 'after', schema: id, text: '`next` of the previous page' },
    ],
    data: schema('RunPage'),
  },
  'GET /openapi/runs/{id}': {
    summary: 'One run, with its history',
    parameters: [runId],
    data: schema('RunDetails'),
  },
  'GET /openapi/tasks': {
    summary: 'Stored tasks by number, in pages',
    parameters: [
      { name: 'limit', schema: upTo(1_000), text: 'tasks on a page; 100 by default' },
      { name: 'after', schema: id, text: '`next` of the previous page' },
    ],
    data: schema('TaskPage'),
  },
  'GET /openapi/cancel': CANCEL,
  'POST /openapi/cancel': CANCEL,
  'GET /openapi/savepointTask': STOP,
  'POST /openapi/savepointTask': STOP,
  'POST /openapi/savepoint': {
    ...STOP,
    parameters: [stopped, oneRun('taskId'), { ...stopType, name: 'savePointType' }],
    query: true,
  },
  'GET /openapi/offLineTask': { ...STOP, parameters: [taskId, oneRun('id'), { ...stopType, required: false }] },
  'POST /openapi/explainSql': {
    summary: 'Let Flink check each statement; starts nothing',
    parameters: ASKED,
    variables: true,
    data: { type: 'array', items: schema('ExplainedStatement') },
  },
  'POST /openapi/getJobPlan': {
    summary: 'The operators that the job would have; starts nothing',
    parameters: ASKED,
    variables: true,
    data: schema('JobPlan'),
  },
  'POST /openapi/getStreamGraph': {
    summary: 'The same in another form; starts nothing',
    parameters: ASKED,
    variables: true,
    data: schema('StreamGraph'),
  },
  'GET /openapi/exportSql': {
    summary: 'The SQL as a submit would run it',
    parameters: [taskId],
    variables: true,
    data: text,
  },
  'GET /openapi/getTaskLineage': {
    summary: 'Which tables and columns a task reads and writes; starts nothing',
    parameters: [taskId],
    variables: true,
    data: schema('Lineage'),
  },
  'POST /openapi/getLineage': {
    summary: 'Which tables and columns statements read and write; starts nothing',
    parameters: ASKED,
    variables: true,
    data: schema('Lineage'),
  },
  'GET /openapi/version': { summary: "The version of Dinky's OpenAPI", parameters: [], data: text },
  'GET /openapi.json': { summary: 'This document', parameters: [], data: { type: 'object' }, bare: true },
  'GET /health': {
    summary: 'Whether the function answers; needs no key',
    parameters: [],
    data: schema('Health'),
    bare: true,
  },
};
