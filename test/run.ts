/**
 * `npm test`: every project, in stages, one vitest process after the other (why: vitest.config.ts). A stage that fails
 * does not keep the next from running. What failed is said again at the end. The last line is the sum, `N passed, N failed`.
 *
 * With arguments (`npm test -- --project unit`, `npm test -- split`) it is `vitest run` with these arguments.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOTHING_RUN, settle, type Tally, TALLY_FILE, tallyLine } from './reporter.ts';

const STAGES = [['unit', 'dynamodb', 'package'], ['flink-2.3'], ['flink-1.20'], ['local'], ['e2e']];
const VITEST = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs');

function vitest(args: string[], env: NodeJS.ProcessEnv = {}): number {
  const { status } = spawnSync(process.execPath, [VITEST, 'run', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  return status ?? 1;
}

function runStage(projects: string[], file: string): Tally {
  rmSync(file, { force: true });
  console.log(`\n=== ${projects.join(', ')}`);
  const code = vitest(
    projects.flatMap((project) => ['--project', project]),
    { [TALLY_FILE]: file },
  );
  const tally = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Tally) : NOTHING_RUN;
  return settle(tally, code);
}

function runAll(): number {
  const directory = mkdtempSync(join(tmpdir(), 'dinghy-test-'));
  const total: Tally = { ...NOTHING_RUN, failures: [] };
  for (const projects of STAGES) {
    const tally = runStage(projects, join(directory, 'tally.json'));
    total.passed += tally.passed;
    total.failed += tally.failed;
    total.skipped += tally.skipped;
    total.failures.push(...tally.failures);
  }
  rmSync(directory, { recursive: true });
  if (total.passed + total.failed === 0) {
    console.error('No test was found.');
    total.failed = 1;
  }
  if (total.failures.length > 0) console.log(`\n=== failed\n${total.failures.join('\n')}`);
  console.log(`\n${tallyLine(total)}`);
  return total.failed > 0 ? 1 : 0;
}

const args = process.argv.slice(2);
process.exitCode = args.length > 0 ? vitest(args) : runAll();
