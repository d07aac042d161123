/** Every option of every command: parsing, help and types come from here. */
import { LOCAL_JOBS_TABLE, LOCAL_TABLE } from './local-stack.ts';

/** strings: it may be given several times. */
type OptionType = 'string' | 'boolean' | 'strings';

interface OptionRow {
  readonly type: OptionType;
  /** The name of its value in help; undefined for a boolean. */
  readonly value?: string;
  readonly text: string;
}

export const OPTIONS = {
  table: { type: 'string', value: 'NAME', text: 'the definitions table (default: the variable DEFINITIONS_TABLE)' },
  'jobs-table': { type: 'string', value: 'NAME', text: 'the jobs table (default: the variable JOBS_TABLE)' },
  local: {
    type: 'boolean',
    text: `the running local stack of this checkout (tables: ${LOCAL_TABLE}, ${LOCAL_JOBS_TABLE})`,
  },
  endpoint: {
    type: 'string',
    value: 'URL',
    text: 'another DynamoDB endpoint (default: AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL)',
  },
  region: { type: 'string', value: 'NAME', text: 'the AWS region (default: AWS_REGION or your AWS profile)' },
  stack: {
    type: 'string',
    value: 'NAME',
    text: 'the stack that schedules belong to (default: that of the table, such as dinghy-prod)',
  },
  url: { type: 'string', value: 'URL', text: 'the API of a deployment (default: the variable DINGHY_URL)' },
  context: {
    type: 'string',
    value: 'NAME',
    text: 'a place of "dinghy context" (default: DINGHY_CONTEXT, or the one in use)',
  },
  'key-file': {
    type: 'string',
    value: 'FILE',
    text: 'a file with the API key (default: the key in the variable DINGHY_KEY)',
  },
  'data-dir': {
    type: 'string',
    value: 'DIR',
    text: 'with --local: the data folder of the stack (default: .dinghy of this checkout)',
  },
  run: { type: 'string', value: 'RUN', text: 'this run, by its number' },
  savepoint: { type: 'string', value: 'PATH', text: 'start from this savepoint' },
  var: { type: 'strings', value: 'NAME=VALUE', text: 'a variable of the run; can be repeated' },
  wait: { type: 'boolean', text: 'wait until the run has ended; the exit code says how' },
  timeout: {
    type: 'string',
    value: 'TIME',
    text: 'maximum time to wait, such as 90s, 30m, 12h (default: no limit)',
  },
  stop: { type: 'boolean', text: 'end the job with the savepoint, after all data in flight: FINISHED' },
  cancel: { type: 'boolean', text: 'end the job with the savepoint, at once: CANCELED' },
  json: { type: 'boolean', text: 'print JSON' },
  'exit-code': { type: 'boolean', text: 'end with 2 if something would change' },
  csv: { type: 'boolean', text: 'print CSV with a line of column names' },
  task: { type: 'string', value: 'TASK', text: 'only runs of this task, by its id or its name' },
  status: { type: 'string', value: 'LIST', text: 'only runs with one of these statuses, such as failed,unknown' },
  since: { type: 'string', value: 'TIME', text: 'only runs submitted since: 12h, 7d, or a date such as 2026-01-31' },
  live: { type: 'boolean', text: 'only runs that have not ended' },
  limit: { type: 'string', value: 'N', text: 'maximum number of runs (default: 20, at most 1000)' },
  after: { type: 'string', value: 'RUN', text: 'only runs older than this one' },
  zone: { type: 'string', value: 'NAME', text: 'time zone of the output, such as Europe/Berlin (default: UTC)' },
  'sql-gateway': {
    type: 'string',
    value: 'URL',
    text: 'the SQL gateway of clusters that name none (default: SQL_GATEWAY_URL, or that of the local stack)',
  },
  'flink-rest': {
    type: 'string',
    value: 'HOST:PORT',
    text: 'the cluster of tasks of type local (default: FLINK_REST, or that of the local stack)',
  },
  variable: { type: 'strings', value: 'NAME=VALUE', text: 'a variable of the request; can be repeated' },
  plan: { type: 'boolean', text: "print Flink's plans" },
  tasks: { type: 'string', value: 'LIST', text: 'the tasks that the key may use, such as 1,2,10-20 (default: *, all)' },
  verbs: {
    type: 'string',
    value: 'LIST',
    text: 'the verbs of the key: submit, read, control, analyse, adhoc (default: all but adhoc)',
  },
  expires: {
    type: 'string',
    value: 'TIME',
    text: 'when the key expires, such as 90d or 12h from now (default: never)',
  },
  keep: { type: 'string', value: 'TIME', text: 'rotate: how long the old secret still works (default: 24h)' },
  lost: { type: 'boolean', text: 'declare that its job is gone' },
  by: {
    type: 'string',
    value: 'NAME',
    text: 'your name, for the record (default: your login name)',
  },
} as const satisfies Readonly<Record<string, OptionRow>>;

export type OptionName = keyof typeof OPTIONS;

type ValueOf<Type extends OptionType> = { string: string; boolean: boolean; strings: readonly string[] }[Type];

/** The given values; undefined: not given. */
export type OptionValues = {
  readonly [Name in OptionName]?: ValueOf<(typeof OPTIONS)[Name]['type']> | undefined;
};
