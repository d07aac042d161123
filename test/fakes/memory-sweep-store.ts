/** What the reconciler reads, over the runs in memory. Held to the real one by test/adapters/sweep-store.contract.ts. */
import type { SweepCursor, SweepStore } from '../../lib/domain/ports.ts';
import type { RunHead } from '../../lib/domain/run.ts';

export interface MemorySweep extends SweepStore {
  cursor: SweepCursor;
  readonly clusters: Map<string, { lastSeenAt: number | null; unreachableSince: number | null }>;
}

export function memorySweepStore(heads: ReadonlyMap<number, RunHead>, pageSize = 100): MemorySweep {
  const store: MemorySweep = {
    cursor: {},
    clusters: new Map(),
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
    noteCluster: (hosts, askedAt, reachable) => {
      const known = store.clusters.get(hosts) ?? { lastSeenAt: null, unreachableSince: null };
      const unreachableSince = reachable ? null : (known.unreachableSince ?? askedAt);
      store.clusters.set(hosts, { lastSeenAt: reachable ? askedAt : known.lastSeenAt, unreachableSince });
      return Promise.resolve();
    },
  };
  return store;
}
