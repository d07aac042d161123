/** Every option of every command, once: parsing, help and types come from here. */
import { LOCAL_ENDPOINT, LOCAL_FLINK_REST, LOCAL_GATEWAY, LOCAL_JOBS_TABLE, LOCAL_TABLE } from './local-stack.ts';

/** strings: it may be given several times. */
type OptionType = 'string' | 'boolean' | 'strings';

interface OptionRow {
  readonly type: OptionType;
  /** What stands for its value in help; left out for a boolean. */
  readonly value?: string;
  readonly text: string;
}

export const OPTIONS = {
  table: { type: 'string', value: 'NAME', text: 'the definitions table (else the variable DEFINITIONS_TABLE)' },
  'jobs-table': { type: 'string', value: 'NAME', text: 'the jobs table (else the variable JOBS_TABLE)' },
  local: {
    type: 'boolean',
    text: `the local stack: ${LOCAL_TABLE} and ${LOCAL_JOBS_TABLE} at ${LOCAL_ENDPOINT}`,
  },
  endpoint: {
    type: 'string',
    value: 'URL',
    text: 'another DynamoDB endpoint (else AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL)',
  },
  region: { type: 'string', value: 'NAME', text: 'the AWS region (else AWS_REGION or your AWS profile)' },
  json: { type: 'boolean', text: 'print JSON' },
  task: { type: 'string', value: 'N', text: 'only runs of this task' },
  live: { type: 'boolean', text: 'only runs that have not ended' },
  limit: { type: 'string', value: 'N', text: 'how many at most (20; up to 1000)' },
  after: { type: 'string', value: 'RUN', text: 'go on after this run: only older ones' },
  zone: { type: 'string', value: 'NAME', text: 'write times in this zone, such as Europe/Berlin (else UTC)' },
  'sql-gateway': {
    type: 'string',
    value: 'URL',
    text: `for clusters that name none (else SQL_GATEWAY_URL; ${LOCAL_GATEWAY} with --local)`,
  },
  'flink-rest': {
    type: 'string',
    value: 'HOST:PORT',
    text: `for tasks of type local (else FLINK_REST; ${LOCAL_FLINK_REST} with --local)`,
  },
  variable: { type: 'strings', value: 'NAME=VALUE', text: 'a variable of the request; may be given several times' },
  plan: { type: 'boolean', text: "print Flink's plans" },
  lost: { type: 'boolean', text: 'its job is gone' },
  by: {
    type: 'string',
    value: 'NAME',
    text: 'who says so, for the history of the run (else the name you are logged in by)',
  },
} as const satisfies Readonly<Record<string, OptionRow>>;

export type OptionName = keyof typeof OPTIONS;

type ValueOf<Type extends OptionType> = { string: string; boolean: boolean; strings: readonly string[] }[Type];

/** What was given; undefined: it was not. */
export type OptionValues = {
  readonly [Name in OptionName]?: ValueOf<(typeof OPTIONS)[Name]['type']> | undefined;
};
