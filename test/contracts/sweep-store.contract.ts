/** What every store of the reconciler must do; run on the one in memory and on a real DynamoDB API. */
import { beforeEach, describe, expect, it } from 'vitest';
import { newDeployment } from '../../lib/domain/options/own-cluster.ts';
import type { JobStore, SweepStore } from '../../lib/domain/ports.ts';
import { aHead } from './job-store.contract.ts';

/** For every store under test. */
const TOO_MANY = 251;

export interface SweepUnderTest {
  readonly sweep: SweepStore;
  readonly store: JobStore;
  /** What is noted of a cluster; no use case reads it. */
  noteOf(hosts: string): Promise<ClusterNote | undefined>;
}

interface ClusterNote {
  readonly lastSeenAt: number | null;
  readonly unreachableSince: number | null;
}

export function sweepStoreContract(name: string, make: () => SweepUnderTest): void {
  describe(`sweep store: ${name}`, () => {
    let s: SweepUnderTest;
    beforeEach(() => {
      s = make();
    });

    it('shows the runs of a partition by number, with what a sweep needs of them', async () => {
      for (const id of [8, 4, 5]) await s.store.putHead(aHead(id, { active: `INTENT#${id % 4}` }));
      const page = await s.sweep.activeRuns('INTENT#0', null);
      expect(page.runs.map(({ id }) => id)).toEqual([4, 8]);
      expect(page.after).toBeNull();
      const { hosts, jobId, status, intentAt } = aHead(4);
      expect(page.runs[0]).toMatchObject({ id: 4, hosts, jobId, status, intentAt });
      expect(page.runs[0]).toMatchObject({ cancelAskedAt: null, missedAt: null, unreachableSince: null });
      expect(page.runs[0]?.deployment).toBeNull();
    });

    it('shows the cluster that a run has for itself', async () => {
      const target = { type: 'kubernetes-application', properties: {}, jobManager: null };
      const deployment = newDeployment(target, 4, 'ab'.repeat(16));
      await s.store.putHead(aHead(4, { active: 'LIVE#4', deployment }));
      expect((await s.sweep.activeRuns('LIVE#4', null)).runs[0]?.deployment).toEqual(deployment);
      expect((await s.store.readHead(4))?.deployment).toEqual(deployment);
    });

    it('goes on after a run', async () => {
      for (const id of [4, 8, 12]) await s.store.putHead(aHead(id, { active: 'LIVE#0' }));
      expect((await s.sweep.activeRuns('LIVE#0', 4)).runs.map(({ id }) => id)).toEqual([8, 12]);
      expect((await s.sweep.activeRuns('LIVE#0', 12)).runs).toEqual([]);
    });

    it('follows a run from one partition to another, and out of the index', async () => {
      const head = aHead(4, { active: 'INTENT#0' });
      await s.store.putHead(head);
      const live = await s.store.updateHead(head, { active: 'LIVE#4', cancelAskedAt: 5 }, null);
      expect((await s.sweep.activeRuns('INTENT#0', null)).runs).toEqual([]);
      expect((await s.sweep.activeRuns('LIVE#4', null)).runs[0]).toMatchObject({ id: 4, cancelAskedAt: 5 });
      if (live !== null) await s.store.updateHead(live, { active: null }, null);
      expect((await s.sweep.activeRuns('LIVE#4', null)).runs).toEqual([]);
    });

    it('gives all of the index at once, by partition, while it is small', async () => {
      expect(await s.sweep.wholeIndex()).toEqual(new Map());
      for (const id of [8, 3, 4, 5])
        await s.store.putHead(aHead(id, { active: id === 3 ? 'LIVE#3' : `INTENT#${id % 4}` }));
      await s.store.putHead(aHead(6, { active: null }));
      const whole = await s.sweep.wholeIndex();
      const pages = [...(whole ?? [])].map(([partition, { runs, after }]) => [
        partition,
        runs.map(({ id }) => id),
        after,
      ]);
      expect(pages.toSorted((a, b) => String(a[0]).localeCompare(String(b[0])))).toEqual([
        ['INTENT#0', [4, 8], null],
        ['INTENT#1', [5], null],
        ['LIVE#3', [3], null],
      ]);
      expect(whole?.get('INTENT#0')?.runs).toEqual((await s.sweep.activeRuns('INTENT#0', null)).runs);
    });

    it('gives nothing at once where that is too much for one read', async () => {
      for (let id = 1; id <= TOO_MANY; id += 1) await s.store.putHead(aHead(id, { active: `LIVE#${id % 16}` }));
      expect(await s.sweep.wholeIndex()).toBeNull();
    });

    it('keeps a cursor until it is written anew', async () => {
      expect(await s.sweep.readCursor()).toEqual({});
      await s.sweep.writeCursor({ 'LIVE#3': 17, 'INTENT#0': 4 });
      expect(await s.sweep.readCursor()).toEqual({ 'LIVE#3': 17, 'INTENT#0': 4 });
      await s.sweep.writeCursor({ 'LIVE#4': 1 });
      expect(await s.sweep.readCursor()).toEqual({ 'LIVE#4': 1 });
      await s.sweep.writeCursor({});
      expect(await s.sweep.readCursor()).toEqual({});
    });

    it('notes since when a cluster is out of reach, until it answers, and when it was last seen', async () => {
      const note = async (hosts: string, at: number, reachable: boolean) => {
        await s.sweep.noteCluster(hosts, at, reachable ? '/tmp/a' : undefined);
        return await s.noteOf(hosts);
      };
      expect(await s.noteOf('jm:8081')).toBeUndefined();
      expect(await note('jm:8081', 1_000, false)).toMatchObject({ lastSeenAt: null, unreachableSince: 1_000 });
      expect(await note('jm:8081', 2_000, false)).toMatchObject({ lastSeenAt: null, unreachableSince: 1_000 });
      expect(await note('jm:8081', 3_000, true)).toMatchObject({ lastSeenAt: 3_000, unreachableSince: null });
      expect(await note('jm:8081', 4_000, false)).toMatchObject({ lastSeenAt: 3_000, unreachableSince: 4_000 });
      expect(await note('other:8081', 5_000, true)).toMatchObject({ lastSeenAt: 5_000, unreachableSince: null });
      expect(await s.noteOf('jm:8081')).toMatchObject({ lastSeenAt: 3_000, unreachableSince: 4_000 });
    });

    it('takes notes of clusters: who has answered, since when, and who before', async () => {
      const jm = 'jm:8081';
      expect(await s.sweep.noteCluster(jm, 1_000, undefined)).toEqual({
        lastSeenAt: null,
        unreachableSince: 1_000,
        answeringSince: null,
        answerers: [],
      });
      expect(await s.sweep.noteCluster(jm, 2_000, undefined)).toMatchObject({ unreachableSince: 1_000 });
      await s.sweep.noteCluster(jm, 3_000, '/tmp/a');
      await s.sweep.noteCluster(jm, 4_000, '/tmp/a');
      expect(await s.sweep.noteCluster(jm, 5_000, '/tmp/b')).toEqual({
        lastSeenAt: 5_000,
        unreachableSince: null,
        answeringSince: 3_000,
        answerers: [
          { jmId: '/tmp/b', firstAt: 5_000, aloneSince: 5_000, lastAt: 5_000 },
          { jmId: '/tmp/a', firstAt: 3_000, aloneSince: 3_000, lastAt: 4_000 },
        ],
      });
      expect(await s.sweep.noteCluster(jm, 6_000, undefined)).toMatchObject({
        lastSeenAt: 5_000,
        unreachableSince: 6_000,
        answeringSince: null,
      });
      expect(await s.sweep.noteCluster('other:8081', 7_000, null)).toMatchObject({ answeringSince: 7_000 });
    });

    it('keeps when a sweep last saw the jobs of a cluster, whoever answered before and after', async () => {
      const [jm, other] = ['jm:8081', 'other:8081'];
      expect(await s.store.sweptAt(jm)).toBeNull();
      await s.sweep.noteCluster(jm, 1_000, '/tmp/a');
      expect(await s.store.sweptAt(jm)).toBeNull();
      await s.sweep.noteSwept(jm, 1_000);
      expect(await s.store.sweptAt(jm)).toBe(1_000);
      await s.sweep.noteCluster(jm, 2_000, '/tmp/b');
      await s.sweep.noteCluster(jm, 3_000, undefined);
      expect(await s.store.sweptAt(jm)).toBe(1_000);
      expect(await s.store.sweptAt(other)).toBeNull();
      await s.sweep.noteSwept(other, 4_000);
      expect(await s.sweep.noteCluster(other, 5_000, '/tmp/c')).toMatchObject({ answeringSince: 5_000 });
      expect(await Promise.all([jm, other].map((hosts) => s.store.sweptAt(hosts)))).toEqual([1_000, 4_000]);
    });

    it('is not set back by a sweep that was slower than the next one', async () => {
      await s.sweep.noteSwept('jm:8081', 2_000);
      await s.sweep.noteSwept('jm:8081', 1_000);
      expect(await s.store.sweptAt('jm:8081')).toBe(2_000);
    });

    it('forgets none of the notes that two sweeps take at once', async () => {
      const looks = ['/tmp/a', '/tmp/b', '/tmp/c'].map((jmId, i) => s.sweep.noteCluster('jm:8081', 1_000 + i, jmId));
      await Promise.all(looks);
      const { answerers } = await s.sweep.noteCluster('jm:8081', 2_000, '/tmp/d');
      expect(answerers.map(({ jmId }) => jmId).sort()).toEqual(['/tmp/a', '/tmp/b', '/tmp/c', '/tmp/d']);
    });
  });
}
