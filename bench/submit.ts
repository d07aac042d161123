/** A submit through our handler beside the same submission made by hand, on the same Flink. */
import type { HttpHandler } from '../lib/http/route.ts';
import { type BenchEnvironment, type Delays, withEnvironment } from './bench-environment.ts';
import { bundled, type HandlerModule } from './bundled.ts';
import { type Figure, printFigures, withRange } from './figures.ts';
import { handMadeSide, plainGateway } from './hand-made.ts';
import { handlerSide } from './handler-side.ts';
import { MEASURED_TASKS, type MeasuredTask } from './measured-sql.ts';
import { measurePairs, type Pair, type PairCounts } from './pairs.ts';
import { takeCounts } from './proxy.ts';
import { mean, median, quantile, range } from './stats.ts';
import { traceSubmits } from './trace-submits.ts';

export interface SubmitOptions extends PairCounts {
  readonly flinkVersion: string;
  /** Also say where the time of a submit goes. */
  readonly trace: boolean;
  /** Behind proxies that make each request take longer, as a network does. */
  readonly latency: boolean;
}

/** Ratio of our handler to by hand, by task and Flink's version. */
const GOALS: Readonly<Record<MeasuredTask, Readonly<Record<string, number>>>> = {
  typical: { '2.3.0': 1.05, '1.20.3': 1.08 },
  smallest: { '2.3.0': 1.08, '1.20.3': 1.12 },
};
const DELAYS: Delays = { dynamodbMs: 4, flinkMs: 2 };
/** Extra time over by hand behind the proxies: two round trips to DynamoDB. */
const GOAL_EXTRA_MS = 2 * DELAYS.dynamodbMs;
const GOAL_COSTS = { requests: 7, writeUnits: 10 };

export async function benchSubmit(options: SubmitOptions): Promise<Figure[]> {
  const { flinkVersion, latency } = options;
  return await withEnvironment({ flinkVersion, delays: latency ? DELAYS : null }, async (env) => {
    // Handlers read the environment, which is there only now.
    const { handler } = await bundled<HandlerModule>('handlers/submit.ts');
    const figures: Figure[] = [];
    for (const task of MEASURED_TASKS) figures.push(...(await benchTask(task, handler, env, options)));
    return figures;
  });
}

async function benchTask(
  task: MeasuredTask,
  handler: HttpHandler,
  env: BenchEnvironment,
  options: SubmitOptions,
): Promise<Figure[]> {
  const { flinkVersion, latency, trace, ...counts } = options;
  const handMade = handMadeSide(task, plainGateway(env.seen.gatewayUrl));
  if (latency) await takeCounts(env.seen.dynamodbUrl);
  const sides = { handler: handlerSide(task, handler, env.tables), handMade };
  const pairs = await measurePairs(env.flink.restUrl, sides, counts);
  const place = `${task}, Flink ${flinkVersion}`;
  const figures = latency
    ? [extraTime(place, pairs), await costs(place, env, counts)]
    : [ratio(place, pairs, GOALS[task][flinkVersion])];
  console.log(`\nSubmit of the ${task} task on Flink ${flinkVersion}, ${pairs.length} pairs`);
  printFigures(figures);
  printTimes(pairs);
  if (trace) await traceSubmits(task, env, counts);
  return figures;
}

function ratio(place: string, pairs: readonly Pair[], goal: number | undefined): Figure {
  const pairwise = (chosen: readonly Pair[]): number => median(chosen.map((pair) => pair.handler / pair.handMade));
  const figure = withRange(pairwise(pairs), range(pairs, pairwise));
  return { what: `submit, handler / by hand, ${place}`, goal: goal?.toFixed(2) ?? 'none', figure };
}

function extraTime(place: string, pairs: readonly Pair[]): Figure {
  const extra = (chosen: readonly Pair[]): number => median(chosen.map((pair) => pair.handler - pair.handMade));
  const what = `submit, extra time over by hand behind a network, ${place}`;
  return { what, goal: `${GOAL_EXTRA_MS} ms`, figure: `${withRange(extra(pairs), range(pairs, extra), 1)} ms` };
}

async function costs(place: string, { seen }: BenchEnvironment, { warmup, pairs }: PairCounts): Promise<Figure> {
  const { requests, writeUnits } = await takeCounts(seen.dynamodbUrl);
  const submits = warmup + pairs;
  const each = Object.values(requests).reduce((sum, count) => sum + count, 0) / submits;
  const goal = `${GOAL_COSTS.requests} requests, ${GOAL_COSTS.writeUnits} write units`;
  const figure = `${each.toFixed(1)} requests, ${(writeUnits / submits).toFixed(1)} write units`;
  return { what: `submit, DynamoDB, ${place}`, goal, figure };
}

/**
 * Beside the medians, because the times fall into two heaps (docs/internals/benchmarks.md): where about half of them lie in each, a
 * median jumps from one to the other by chance, and a mean does not.
 */
function printTimes(pairs: readonly Pair[]): void {
  const handler = pairs.map((pair) => pair.handler);
  const handMade = pairs.map((pair) => pair.handMade);
  console.log(`  ratio of medians ${(median(handler) / median(handMade)).toFixed(3)}`);
  const means = (chosen: readonly Pair[]): number =>
    mean(chosen.map((pair) => pair.handler)) / mean(chosen.map((pair) => pair.handMade));
  console.log(`  ratio of means   ${withRange(means(pairs), range(pairs, means))}`);
  for (const [name, times] of Object.entries({ 'our handler': handler, 'by hand': handMade })) {
    const figures = [`median ${ms(median(times))}`, `p95 ${ms(quantile(times, 0.95))}`, `mean ${ms(mean(times))}`];
    console.log(`  ${name.padEnd(12)} ${figures.join('  ')}`);
  }
}

function ms(value: number): string {
  return `${value.toFixed(1).padStart(5)} ms`;
}
