/** What every job store must do; run on the one in memory and on a real DynamoDB API. */
import { beforeEach, describe, expect, it } from 'vitest';
import { prepareRun } from '../../lib/domain/plan/prepare-run.ts';
import type { RunBody } from '../../lib/domain/plan/run-body.ts';
import type { Clock, Ids, JobStore } from '../../lib/domain/ports.ts';
import { newRun, voidHead } from '../../lib/domain/run/new-run.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { appErrorOf } from '../builders/app-error-of.ts';
import { aTask } from '../fakes/memory-definitions.ts';

export interface StoreUnderTest {
  /** Stores over one and the same table, each as of another process. */
  readonly one: JobStore;
  readonly other: JobStore;
  readonly clock: Clock;
  readonly ids: Ids;
}

export function aHead(id: number, changes: Partial<RunHead> = {}): RunHead {
  const what = { kind: 'job', taskId: 1, taskVersion: 2, fp: 'fp', name: 'demo', step: 2 } as const;
  const where = { clusterId: null, hosts: 'jm:8081', address: 'jm:8081', jmId: '/tmp/web-1', highAvailability: false };
  const how = { jobId: 'ab'.repeat(16), once: false, savePointPath: null };
  const who = { writer: 'writer-1', createdBy: 'test', nonce: `nonce-${id}` };
  return { ...newRun({ id, ...what, ...where, ...how, ...who }, 1_000), ...changes };
}

export function aBody(): RunBody {
  const target = { hosts: 'jm:8081', gatewayUrl: 'http://gw:8083', clusterId: null, clusterConfig: {} };
  const nothing = { clusterConfiguration: null, envTask: null, variables: [], databases: [], flinkConfig: {} };
  return prepareRun({ task: aTask(), target, ...nothing, request: { variables: {}, savePointPath: null } }).bodyFor(
    'jm:8081',
  );
}

