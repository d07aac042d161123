/** An answer comes at most 500 ms after its budget, whatever hangs: each call of each kind in turn, and for good. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import { cancelTask } from '../../lib/usecases/cancel-task.ts';
import { explainTask } from '../../lib/usecases/explain-task.ts';
import { getJobInstance, getJobInstanceByTaskId } from '../../lib/usecases/job-instance.ts';
import { planJob } from '../../lib/usecases/plan-job.ts';
import { submitTask } from '../../lib/usecases/submit-task.ts';
import { taskLineage } from '../../lib/usecases/task-lineage.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const BUDGET_MS = 3_000;
const LATE_MS = 500;
const forGood = new Promise<never>(() => {
  // Never.
});

type Ask = (w: World) => Promise<unknown>;

interface Story {
  readonly before?: Ask;
  readonly ask: Ask;
  readonly statement?: string;
}

const submit =
  (more: object = {}): Ask =>
  (w) => {
    const request = { taskId: 1, variables: {}, savePointPath: null, isOnline: false, key: null, ...more };
    return submitTask(w)(request, { caller: 'test', budgetMs: BUDGET_MS });
  };
const first: Ask = (w) => w.submit();
const scope = { caller: 'test', budgetMs: BUDGET_MS, maySee: () => true };
const cancel: Ask = (w) => cancelTask({ ...w, secrets: null })({ taskId: 1, mayBeEcho: true }, scope);

const STORIES: Readonly<Record<string, Story>> = {
  submit: { ask: submit() },
  'submit alone': { ask: submit({ isOnline: true }) },
  'submit with a key': { ask: submit({ key: 'k' }) },
  repeat: { before: first, ask: submit() },
  'repeat with a key': { before: (w) => w.submit({ key: 'k' }), ask: submit({ key: 'k' }) },
  'repeat of a run without an outcome': { before: undecided, ask: submit() },
  'submit after a cancel': { before: (w) => first(w).then(() => w.cancel()), ask: submit() },
  'claim without a run': { before: withoutHead, ask: submit() },
  preview: { ask: submit(), statement: 'SELECT 1;' },
  statements: { ask: submit(), statement: "CREATE TABLE a (id BIGINT) WITH ('connector' = 'datagen'); SHOW TABLES;" },
  'refused submit': { ask: submit(), statement: 'INSERT INTO nope SELECT 1;' },
  jar: { ask: submit(), statement: "EXECUTE JAR WITH ('uri' = 's3://jars/a.jar', 'main-class' = 'A');" },
  cancel: { before: first, ask: cancel },
  poll: { before: first, ask: (w) => getJobInstance({ ...w, secrets: null })({ id: 1 }, scope) },
  'poll by task': { before: first, ask: (w) => getJobInstanceByTaskId({ ...w, secrets: null })({ id: 1 }, scope) },
  explain: { ask: (w) => explainTask(w)({ task: 1, variables: {} }, scope) },
  plan: { ask: (w) => planJob(w)({ task: 1, variables: {} }, scope) },
  lineage: { ask: (w) => taskLineage(w)({ task: 1, variables: {} }, scope) },
};

async function undecided(w: World): Promise<void> {
  w.flink.planningMs = 600_000;
  await w.submit({}, 1_000);
}

async function withoutHead(w: World): Promise<void> {
  await w.submit();
  w.store.heads.clear();
}

function worldOf({ statement }: Story): World {
  const task = aTask({ savePointStrategy: 1, ...(statement === undefined ? {} : { statement }) });
  return world({ tasks: [statement?.includes('JAR') === true ? { ...task, dialect: 'FlinkJar' } : task] });
}

/** Calls of all ports, by number from 1; `hangAt`: that one never answers. `takesEffect`: it does what it is asked. */
function watch(w: World, hangAt: number, takesEffect: boolean): () => readonly string[] {
  const calls: string[] = [];
  const parts = { store: w.store, keys: w.keys, savepoints: w.savepoints, definitions: w.definitions };
  for (const [part, object] of Object.entries(parts) as unknown as [string, Record<string, unknown>][]) {
    for (const [name, method] of Object.entries(object)) {
      if (typeof method !== 'function' || name === 'within') continue;
      object[name] = async (...args: unknown[]): Promise<unknown> => {
        const at = calls.push(`${part}.${name}`);
        if (at !== hangAt) return await (method as (...given: unknown[]) => Promise<unknown>)(...args);
        if (takesEffect) await (method as (...given: unknown[]) => Promise<unknown>)(...args);
        return await forGood;
      };
    }
  }
  w.flink.fault = (call, before) => {
    if (before && calls.push(`flink.${call}`) === hangAt && !takesEffect) return forGood;
    if (!before && calls.length === hangAt && calls.at(-1) === `flink.${call}` && takesEffect) return forGood;
    return undefined;
  };
  return () => calls;
}

