/** prepare (variables, split, classify, plan) must take time in proportion to the size of the SQL. */
import type { prepareRun } from '../lib/domain/plan/prepare-run.ts';
import { aTask } from '../test/fakes/memory-definitions.ts';
import { bundled } from './bundled.ts';
import { type Figure, printFigures } from './figures.ts';
import { REQUEST_VARIABLES, sqlOfSize } from './sql-of-size.ts';
import { median } from './stats.ts';

const SIZES_KB = [10, 50, 100, 150, 250];
const WARMUP_MS = 2_000;
const ROUNDS = 40;
/** A run below this is repeated within one measurement: short times are all noise. */
const MIN_MEASURED_KB = 250;
const MAX_GROWTH = 2;
const GOAL_MB_PER_S = 15;

interface Planner {
  readonly prepareRun: typeof prepareRun;
}

export async function benchPrepare(): Promise<Figure[]> {
  const planner = await bundled<Planner>('lib/domain/plan/prepare-run.ts');
  const texts = SIZES_KB.map((kilobytes) => ({ kilobytes, text: sqlOfSize(kilobytes), msPerKb: [] as number[] }));
  const warmUntil = performance.now() + WARMUP_MS;
  while (performance.now() < warmUntil) texts.forEach(({ text }) => prepare(planner, text));
  // All sizes in each round, so that a slow moment of the machine does not fall on one of them.
  for (let round = 0; round < ROUNDS; round++) {
    for (const { kilobytes, text, msPerKb } of texts) msPerKb.push(timePerKb(planner, text, kilobytes));
  }
  const rows = texts.map(({ kilobytes, msPerKb }) => ({ kilobytes, msPerKb: median(msPerKb) }));
  const figures = summed(rows);
  console.log(`\nPrepare, medians of ${ROUNDS}`);
  printFigures(figures);
  for (const { kilobytes, msPerKb } of rows) {
    const inAll = (msPerKb * kilobytes).toFixed(2).padStart(7);
    console.log(
      `  ${String(kilobytes).padStart(4)} KB  ${(msPerKb * 1_000).toFixed(1).padStart(6)} µs per KB  ${inAll} ms in all`,
    );
  }
  return figures;
}

interface Row {
  readonly kilobytes: number;
  readonly msPerKb: number;
}

function summed(rows: readonly Row[]): Figure[] {
  const [first, last] = [rows[0]!, rows.at(-1)!];
  const growth = last.msPerKb / first.msPerKb;
  return [
    {
      what: `prepare, time per KB at ${last.kilobytes} KB / at ${first.kilobytes} KB: linear`,
      goal: `at most ${MAX_GROWTH}`,
      figure: growth.toFixed(2),
    },
    { what: 'prepare, SQL', goal: `${GOAL_MB_PER_S} MB/s`, figure: `${(1 / last.msPerKb / 1.024).toFixed(1)} MB/s` },
  ];
}

function timePerKb(planner: Planner, text: string, kilobytes: number): number {
  const times = Math.ceil(MIN_MEASURED_KB / kilobytes);
  const started = performance.now();
  for (let n = 0; n < times; n++) prepare(planner, text);
  return (performance.now() - started) / times / kilobytes;
}

/** All the computing of one submit: plan, fingerprint text, and the body that is stored. */
function prepare(planner: Planner, statement: string): void {
  const prepared = planner.prepareRun({
    task: aTask({ statement }),
    target: { hosts: 'jm:8081', gatewayUrl: 'http://gw:8083', clusterId: null, clusterConfig: {} },
    clusterConfiguration: null,
    envTask: null,
    variables: [],
    databases: [],
    flinkConfig: {},
    request: { variables: REQUEST_VARIABLES, savePointPath: null },
  });
  prepared.bodyFor('jm:8081');
}
