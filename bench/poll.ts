/** A poll of a live run that was refreshed a moment ago, through our handler, beside one read of an item by the SDK. */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { HttpHandler } from '../lib/http/route.ts';
import { callHandler } from '../test/builders/event.ts';
import { type BenchEnvironment, withEnvironment } from './bench-environment.ts';
import { bundled, type HandlerModule } from './bundled.ts';
import { cancelAndWait } from './cluster.ts';
import { type Figure, printFigures, withRange } from './figures.ts';
import { handlerSide } from './handler-side.ts';
import { rateOf } from './measured-sql.ts';
import { median, range } from './stats.ts';
import { benchWithKey, type Measured } from './with-key.ts';

const WARMUP = 200;
const POLLS = 600;
const SUBMITS = 200;
const GOAL_MS = 2.5;

/** Of the run that is there: a duplicate is the submit that takes the same time each time. */
const WITH_KEY: readonly Measured[] = [
  {
    what: 'fresh poll',
    entry: 'handlers/read.ts',
    call: { path: '/openapi/getJobInstance', query: 'id=1' },
    pairs: POLLS,
    isRight: ({ data }) => data?.['status'] === 'RUNNING' || data?.['status'] === 'CREATED',
    operations: ['GetItem'],
  },
  {
    what: 'submit of a duplicate',
    entry: 'handlers/submit.ts',
    call: { query: `id=1&variables.rate=${rateOf(0)}` },
    pairs: SUBMITS,
    isRight: ({ data }) => data?.['duplicate'] === true,
    operations: null,
  },
];

interface Polled {
  readonly handlerMs: number;
  readonly readMs: number;
  /** Requests of the poll to DynamoDB, by operation. */
  readonly operations: readonly string[];
}

export async function benchPoll(flinkVersion: string): Promise<Figure[]> {
  return await withEnvironment({ flinkVersion, delays: null }, async (env) => {
    const asked = watchOperations();
    const { polled, keyed } = await polls(env, asked);
    // A poll whose turn it is asks Flink, and notes that.
    const fresh = polled.slice(WARMUP).filter(({ operations }) => operations.length === 1);
    const figures = [...summed(fresh), ...keyed];
    console.log(`\nFresh polls of a live run: ${fresh.length} of ${polled.length - WARMUP} polls`);
    printFigures(figures);
    return figures;
  });
}

async function polls(
  { flink, tables }: BenchEnvironment,
  asked: string[],
): Promise<{ readonly polled: Polled[]; readonly keyed: Figure[] }> {
  const { handler: submit } = await bundled<HandlerModule>('handlers/submit.ts');
  const { handler: poll } = await bundled<HandlerModule>('handlers/read.ts');
  const side = handlerSide('smallest', submit, tables);
  await side.prepare(0);
  const { jobId } = await side.submit(0);
  const client = new DynamoDBClient({ endpoint: tables.endpoint });
  const key = { pk: { S: 'RUN#1' }, sk: { S: 'HEAD' } };
  const read = new GetItemCommand({ TableName: tables.jobsTable, Key: key, ConsistentRead: true });
  const polled: Polled[] = [];
  for (let n = 0; n < WARMUP + POLLS; n++) {
    const readMs = await timed(() => client.send(read));
    asked.length = 0;
    const handlerMs = await timed(() => pollOnce(poll));
    polled.push({ handlerMs, readMs, operations: [...asked] });
  }
  client.destroy();
  const keyed: Figure[] = [];
  for (const measured of WITH_KEY) keyed.push(...(await benchWithKey(tables, asked, measured)));
  await cancelAndWait(flink.restUrl, jobId);
  return { polled, keyed };
}

async function pollOnce(poll: HttpHandler): Promise<void> {
  const { data, msg } = await callHandler(poll, { path: '/openapi/getJobInstance', query: 'id=1' });
  if (data?.['status'] !== 'RUNNING' && data?.['status'] !== 'CREATED') throw new Error(`No live run: ${msg}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** What this process asks DynamoDB, as it goes out. */
function watchOperations(): string[] {
  const asked: string[] = [];
  subscribe('http.client.request.start', (message) => {
    const target = (message as { request: ClientRequest }).request.getHeader('x-amz-target');
    if (typeof target === 'string') asked.push(target.split('.')[1] ?? '');
  });
  return asked;
}

function summed(fresh: readonly Polled[]): Figure[] {
  const handlerMs = (chosen: readonly Polled[]): number => median(chosen.map((one) => one.handlerMs));
  const ratio = (chosen: readonly Polled[]): number => median(chosen.map((one) => one.handlerMs / one.readMs));
  const operations = [...new Set(fresh.flatMap((one) => one.operations))];
  return [
    {
      what: 'fresh poll, handler',
      goal: `${GOAL_MS} ms, one read, no write`,
      figure: `${withRange(handlerMs(fresh), range(fresh, handlerMs), 2)} ms, one ${operations.join(' or ')}`,
    },
    {
      what: 'fresh poll, handler / one read by the SDK',
      goal: 'none',
      figure: withRange(ratio(fresh), range(fresh, ratio), 2),
    },
  ];
}
