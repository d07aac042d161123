import { sqlGateway } from '../lib/adapters/flink/sql-gateway.ts';
import { systemClock } from '../lib/adapters/system.ts';
import { readConfig } from '../lib/config.ts';
import { hostsProblem } from '../lib/domain/definition/addresses.ts';
import type { TaskParameter } from '../lib/domain/definition/definitions.ts';
import type { DeploymentSettings } from '../lib/domain/options/deployment-settings.ts';
import type { Log } from '../lib/domain/ports.ts';
import { shownAddress } from '../lib/domain/secrets/shown-address.ts';
import { type ExplainedStatement, type ExplainedTask, explainTask } from '../lib/usecases/explain-task.ts';
import { alignColumns } from './align-columns.ts';
import type { Call, Options } from './command.ts';
import { connectReader } from './connect.ts';
import { hostAndPort } from './host-and-port.ts';
import type { Io } from './io.ts';
import { oneLine } from './one-line.ts';
import { plainLine } from './plain-line.ts';
import { readNumber } from './read-number.ts';
import { findStack } from './running-stack.ts';
import { UsageError } from './usage-error.ts';

/** A person waits; a first statement on a cold gateway takes seconds. */
const BUDGET_MS = 120_000;

/** Exit code 1 when there is an error. */
export async function explain({ positionals: [word = ''], io, env, ...options }: Call): Promise<number> {
  const task = readNumber('TASK', word);
  const variables = readVariables(options.variable ?? []);
  const settings = readSettings(options, env);
  const deps = { definitions: connectReader(options, env), gateway: sqlGateway(), clock: systemClock() };
  const ask = explainTask({ ...deps, log: logTo(io), settings });
  const explained = await ask({ task, variables }, { budgetMs: BUDGET_MS });
  if (options.json) io.out(JSON.stringify(explained, null, 2));
  else print(explained, options.plan === true, io);
  return explained.ok ? 0 : 1;
}

function readVariables(given: readonly string[]): Record<string, string> {
  const variables = given.map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`--variable "${text}" is not NAME=VALUE.`);
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  return Object.fromEntries(variables);
}

function readSettings(options: Omit<Options, 'positionals'>, env: NodeJS.ProcessEnv): DeploymentSettings {
  const { 'sql-gateway': gateway, 'flink-rest': rest } = options;
  if (gateway !== undefined && !/^https?:\/\/./.test(gateway)) {
    throw new UsageError(`--sql-gateway "${shownAddress(gateway)}" is not a URL; write it as http://127.0.0.1:8083.`);
  }
  const problem = rest === undefined ? null : hostsProblem(rest);
  if (problem !== null) throw new UsageError(`--flink-rest "${shownAddress(rest ?? '')}": ${problem}`);
  const config = readConfig(env);
  const { sqlGatewayUrl, flinkRest } = isLocal(options) ? flinkOf(options) : config;
  return { sqlGatewayUrl: gateway ?? sqlGatewayUrl, flinkRest: rest ?? flinkRest, flinkConfig: config.flinkConfig };
}

/** Whether the local stack must give an address. */
const isLocal = ({ local, 'sql-gateway': gateway, 'flink-rest': rest }: Partial<Options>): boolean =>
  local === true && (gateway === undefined || rest === undefined);

function flinkOf(options: Pick<Options, 'data-dir'>): Pick<DeploymentSettings, 'sqlGatewayUrl' | 'flinkRest'> {
  const { gatewayUrl, restUrl } = findStack(options['data-dir']);
  return { sqlGatewayUrl: gatewayUrl, flinkRest: hostAndPort(restUrl) };
}

function logTo(io: Io): Log {
  const warn = (message: string): void => io.err(`warning: ${message}`);
  return { info: () => undefined, warn, error: warn };
}

function print({ taskId, name, parameters, statements, problems }: ExplainedTask, plans: boolean, io: Io): void {
  for (const parameter of parameters ?? []) io.out(`Parameter ${parameterText(parameter)}`);
  const rows = statements.map((one) => [lineOf(one), one.kind, resultOf(one)]);
  for (const line of alignColumns([['LINE', 'KIND', 'RESULT'], ...rows])) io.out(line);
  if (plans) statements.forEach((one) => printPlan(one, io));
  for (const problem of problems) io.err(`error: ${oneLine(problem)}`);
  io.out('');
  const wrong = statements.filter((statement) => !statement.ok).length + problems.length;
  const count = wrong === 0 ? 'no error' : `${wrong} error${wrong === 1 ? '' : 's'}`;
  io.out(`Task ${taskId} (${oneLine(name)}): ${count}. Nothing was started.`);
}

function parameterText({ name, type, required, default: usual, pattern, values }: TaskParameter): string {
  const rest = [
    required ? 'required' : null,
    usual === null ? null : `default ${usual}`,
    pattern === null ? null : `matches ${pattern}`,
    values === null ? null : `one of ${values.join(', ')}`,
  ].filter((part) => part !== null);
  return oneLine([`${name}: ${type}`, ...rest].join('; '));
}

function lineOf({ line, envId }: ExplainedStatement): string {
  return envId === null ? String(line) : `${line} of task ${envId}`;
}

function resultOf({ error, note, checked }: ExplainedStatement): string {
  if (error !== null) return `error: ${oneLine(error)}`;
  if (note === null) return 'ok';
  return checked ? `ok; ${note}` : note;
}

function printPlan(statement: ExplainedStatement, io: Io): void {
  if (statement.plan === null) return;
  io.out('');
  io.out(`Plan of line ${lineOf(statement)}, ${statement.kind}:`);
  for (const line of statement.plan.trimEnd().split('\n')) io.out(plainLine(line));
}
