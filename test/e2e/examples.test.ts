/** Every example does what examples.yaml promises: asked of Flink, of its logs and of the files it writes. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../local/paths.ts';
import type { StackProcess } from '../local/stack-process.ts';
import { expectShape, JOB_CONFIG, JOB_RESULT, PREVIEW_RESULT, STATEMENT_RESULT } from './contract-keys.ts';
import {
  call,
  cancelAll,
  expectState,
  flinkJob,
  flinkJobs,
  instanceWith,
  type Json,
  post,
  startReadyStack,
  stopStack,
  submitted,
  type Urls,
  urlsOf,
} from './stack.ts';

let stack: StackProcess | undefined;
let urls: Urls;

beforeAll(async () => {
  stack = await startReadyStack();
  urls = urlsOf(stack);
});
afterAll(() => stopStack(stack));
afterEach(() => cancelAll(urls));

const submit = (query: string): Promise<Json> => submitted(call(urls, `/openapi/submitTask?${query}`));

interface Node {
  readonly description: string;
  readonly inputs?: readonly unknown[];
}

/** The job's plan as the JobManager shows it. */
async function planOf(jobId: unknown): Promise<readonly Node[]> {
  const { plan } = (await flinkJob(urls, jobId, '/plan')) as unknown as { plan: { nodes: Node[] } };
  return plan.nodes;
}

const textOf = (nodes: readonly Node[]): string => nodes.map(({ description }) => description).join('\n');

