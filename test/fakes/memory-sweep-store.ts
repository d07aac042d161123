/** What the reconciler reads, over the runs in memory. Held to the real one by test/contracts/sweep-store.contract.ts. */
import type { SweepStore } from '../../lib/domain/ports.ts';
import { PARTITIONS } from '../../lib/domain/run/active-partitions.ts';
import type { SweepCursor } from '../../lib/domain/run/active-run.ts';
import { type ClusterNotes, NO_NOTES, noteLook } from '../../lib/domain/run/answering.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';

export interface MemorySweep extends SweepStore {
  cursor: SweepCursor;
  readonly clusters: Map<string, ClusterNotes>;
}

/** Several processes may share one table: `clusters` are the notes in it, and `swept` is what a job store reads of them. */
export function memorySweepStore(
  heads: ReadonlyMap<number, RunHead>,
  pageSize = 100,
  clusters: MemorySweep['clusters'] = new Map(),
  swept = new Map<string, number>(),
): MemorySweep {
  const store: MemorySweep = {
    cursor: {},
    clusters,
    // A part that can't be read can't be read in this way either.
    wholeIndex: async () => {
      const pages = await Promise.all(
        PARTITIONS.map(async (partition) => [partition, await store.activeRuns(partition, null)] as const),
      );
      const count = pages.reduce((sum, [, { runs }]) => sum + runs.length, 0);
      return count >= pageSize
        ? null
        : new Map(pages.filter(([, { runs, unreadable = [] }]) => runs.length + unreadable.length > 0));
    },
    activeRuns: (partition, after) => {
      const all = [...heads.values()].filter((head) => head.active === partition && head.id > (after ?? 0));
      const runs = all.sort((a, b) => a.id - b.id).slice(0, pageSize);
      return Promise.resolve({ runs, after: all.length > pageSize ? (runs.at(-1)?.id ?? null) : null });
    },
    readCursor: () => Promise.resolve(store.cursor),
    writeCursor: (cursor) => {
      store.cursor = cursor;
      return Promise.resolve();
    },
    noteCluster: (hosts, askedAt, answeredBy) => {
      const notes = noteLook(store.clusters.get(hosts) ?? NO_NOTES, askedAt, answeredBy);
      store.clusters.set(hosts, notes);
      return Promise.resolve(notes);
    },
    noteSwept: (hosts, at) => {
      swept.set(hosts, Math.max(at, swept.get(hosts) ?? 0));
      return Promise.resolve();
    },
  };
  return store;
}
