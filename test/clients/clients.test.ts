/** Clients that were written for Dinky, against the local stack over HTTP. What happened is asked of Flink. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../cli/main.ts';
import { TABLE_NAMES } from '../../local/stack.ts';
import { cancelAll, flinkJobs, startReadyStack, stopStack, type Urls, urlsOf } from '../e2e/stack.ts';
import type { StackProcess } from '../local/stack-process.ts';
import { type DinkyTask, DolphinTask } from './dolphin-scheduler.ts';
import { McpServer } from './mcp-server.ts';

const SOURCE = "CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '5'";
const SINK = "CREATE TEMPORARY TABLE nowhere (n BIGINT) WITH ('connector' = 'blackhole');";
const STREAM = `${SOURCE}); ${SINK} INSERT INTO nowhere SELECT n FROM numbers;`;
const FAILS = `${SINK} INSERT INTO nowhere SELECT CAST(s AS BIGINT) FROM (VALUES ('1'), ('x')) AS t (s);`;

const TASKS = [
  {
    id: 11,
    name: 'ends',
    statement: `${SOURCE}, 'number-of-rows' = '10'); ${SINK} INSERT INTO nowhere SELECT n FROM numbers;`,
  },
  { id: 12, name: 'fails', statement: FAILS },
  { id: 13, name: 'kept', statement: STREAM, checkpoint: 1000, savePointStrategy: 'LATEST' },
  { id: 14, name: 'streams', statement: STREAM },
  // A repeat within ten seconds is answered with the run that was ended from outside: each client has its own.
  { id: 17, name: 'of-mcp', statement: STREAM },
  { id: 18, name: 'of-curl', statement: STREAM },
  { id: 15, name: 'refused', statement: `${SINK} INSERT INTO nowhere SELECT nope FROM nothing;` },
  {
    id: 16,
    name: 'dated',
    statement: `${SOURCE}); ${SINK} INSERT INTO nowhere SELECT n FROM numbers WHERE n <> \${number};`,
  },
].map((task) => ({ type: 'local', parallelism: 1, ...task }));

const GLOBALS = { bizdate: '2026-01-31', system_biz_date: '20260131', number: '7', project: 'shop' };

let stack: StackProcess | undefined;
let urls: Urls;
let proxy: Server;
/** The address of a proxy that delivers a request, and then drops the connection instead of answering: for this many. */
let drops = 0;

beforeAll(async () => {
  stack = await startReadyStack();
  urls = urlsOf(stack);
  proxy = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const onward = request(urls.api + (url ?? ''), { method, headers }, (reply) => {
      if (drops-- > 0) return void reply.resume().on('end', () => outgoing.destroy());
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'dinghy-clients-'));
  writeFileSync(join(folder, 'tasks.json.yaml'), JSON.stringify({ tasks: TASKS }));
  const where = { DEFINITIONS_TABLE: TABLE_NAMES.DefinitionsTable, AWS_ENDPOINT_URL_DYNAMODB: urls.dynamodb };
  const lines: string[] = [];
  const io = { out: (line: string) => void lines.push(line), err: (line: string) => void lines.push(line) };
  const code = await main(['apply', folder], where, io);
  rmSync(folder, { recursive: true });
  expect([code, lines.join('\n')]).toEqual([0, expect.stringContaining('8 created') as string]);
});
afterAll(async () => {
  proxy.close();
  await stopStack(stack);
});
afterEach(async () => {
  drops = 0;
  await cancelAll(urls);
});

const dolphin = (taskId: number, more: Partial<DinkyTask> = {}): DolphinTask =>
  new DolphinTask({ address: urls.api, taskId, online: false, globals: GLOBALS, pollMs: 500, ...more });

const jobsNamed = async (name: string) => (await flinkJobs(urls)).filter((job) => job.name === name);
const liveNamed = async (name: string) => (await jobsNamed(name)).filter(({ state }) => state === 'RUNNING');

async function isRunning(name: string): Promise<void> {
  await expect.poll(async () => (await liveNamed(name)).length).toBe(1);
}

