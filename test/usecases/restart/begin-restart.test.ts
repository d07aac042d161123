/** The first steps of a restart: what the new run is, and what stands in its way while nothing is stopped yet. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { restartTask } from '../../../lib/usecases/restart-task.ts';
import { aHead } from '../../contracts/job-store.contract.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

const SQL = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); x := 0; INSERT INTO snk SELECT ${x};";
const MINUTE = 60_000;
const LIVE = { status: 'RUNNING', submitStatus: 'SUCCESS' } as const;
const LOST = { status: 'UNKNOWN', submitStatus: 'SUCCESS', active: 'WATCH#1', missedAt: 1 } as const;

let w: World;
beforeEach(async () => {
  w = world({ tasks: [aTask({ statement: SQL, dedupeSeconds: 0 })] });
  await w.submit({ variables: { x: '7', day: '1' } });
  await w.pollTask();
});

const head = (id: number): RunHead => w.store.heads.get(id)!;
const change = (id: number, changes: Partial<RunHead>): void =>
  void w.store.heads.set(id, { ...head(id), ...changes, v: head(id).v + 1 });
const claims = () => w.store.tasks.get(1)!.claims;
const claimed = (...named: [string, number][]): void => {
  const task = w.store.tasks.get(1)!;
  const all = { ...task.claims, ...Object.fromEntries(named) };
  w.store.tasks.set(1, { ...task, claims: all, claimSeq: task.claimSeq + 1 });
};
const isUntouched = (): void => {
  expect(w.flink.savepoints.begun).toEqual([]);
  expect(w.flink.jobs.get(head(1).jobId!)?.state).toBe('RUNNING');
};
const fp = (): string => head(1).fp;
const usedFp = (): string => head(1).usedFp!;
/** Once, before or after the table makes this call. */
function once(call: 'putHead' | 'updateHead' | 'putBody', when: 'before' | 'after', what: () => void): void {
  const real = w.store[call] as (...given: unknown[]) => Promise<unknown>;
  let isDone = false;
  Object.assign(w.store, {
    [call]: async (...given: unknown[]) => {
      if (when === 'before' && !isDone) what();
      const first = !isDone;
      isDone = true;
      const result = await real(...given);
      if (when === 'after' && first) what();
      return result;
    },
  });
}

/** A process that was frozen: its timers have not noticed yet how much time has passed. */
const freezable = () => ({ forMs: 0 });
const restartBy = (frozen: { readonly forMs: number }) => {
  const clock = { ...w.clock, monotonic: () => w.clock.monotonic() + frozen.forMs };
  const asked = restartTask({ ...w, clock })({ taskId: 1, savePointPath: null }, { caller: 'test', budgetMs: 25_000 });
  return w.clock.run(asked);
};

describe('the new run', () => {
  it('is the same work in the same place, by the same words for its variables', async () => {
    await w.restart();
    const { taskId, taskVersion, name, step, fp: first, usedFp: used, hosts, address, clusterId, kind } = head(1);
    const same = { taskId, taskVersion, name, step, fp: first, usedFp: used, hosts, address, clusterId, kind };
    expect(head(2)).toMatchObject(same);
    expect(head(2).jobId).toMatch(/^[0-9a-f]{32}$/);
    expect(head(2).jobId).not.toBe(head(1).jobId);
    expect(head(1).events.map(({ cause }) => cause)).toContain('restart as run 2 asked by test');
  });

  it('has one fingerprint where the text uses all variables', async () => {
    w = world({ tasks: [aTask({ statement: SQL, dedupeSeconds: 0 })] });
    await w.submit({ variables: { x: '7' } });
    await w.pollTask();
    await w.restart();
    expect([head(1).usedFp, head(2).usedFp]).toEqual([undefined, undefined]);
    expect(head(2).fp).toBe(head(1).fp);
  });

  it('names whoever asked for it, whole', async () => {
    const principal = { kind: 'key', name: 'ci', keyId: 'k1', sourceIp: '203.0.113.7', requestId: 'r1' } as const;
    const scope = { caller: 'key ci (k1)', principal, budgetMs: 25_000 };
    await w.clock.run(restartTask(w)({ taskId: 1, savePointPath: null }, scope));
    expect(head(2)).toMatchObject({ createdBy: 'key ci (k1)', principal });
    await w.clock.advance(MINUTE);
    await w.restart();
    expect(head(3)).not.toHaveProperty('principal');
  });
});

