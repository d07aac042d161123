/** How long after its end a bounded job is seen FINISHED by a client that polls each second, here and in Flink itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { callHandler, type Envelope } from '../test/builders/event.ts';
import { aTask } from '../test/fakes/memory-definitions.ts';
import { type BenchEnvironment, withEnvironment } from './bench-environment.ts';
import { bundled, type HandlerModule } from './bundled.ts';
import { getJson } from './cluster.ts';
import { type Figure, printFigures, withRange } from './figures.ts';
import { median, range } from './stats.ts';

const RUNS = 20;
const POLL_EVERY_MS = 1_000;
const GIVE_UP_MS = 60_000;
const GOAL_MS = 1_500;

interface Lag {
  readonly oursMs: number;
  /** Of a client that asks the JobManager itself at the same moments. */
  readonly flinksMs: number;
}

export async function benchFinishLag(flinkVersion: string): Promise<Figure[]> {
  return await withEnvironment({ flinkVersion, delays: null }, async (env) => {
    const lags: Lag[] = [];
    for (let n = 0; n < RUNS; n++) lags.push(await lagOf(env, n + 1));
    const figures = summed(lags);
    console.log(`\nEnd of a bounded job seen by a client that polls each second, ${RUNS} runs`);
    printFigures(figures);
    return figures;
  });
}

/** Jobs of 1 to 3 s, each of another length, so that ends fall anywhere between two polls. */
function bounded(n: number): string {
  const rows = 10 + ((n * 7) % 20);
  const options = `'connector' = 'datagen', 'rows-per-second' = '10', 'number-of-rows' = '${rows}'`;
  return `CREATE TABLE numbers (id BIGINT) WITH (${options});
CREATE TABLE sink (id BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO sink SELECT id FROM numbers;`;
}

async function lagOf({ flink, tables }: BenchEnvironment, id: number): Promise<Lag> {
  const { handler: submit } = await bundled<HandlerModule>('handlers/submit.ts');
  const { handler: poll } = await bundled<HandlerModule>('handlers/read.ts');
  await tables.putTask(aTask({ id, name: `bounded-${id}`, statement: bounded(id) }));
  const { data, msg } = await callHandler(submit, { query: `id=${id}` });
  if (data?.['status'] !== 'SUCCESS') throw new Error(`The handler did not start a job: ${msg}`);
  const job = `${flink.restUrl}/jobs/${String(data['jobId'])}`;
  const query = `id=${String(data['id'])}`;
  const ours = seenAt(async () => statusOf(await callHandler(poll, { path: '/openapi/getJobInstance', query })));
  const flinks = seenAt(async () => ((await getJson(job)) as { state: string }).state);
  const [oursAt, flinksAt] = await Promise.all([ours, flinks]);
  const endedAt = ((await getJson(job)) as { 'end-time': number })['end-time'];
  return { oursMs: oursAt - endedAt, flinksMs: flinksAt - endedAt };
}

function statusOf({ data }: Envelope): string {
  return String(data?.['status']);
}

/** UTC ms of the answer that said FINISHED. */
async function seenAt(ask: () => Promise<string>): Promise<number> {
  const until = Date.now() + GIVE_UP_MS;
  for (;;) {
    if ((await ask()) === 'FINISHED') return Date.now();
    if (Date.now() > until) throw new Error('The job did not end.');
    await sleep(POLL_EVERY_MS);
  }
}

function summed(lags: readonly Lag[]): Figure[] {
  const oursMs = (chosen: readonly Lag[]): number => median(chosen.map((lag) => lag.oursMs));
  const more = (chosen: readonly Lag[]): number => median(chosen.map((lag) => lag.oursMs - lag.flinksMs));
  return [
    {
      what: 'end of a bounded job seen by a client that polls each second',
      goal: `${GOAL_MS} ms`,
      figure: `${withRange(oursMs(lags), range(lags, oursMs), 0)} ms`,
    },
    {
      what: 'the same, later than a client that polls Flink itself',
      goal: 'none',
      figure: `${withRange(more(lags), range(lags, more), 0)} ms`,
    },
  ];
}
