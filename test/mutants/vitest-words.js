/**
 * What the tests import as 'vitest' while mutants are tried (load-again.js): `describe`, `it` and the hooks only note what
 * there is, and in-one-process.js runs it as often as there are mutants. `expect` and `vi` are those of vitest.
 */

import { setTimeout } from 'node:timers/promises';

// Outside of its own processes vitest asks for this before it gives its expect away.
globalThis.__vitest_worker__ ??= { config: {}, environment: { name: 'node' }, ctx: {}, rpc: {}, durations: {} };
export const { expect, vi } = await import('vitest');

/** Vitest's own asks which of its tests is running, and none is. */
expect.poll = (read, { timeout = 1_000, interval = 20 } = {}) =>
  new Proxy(
    {},
    {
      get:
        (_, matcher) =>
        async (...wanted) => {
          const until = performance.now() + timeout;
          for (;;) {
            try {
              expect(await read())[matcher](...wanted);
              return;
            } catch (error) {
              if (performance.now() > until) throw error;
              await setTimeout(interval);
            }
          }
        },
    },
  );

/** Laws that measure time: code with all its mutants in it takes much more. */
const MEASURED = /\btime grows|grows with the|much longer|long time|no longer to check/;
const LEFT_OUT = process.env.MUTANTS_WITHOUT ? new RegExp(process.env.MUTANTS_WITHOUT) : MEASURED;

const newSuite = (name, parent) => ({
  name,
  parent,
  children: [],
  hooks: { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] },
});

let current = newSuite('', null);

/** The tests that a file notes while it is loaded. */
export async function collected(load) {
  const root = newSuite('', null);
  current = root;
  await load();
  return root;
}

const fullName = (suite, name) => (suite === null ? name : fullName(suite.parent, `${suite.name} ${name}`)).trim();

function addSuite(name, ...rest) {
  const body = rest.find((one) => typeof one === 'function');
  const outer = current;
  const suite = newSuite(name, outer);
  outer.children.push(suite);
  current = suite;
  try {
    body();
  } finally {
    current = outer;
  }
}

function addTest(name, ...rest) {
  const run = rest.find((one) => typeof one === 'function');
  const whole = fullName(current, name);
  if (!MEASURED.test(whole) && !LEFT_OUT.test(whole)) current.children.push({ name: whole, parent: current, run });
}

const eachOf =
  (add) =>
  (cases) =>
  (name, ...rest) => {
    const at = rest.findIndex((one) => typeof one === 'function');
    const areRows = cases.every((row) => Array.isArray(row));
    for (const [index, row] of cases.entries()) {
      const args = areRows ? row : [row];
      add(`${name} (${index})`, ...rest.with(at, () => rest[at](...args)));
    }
  };

export const describe = Object.assign(addSuite, { each: eachOf(addSuite), skip: () => undefined });
export const it = Object.assign(addTest, { each: eachOf(addTest), skip: () => undefined });

const hook = (kind) => (run) => void current.hooks[kind].push(run);
export const beforeAll = hook('beforeAll');
export const beforeEach = hook('beforeEach');
export const afterEach = hook('afterEach');
export const afterAll = hook('afterAll');
