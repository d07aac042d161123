/** Where the time of a submit goes: both sides again, every port call timed. Medians of when each began and ended. */
import { dynamoClient } from '../lib/adapters/dynamo/client.ts';
import { definitionReader } from '../lib/adapters/dynamo/definition-reader.ts';
import { dynamoItems } from '../lib/adapters/dynamo/items.ts';
import { dynamoJobStore } from '../lib/adapters/dynamo/job-store.ts';
import { dynamoRequestKeyStore } from '../lib/adapters/dynamo/request-key-store.ts';
import { dynamoSavepointStore } from '../lib/adapters/dynamo/savepoint-store.ts';
import { jobManager } from '../lib/adapters/flink/job-manager.ts';
import { sqlGateway } from '../lib/adapters/flink/sql-gateway.ts';
import { jsonLog } from '../lib/adapters/log/json-log.ts';
import { systemClock, systemIds } from '../lib/adapters/system.ts';
import { httpContext } from '../lib/app.ts';
import { readConfig } from '../lib/config.ts';
import { type HttpHandler, route } from '../lib/http/route.ts';
import { submitRoute } from '../lib/http/submit-route.ts';
import { submitTask } from '../lib/usecases/submit-task.ts';
import { NO_JARS } from '../test/fakes/no-jars.ts';
import type { BenchEnvironment } from './bench-environment.ts';
import { cancelAndWait } from './cluster.ts';
import { handMadeSide, plainGateway } from './hand-made.ts';
import { handlerSide } from './handler-side.ts';
import type { MeasuredTask } from './measured-sql.ts';
import type { PairCounts } from './pairs.ts';
import type { Side } from './side.ts';
import { median } from './stats.ts';
import { namedSpans, Trace } from './trace.ts';

type Timeline = Map<string, { from: number[]; to: number[]; lasted: number[] }>;

export async function traceSubmits(
  task: MeasuredTask,
  { flink, tables }: BenchEnvironment,
  { warmup, pairs }: PairCounts,
): Promise<void> {
  const trace = new Trace();
  const handler = handlerSide(task, tracedHandler(trace), tables);
  const handMade = handMadeSide(task, trace.follow('gateway', plainGateway(flink.gatewayUrl)));
  const ours: Timeline = new Map();
  const theirs: Timeline = new Map();
  // Numbers that the measured pairs have not used.
  for (let n = warmup + pairs; n < warmup + 2 * pairs; n++) {
    const both = [() => traceOne(flink.restUrl, trace, handler, n, ours)];
    both.push(() => traceOne(flink.restUrl, trace, handMade, n, theirs));
    for (const one of n % 2 === 0 ? both : both.reverse()) await one();
  }
  print(`${task}, our handler`, ours);
  print(`${task}, by hand`, theirs);
}

function tracedHandler(trace: Trace): HttpHandler {
  const config = readConfig(process.env);
  const clock = systemClock();
  const ids = systemIds();
  const items = dynamoItems(dynamoClient(config.dynamoEndpoint));
  const store = dynamoJobStore({ items, table: config.jobsTable, clock, ids });
  const followSession = (name: string, value: unknown): unknown =>
    name === 'gateway.open' ? trace.follow('session', value as object) : value;
  const useCase = submitTask({
    definitions: trace.follow('definitions', definitionReader(items, config.definitionsTable)),
    store: trace.follow('store', store),
    savepoints: trace.follow('savepoints', dynamoSavepointStore({ items, table: config.jobsTable, ids })),
    keys: trace.follow('keys', dynamoRequestKeyStore({ items, table: config.jobsTable, clock })),
    secrets: null,
    gateway: trace.follow('gateway', sqlGateway(), followSession),
    jobManager: trace.follow('jobManager', jobManager()),
    ...NO_JARS,
    clock,
    ids,
    log: jsonLog({ level: config.logLevel, service: null, metrics: false }),
    settings: config,
  });
  return route(httpContext, submitRoute, () => useCase);
}

async function traceOne(restUrl: string, trace: Trace, side: Side, n: number, into: Timeline): Promise<void> {
  await side.prepare(n);
  trace.start();
  const { ms, jobId } = await side.submit(n);
  const spans = namedSpans(trace.spans);
  spans.set('the whole', { from: 0, to: ms });
  spans.set('the whole but the INSERT', { from: 0, to: ms - insertMs(spans) });
  await cancelAndWait(restUrl, jobId);
  for (const [name, { from, to }] of spans) {
    const entry = into.get(name) ?? { from: [], to: [], lasted: [] };
    entry.from.push(from);
    entry.to.push(to);
    entry.lasted.push(to - from);
    into.set(name, entry);
  }
}

/** From the hand-over of the INSERT to its job id: Flink's time, the same for both sides. */
function insertMs(spans: ReadonlyMap<string, { from: number; to: number }>): number {
  const start = spans.get('session.start') ?? spans.get('gateway.start')!;
  const polls = spans.get('session.fetch') ?? spans.get('gateway.fetch')!;
  return polls.to - start.from;
}

function print(side: string, timeline: Timeline): void {
  console.log(`\nWhere the time of a submit goes, ${side} (medians, ms)`);
  console.log(`  ${'call'.padEnd(26)}   began   ended  lasted`);
  const rows = [...timeline].map(([name, { from, to, lasted }]) => ({
    name,
    times: [median(from), median(to), median(lasted)],
  }));
  rows.sort((a, b) => a.times[0]! - b.times[0]! || b.times[1]! - a.times[1]!);
  for (const { name, times } of rows) {
    console.log(`  ${name.padEnd(26)} ${times.map((time) => time.toFixed(1).padStart(7)).join(' ')}`);
  }
}
