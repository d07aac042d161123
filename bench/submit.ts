/** Benchmark 1: a submit through our handler beside the same submission made by hand, on the same Flink. */
import { withEnvironment } from './bench-environment.ts';
import { handMadeSide, plainGateway } from './hand-made.ts';
import { handlerSide } from './handler-side.ts';
import { MEASURED_TASKS, type MeasuredTask } from './measured-sql.ts';
import { measurePairs, type Pair, type PairCounts } from './pairs.ts';
import { mean, median, quantile, range } from './stats.ts';
import { traceSubmits } from './trace-submits.ts';

export interface SubmitOptions extends PairCounts {
  readonly flinkVersion: string;
  /** Also say where the time of a submit goes. */
  readonly trace: boolean;
}

const GOAL = 1.1;

export async function benchSubmit({ flinkVersion, trace, ...counts }: SubmitOptions): Promise<void> {
  await withEnvironment(flinkVersion, async ({ flink, tables }) => {
    // Handlers read the environment, which is there only now.
    const { handler } = await import('../handlers/submit-task.ts');
    for (const task of MEASURED_TASKS) {
      const handMade = handMadeSide(task, plainGateway(flink.gatewayUrl));
      const sides = { handler: handlerSide(task, handler, tables), handMade };
      print(task, await measurePairs(flink.restUrl, sides, counts), flinkVersion);
      if (trace) await traceSubmits(task, { flink, tables }, counts);
    }
  });
}

function print(task: MeasuredTask, pairs: readonly Pair[], flinkVersion: string): void {
  const handler = pairs.map((pair) => pair.handler);
  const handMade = pairs.map((pair) => pair.handMade);
  const pairwise = (chosen: readonly Pair[]): number => median(chosen.map((pair) => pair.handler / pair.handMade));
  console.log(
    `\nSubmit of the ${task} task on Flink ${flinkVersion}, ${pairs.length} pairs; goal: ratio at most ${GOAL.toFixed(2)}`,
  );
  console.log(`  ratio of medians          ${(median(handler) / median(handMade)).toFixed(3)}`);
  for (const [name, ratio] of Object.entries({ 'median of pairwise ratios': pairwise, 'ratio of means': ofMeans })) {
    const [low, high] = range(pairs, ratio);
    const within = `(95 %: ${low.toFixed(3)} to ${high.toFixed(3)})`;
    console.log(`  ${name.padEnd(25)} ${ratio(pairs).toFixed(3)} ${within}`);
  }
  for (const [name, times] of Object.entries({ 'our handler': handler, 'by hand': handMade })) {
    const figures = [`median ${ms(median(times))}`, `p95 ${ms(quantile(times, 0.95))}`, `mean ${ms(mean(times))}`];
    console.log(`  ${name.padEnd(12)} ${figures.join('  ')}`);
  }
}

/**
 * Beside the medians, because the times fall into two heaps (docs/internals/benchmarks.md): where about half of them lie in each, a
 * median jumps from one to the other by chance, and a mean does not.
 */
function ofMeans(pairs: readonly Pair[]): number {
  return mean(pairs.map((pair) => pair.handler)) / mean(pairs.map((pair) => pair.handMade));
}

function ms(value: number): string {
  return `${value.toFixed(1).padStart(5)} ms`;
}
