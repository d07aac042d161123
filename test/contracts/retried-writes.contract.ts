/**
 * A write whose reply is lost is repeated by the SDK: the second try meets what the first has written, and whatever came
 * in between. Each store must then tell the truth about its first try, or say "look again" where it can't know.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { JobStore, RequestKeyStore } from '../../lib/domain/ports.ts';
import { voidHead } from '../../lib/domain/run/new-run.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { aHead } from './job-store.contract.ts';

type Between = () => Promise<unknown>;

export interface RetriedUnderTest {
  /** Two processes over one table. */
  readonly one: JobStore;
  readonly other: JobStore;
  readonly keys: RequestKeyStore;
  /** The same process as `one`; the reply of its next write is lost, and the SDK repeats it after `between`. */
  retried(between?: Between): { readonly store: JobStore; readonly keys: RequestKeyStore };
}

/** Every method that writes is called twice. */
export function calledTwice<T extends object>(store: T, names: readonly string[], between: Between): T {
  const wrapped = Object.entries(store).map(([name, method]: [string, unknown]) => {
    if (typeof method !== 'function' || !names.includes(name)) return [name, method] as const;
    const twice = async (...args: unknown[]): Promise<unknown> => {
      await (method as (...given: unknown[]) => Promise<unknown>)(...args);
      await between();
      return await (method as (...given: unknown[]) => Promise<unknown>)(...args);
    };
    return [name, twice] as const;
  });
  return Object.fromEntries(wrapped) as T;
}

const JOBLESS = { kind: 'none', jobId: null } as const;
const KEY = { caller: 'someone', hash: 'hash' };

