/**
 * `npm run mutants -- ROOM`: changes the code of one room in hundreds of small ways, and asks its tests to notice each.
 * `npm run mutants -- ROOM FILE...` takes only these files of it. docs/internals/mutants.md says what the figures mean.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';
import { refusal, ROOMS, testsInOrder } from './rooms.ts';

/** Below this a room of other code has failed; a deciding one must have no survivor that is not explained. */
const MIN_SCORE = 85;
const WORK = '.mutants';

function options(
  name: string,
  files: readonly string[],
  tests: readonly string[],
  decides: boolean,
): ConstructorParameters<typeof Stryker>[0] {
  const least = decides ? 100 : MIN_SCORE;
  return {
    testRunner: 'in-one-process',
    roomTests: [...tests],
    warnings: { unknownOptions: false, slow: false, preprocessorErrors: true, unserializableOptions: true },
    // What was loaded for an earlier mutant stays in memory.
    maxTestRunnerReuse: 300,
    plugins: ['in-one-process', 'message-texts', 'say-survivors'].map((plugin) => `./test/mutants/${plugin}.js`),
    ignorers: ['message-texts'],
    mutate: [...files],
    ignorePatterns: ['.mutants', '.dinghy', '.esbuild', '.serverless', 'coverage', 'bench', 'docs'],
    coverageAnalysis: 'perTest',
    // What acts while a file is loaded (tables, constants) costs a run of all the tests.
    ignoreStatic: !decides,
    concurrency: Number(process.env['MUTANTS_AT_ONCE'] ?? 2),
    // A busy machine is no endless loop.
    timeoutMS: Number(process.env['MUTANTS_TIMEOUT_MS'] ?? 20_000),
    incremental: true,
    incrementalFile: `${WORK}/${name}.json`,
    tempDirName: `${WORK}/tmp`,
    reporters: ['progress-append-only', 'say-survivors', 'clear-text', 'json', 'html'],
    clearTextReporter: {
      allowColor: false,
      logTests: false,
      reportTests: false,
      reportMutants: false,
      reportScoreTable: true,
      skipFull: true,
    },
    jsonReporter: { fileName: `${WORK}/${name}/report.json` },
    htmlReporter: { fileName: `${WORK}/${name}/report.html` },
    thresholds: { high: 100, low: least, break: least },
    allowConsoleColors: false,
    disableTypeChecks: '{lib,cli}/**/*.ts',
  };
}

interface Found {
  readonly files: Readonly<Record<string, { mutants: { readonly status: string }[] }>>;
}

/** StrykerJS does not see which new tests meet what acts while a file is loaded: whatever has survived is tried again. */
function forgetSurvivors(name: string, files: readonly string[]): void {
  const path = `${WORK}/${name}.json`;
  if (!existsSync(path)) return;
  const found = JSON.parse(readFileSync(path, 'utf8')) as Found;
  for (const [at, file] of Object.entries(found.files)) {
    // What is not run now keeps its survivors: they count.
    if (files.length > 0 && !files.includes(at)) continue;
    file.mutants = file.mutants.filter(({ status }) => status !== 'Survived' && status !== 'NoCoverage');
  }
  writeFileSync(path, JSON.stringify(found));
}

const [name = '', ...files] = process.argv.slice(2);
const room = ROOMS[name];
const refused = refusal(name, files, existsSync);
if (refused !== null || room === undefined) {
  console.error(refused);
  process.exitCode = 2;
} else {
  forgetSurvivors(name, files);
  const all = readdirSync('test', { recursive: true, encoding: 'utf8' }).map((path) => `test/${path}`);
  const tests = testsInOrder(process.env['MUTANTS_TESTS']?.split(' ') ?? room.tests, all);
  await new Stryker(options(name, files.length > 0 ? files : room.files, tests, room.decides)).runMutationTest();
}
