/** The local stack as its users have it: a process behind three ports, of which only its HTTP answers are known. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBDocumentClient, GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect, inject } from 'vitest';
import { dynamodbClient } from '../../local/dynamodb.ts';
import { TABLE_NAMES } from '../../local/stack.ts';
import { type StackProcess, type StackSettings, startStack, until } from '../local/stack-process.ts';
import type { SeenByRoles } from '../roles/roles-proxy.ts';

const START_MS = 150_000;

export type Json = Record<string, unknown>;

export interface Envelope {
  readonly code: number;
  readonly msg: string;
  readonly success: boolean;
  readonly time: string;
  readonly data: Json;
  readonly datas: Json;
}

export interface Urls {
  readonly api: string;
  readonly flink: string;
  readonly gateway: string;
  readonly dynamodb: string;
}

const RUN_AS_FUNCTION = new URL('../roles/run-as-function.mjs', import.meta.url).href;
/** Where the proxy tells what it has seen of a stack. */
const seenAt = new WeakMap<StackProcess, string>();

/** Waits for the last line of the welcome. Each function may do in DynamoDB what its role grants, and nothing else. */
export async function startReadyStack(
  args: string[] = [],
  settings: StackSettings = {},
  proxyUrl = inject('roles').proxyUrl,
): Promise<StackProcess> {
  const url = `${proxyUrl}/${randomUUID()}`;
  const stack = await startStack(args, { ...settings, env: withRoles(settings.env ?? process.env, url) });
  seenAt.set(stack, url);
  await until(() => stack.output().includes('Ctrl-C stops everything') || stack.child.exitCode !== null, START_MS);
  expect(stack.output()).toContain('Dinghy is ready');
  return stack;
}

function withRoles(env: NodeJS.ProcessEnv, url: string): NodeJS.ProcessEnv {
  const options = [env['NODE_OPTIONS'], `--import=${RUN_AS_FUNCTION}`].filter((option) => option !== undefined);
  return { ...env, NODE_OPTIONS: options.join(' '), ROLES_PROXY: url };
}

export async function seenByRoles(stack: StackProcess): Promise<SeenByRoles> {
  return (await (await fetch(seenAt.get(stack) ?? '')).json()) as SeenByRoles;
}

/** Its functions must have asked for something, or they went past the proxy, and for nothing that their roles lack. */
export async function stopStack(stack: StackProcess | undefined, { keepData = false } = {}): Promise<void> {
  if (stack === undefined) return;
  await endStack(stack, { keepData });
  const { asked, refused } = await seenByRoles(stack);
  expect(refused).toEqual([]);
  expect(asked).not.toEqual([]);
}

/** Whatever its functions were refused. */
export async function endStack(stack: StackProcess, { keepData = false } = {}): Promise<void> {
  stack.child.kill('SIGINT');
  await stack.ended;
  if (!keepData) rmSync(stack.dataDir, { recursive: true, force: true });
}

export function urlsOf({ port, flinkPort, gatewayPort, dynamodbPort }: StackProcess): Urls {
  const at = (n: number): string => `http://127.0.0.1:${n}`;
  return { api: at(port), flink: at(flinkPort), gateway: at(gatewayPort), dynamodb: at(dynamodbPort) };
}

/** A call that must be answered as every /openapi call is: HTTP 200, JSON, the envelope. */
export async function call({ api }: Urls, path: string, init: RequestInit = {}): Promise<Envelope> {
  const reply = await fetch(api + path, { headers: { 'content-type': 'application/json' }, ...init });
  expect(reply.status).toBe(200);
  expect(reply.headers.get('content-type')).toMatch(/^application\/json/);
  expect(reply.headers.get('cache-control')).toBe('no-store');
  expect(reply.headers.get('x-request-id')).toMatch(/./);
  const envelope = (await reply.json()) as Envelope;
  expect(envelope).toMatchObject({ msg: expect.any(String), success: envelope.code === 0 });
  expect([0, 1]).toContain(envelope.code);
  expect(envelope.time).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  expect(envelope.msg).not.toMatch(/\n\s*at /);
  return envelope;
}

export function post(urls: Urls, path: string, body: object | string): Promise<Envelope> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return call(urls, path, { method: 'POST', body: text });
}

/** A submit that is expected to start something new: its data. */
export async function submitted(answer: Promise<Envelope>): Promise<Json> {
  const { msg, data, datas } = await answer;
  expect(msg).toBe('Execute Successfully');
  expect(data).toMatchObject({ success: true, status: 'SUCCESS', error: null, duplicate: false });
  expect(datas).toEqual(data);
  return data;
}

/** What getJobInstance says once it says `status`. */
export async function instanceWith(urls: Urls, id: unknown, status: string, timeout = 60_000): Promise<Json> {
  const poll = async (): Promise<Json> => (await call(urls, `/openapi/getJobInstance?id=${String(id)}`)).data;
  await expect.poll(async () => (await poll())['status'], { timeout, interval: 1_000 }).toBe(status);
  return await poll();
}

export interface FlinkJob {
  readonly jid: string;
  readonly name: string;
  readonly state: string;
  readonly vertices: readonly { readonly name: string }[];
}

/** A job as the JobManager itself knows it. */
export async function flinkJob({ flink }: Urls, jobId: unknown, more = ''): Promise<FlinkJob> {
  const reply = await fetch(`${flink}/jobs/${String(jobId)}${more}`);
  expect(reply.status).toBe(200);
  return (await reply.json()) as FlinkJob;
}

export async function flinkJobs({ flink }: Urls): Promise<FlinkJob[]> {
  const reply = await fetch(`${flink}/jobs/overview`);
  return ((await reply.json()) as { jobs: FlinkJob[] }).jobs;
}

export async function expectState(urls: Urls, jobId: unknown, state: string): Promise<void> {
  await expect.poll(async () => (await flinkJob(urls, jobId)).state).toBe(state);
}

/** Ends every job that goes on, so that the next test finds free slots. */
export async function cancelAll(urls: Urls): Promise<void> {
  const live = async (): Promise<FlinkJob[]> =>
    (await flinkJobs(urls)).filter(({ state }) => !['FINISHED', 'CANCELED', 'FAILED'].includes(state));
  for (const { jid } of await live()) await fetch(`${urls.flink}/jobs/${jid}?mode=cancel`, { method: 'PATCH' });
  while ((await live()).length > 0) await sleep(200);
}

/** The Jobs and Definitions tables as they are, through the SDK. */
export function tablesOf({ dynamodb }: Urls) {
  const client = DynamoDBDocumentClient.from(dynamodbClient(dynamodb));
  return {
    headOf: async (runId: unknown): Promise<Json | undefined> => {
      const Key = { pk: `RUN#${String(runId)}`, sk: 'HEAD' };
      const request = { TableName: TABLE_NAMES.JobsTable, Key, ConsistentRead: true };
      return (await client.send(new GetCommand(request))).Item;
    },
    heads: async (): Promise<Json[]> => {
      const found = await client.send(new ScanCommand({ TableName: TABLE_NAMES.JobsTable, ConsistentRead: true }));
      return (found.Items ?? []).filter(({ sk }) => sk === 'HEAD');
    },
  };
}