export function retriedWritesContract(name: string, make: () => RetriedUnderTest): void {
  describe(`writes that the SDK repeats: ${name}`, () => {
    let s: RetriedUnderTest;
    beforeEach(() => {
      s = make();
    });

    const heads: [string, Partial<RunHead>][] = [
      ['of a job', {}],
      ['without a job', JOBLESS],
    ];

    it.each(heads)('a head %s is known as its own', async (_what, changes) => {
      expect(await s.retried().store.putHead(aHead(1, changes))).toBeNull();
    });

    it.each(heads)('a head %s is known as its own although it was changed at once', async (_what, changes) => {
      const head = aHead(1, changes);
      const between = (): Promise<unknown> => s.other.updateHead(head, { cancelAskedAt: 5 }, 'cancel asked');
      expect(await s.retried(between).store.putHead(head)).toBeNull();
      expect(await s.one.readHead(1)).toMatchObject({ v: 2, cancelAskedAt: 5 });
    });

    it.each(heads)('a head %s is not taken for the void one of the same process', async (_what, changes) => {
      const gone = voidHead(1, 1, 'writer-1', 2_000);
      await s.one.putHead(gone);
      expect(await s.retried().store.putHead(aHead(1, changes))).toMatchObject({ status: 'VOID' });
      expect(await s.one.readHead(1)).toEqual(gone);
    });

    it.each(heads)('a void head is not taken for one %s of the same process', async (_what, changes) => {
      const head = aHead(1, changes);
      await s.one.putHead(head);
      expect(await s.retried().store.putHead(voidHead(1, 1, 'writer-1', 2_000))).toEqual(head);
    });

    it.each(heads)('a head %s is not taken for another of the same process and number', async (_what, changes) => {
      const head = aHead(1, { ...changes, nonce: 'n2', creation: 'n2' });
      await s.one.putHead(aHead(1, changes));
      expect(await s.retried().store.putHead(head)).toMatchObject({ creation: 'nonce-1' });
    });

    it('a head of an earlier version, which has no creation, is nobody else\u2019s', async () => {
      const head = aHead(1, { ...JOBLESS, creation: null });
      await s.one.putHead(head);
      expect(await s.other.putHead(aHead(1, JOBLESS))).toMatchObject({ creation: null });
    });

    it('a change is known as its own', async () => {
      const head = aHead(1);
      await s.one.putHead(head);
      const next = await s.retried().store.updateHead(head, { status: 'RUNNING' }, 'seen');
      expect(next).toMatchObject({ v: 2, status: 'RUNNING' });
      expect(await s.one.readHead(1)).toEqual(next);
    });

    it('a change after which another came is not told as made: who made it decides again', async () => {
      const head = aHead(1);
      await s.one.putHead(head);
      const between = async (): Promise<void> => {
        const there = await s.other.readHead(1);
        if (there !== null) await s.other.updateHead(there, { cancelAskedAt: 5 }, 'cancel asked');
      };
      expect(await s.retried(between).store.updateHead(head, { sends: 2, open: [1, 2] }, 'again')).toBeNull();
      expect(await s.one.readHead(1)).toMatchObject({ v: 3, sends: 2, open: [1, 2], cancelAskedAt: 5 });
    });

    it('a claim is known as its own, also when another claim of the task came at once', async () => {
      const claim = { taskId: 1, fp: 'a', runId: 1, seen: null };
      const between = (): Promise<unknown> => s.other.claim({ taskId: 1, fp: 'b', runId: 2, seen: null });
      expect(await s.retried(between).store.claim(claim)).toBe(true);
      expect(await s.one.readTask(1)).toEqual({ claims: { a: 1, b: 2 }, claimSeq: 2, latestRunId: 2 });
    });

    it('a claim that must stand alone is known as its own when another came at once', async () => {
      const claim = { taskId: 1, fp: 'a', runId: 1, seen: null, seenClaimSeq: 0 };
      const between = (): Promise<unknown> => s.other.claim({ taskId: 1, fp: 'b', runId: 2, seen: null });
      expect(await s.retried(between).store.claim(claim)).toBe(true);
    });

    it('a claim that was taken over at once is lost', async () => {
      const claim = { taskId: 1, fp: 'a', runId: 1, seen: null };
      const between = (): Promise<unknown> => s.other.claim({ taskId: 1, fp: 'a', runId: 2, seen: 1 });
      expect(await s.retried(between).store.claim(claim)).toBe(false);
      expect((await s.one.readTask(1)).claims).toEqual({ a: 2 });
    });

    it('a claim of a run that is not the latest is known as its own, and counted once', async () => {
      await s.one.claim({ taskId: 1, fp: 'a', runId: 9, seen: null });
      expect(await s.retried().store.claim({ taskId: 1, fp: 'b', runId: 4, seen: null })).toBe(true);
      expect(await s.one.readTask(1)).toEqual({ claims: { a: 9, b: 4 }, claimSeq: 2, latestRunId: 9 });
    });

    it('a claim for which a later run of other variables came at once is known as its own', async () => {
      const between = (): Promise<unknown> => s.other.claim({ taskId: 1, fp: 'b', runId: 9, seen: null });
      expect(await s.retried(between).store.claim({ taskId: 1, fp: 'a', runId: 4, seen: null })).toBe(true);
      expect(await s.one.readTask(1)).toEqual({ claims: { a: 4, b: 9 }, claimSeq: 2, latestRunId: 9 });
    });

    it('a claim that is dropped does not take the one that followed it', async () => {
      await s.one.claim({ taskId: 1, fp: 'a', runId: 1, seen: null });
      const between = (): Promise<unknown> => s.other.claim({ taskId: 1, fp: 'a', runId: 2, seen: null });
      await s.retried(between).store.dropClaim(1, 'a', 1);
      expect((await s.one.readTask(1)).claims).toEqual({ a: 2 });
    });

    it('the latest run that is noted does not replace a later one', async () => {
      await s.retried(() => s.other.noteLatestRun(1, 9)).store.noteLatestRun(1, 5);
      expect((await s.one.readTask(1)).latestRunId).toBe(9);
    });

    it('the right to refresh goes to one at most: it may be lost, and then a poll is 5 s staler', async () => {
      const head = aHead(1);
      await s.one.putHead(head);
      const won = [await s.retried().store.takeRefresh(head, 6_000), await s.other.takeRefresh(head, 6_001)];
      expect(won.filter(Boolean).length).toBeLessThanOrEqual(1);
      expect((await s.one.readHead(1))?.refreshedAt).toBe(6_000);
    });

    it('a number may be counted twice, and is given once', async () => {
      const numbers = [await s.retried(() => s.other.nextRunId()).store.nextRunId(), await s.one.nextRunId()];
      expect(new Set(numbers).size).toBe(2);
    });

    it('a key is known as its own', async () => {
      expect(await s.retried().keys.putKey(KEY, { runId: 1, requestHash: 'h', owner: 'o1' })).toBeNull();
    });

    it('a key that was pointed elsewhere at once is told by what it stands for now', async () => {
      const between = (): Promise<unknown> => s.keys.repointKey(KEY, 1, { runId: 2, owner: 'o2' });
      const there = await s.retried(between).keys.putKey(KEY, { runId: 1, requestHash: 'h', owner: 'o1' });
      expect(there).toMatchObject({ runId: 2, requestHash: 'h' });
    });

    it('a key of the same number and request that somebody else has put is theirs', async () => {
      await s.keys.putKey(KEY, { runId: 1, requestHash: 'h', owner: 'long ago' });
      expect(await s.keys.putKey(KEY, { runId: 1, requestHash: 'h', owner: 'o1' })).toMatchObject({ runId: 1 });
    });

    it('a key that is pointed to a run is known to be, and not when it was pointed on at once', async () => {
      await s.keys.putKey(KEY, { runId: 1, requestHash: 'h', owner: 'o1' });
      expect(await s.retried().keys.repointKey(KEY, 1, { runId: 2, owner: 'o1' })).toBe(true);
      const between = (): Promise<unknown> => s.keys.repointKey(KEY, 3, { runId: 4, owner: 'o2' });
      expect(await s.retried(between).keys.repointKey(KEY, 2, { runId: 3, owner: 'o1' })).toBe(false);
    });
  });
}
