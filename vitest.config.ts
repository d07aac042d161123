import { defineConfig } from 'vitest/config';

/**
 * One project per kind of machine a test needs; which one a test is in follows from its folder alone.
 *
 *   unit        nothing but Node: everything under test/ that no other project takes
 *   worlds      faults and interleavings by the thousand, in memory; for minutes
 *   time        computing time that grows with the size of a text, and no more
 *   dynamodb    dynalite, in process
 *   package     builds the zips
 *   flink-2.3   a real Flink 2.3 (Java, Maven)       flink-1.20  the part of it that old Flinks must pass
 *   deploy      an emulator of AWS (Python), with a real Flink behind it
 *   local       the local stack                      e2e         the local stack and its jobs, from outside; clients too
 *
 * `npm test` (test/run.ts) runs them in stages, one process each: vitest starts the global set-ups of all projects
 * before the first test. test/lanes.ts says which stages go side by side. The group order below keeps at least the tests
 * apart when vitest is called by itself.
 */
const dynamodb = ['adapters/dynamo', 'cli', 'cost', 'handlers'].map((folder) => `test/${folder}/**/*.test.ts`);
const worlds = ['test/worlds/**/*.test.ts'];
const time = ['test/time/**/*.test.ts'];
const packaging = ['test/package/**/*.test.ts'];
const flink = ['test/live/**/*.test.ts'];
const flinkOld = ['test/live/submit*.test.ts', 'test/live/gateway*contract.test.ts'];
const deploy = ['test/deploy/**/*.test.ts'];
const local = ['test/local/**/*.test.ts'];
const e2e = ['e2e', 'clients'].map((folder) => `test/${folder}/**/*.test.ts`);

const MINUTE = 60_000;

/** Real processes behind it: one file at a time, in its own turn, with time to start. */
const real = (name: string, groupOrder: number, include: string[], globalSetup: string[] = []) => ({
  extends: true as const,
  test: {
    name,
    include,
    globalSetup,
    fileParallelism: false,
    testTimeout: 3 * MINUTE,
    hookTimeout: 5 * MINUTE,
    sequence: { groupOrder },
  },
});

export default defineConfig({
  test: {
    reporters: ['default', './test/reporter.ts'],
    passWithNoTests: false,
    // No measure of speed: a busy machine may be ten times slower.
    testTimeout: MINUTE,
    hookTimeout: MINUTE,
    // What is waited for comes or it doesn't; how fast is the machine's affair.
    expect: { poll: { timeout: MINUTE } },
    coverage: { provider: 'v8', include: ['lib/**', 'handlers/**', 'cli/**'], reporter: ['text-summary', 'html'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Pure code, for the most part: files share one loading of the modules, which takes longer than most of them.
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...worlds, ...time, ...dynamodb, ...packaging, ...flink, ...deploy, ...local, ...e2e],
        },
      },
      { extends: true, test: { name: 'worlds', include: worlds } },
      { extends: true, test: { name: 'time', include: time } },
      { extends: true, test: { name: 'dynamodb', include: dynamodb } },
      real('package', 1, packaging),
      real('flink-2.3', 2, flink, ['test/live/flink-2-3.setup.ts']),
      real('flink-1.20', 3, flinkOld, ['test/live/flink-1-20.setup.ts']),
      real('local', 4, local),
      real('e2e', 5, e2e, ['test/e2e/roles.setup.ts']),
      real('deploy', 6, deploy, ['test/live/flink-2-3.setup.ts']),
    ],
  },
});
