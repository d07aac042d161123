/**
 * Each function does its work under its own role of the template, the two that have no route included; and with one right
 * less it is refused. All other tests of this folder go through the same proxy (./roles.setup.ts).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { main } from '../../cli/main.ts';
import { TABLE_NAMES } from '../../local/stack.ts';
import type { StackProcess } from '../local/stack-process.ts';
import type { Grant } from '../roles/granted.ts';
import { type RolesProxy, startRolesProxy } from '../roles/roles-proxy.ts';
import {
  call,
  cancelAll,
  endStack,
  type Envelope,
  type Json,
  seenByRoles,
  startReadyStack,
  type Urls,
  urlsOf,
} from './stack.ts';

const { granted } = inject('roles');
/** The test takes rights away while the stack runs. */
const functions: Record<string, readonly Grant[]> = { ...granted.functions };
const fullName = (name: string): string => `dinghy-local-${name}`;

let proxy: RolesProxy | undefined;
let stack: StackProcess;
let urls: Urls;
let key = '';

beforeAll(async () => {
  proxy = await startRolesProxy({ ...granted, functions });
  stack = await startReadyStack(['--auth', 'keys'], {}, proxy.url);
  urls = urlsOf(stack);
  const lines: string[] = [];
  const io = { out: (line: string) => void lines.push(line), err: () => undefined };
  const { DefinitionsTable: table, JobsTable: jobs } = TABLE_NAMES;
  await main(['keys', 'create', 'all', '--endpoint', urls.dynamodb, '--table', table, '--jobs-table', jobs], {}, io);
  key = lines.join('').trim();
});
afterAll(async () => {
  await endStack(stack);
  await proxy?.stop();
});

const ask = (path: string): Promise<Envelope> => call(urls, path, { headers: { 'dinky-token': key } });

async function isRunning(task: number): Promise<void> {
  const latest = async (): Promise<Json> => (await ask(`/openapi/getJobInstanceByTaskId?id=${task}`)).data;
  await expect.poll(async () => (await latest())['status']).toBe('RUNNING');
}

/** As EventBridge does it: `serverless offline` has a server for that, and says where. */
async function invoke(name: string, event: object): Promise<Json> {
  const log = readFileSync(join(stack.dataDir, 'run', 'api.log'), 'utf8');
  const [, lambda] = /\[http for lambda\] listening on (http:\S+)/.exec(log) ?? [];
  const url = `${String(lambda)}/2015-03-31/functions/${fullName(name)}/invocations`;
  return (await (await fetch(url, { method: 'POST', body: JSON.stringify(event) })).json()) as Json;
}

const slot = (taskId: number, day: string) => ({
  scheduleArn: 'arn:aws:scheduler:us-east-1:123456789012:schedule/default/nightly',
  scheduledTime: `2026-01-${day}T02:00:00Z`,
  taskId,
});

it('each function does what it is for', async () => {
  expect(await ask('/openapi/submitTask?id=1')).toMatchObject({ code: 0, data: { duplicate: false } });
  expect(await invoke('scheduled', slot(2, '30'))).toMatchObject({ duplicate: false, jobConfig: { taskId: 2 } });
  for (const task of [1, 2]) await isRunning(task);
  expect(await invoke('reconcile', {})).not.toHaveProperty('errorMessage');
  for (const path of ['exportSql?id=1', 'tasks', 'runs?live=true', 'runs?taskId=1'])
    expect(await ask(`/openapi/${path}`)).toMatchObject({ code: 0 });
  expect(await ask('/openapi/nothing')).toMatchObject({ code: 1, msg: expect.stringMatching(/nothing/) as string });
  expect(await ask('/openapi/cancel?id=1')).toMatchObject({ code: 0 });

  const { asked, refused } = await seenByRoles(stack);
  expect(refused).toEqual([]);
  const withRights = Object.entries(granted.functions).flatMap(([name, grants]) => (grants.length > 0 ? [name] : []));
  expect([...new Set(asked.map((right) => right.split(' ')[0]))]).toEqual(withRights.sort());
});

describe('with one right less', () => {
  const REFUSED = { code: 1, success: false };
  const CASES: readonly (readonly [string, string, () => Promise<object>, object])[] = [
    ['submit', 'PutItem', () => ask('/openapi/submitTask?id=5'), REFUSED],
    ['read', 'Query', () => ask('/openapi/tasks'), REFUSED],
    ['control', 'UpdateItem', () => ask('/openapi/cancel?id=2'), REFUSED],
    ['analyse', 'GetItem', () => ask('/openapi/exportSql?id=6'), REFUSED],
    ['scheduled', 'PutItem', () => invoke('scheduled', slot(4, '31')), { errorType: 'Error' }],
    // It reads the index part by part then.
    ['reconcile', 'Scan', () => invoke('reconcile', {}), { passEnded: true }],
  ];

  it.each(CASES)('%s without %s is refused, and says so', async (name, action, act, fails) => {
    const before = (await seenByRoles(stack)).refused.length;
    functions[fullName(name)] = without(action, granted.functions[fullName(name)] ?? []);
    const answer = await act();
    functions[fullName(name)] = granted.functions[fullName(name)] ?? [];
    expect(answer).toMatchObject(fails);
    const refused = (await seenByRoles(stack)).refused.slice(before);
    expect(refused).not.toEqual([]);
    for (const text of refused) {
      expect(text).toMatch(new RegExp(`/dinghy-local-${name} is not authorized to perform: dynamodb:${action} on`));
    }
  });

  it('and with it again, works', async () => {
    expect(await ask('/openapi/tasks')).toMatchObject({ code: 0 });
    expect(await ask('/openapi/cancel?id=2')).toMatchObject({ code: 0 });
    await cancelAll(urls);
  });
});

function without(action: string, grants: readonly Grant[]): Grant[] {
  return grants.map((grant) => ({ ...grant, actions: grant.actions.filter((one) => one !== `dynamodb:${action}`) }));
}
