import { writeFileSync, writeSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** What a run came to. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** With this variable naming a file, the tally goes there as JSON and no line is printed (test/run.ts adds them up). */
export const TALLY_FILE = 'DINGHY_TALLY_FILE';

/** The line CI reads: alone, and the last one. */
export function tallyLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * Counts tests, and as one failure each: a file that does not load, a suite whose hook fails, an error outside any
 * test. A test that never came to an end has failed.
 */
export function countTests(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Tally {
  const tally: Tally = { passed: 0, failed: unhandled.length, skipped: 0 };
  for (const module of modules) {
    if (module.errors().length > 0) tally.failed += 1;
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) tally.failed += 1;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      tally[state === 'pending' ? 'failed' : state] += 1;
    }
  }
  return tally;
}

/** A run that ends badly has at least one failure, whatever was counted: a global set-up that throws runs no test. */
export function settle(tally: Tally, exitCode: number): Tally {
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

/**
 * Prints `N passed, N failed` when the process exits: vitest reports a failed global set-up and its teardowns after
 * the last call of a reporter, so that only then it is known that nothing follows.
 */
export default class TallyReporter implements Reporter {
  private tally: Tally = { passed: 0, failed: 0, skipped: 0 };

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
