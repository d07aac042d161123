/**
 * The OpenAPI document beside what the stack really answers: every call of it is made, and each answer must have the shape
 * that the document says. With RECORD_EXAMPLES=1 the answers become the examples of the document.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openapiDocument } from '../../lib/http/openapi/document.ts';
import type { StackProcess } from '../local/stack-process.ts';
import { type ServedJar, serveJar } from './served-jar.ts';
import { cancelAll, type Json, startReadyStack, stopStack, type Urls, urlsOf } from './stack.ts';

const EXAMPLES = new URL('../../lib/http/openapi/examples.json', import.meta.url);

let stack: StackProcess | undefined;
let urls: Urls;
let jar: ServedJar | undefined;
const made = new Map<string, { request: unknown; answer: unknown }>();

beforeAll(async () => {
  stack = await startReadyStack(['--adhoc']);
  urls = urlsOf(stack);
  jar = await serveJar('2.3.0');
});
afterAll(async () => {
  if (process.env['RECORD_EXAMPLES'] === '1') {
    const kept = Object.fromEntries([...made].map(([name, example]) => [name, shortened(example)]));
    writeFileSync(EXAMPLES, `${JSON.stringify(kept, null, 2)}\n`);
  }
  await stopStack(stack);
  jar?.stop();
});

/** Long texts and lists make an example hard to read. */
function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.length > 300 ? `${value.slice(0, 300)}…` : value;
  if (Array.isArray(value)) return value.slice(0, 2).map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)]));
}

interface Document {
  readonly paths: Record<string, Record<string, { responses: { 200: { content: Json } } }>>;
  readonly components: Json;
}

const document = openapiDocument() as unknown as Document;
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });

function problemsOf(operation: string, answer: unknown): unknown {
  const [method = '', path = ''] = operation.split(' ');
  const { schema } = document.paths[path]![method.toLowerCase()]!.responses[200].content['application/json'] as {
    schema: object;
  };
  const validate = ajv.compile({ ...schema, components: document.components });
  return validate(answer) ? [] : validate.errors;
}

/** Makes the call, checks its answer, and keeps it. */
async function call(operation: string, query: string | object, path?: string): Promise<Json> {
  const [method = '', template = ''] = operation.split(' ');
  const isBody = typeof query === 'object';
  const address = `${path ?? template}${isBody || query === '' ? '' : `?${query}`}`;
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(urls.api + address, {
    method,
    headers,
    ...(isBody ? { body: JSON.stringify(query) } : {}),
  });
  const answer = (await reply.json()) as Json;
  expect(problemsOf(operation, answer)).toEqual([]);
  if (operation.includes('/openapi/')) expect(answer).toMatchObject({ code: 0, success: true });
  // Where the jar is on this machine is of no use to a reader.
  const shown = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value).replaceAll(jar?.url ?? '-', 'https://jars.example.com/numbers.jar')) as T;
  made.set(operation, shown({ request: isBody ? query : address, answer }));
  return answer;
}

const dataOf = ({ data }: Json): Json => data as Json;

it('submits and polls', async () => {
  const { jobInstanceId } = dataOf(await call('GET /openapi/submitTask', 'id=1'));
  await call('POST /openapi/submitTask', { id: 5, variables: { country: 'NO' } });
  await call('GET /openapi/onLineTask', 'id=1');
  await call('GET /openapi/getJobInstance', `id=${String(jobInstanceId)}`);
  await call('GET /openapi/getJobInstanceByTaskId', 'id=1');
  await call('GET /openapi/runs/{id}', '', `/openapi/runs/${String(jobInstanceId)}`);
});

it('gives the rows of a preview', async () => {
  const preview = dataOf(await call('GET /openapi/submitTask', 'id=3'));
  const { columns } = dataOf(await call('GET /openapi/getJobData', `jobId=${String(preview['jobId'])}`));
  expect(columns).not.toEqual([]);
});

it('runs what is no stored task', async () => {
  const statement =
    "CREATE TABLE t (a INT) WITH ('connector' = 'datagen'); CREATE TABLE p (a INT) WITH ('connector' = 'blackhole'); INSERT INTO p SELECT a FROM t";
  await call('POST /openapi/executeSql', { statement, jobName: 'from-a-request', parallelism: 1 });
  const main = { mainAppClass: 'dinghy.example.NumbersJob', mainArgs: '--name from-a-request' };
  await call('POST /openapi/executeJar', { jarPath: jar?.url, ...main });
});

it('lists', async () => {
  await call('POST /openapi/getJobInstanceList', { pageSize: 2, current: 1 });
  await call('GET /openapi/runs', 'limit=2');
  await call('GET /openapi/tasks', 'limit=2');
  await call('GET /openapi/version', '');
  await call('GET /health', '');
  expect(await call('GET /openapi.json', '')).toMatchObject({ openapi: '3.1.0' });
  made.delete('GET /openapi.json');
});

it('explains', async () => {
  const statement =
    "CREATE TABLE t (a INT) WITH ('connector' = 'datagen'); CREATE TABLE p (a INT) WITH ('connector' = 'blackhole'); INSERT INTO p SELECT a FROM t WHERE a > 1";
  await call('POST /openapi/explainSql', { statement });
  await call('POST /openapi/getJobPlan', { statement });
  await call('POST /openapi/getStreamGraph', { statement });
  await call('POST /openapi/getLineage', { statement });
  await call('GET /openapi/getTaskLineage', 'id=5&variables.country=NO');
  await call('GET /openapi/exportSql', 'id=5&variables.country=NO');
});

it('keeps the state of jobs, and ends them', async () => {
  await call('POST /openapi/savepoint', 'taskId=1&savePointType=trigger');
  const { jobInfos } = dataOf(await call('GET /openapi/savepointTask', 'taskId=1&type=trigger'));
  const savePointPath = encodeURIComponent(String((jobInfos as Json[])[0]?.['savePoint']));
  await call('GET /openapi/restartTask', 'id=1');
  await call('GET /openapi/reOnLineTask', 'id=1');
  await call('GET /openapi/selectSavePointRestartTask', `id=1&savePointPath=${savePointPath}`);
  await call('GET /openapi/selectSavePointReOnLineTask', `id=1&savePointPath=${savePointPath}`);
  await call('POST /openapi/savepointTask', { taskId: 1, type: 'cancel' });
  await call('GET /openapi/cancel', 'id=5');
  await call('GET /openapi/submitTask', 'id=6');
  await call('GET /openapi/offLineTask', 'id=6&type=canceljob');
  await call('GET /openapi/submitTask', 'id=7');
  await call('POST /openapi/cancel', { id: 7, withSavePoint: false });
  await cancelAll(urls);
});

it('has made every call of the document, and shows an example of each', () => {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const unmade = operations.filter((operation) => !made.has(operation));
  expect(unmade).toEqual(['GET /openapi.json']);
  if (process.env['RECORD_EXAMPLES'] === '1') return;
  const kept = JSON.parse(readFileSync(EXAMPLES, 'utf8')) as Json;
  expect(Object.keys(kept).sort()).toEqual([...made.keys()].sort());
  for (const [operation, example] of Object.entries(kept)) {
    expect(problemsOf(operation, (example as Json)['answer'])).toEqual([]);
  }
});