describe('an older run of the same work', () => {
  beforeEach(async () => {
    await w.submit({ variables: { x: '8', day: '1' } });
    await w.pollTask();
    claimed([head(2).fp, 1]);
  });
  const older = (changes: Partial<RunHead>): void => {
    w.store.heads.set(1, aHead(1, { fp: head(2).fp, usedFp: 'other', ...changes }));
  };
  const isRefused = async (): Promise<void> => {
    await expect(w.restart()).rejects.toMatchObject({
      code: 'run.conflict',
      message: "Run 2 of task 1 can't be restarted: run 1 with the same variables is also live. Nothing was stopped.",
    });
    expect(head(2)).toMatchObject({ status: 'RUNNING', restart: null, savepoint: null });
    expect(w.store.heads.has(3)).toBe(false);
    expect(w.flink.savepoints.begun).toEqual([]);
  };

  it.each([
    ['is live', LIVE],
    ['may show itself again', LOST],
  ])('that %s is not doubled: refused, and nothing is changed', async (_, changes) => {
    older(changes);
    await isRefused();
  });

  it('that has a claim and is not there yet is not doubled either', async () => {
    w.store.heads.delete(1);
    await isRefused();
  });

  it.each([
    ['that has ended', { status: 'FINISHED', submitStatus: 'SUCCESS' }],
    ['of another task, of which a copied table knows the number', { ...LIVE, taskId: 9 }],
    ['of other variables', { ...LIVE, fp: 'other' }],
  ] as const)("%s stands in nobody's way", async (_, changes) => {
    older(changes);
    const { head: now } = await w.restart();
    expect(now).toMatchObject({ id: 3, submitStatus: 'SUCCESS', follows: { runId: 2 } });
    expect(claims()).toMatchObject({ [head(2).fp]: 3, [head(2).usedFp!]: 3 });
  });
});

describe('whoever is quicker', () => {
  it('and changes the old run before it names the new one: all is decided anew', async () => {
    once('putBody', 'after', () => change(1, { name: 'renamed' }));
    const { head: now } = await w.restart();
    expect(now).toMatchObject({ id: 3, submitStatus: 'SUCCESS' });
    expect(head(1)).toMatchObject({ name: 'renamed', restart: { runId: 3 } });
    expect(w.store.heads.has(2)).toBe(false);
  });

  it('until the time is up: refused, and nothing is stopped', async () => {
    const { updateHead } = w.store;
    const frozen = freezable();
    Object.assign(w.store, {
      updateHead: (...given: Parameters<typeof updateHead>) => {
        change(1, { name: 'renamed' });
        frozen.forMs = 30_000;
        return updateHead(...given);
      },
    });
    await expect(restartBy(frozen)).rejects.toMatchObject({
      code: 'run.conflict',
      message: 'Run 1 of task 1 kept changing. Nothing was stopped. Try again.',
    });
    expect(head(1).restart).toBeNull();
    isUntouched();
  });

  it('and has the number: refused, and the old run goes on as it was', async () => {
    const before = claims();
    once('putHead', 'before', () => w.store.heads.set(2, aHead(2, { ...LIVE, taskId: 9 })));
    await expect(w.restart()).rejects.toMatchObject({
      code: 'run.conflict',
      message: 'Task 1 could not be restarted: the number 2 of the new run is taken. Try again. Nothing was stopped.',
    });
    const reason = 'the number 2 of the new run is taken';
    expect(head(1)).toMatchObject({
      ...{ active: 'LIVE#1', restart: { state: 'failed', reason }, savepoint: { state: 'failed', reason } },
    });
    expect(head(2).taskId).toBe(9);
    expect(claims()).toEqual(before);
    isUntouched();
  });

  it.each([
    ['one of its claims', () => claimed([fp(), 99])],
    ['the other one', () => claimed([usedFp(), 99])],
  ])('and takes %s: the new run is given up, and the old one goes on', async (_, take) => {
    once('putHead', 'after', take);
    const { head: now } = await w.restart();
    expect(now).toMatchObject({ id: 2, status: 'FAILED', error: expect.stringMatching(/Run 1 goes on$/) as string });
    expect(head(1).restart).toMatchObject({ state: 'failed', reason: 'another run was submitted meanwhile' });
    expect(Object.values(claims())).toContain(99);
    expect(Object.values(claims())).not.toContain(2);
    isUntouched();
  });

  it.each([
    ['ends the restart', { restart: { runId: 2, state: 'failed', reason: 'interrupted' } }],
    ['restarts it as another run', { restart: { runId: 7, state: 'wanted', reason: null } }],
  ] as const)('and %s before the claims are made: none is made, and nothing is stopped', async (_, changes) => {
    once('putHead', 'after', () => change(1, changes));
    const seen: unknown[] = [];
    const { claim } = w.store;
    Object.assign(w.store, { claim: (...given: Parameters<typeof claim>) => (seen.push(given[0]), claim(...given)) });
    await w.restart(null, 3_000);
    expect(seen.filter((one) => (one as { runId: number }).runId === 2)).toEqual([]);
    isUntouched();
  });

  it('and removes the old run from the table: nothing is claimed', async () => {
    once('putHead', 'after', () => w.store.heads.delete(1));
    await w.restart(null, 3_000);
    expect(Object.values(claims())).not.toContain(2);
  });

  it('at its claims until the time is up: nothing is stopped', async () => {
    const frozen = freezable();
    Object.assign(w.store, { claim: () => ((frozen.forMs = 30_000), Promise.resolve(false)) });
    await restartBy(frozen);
    expect(head(1).restart).toMatchObject({ state: 'failed', reason: 'another run was submitted meanwhile' });
    isUntouched();
  });
});
