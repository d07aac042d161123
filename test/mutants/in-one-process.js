/**
 * A plugin of StrykerJS: runs the tests of a room in one process, mutant after mutant. Vitest would start anew for each of
 * them, which is most of the time that a mutant of pure code takes.
 */
import { register } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commonTokens, declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { determineHitLimitReached, toMutantRunResult } from '@stryker-mutator/api/test-runner';
import fc from 'fast-check';

const COMPLETE = 'complete';
const [SUCCESS, FAILED] = [0, 1];

// The mutated code looks there for the mutant that is active.
const stryker = (globalThis.__stryker__ ??= {});

class InOneProcess {
  static inject = [commonTokens.options];

  constructor({ roomTests }) {
    this.files = roomTests;
    this.again = 0;
    this.loaded = new Map();
    this.strayError = undefined;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    register('./load-again.js', import.meta.url);
    const { collected } = await import('./vitest-words.js');
    this.collected = collected;
    // The first example that fails will do.
    fc.configureGlobal({ endOnFailure: true });
    process.on('unhandledRejection', (error) => (this.strayError = error));
    process.on('uncaughtException', (error) => (this.strayError = error));
  }

  async dryRun() {
    const results = [];
    for (const file of this.files) {
      const { tests } = await this.testsOf(file);
      results.push(...(await this.runTests(tests, { bail: false })));
    }
    return { status: COMPLETE, tests: results, mutantCoverage: stryker.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation, reloadEnvironment }) {
    if (reloadEnvironment) this.forget();
    Object.assign(stryker, { hitCount: 0, hitLimit, activeMutant: undefined });
    const isStatic = mutantActivation === 'static';
    if (isStatic) stryker.activeMutant = activeMutant.id;
    const tests = await this.firstFailure(activeMutant.id, testFilter && new Set(testFilter));
    const status = determineHitLimitReached(stryker.hitCount, hitLimit);
    stryker.activeMutant = undefined;
    return toMutantRunResult(status ?? { status: COMPLETE, tests });
  }

  /** The files one after the other: the later ones are not even loaded when an earlier one has noticed the mutant. */
  async firstFailure(mutant, filter) {
    const results = [];
    for (const file of this.files) {
      if (filter && ![...filter].some((id) => id.startsWith(`${file}#`))) continue;
      const { tests, error } = await this.testsOf(file);
      if (error) return [failed(file, error)];
      stryker.activeMutant = mutant;
      const asked = tests.filter(({ id }) => filter?.has(id) ?? true);
      results.push(...(await this.runTests(asked, { bail: true })));
      if (results.at(-1)?.status === FAILED) break;
      if (filter) stryker.activeMutant = undefined;
    }
    return results;
  }

  forget() {
    this.again += 1;
    this.loaded.clear();
  }

  async testsOf(file) {
    if (!this.loaded.has(file)) this.loaded.set(file, await this.load(file));
    return this.loaded.get(file);
  }

  async load(file) {
    const url = `${pathToFileURL(resolve(file)).href}?again=${this.again}`;
    try {
      return { tests: numbered(file, await this.collected(() => import(url))) };
    } catch (error) {
      if (stryker.activeMutant === undefined) throw error;
      return { tests: [], error };
    }
  }

  async runTests(tests, { bail }) {
    const results = [];
    const open = [];
    const close = async (suite) => void (await inTurn(suite.hooks.afterAll.toReversed()));
    for (const [index, test] of tests.entries()) {
      stryker.currentTestId = test.id;
      const startedAt = performance.now();
      const error = await caught(async () => {
        for (const suite of test.suites.filter((one) => !open.includes(one))) {
          open.push(suite);
          const ends = await inTurn(suite.hooks.beforeAll);
          suite.ends = ends.filter((end) => typeof end === 'function');
        }
        await runTest(test);
      });
      const stray = this.strayError;
      this.strayError = undefined;
      results.push({ ...resultOf(test, error ?? stray), timeSpentMs: performance.now() - startedAt });
      if (bail && results.at(-1).status === FAILED) {
        for (const suite of open.splice(0).toReversed()) await caught(() => close(suite));
        break;
      }
      const next = tests[index + 1]?.suites ?? [];
      for (const suite of open.toReversed().filter((one) => !next.includes(one))) {
        open.splice(open.indexOf(suite), 1);
        await caught(async () => {
          await close(suite);
          await inTurn(suite.ends ?? []);
        });
      }
      stryker.currentTestId = undefined;
    }
    return results;
  }
}

/** Its tests in their order, each with a name of its own and the suites around it, the outermost first. */
function numbered(file, root) {
  const seen = new Map();
  const testsIn = (suite, around) =>
    suite.children.flatMap((child) => {
      if (child.children) return testsIn(child, [...around, child]);
      const times = (seen.get(child.name) ?? 0) + 1;
      seen.set(child.name, times);
      const id = `${file}#${child.name}${times > 1 ? ` [${times}]` : ''}`;
      return [{ ...child, id, suites: around }];
    });
  return testsIn(root, [root]);
}

async function runTest({ run, suites, name }) {
  const ends = [];
  const context = { task: { name } };
  let error;
  try {
    ends.push(
      ...(await inTurn(
        suites.flatMap(({ hooks }) => hooks.beforeEach),
        context,
      )),
    );
    await run(context);
  } catch (thrown) {
    error = thrown ?? new Error('nothing was thrown');
  }
  const after = suites.toReversed().flatMap(({ hooks }) => hooks.afterEach.toReversed());
  const late = await caught(() => inTurn([...after, ...ends.filter((end) => typeof end === 'function')], context));
  if (error ?? late) throw error ?? late;
}

async function inTurn(hooks, context) {
  const returned = [];
  for (const hook of hooks) returned.push(await hook(context));
  return returned;
}

async function caught(run) {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error ?? new Error('nothing was thrown');
  }
}

const failed = (id, error) => ({
  id,
  name: id,
  status: FAILED,
  timeSpentMs: 0,
  failureMessage: String(error?.message ?? error).slice(0, 500),
});

const resultOf = ({ id }, error) =>
  error === undefined ? { id, name: id, status: SUCCESS, timeSpentMs: 0 } : failed(id, error);

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-one-process', InOneProcess)];
