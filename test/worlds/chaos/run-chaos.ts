/** Many worlds, one sum. A world that fails is lived through again, this time with its trace. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ChaosOptions } from './options.ts';
import { prng } from './prng.ts';
import { runWorld, type WorldReport } from './run-world.ts';
import { MAX_SWEEPS, Sum } from './sum.ts';
import { traceOf } from './trace-of.ts';

export type Print = (line: string) => void;

const SUBMITS_PER_WORLD = 30;
const MAX_TRACES = 3;
/** Another helper's part: the same faults through real proxies, against a real Flink. */
const REAL = join(import.meta.dirname, '../chaos-real/run-real.ts');

/** False: something must not be as it was. */
export async function runChaos(options: ChaosOptions, print: Print): Promise<boolean> {
  if (options.real) return await runReal(options, print);
  const seeds = prng(options.seed);
  const sum = new Sum();
  let traces = 0;
  for (let world = 0, left = options.submits; left > 0; world += 1) {
    const submits = Math.min(SUBMITS_PER_WORLD, left);
    const seed = seeds.int(0, 0xffff_ffff);
    left -= submits;
    if (options.world !== null && options.world !== world) continue;
    const report = await runWorld(seed, submits, options.world !== null);
    sum.add(report);
    if (options.world !== null) report.lines.forEach(print);
    else if (isBad(report)) {
      name(options, world, report, print);
      if ((traces += 1) <= MAX_TRACES)
        traceOf((await runWorld(seed, submits, true)).lines, report.violations).forEach(print);
    }
  }
  sum.lines().forEach(print);
  return sum.isGood();
}

function isBad(report: WorldReport): boolean {
  return report.violations.length > 0 || report.sweeps > MAX_SWEEPS || (report.sweepsBeside ?? 0) > MAX_SWEEPS;
}

function name(
  { seed, submits }: ChaosOptions,
  world: number,
  { violations, sweeps, sweepsBeside }: WorldReport,
  print: Print,
): void {
  print(`--- seed ${seed}, world ${world}: npm run chaos -- --seed ${seed} --submits ${submits} --world ${world}`);
  for (const { kind, runId, text } of violations) print(`${kind}, run ${runId ?? '-'}: ${text}`);
  if (sweeps > MAX_SWEEPS) print(`${sweeps} sweeps were needed`);
  if ((sweepsBeside ?? 0) > MAX_SWEEPS) print(`${sweepsBeside} sweeps were needed beside a fault that went on`);
}

async function runReal(options: ChaosOptions, print: Print): Promise<boolean> {
  if (!existsSync(REAL)) {
    print('The part against a real Flink (test/worlds/chaos-real/run-real.ts) is not there.');
    return false;
  }
  const there = REAL;
  const { runReal: run } = (await import(there)) as {
    runReal: (options: ChaosOptions, print: Print) => Promise<boolean>;
  };
  return await run(options, print);
}