describe('DolphinScheduler', () => {
  it('sees a job that ends well', async () => {
    expect(await dolphin(11).run()).toMatchObject({ state: 'success', says: '' });
    expect(await jobsNamed('ends')).toMatchObject([{ state: 'FINISHED' }]);
  });

  it('sees why a job failed', async () => {
    const { state, says } = await dolphin(12).run();
    expect(state).toBe('failure');
    expect(says).toMatch(/'x'/);
  });

  it('is told why a task was refused, and its kill ends nothing else', async () => {
    const other = dolphin(14);
    const { data } = (await other.submit()) as { data: { jobId: string } };
    const { state, says } = await dolphin(15).run();
    expect([state, says]).toEqual(['failure', expect.stringMatching(/nothing/) as string]);
    await isRunning('streams');
    expect((await liveNamed('streams'))[0]?.jid).toBe(data.jobId);
  });

  it('kills a job, whose state a later submit starts from', async () => {
    const first = dolphin(13);
    const ended = first.run();
    await isRunning('kept');
    await first.kill();
    expect(await ended).toMatchObject({ state: 'kill' });
    expect((await jobsNamed('kept')).map((job) => job.state)).toEqual(['CANCELED']);

    const answer = await dolphin(13).submit();
    const { jobConfig } = answer['data'] as { jobConfig: { savePointPath: string | null } };
    expect(jobConfig.savePointPath).toMatch(/savepoint/);
    await isRunning('kept');
  });

  it('starts one job though the connection drops after a GET was delivered', async () => {
    // The probe is dropped too, all four times: so the plugin speaks 0.x.
    drops = 4 + 2;
    const at = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const task = dolphin(11, { address: at, online: true });
    const before = (await jobsNamed('ends')).length;
    expect(await task.run()).toMatchObject({ state: 'success' });
    expect((await jobsNamed('ends')).length).toBe(before + 1);
  });

  it('adopts nothing and starts nothing twice when its worker fails over', async () => {
    const first = (await dolphin(14).submit())['data'] as { jobInstanceId: number };
    const second = (await dolphin(14).submit())['data'] as { jobInstanceId: number };
    expect(second.jobInstanceId).toBe(first.jobInstanceId);
    await sleep(1_000);
    expect(await liveNamed('streams')).toHaveLength(1);
  });

  it('has one live job of a streaming task on two days, with another date among its parameters', async () => {
    const monday = (await dolphin(16).submit())['data'] as { jobId: string };
    const tuesday = { ...GLOBALS, bizdate: '2026-02-01', system_biz_date: '20260201' };
    const again = (await dolphin(16, { globals: tuesday }).submit())['data'] as { jobId: string; duplicate: boolean };
    expect(again).toMatchObject({ jobId: monday.jobId, duplicate: true });
    expect(await liveNamed('dated')).toHaveLength(1);
  });
});

it('a Python MCP server can use its eight tools', async () => {
  const mcp = new McpServer(urls.api, 'unused-on-the-local-stack');
  const well = { success: true, code: 0 };
  expect(await mcp.explainSql(STREAM)).toMatchObject({
    ...well,
    data: [{ parseTrue: true }, {}, { explainTrue: true }],
  });
  expect(await mcp.getStreamGraph(STREAM)).toMatchObject({ ...well, data: { nodes: expect.any(Array) as object } });
  expect(await mcp.exportSql(17)).toMatchObject({
    ...well,
    data: expect.stringContaining('INSERT INTO nowhere') as string,
  });
  expect(await mcp.getTaskLineage(17)).toMatchObject({ ...well, data: { tables: [{}, {}] } });
  expect(await mcp.submitTask(17)).toMatchObject({ ...well, data: { status: 'SUCCESS' } });
  await isRunning('of-mcp');
  expect(await mcp.getJobInstanceByTaskId(17)).toMatchObject({ ...well, data: { taskId: 17 } });
  expect(await mcp.savepointTask(17, 'trigger')).toMatchObject({ ...well, data: { isSuccess: true } });
  expect(await mcp.cancel(17)).toMatchObject({ ...well, data: true });
  await expect.poll(async () => (await mcp.getJobInstanceByTaskId(17))['data']).toMatchObject({ status: 'CANCELED' });
});

it('the lines of curl that Dinky 0.7 printed work', async () => {
  const ask = async (call: string): Promise<unknown> => {
    const reply = await fetch(`${urls.api}/openapi/${call}`, {
      headers: { 'user-agent': 'curl/8.5.0', accept: '*/*' },
    });
    return [reply.status, await reply.json()];
  };
  const well = [200, { success: true, code: 0 }];
  expect(await ask('submitTask?id=11')).toMatchObject(well);
  expect(await ask('getJobInstanceByTaskId?id=11')).toMatchObject(well);
  expect(await ask('onLineTask?id=18')).toMatchObject(well);
  await isRunning('of-curl');
  expect(await ask('savepointTask?taskId=18&type=trigger')).toMatchObject(well);
  expect(await ask('offLineTask?id=18&type=canceljob')).toMatchObject(well);
  expect(await ask('getJobInstanceByTaskId?id=4711')).toMatchObject([200, { success: false, code: 1 }]);
});
