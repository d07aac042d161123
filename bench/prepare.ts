/** Benchmark 2: prepare (variables, split, classify, plan) must take time in proportion to the size of the SQL. */
import { prepareRun } from '../lib/domain/plan/prepare-run.ts';
import { aTask } from '../test/fakes/memory-definitions.ts';
import { REQUEST_VARIABLES, sqlOfSize } from './sql-of-size.ts';
import { median } from './stats.ts';

const SIZES_KB = [10, 50, 100, 150, 250];
const WARMUP_MS = 2_000;
const ROUNDS = 40;
/** A run below this is repeated within one measurement: short times are all noise. */
const MIN_MEASURED_KB = 250;
const MAX_GROWTH = 2;

export function benchPrepare(): void {
  const texts = SIZES_KB.map((kilobytes) => ({ kilobytes, text: sqlOfSize(kilobytes), msPerKb: [] as number[] }));
  const warmUntil = performance.now() + WARMUP_MS;
  while (performance.now() < warmUntil) texts.forEach(({ text }) => prepare(text));
  // All sizes in each round, so that a slow moment of the machine does not fall on one of them.
  for (let round = 0; round < ROUNDS; round++) {
    for (const { kilobytes, text, msPerKb } of texts) msPerKb.push(timePerKb(text, kilobytes));
  }
  print(texts.map(({ kilobytes, msPerKb }) => ({ kilobytes, msPerKb: median(msPerKb) })));
}

function timePerKb(text: string, kilobytes: number): number {
  const times = Math.ceil(MIN_MEASURED_KB / kilobytes);
  const started = performance.now();
  for (let n = 0; n < times; n++) prepare(text);
  return (performance.now() - started) / times / kilobytes;
}

/** All the computing of one submit: plan, fingerprint text, and the body that is stored. */
function prepare(statement: string): void {
  const prepared = prepareRun({
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

function print(rows: readonly { kilobytes: number; msPerKb: number }[]): void {
  const growth = rows.at(-1)!.msPerKb / rows[0]!.msPerKb;
  const verdict = growth > MAX_GROWTH ? `ABOVE ${MAX_GROWTH}: it grows faster than the text` : `at most ${MAX_GROWTH}`;
  console.log(`\nPrepare, medians of ${ROUNDS}`);
  console.log(
    `  time per KB at ${rows.at(-1)!.kilobytes} KB / at ${rows[0]!.kilobytes} KB: ${growth.toFixed(2)} (${verdict})`,
  );
  for (const { kilobytes, msPerKb } of rows) {
    const inAll = (msPerKb * kilobytes).toFixed(2).padStart(7);
    console.log(
      `  ${String(kilobytes).padStart(4)} KB  ${(msPerKb * 1_000).toFixed(1).padStart(6)} µs per KB  ${inAll} ms in all`,
    );
  }
}
