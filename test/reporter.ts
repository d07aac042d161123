import { writeFileSync, writeSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** What a run came to. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed and why, a line each: a log that is cut keeps its end. */
  failures: string[];
  /** How long each file took. */
  files: { file: string; ms: number }[];
}

export const NOTHING_RUN: Tally = { passed: 0, failed: 0, skipped: 0, failures: [], files: [] };

/** With this variable naming a file, the tally goes there as JSON and no line is printed (test/run.ts adds them up). */
export const TALLY_FILE = 'DINGHY_TALLY_FILE';

/** The line that CI reads, the last one; what was skipped stands above it. */
export function tallyLine({ passed, failed, skipped }: Tally): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${skipped} skipped (each says why)\n${line}` : line;
}

/**
 * Counts tests, and as one failure each: a file that does not load, a suite whose hook fails, an error outside any
 * test. A test that never came to an end has failed.
 */
export function countTests(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Tally {
  const failures = unhandled.map((error) => failure('outside any test', [error]));
  const tally = { passed: 0, skipped: 0 };
  for (const module of modules) {
    const file = module.relativeModuleId;
    if (module.errors().length > 0) failures.push(failure(file, module.errors()));
    for (const suite of module.children.allSuites()) {
      if (suite.errors().length > 0) failures.push(failure(`${file} > ${suite.fullName}`, suite.errors()));
    }
    for (const test of module.children.allTests()) {
      const { state, errors } = test.result();
      if (state === 'passed' || state === 'skipped') tally[state] += 1;
      else failures.push(failure(`${file} > ${test.fullName}`, errors ?? []));
    }
  }
  const files = modules.map((module) => ({ file: module.relativeModuleId, ms: module.diagnostic().duration }));
  return { ...tally, failed: failures.length, failures, files };
}

function failure(what: string, errors: readonly SerializedError[]): string {
  const [why = 'never came to an end'] = errors.map(({ message }) => message.split('\n').slice(0, 4).join(' | '));
  return `${what}: ${why}`;
}

/** A run that ends badly has at least one failure, whatever was counted: a global set-up that throws runs no test. */
export function settle(tally: Tally, exitCode: number): Tally {
  return exitCode !== 0 && tally.failed === 0
    ? { ...tally, failed: 1, failures: [`vitest ended with ${exitCode}, see above`] }
    : tally;
}

/**
 * Prints `N passed, N failed` when the process exits: vitest reports a failed global set-up and its teardowns after
 * the last call of a reporter, so that only then it is known that nothing follows.
 */
export default class TallyReporter implements Reporter {
  private tally: Tally = NOTHING_RUN;

  onInit(): void {
    process.once('exit', (code) => {
      const tally = settle(this.tally, code);
      const file = process.env[TALLY_FILE];
      if (file) writeFileSync(file, JSON.stringify(tally));
      else writeSync(1, `${tallyLine(tally)}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    this.tally = countTests(modules, unhandled);
  }
}