export function jobStoreContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`job store: ${name}`, () => {
    let s: StoreUnderTest;
    beforeEach(async () => {
      s = await make();
    });

    it('counts run numbers upwards, for all processes together', async () => {
      const numbers = [await s.one.nextRunId(), await s.other.nextRunId(), await s.one.nextRunId()];
      expect(numbers).toEqual([1, 2, 3]);
    });

    it('gives numbers only above the one that it is raised to, and is never lowered', async () => {
      await s.one.raiseRunCounter(40);
      expect(await s.other.nextRunId()).toBe(41);
      await s.one.raiseRunCounter(40);
      await s.one.raiseRunCounter(7);
      expect(await s.other.nextRunId()).toBe(42);
    });

    it('gives no number that a Java Integer can not hold, and says what to do', async () => {
      await s.one.raiseRunCounter(2_147_483_644);
      expect([await s.one.nextRunId(), await s.other.nextRunId()]).toEqual([2_147_483_645, 2_147_483_646]);
      for (let tries = 0; tries < 2; tries += 1) {
        await expect(s.one.nextRunId()).rejects.toMatchObject({ code: 'run.numbersExhausted', retryable: false });
      }
      await s.one.raiseRunCounter(9_000_000_000);
      await expect(s.one.nextRunId()).rejects.toMatchObject({ code: 'run.numbersExhausted' });
    });

    it('knows no task and no run at first', async () => {
      expect(await s.one.readTask(1)).toEqual({ claims: {}, claimSeq: 0, latestRunId: null });
      expect([await s.one.readHead(1), await s.one.readBody(aHead(1)), await s.one.readResult(1)]).toEqual([
        null,
        null,
        null,
      ]);
      expect(await s.one.runsOfTask(1)).toEqual([]);
    });

    it('works within a signal, and does nothing when that has ended', async () => {
      const { signal } = new AbortController();
      expect(await s.one.within(signal).putHead(aHead(1))).toBeNull();
      expect(await s.other.within(signal).readHead(1)).toEqual(aHead(1));
      const late = s.one.within(AbortSignal.abort());
      expect((await appErrorOf(late.putHead(aHead(2)))).code).toBe('store.unavailable');
      expect((await appErrorOf(late.readHead(1))).code).toBe('store.unavailable');
      expect(await late.within(signal).readHead(2)).toBeNull();
    });

    it('lets one of two claim what both saw free', async () => {
      const claims = await Promise.all([
        s.one.claim({ taskId: 1, fp: 'a', runId: 1, seen: null }),
        s.other.claim({ taskId: 1, fp: 'a', runId: 2, seen: null }),
      ]);
      expect(claims.filter(Boolean)).toHaveLength(1);
      const task = await s.one.readTask(1);
      expect(task).toMatchObject({ claims: { a: claims[0] ? 1 : 2 }, claimSeq: 1, latestRunId: claims[0] ? 1 : 2 });
    });

    it('takes a claim from the run that was seen, and from no other', async () => {
      await s.one.claim({ taskId: 1, fp: 'a', runId: 1, seen: null });
      expect(await s.other.claim({ taskId: 1, fp: 'a', runId: 3, seen: 2 })).toBe(false);
      expect(await s.other.claim({ taskId: 1, fp: 'a', runId: 3, seen: 1 })).toBe(true);
      expect((await s.one.readTask(1)).claims).toEqual({ a: 3 });
    });

    it('makes two claims in one write, or none', async () => {
      const also = (fp: string, seen: number | null) => ({ fp, seen });
      expect(await s.one.claim({ taskId: 1, fp: 'a', runId: 1, seen: null, also: also('b', null) })).toBe(true);
      expect(await s.one.readTask(1)).toEqual({ claims: { a: 1, b: 1 }, claimSeq: 1, latestRunId: 1 });
      expect(await s.other.claim({ taskId: 1, fp: 'a', runId: 2, seen: 1, also: also('c', 7) })).toBe(false);
      expect(await s.other.claim({ taskId: 1, fp: 'c', runId: 2, seen: null, also: also('b', null) })).toBe(false);
      expect(await s.other.claim({ taskId: 1, fp: 'a', runId: 3, seen: 2, also: also('b', 1) })).toBe(false);
      expect((await s.one.readTask(1)).claims).toEqual({ a: 1, b: 1 });
      expect(await s.other.claim({ taskId: 1, fp: 'a', runId: 4, seen: 1, also: also('c', null) })).toBe(true);
      expect((await s.one.readTask(1)).claims).toEqual({ a: 4, b: 1, c: 4 });
    });

    it('says yes to a claim that is there already for the same run: the reply of the first was lost', async () => {
      await s.one.claim({ taskId: 1, fp: 'a', runId: 1, seen: null });
      expect(await s.one.claim({ taskId: 1, fp: 'a', runId: 1, seen: null })).toBe(true);
      expect((await s.one.readTask(1)).claimSeq).toBe(1);
    });

    it('keeps the latest run of a task when a slower one with a smaller number claims', async () => {
      await s.one.claim({ taskId: 1, fp: 'a', runId: 9, seen: null });
      expect(await s.other.claim({ taskId: 1, fp: 'b', runId: 4, seen: null })).toBe(true);
      expect(await s.one.readTask(1)).toEqual({ claims: { a: 9, b: 4 }, claimSeq: 2, latestRunId: 9 });
      expect(await s.other.claim({ taskId: 1, fp: 'b', runId: 5, seen: 4, seenClaimSeq: 2 })).toBe(true);
      expect(await s.other.claim({ taskId: 1, fp: 'b', runId: 6, seen: 4 })).toBe(false);
      expect(await s.other.claim({ taskId: 1, fp: 'c', runId: 7, seen: null, seenClaimSeq: 2 })).toBe(false);
      expect(await s.one.readTask(1)).toEqual({ claims: { a: 9, b: 5 }, claimSeq: 3, latestRunId: 9 });
    });

    it('claims for a run that is the latest already', async () => {
      await s.one.noteLatestRun(1, 5);
      expect(await s.one.claim({ taskId: 1, fp: 'a', runId: 5, seen: null })).toBe(true);
      expect(await s.one.readTask(1)).toEqual({ claims: { a: 5 }, claimSeq: 1, latestRunId: 5 });
    });

    it('refuses a claim that must stand alone when the task was claimed otherwise since', async () => {
      expect(await s.one.claim({ taskId: 1, fp: 'a', runId: 1, seen: null, seenClaimSeq: 0 })).toBe(true);
      expect(await s.other.claim({ taskId: 1, fp: 'b', runId: 2, seen: null, seenClaimSeq: 0 })).toBe(false);
      expect(await s.other.claim({ taskId: 1, fp: 'b', runId: 2, seen: null, seenClaimSeq: 1 })).toBe(true);
    });

    it('knows its own head although it was changed between the put and its retry', async () => {
      const head = aHead(1);
      await s.one.putHead(head);
      await s.other.updateHead(head, { cancelAskedAt: 5 }, 'cancel asked');
      expect(await s.one.putHead(head)).toBeNull();
    });

    it('keeps claims of other variables apart, and drops one only while it names the run', async () => {
      await s.one.claim({ taskId: 1, fp: 'a', runId: 1, seen: null });
      await s.one.claim({ taskId: 1, fp: 'b', runId: 2, seen: null });
      await s.other.dropClaim(1, 'a', 9);
      expect((await s.one.readTask(1)).claims).toEqual({ a: 1, b: 2 });
      await s.other.dropClaim(1, 'a', 1);
      expect(await s.one.readTask(1)).toEqual({ claims: { b: 2 }, claimSeq: 2, latestRunId: 2 });
    });

    it('notes a newer latest run, never an older one', async () => {
      await s.one.noteLatestRun(1, 5);
      await s.one.noteLatestRun(1, 4);
      expect((await s.one.readTask(1)).latestRunId).toBe(5);
    });

    it('creates a head once, gives it back as it was, and tells the loser what is there', async () => {
      const mine = aHead(1);
      expect(await s.one.putHead(mine)).toBeNull();
      expect(await s.one.readHead(1)).toEqual(mine);
      expect(await s.one.putHead(mine)).toBeNull();
      const theirs = voidHead(1, 1, 'writer-2', 2_000);
      expect(await s.other.putHead(theirs)).toEqual(mine);
    });

    it('changes a head only from the version that was read', async () => {
      const head = aHead(1);
      await s.one.putHead(head);
      const next = await s.one.updateHead(head, { status: 'RUNNING', active: 'LIVE#1', open: [] }, 'seen');
      expect(next).toMatchObject({
        v: 2,
        status: 'RUNNING',
        open: [],
        events: [{ seq: 1 }, { seq: 2, status: 'RUNNING', cause: 'seen' }],
      });
      expect(await s.other.updateHead(head, { status: 'FAILED' }, 'late')).toBeNull();
      expect(await s.other.readHead(1)).toEqual(next);
    });

    it('takes attributes away when a change makes them null', async () => {
      const head = aHead(1, { missedAt: 5, refusal: 'x' });
      await s.one.putHead(head);
      const next = await s.one.updateHead(head, { missedAt: null, active: null }, null);
      expect(next).toMatchObject({ missedAt: null, active: null, refusal: 'x', v: 2 });
      expect(next?.events).toHaveLength(1);
      expect(await s.one.readHead(1)).toEqual(next);
    });

    it('gives the right to refresh to one of many, and leaves the version alone', async () => {
      const head = aHead(1);
      await s.one.putHead(head);
      const asked = await Promise.all([s.one.takeRefresh(head, 6_000), s.other.takeRefresh(head, 6_001)]);
      expect(asked.filter(Boolean)).toHaveLength(1);
      const there = await s.one.readHead(1);
      expect(there?.v).toBe(1);
      if (there === null) throw new Error('the head is gone');
      expect(await s.other.takeRefresh(there, 12_000)).toBe(true);
    });

    it('keeps a refresh that came between reading and updating', async () => {
      const head = aHead(1);
      await s.one.putHead(head);
      await s.other.takeRefresh(head, 6_000);
      await s.one.updateHead(head, { status: 'RUNNING' }, 'seen');
      expect(await s.one.readHead(1)).toMatchObject({ status: 'RUNNING', refreshedAt: 6_000 });
    });

    it('lets a body expire that no head names, as often as it is asked', async () => {
      await s.one.putBody(1, 'loser', aBody());
      await s.one.putBody(1, 'winner', aBody());
      await s.one.expireBody(1, 'loser');
      await s.one.expireBody(1, 'loser');
      await s.one.expireBody(2, 'nobody');
      expect(await s.other.readBody({ ...aHead(1), writer: 'winner' })).toEqual(aBody());
      expect(await s.other.readBody({ ...aHead(2), writer: 'nobody' })).toBeNull();
    });

    it('keeps body and result beside the head', async () => {
      const head = aHead(1);
      const rows = {
        columns: ['a'],
        rowData: [{ a: '1' }],
        total: 1,
        limit: 1,
        truncated: false,
        truncatedBy: null,
        startedAt: 1,
        endedAt: 2,
        error: null,
      };
      await s.one.putBody(1, head.writer, aBody());
      await s.one.putResult(1, { preview: rows, results: [rows] });
      expect(await s.other.readBody(head)).toEqual(aBody());
      expect(await s.other.readBody({ ...head, writer: 'somebody' })).toBeNull();
      expect(await s.other.readResult(1)).toEqual({ preview: rows, results: [rows] });
      const shown = { ...rows, columns: ['table name'] };
      await s.one.putResult(2, { preview: null, results: [shown] });
      expect(await s.other.readResult(2)).toEqual({ preview: null, results: [shown] });
      await s.one.putResult(3, { preview: rows, results: [shown, rows] });
      expect(await s.other.readResult(3)).toEqual({ preview: rows, results: [shown, rows] });
    });

    it('keeps as many rows as a run may have, in one item', async () => {
      const rowData = Array.from({ length: 359 }, () => ({ a: 'x'.repeat(1_017) }));
      const counts = {
        total: 359,
        limit: 359,
        truncated: true,
        truncatedBy: 'size',
        startedAt: 1,
        endedAt: 2,
      } as const;
      const rows = { columns: ['a'], rowData, ...counts, error: null };
      await s.one.putResult(1, { preview: rows, results: [rows] });
      expect((await s.other.readResult(1))?.preview?.rowData).toEqual(rowData);
    });

    it('finds the run of a preview by its job', async () => {
      await s.one.notePreview('0'.repeat(32), 12);
      expect(await s.other.runOfPreview('0'.repeat(32))).toBe(12);
      expect(await s.other.runOfPreview('1'.repeat(32))).toBeNull();
    });

    it('lists the runs of a task, newest first', async () => {
      for (const id of [1, 2, 3]) await s.one.putHead(aHead(id, { taskId: id === 2 ? 9 : 1 }));
      expect(await s.one.runsOfTask(1)).toEqual([3, 1]);
    });
  });
}
