/**
 * `npm test`: every project, in stages of one vitest process each (why: vitest.config.ts). On a machine with enough memory
 * the stages go side by side: those with a real Flink wait most of the time. Each line then begins with its stage. A stage
 * that fails does not keep the others from running. What failed, and where the time went, is said at the end. The last
 * line is the sum, `N passed, N failed`.
 *
 * With arguments (`npm test -- --project unit`, `npm test -- split`) it is `vitest run` with these arguments.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { lanes, NEEDED_OF_FLINK } from './lanes.ts';
import { NOTHING_RUN, settle, type Tally, TALLY_FILE, tallyLine } from './reporter.ts';

const VITEST = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs');
const MS = 1_000;
const SLOWEST = 15;

interface Stage {
  readonly name: string;
  readonly seconds: number;
  readonly tally: Tally;
}

async function runStage(projects: readonly string[], directory: string): Promise<Stage> {
  const name = projects.join(', ');
  const file = join(directory, `${projects.join('-')}.json`);
  const started = performance.now();
  console.log(`\n=== ${name}`);
  const child = spawn(process.execPath, [VITEST, 'run', ...projects.flatMap((project) => ['--project', project])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, [TALLY_FILE]: file },
  });
  const said = [child.stdout, child.stderr].map((stream) => sayLines(name, stream));
  const [code] = (await once(child, 'close')) as [number | null];
  await Promise.all(said);
  const tally = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Tally) : NOTHING_RUN;
  return { name, seconds: (performance.now() - started) / MS, tally: settle(tally, code ?? 1) };
}

async function sayLines(name: string, stream: Readable): Promise<void> {
  for await (const line of createInterface({ input: stream })) console.log(`${name} | ${line}`);
}

async function runLane(stages: readonly (readonly string[])[], directory: string): Promise<Stage[]> {
  const ran: Stage[] = [];
  for (const projects of stages) ran.push(await runStage(projects, directory));
  return ran;
}

async function runAll(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'dinghy-test-'));
  const chosen = lanes();
  // Side by side they would fetch the same files into one Maven repository, which takes no two writers.
  if (chosen.length > 1) spawnSync(process.execPath, ['--import', 'tsx', NEEDED_OF_FLINK], { stdio: 'inherit' });
  const ran = (await Promise.all(chosen.map((stages) => runLane(stages, directory)))).flat();
  rmSync(directory, { recursive: true });
  const total = sumOf(ran.map(({ tally }) => tally));
  if (total.passed + total.failed === 0) {
    console.error('No test was found.');
    total.failed = 1;
  }
  sayTimes(ran);
  if (total.failures.length > 0) console.log(`\n=== failed\n${total.failures.join('\n')}`);
  console.log(`\n${tallyLine(total)}`);
  return total.failed > 0 ? 1 : 0;
}

function sumOf(tallies: readonly Tally[]): Tally {
  const sum = (key: 'passed' | 'failed' | 'skipped'): number => tallies.reduce((total, tally) => total + tally[key], 0);
  const counts = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
  return {
    ...counts,
    failures: tallies.flatMap(({ failures }) => failures),
    files: tallies.flatMap(({ files }) => files),
  };
}

function sayTimes(ran: readonly Stage[]): void {
  console.log('\n=== where the time went, in seconds');
  const say = (seconds: number, what: string): void => console.log(`${seconds.toFixed(0).padStart(6)}  ${what}`);
  for (const { name, seconds } of ran) say(seconds, `all of ${name}`);
  const slowest = ran.flatMap(({ name, tally }) => tally.files.map((file) => ({ ...file, stage: name })));
  slowest.sort((a, b) => b.ms - a.ms);
  for (const { ms, file, stage } of slowest.slice(0, SLOWEST)) say(ms / MS, `${file} (${stage})`);
}

const args = process.argv.slice(2);
process.exitCode =
  args.length > 0
    ? (spawnSync(process.execPath, [VITEST, 'run', ...args], { stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1)
    : await runAll();