async function outcomeOf(w: World, ask: Ask): Promise<{ tookMs: number; outcome: string; text: string }> {
  const startedAt = w.clock.now();
  const work = ask(w).then(
    () => ({ outcome: 'answered', text: '' }),
    (error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      return { outcome: error.code, text: error.message };
    },
  );
  return { ...(await w.clock.run(work)), tookMs: w.clock.now() - startedAt };
}

async function prepared(
  story: Story,
  hangAt: number,
  takesEffect: boolean,
): Promise<{ w: World; calls: () => readonly string[] }> {
  const w = worldOf(story);
  await story.before?.(w);
  if (story.before !== undefined) await w.clock.advance(6_000);
  return { w, calls: watch(w, hangAt, takesEffect) };
}

describe.each(Object.entries(STORIES))('%s', (_name, story) => {
  it.each([false, true])('is answered in time, whichever call hangs (after its effect: %s)', async (takesEffect) => {
    const plain = await prepared(story, 0, takesEffect);
    await outcomeOf(plain.w, story.ask);
    const count = plain.calls().length;
    expect(count).toBeGreaterThan(0);
    for (let at = 1; at <= count; at += 1) {
      const { w, calls } = await prepared(story, at, takesEffect);
      const { tookMs } = await outcomeOf(w, story.ask);
      if (tookMs > BUDGET_MS + LATE_MS) expect([calls()[at - 1], tookMs]).toEqual(['in time', BUDGET_MS + LATE_MS]);
    }
  });
});

describe('an intent whose write hangs', () => {
  it.each([false, true])('is named in the answer, as it may have been recorded (it was: %s)', async (takesEffect) => {
    const w = world();
    const { putHead } = w.store;
    w.store.putHead = async (head) => {
      if (takesEffect) await putHead(head);
      return await forGood;
    };
    const { outcome, text, tookMs } = await outcomeOf(w, submit());
    expect(outcome).toBe('store.unavailable');
    expect(text).toMatch(/Run 1 of task 1 may have been recorded anyway/);
    expect(tookMs).toBeLessThanOrEqual(BUDGET_MS + LATE_MS);
  });

  it('is decided when the table answers again within the grace', async () => {
    const w = world();
    const { putHead } = w.store;
    w.store.putHead = async (head) => (head.status === 'VOID' ? await putHead(head) : await forGood);
    const { outcome, text } = await outcomeOf(w, submit());
    expect([outcome, text]).toEqual(['store.unavailable', expect.not.stringContaining('may have been recorded')]);
    expect(w.store.heads.get(1)?.status).toBe('VOID');
  });
});

it('a repeat is answered with its run although the table hangs while it waits', async () => {
  const w = world();
  await undecided(w);
  let reads = 0;
  const { readHead } = w.store;
  w.store.readHead = async (id) => ((reads += 1) > 2 ? await forGood : await readHead(id));
  w.store.readBody = () => forGood;
  expect(await outcomeOf(w, submit())).toMatchObject({ outcome: 'answered' });
});
