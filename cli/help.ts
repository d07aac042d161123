import type { Command, OptionName } from './command.ts';
import { COMMANDS } from './commands.ts';
import { alignColumns } from './align-columns.ts';
import { LOCAL_ENDPOINT, LOCAL_FLINK_REST, LOCAL_GATEWAY, LOCAL_JOBS_TABLE, LOCAL_TABLE } from './connect.ts';

const OPTION_TEXT: Readonly<Record<OptionName, readonly [string, string]>> = {
  table: ['--table NAME', 'the definitions table (else the variable DEFINITIONS_TABLE)'],
  'jobs-table': ['--jobs-table NAME', 'the jobs table (else the variable JOBS_TABLE)'],
  local: ['--local', `the local stack: ${LOCAL_TABLE} and ${LOCAL_JOBS_TABLE} at ${LOCAL_ENDPOINT}`],
  endpoint: ['--endpoint URL', 'another DynamoDB endpoint (else AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL)'],
  region: ['--region NAME', 'the AWS region (else AWS_REGION or your AWS profile)'],
  json: ['--json', 'print JSON'],
  task: ['--task N', 'only runs of this task'],
  live: ['--live', 'only runs that have not ended'],
  limit: ['--limit N', 'how many at most (20; up to 1000)'],
  after: ['--after RUN', 'go on after this run: only older ones'],
  zone: ['--zone NAME', 'write times in this zone, such as Europe/Berlin (else UTC)'],
  'sql-gateway': [
    '--sql-gateway URL',
    `for clusters that name none (else SQL_GATEWAY_URL; ${LOCAL_GATEWAY} with --local)`,
  ],
  'flink-rest': [
    '--flink-rest HOST:PORT',
    `for tasks of type local (else FLINK_REST; ${LOCAL_FLINK_REST} with --local)`,
  ],
  variable: ['--variable NAME=VALUE', 'a variable of the request; may be given several times'],
  plan: ['--plan', "print Flink's plans"],
  lost: ['--lost', 'its job is gone'],
  by: ['--by NAME', 'who says so, for the history of the run (else the name you are logged in by)'],
};

const indent = (rows: readonly (readonly string[])[]): string =>
  alignColumns(rows)
    .map((line) => `  ${line}`)
    .join('\n');

export function generalHelp(): string {
  const commands = COMMANDS.map(({ name, takes, summary }) => [[name, ...takes].join(' '), summary]);
  return `dinghy: tasks, clusters, variables and runs of Dinghy

Usage: dinghy COMMAND [options]

Commands:
${indent(commands)}

dinghy COMMAND --help says more about one of them. Try: dinghy validate examples`;
}

export function commandHelp({ name, takes, summary, details, options }: Command): string {
  const rows = [...options.map((option) => OPTION_TEXT[option]), ['-h, --help', 'this text'] as const];
  return `dinghy ${[name, ...takes].join(' ')}: ${summary}

${details.join('\n')}

Options:
${indent(rows)}`;
}