describe('the examples', () => {
  it('are all applied at the first start', () => {
    expect(stack?.output()).toMatch(/^Examples: \d+ created, 0 updated, 0 unchanged\.$/m);
  });

  it('1: a stream that runs until it is cancelled', async () => {
    const { id, jobId } = await submit('id=1');
    await instanceWith(urls, id, 'RUNNING');
    expect(await call(urls, '/openapi/cancel?id=1')).toMatchObject({ success: true, data: true });
    await expectState(urls, jobId, 'CANCELED');
    await instanceWith(urls, id, 'CANCELED');
  });

  it('2: two INSERTs are one job with one source', async () => {
    const before = (await flinkJobs(urls)).length;
    const { jobId } = await submit('id=2');
    await expectState(urls, jobId, 'RUNNING');
    expect(await flinkJobs(urls)).toHaveLength(before + 1);
    const plan = await planOf(jobId);
    for (const sink of ['to_review', 'account_totals']) expect(textOf(plan)).toContain(sink);
    const sources = plan.filter(({ inputs }) => inputs === undefined);
    expect(textOf(sources).match(/TableSourceScan/g)).toHaveLength(1);
    expect(textOf(sources)).toContain('payments');
  });

  it('3: a preview has its rows in the answer and leaves no job running', async () => {
    const data = await submit('id=3');
    expectShape(data, JOB_RESULT);
    expectShape(data['jobConfig'], JOB_CONFIG);
    expectShape(data['result'], PREVIEW_RESULT);
    for (const rows of data['results'] as Json[]) expectShape(rows, STATEMENT_RESULT);
    const { columns, rowData, total, truncationFlag } = data['result'] as Json & { rowData: Json[] };
    expect({ columns, total, truncationFlag }).toEqual({
      columns: ['customer', 'spent', 'orders'],
      total: 3,
      truncationFlag: false,
    });
    const texts = rowData.map((row) => [row['customer'], String(row['spent']), String(row['orders'])].join(' '));
    expect(texts.sort()).toEqual(['Ada 27.40 2', 'Grace 5.00 1', 'Linus 12.25 1']);
    await expect.poll(async () => (await flinkJob(urls, data['jobId'])).state).toMatch(/^(FINISHED|CANCELED)$/);
    expect((await flinkJobs(urls)).filter(({ state }) => state === 'RUNNING')).toEqual([]);
    await instanceWith(urls, data['id'], 'FINISHED');
  });

  it('4: a batch job ends as FINISHED, and its totals are in the log of the TaskManager', async () => {
    const { id, jobId } = await submit('id=4');
    const instance = await instanceWith(urls, id, 'FINISHED');
    expect(instance).toMatchObject({ error: null, finishTime: expect.stringMatching(/^\d{4}-/) });
    await expectState(urls, jobId, 'FINISHED');
    const log = readFileSync(join(stack?.dataDir ?? '', 'run', 'flink', 'log', 'taskmanager.log'), 'utf8');
    const totals = [...log.matchAll(/\+I\[(card|transfer|invoice), (\d+), [\d.]+\]/g)];
    expect(totals.map(([, method]) => method).sort((a = '', b = '') => a.localeCompare(b))).toEqual([
      'card',
      'invoice',
      'transfer',
    ]);
    expect(totals.reduce((sum, [, , payments]) => sum + Number(payments), 0)).toBe(1_000);
  });

  it('5: variables have defaults, and requests with others run side by side', async () => {
    const asDefined = await submit('id=5');
    const byGet = await submit('id=5&variables.rows_per_second=50&variables.country=NO');
    const byPost = await submitted(post(urls, '/openapi/submitTask', { id: 5, variables: { country: 'SE' } }));
    const runs = [
      [asDefined, 'DE', '5', {}],
      [byGet, 'NO', '50', { rows_per_second: '50', country: 'NO' }],
      [byPost, 'SE', '5', { country: 'SE' }],
    ] as const;
    for (const [{ jobId, statement, jobConfig }, country, rowsPerSecond, variables] of runs) {
      await expectState(urls, jobId, 'RUNNING');
      expect(textOf(await planOf(jobId))).toContain(`'${country}'`);
      expect(statement).toContain(`'rows-per-second' = '${rowsPerSecond}'`);
      expect(statement).toContain(`SELECT '${country}', 'EUR', order_id, amount FROM orders`);
      expect(jobConfig).toMatchObject({ variables });
    }
    expect(new Set(runs.map(([{ jobId }]) => jobId)).size).toBe(3);
  });

  it('5: the same variables, in whatever order and dialect, are the same run', async () => {
    const { id } = await submit('id=5&variables.rows_per_second=7&variables.country=FI');
    const variables = { country: 'FI', rows_per_second: 7 };
    const repeat = await post(urls, '/openapi/submitTask', { id: '5', variables });
    expect(repeat.data).toMatchObject({ id, duplicate: true });
  });

  it('6: from file to file, with the right numbers, and a second time in place of the first', async () => {
    const out = join(ROOT, '.dinghy', 'out', 'revenue-by-country');
    rmSync(out, { recursive: true, force: true });
    await instanceWith(urls, (await submit('id=6'))['id'], 'FINISHED');
    expect(readLines(out)).toEqual(revenueByCountry());

    // Within a minute of its end the same request is a repeat; under a key of its own it is another run.
    const headers = { 'idempotency-key': 'a second time' };
    const again = await submitted(call(urls, '/openapi/submitTask?id=6', { headers }));
    await instanceWith(urls, again['id'], 'FINISHED');
    expect(readLines(out)).toEqual(revenueByCountry());
  });

  it('7: tables of a prologue, and Flink options of its own', async () => {
    const { jobId, jobConfig } = await submit('id=7');
    await expectState(urls, jobId, 'RUNNING');
    const plan = textOf(await planOf(jobId));
    for (const table of ['shop_orders', 'discard']) expect(plan).toContain(table);
    const config = JSON.stringify(await flinkJob(urls, jobId, '/config'));
    expect(config).toMatch(/fixed delay|fixed-delay|FixedDelay/i);
    expect(jobConfig).toMatchObject({
      configJson: { 'restart-strategy.type': 'fixed-delay', 'restart-strategy.fixed-delay.attempts': '3' },
    });
  });

  it('8: a prologue is not submitted itself', async () => {
    const { success, msg } = await call(urls, '/openapi/submitTask?id=8');
    expect(success).toBe(false);
    expect(msg).toMatch(/FlinkSqlEnv/);
  });
});

/** All lines of all files that Flink has published (those that begin with a dot are unfinished). */
function readLines(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  return files.flatMap((text) => text.trim().split('\n')).sort();
}

/** What example 6 computes, worked out here: in cents, so that nothing is rounded. Flink writes 100.20 as 100.2. */
function revenueByCountry(): string[] {
  const rowsOf = (name: string): string[][] =>
    readFileSync(join(ROOT, 'examples', 'data', name), 'utf8')
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .map((line) => line.split(','));
  const countryOf = new Map(rowsOf('customers.csv').map(([id, , country]) => [id, country]));
  const sums = new Map<string, { orders: number; cents: number }>();
  for (const [, customer, , amount = ''] of rowsOf('orders.csv')) {
    const country = countryOf.get(customer);
    if (country === undefined) continue;
    const { orders, cents } = sums.get(country) ?? { orders: 0, cents: 0 };
    sums.set(country, { orders: orders + 1, cents: cents + Math.round(Number(amount) * 100) });
  }
  return [...sums].map(([country, { orders, cents }]) => `${country},${orders},${cents / 100}`).sort();
}
