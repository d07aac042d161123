/** Each way in which a claim is won, met or given up, over the store in memory. */
import { describe, expect, it } from 'vitest';
import type { TaskClaims } from '../../../lib/domain/run/claims.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { awaitHead, type ClaimIntent, type ClaimOutcome, claimRun } from '../../../lib/usecases/submit/claim-run.ts';
import { withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { aHead } from '../../contracts/job-store.contract.ts';
import { fakeIds } from '../../fakes/fake-ids.ts';
import { memoryJobStore } from '../../fakes/memory-job-store.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';

const ENDED = { status: 'FINISHED', submitStatus: 'SUCCESS', answeredAt: 1_000, finishedAt: 1_000 } as const;
const LIVE = { status: 'RUNNING', submitStatus: 'SUCCESS' } as const;

function bed(claims: Record<string, number> = {}) {
  const clock = virtualClock();
  const store = memoryJobStore(clock, fakeIds());
  const refreshedIds: number[] = [];
  const table: TaskClaims = { claims, claimSeq: Object.keys(claims).length, latestRunId: null };
  store.tasks.set(1, table);
  const deps = {
    ...{ store, clock, writer: 'writer-1' },
    refresh: (head: RunHead): Promise<RunHead> => {
      refreshedIds.push(head.id);
      return Promise.resolve(head);
    },
    awaitCancel: () => Promise.resolve(false),
    beside: () => Promise.resolve(),
  };
  const question = { taskVersion: 2, dedupeSeconds: 10, savePointPath: null, keyed: false };
  const intent: ClaimIntent = { taskId: 1, fp: 'mine', runId: 1_000, question, isOnline: false, known: [] };
  return {
    ...{ clock, store, deps, refreshedIds },
    put: (id: number, fp: string, changes: Partial<RunHead> = LIVE) =>
      void store.heads.set(id, aHead(id, { fp, ...changes })),
    claim: (changes: Partial<ClaimIntent> = {}, seen: TaskClaims = table, budgetMs = 25_000): Promise<ClaimOutcome> =>
      clock.run(withinBudget(clock, budgetMs, (budget) => claimRun(deps, { ...intent, ...changes }, seen, budget))),
    claims: () => store.tasks.get(1)?.claims ?? {},
  };
}

describe('claimRun', () => {
  it('wins what nobody has claimed', async () => {
    const b = bed();
    expect(await b.claim()).toEqual({ kind: 'claimed' });
    expect(b.claims()).toEqual({ mine: 1_000 });
  });

  it('sends nobody to a run of other work, though it has the number', async () => {
    const b = bed({ mine: 5 });
    b.put(5, 'mine', { ...LIVE, taskId: 9 });
    expect(await b.claim()).toEqual({ kind: 'claimed' });
    expect(b.refreshedIds).toEqual([]);
  });

  it('that has no time left is given up, and says so', async () => {
    const b = bed();
    await expect(b.claim({}, undefined, 0)).rejects.toMatchObject({
      code: 'budget.exceeded',
      message: 'Task 1 could not be claimed in time; nothing was started. Try again.',
    });
    expect(b.claims()).toEqual({});
  });

  it.each([
    [null, 'without a savepoint'],
    ['s3://b/other', 'from s3://b/other'],
  ])('refuses another savepoint than that of the live run (%s)', async (savePointPath, from) => {
    const b = bed({ mine: 5 });
    b.put(5, 'mine', { ...LIVE, savePointPath });
    const question = { taskVersion: 2, dedupeSeconds: 10, savePointPath: 's3://b/sp', keyed: false };
    await expect(b.claim({ question })).rejects.toMatchObject({
      code: 'run.conflict',
      message: expect.stringContaining(
        `Run 5 of task 1 is live and started ${from}; this request asks for s3://b/sp.`,
      ) as string,
    });
  });

  it('refuses while the run is being cancelled, and says which', async () => {
    const b = bed({ mine: 5 });
    b.put(5, 'mine', { ...LIVE, cancelAskedAt: 5 });
    await expect(b.claim()).rejects.toMatchObject({
      code: 'run.conflict',
      message: expect.stringContaining('Run 5 of task 1') as string,
    });
  });
});

describe('a task that runs alone (isOnline)', () => {
  const NOTHING_SEEN: TaskClaims = { claims: {}, claimSeq: 0, latestRunId: null };

  it('notices a run that was claimed since its claims were read', async () => {
    const b = bed({ other: 5 });
    b.put(5, 'other');
    expect(await b.claim({ isOnline: true }, NOTHING_SEEN)).toMatchObject({ kind: 'duplicate', head: { id: 5 } });
    expect(b.claims()).toEqual({ other: 5 });
    expect(await b.claim({}, NOTHING_SEEN)).toEqual({ kind: 'claimed' });
  });

  it('asks Flink of no run that has ended, and takes its word that another has', async () => {
    const b = bed({ ended: 5, ending: 6 });
    b.put(5, 'ended', ENDED);
    b.put(6, 'ending');
    const refresh = b.deps.refresh;
    b.deps.refresh = async (head) => ({ ...(await refresh(head)), ...ENDED });
    expect(await b.claim({ isOnline: true })).toEqual({ kind: 'claimed' });
    expect(b.refreshedIds).toEqual([6]);
  });

  it('waits for the run of another claim: 5 s, and then makes its number void', async () => {
    const b = bed({ other: 77 });
    const startedAt = b.clock.now();
    expect(await b.claim({ isOnline: true })).toEqual({ kind: 'claimed' });
    expect(b.store.heads.get(77)?.status).toBe('VOID');
    expect(b.clock.now() - startedAt).toBe(5_000);
  });
});

describe('a lost run that stands in the way', () => {
  const LOST = { status: 'UNKNOWN', submitStatus: 'SUCCESS', missedAt: 1_000, active: 'WATCH#5' } as const;

  it('is marked before its place is taken, with who takes it', async () => {
    const b = bed({ mine: 5 });
    b.put(5, 'mine', LOST);
    expect(await b.claim()).toEqual({ kind: 'claimed' });
    expect(b.store.heads.get(5)).toMatchObject({ status: 'UNKNOWN', givenUpFor: 1_000 });
    expect(b.store.heads.get(5)?.events.at(-1)?.cause).toBe('given up: run 1000 takes its place');
  });

  it.each([false, true])('and is live again by then keeps its place (isOnline %s)', async (isOnline) => {
    const b = bed(isOnline ? { other: 5 } : { mine: 5 });
    b.put(5, isOnline ? 'other' : 'mine', LOST);
    const { updateHead } = b.store;
    b.store.updateHead = async (head, change, cause) => {
      b.store.updateHead = updateHead;
      await updateHead(head, { ...LIVE, missedAt: null, active: 'LIVE#5' }, 'found again');
      return await updateHead(head, change, cause);
    };
    expect(await b.claim({ isOnline })).toMatchObject({ kind: 'duplicate', head: { id: 5, status: 'RUNNING' } });
    expect(b.store.heads.get(5)?.givenUpFor).toBeNull();
  });

  it('and ended in another way is left as it is', async () => {
    for (const [isOnline, fp] of [
      [false, 'mine'],
      [true, 'other'],
    ] as const) {
      const b = bed({ [fp]: 5 });
      b.put(5, fp, ENDED);
      const before = b.store.heads.get(5);
      expect(await b.claim({ isOnline })).toEqual({ kind: 'claimed' });
      expect(b.store.heads.get(5)).toEqual(before);
    }
  });
});

describe('awaitHead', () => {
  it('notices a head soon after it has come, and makes nothing void', async () => {
    const b = bed();
    const late = async (): Promise<void> => {
      await b.clock.sleep(900);
      b.put(77, 'mine');
    };
    const wait = withinBudget(b.clock, 25_000, (budget) => awaitHead(b.deps, 77, 1, budget));
    const [head] = await b.clock.run(Promise.all([wait, late()]));
    expect(head).toMatchObject({ id: 77, status: 'RUNNING' });
    expect(b.clock.monotonic()).toBeLessThan(2_000);
  });

  it('is given up with its budget', async () => {
    const b = bed();
    const wait = withinBudget(b.clock, 2_000, (budget) => awaitHead(b.deps, 77, 1, budget));
    await expect(b.clock.run(wait)).rejects.toMatchObject({ code: 'budget.exceeded' });
    expect(b.store.heads.has(77)).toBe(false);
  });
});

describe('many claims', () => {
  /** Runs 1 to `count` of as many other variables. */
  function many(count: number, changesOf: (id: number) => Partial<RunHead> | null, more: Record<string, number> = {}) {
    const ids = Array.from({ length: count }, (_, n) => n + 1);
    const b = bed({ ...Object.fromEntries(ids.map((id) => [`fp${id}`, id])), ...more });
    for (const id of ids) {
      const changes = changesOf(id);
      if (changes !== null) b.put(id, `fp${id}`, changes);
    }
    const gone = () => ids.filter((id) => !(`fp${id}` in b.claims()));
    return { ...b, gone };
  }
  const from = (first: number, count: number) => Array.from({ length: count }, (_, n) => first + n);

  it('are cleared away above 64 of others, not counting its own', async () => {
    const b = many(64, () => ENDED, { mine: 900 });
    b.put(900, 'mine', ENDED);
    await b.claim();
    expect(b.gone()).toEqual([]);
    const c = many(65, () => ENDED);
    await c.claim({ runId: 65_000 });
    expect(c.gone()).toEqual(from(1, 25));
  });

  it('are cleared away 25 at a time, each time others', async () => {
    const b = many(100, () => ENDED);
    await b.claim({ runId: 1_030 });
    expect(b.gone()).toEqual(from(31, 25));
    const c = many(100, () => ENDED);
    await c.claim({ runId: 1_090 });
    expect(c.gone()).toEqual([...from(1, 15), ...from(91, 10)]);
  });

  it('of which some are live, or not written yet, or of other work: only what stands for nothing goes', async () => {
    const b = many(100, (id) => (id === 1 ? null : id === 2 ? LIVE : id === 3 ? { ...LIVE, fp: 'elsewhere' } : ENDED));
    await b.claim({ runId: 1_000 });
    expect(b.gone()).toEqual(from(3, 23));
  });

  it('of 511 live runs let another in, of 512 none', async () => {
    expect(await many(511, () => LIVE).claim()).toEqual({ kind: 'claimed' });
    await expect(many(512, () => LIVE).claim()).rejects.toMatchObject({
      code: 'run.tooMany',
      message: 'Task 1 has 512 live runs; the maximum is 512. Wait until some have ended, or cancel them.',
    });
  });

  it('of which one has no run yet count that one', async () => {
    await expect(many(512, (id) => (id === 1 ? null : LIVE)).claim()).rejects.toThrow('has 512 live runs');
  });

  it('of which too few have ended refuse another, wherever the looking begins', async () => {
    const b = many(530, (id) => (id > 520 ? ENDED : LIVE));
    await expect(b.claim({ runId: 530 + 510 })).rejects.toThrow('has 520 live runs');
    expect(b.gone()).toEqual(from(521, 10));
  });

  it('of lost runs that may be live again are kept', async () => {
    const b = many(65, () => ({ status: 'UNKNOWN', submitStatus: 'SUCCESS', missedAt: 1_000, active: 'WATCH#5' }));
    b.store.updateHead = () => Promise.resolve(null);
    await b.claim({ runId: 65_000 });
    expect(b.gone()).toEqual([]);
  });

  it('are looked at until there is room', async () => {
    const b = many(520, (id) => (id > 500 ? ENDED : LIVE));
    expect(await b.claim({ runId: 1_040 })).toEqual({ kind: 'claimed' });
    expect(b.gone()).toEqual(from(501, 20));
  });
});
