/**
 * `node --expose-gc --import tsx bench/sweep.ts [RUNS] [SHARE]`: sweeps over many live runs on four clusters, with the reconciler's own
 * code over the fakes in memory. Prints, for each sweep, its time, requests, reads and the heap; SHARE of the runs have
 * changed in Flink since the sweep before.
 */
import { performance } from 'node:perf_hooks';
import { systemClock } from '../lib/adapters/system.ts';
import type { FlinkJobState } from '../lib/domain/run/status.ts';
import { reconcile } from '../lib/usecases/reconcile.ts';
import { headAt } from '../test/builders/a-head.ts';
import { world } from '../test/usecases/world.ts';

const RUNS = Number(process.argv[2] ?? 100_000);
const SHARE = Number(process.argv[3] ?? 0.01);
const CLUSTERS = 4;
const SWEEPS = 6;
const PAGE = 250;
/** What a request to Flink, and one to DynamoDB, take. */
const FLINK_MS = 10;
const TABLE_MS = 5;

interface Counts {
  requests: number;
  queries: number;
  reads: number;
  writes: number;
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

function slowly<A extends unknown[], T>(ms: number, count: () => void, send: (...asked: A) => Promise<T>) {
  return async (...asked: A): Promise<T> => {
    count();
    await pause(ms);
    return await send(...asked);
  };
}

const w = world();
const counts: Counts = { requests: 0, queries: 0, reads: 0, writes: 0 };
const jobsAt = new Map<string, Map<string, FlinkJobState>>();
const partitions = new Map<string, number[]>();

for (let id = 1; id <= RUNS; id += 1) {
  const hosts = `jm-${id % CLUSTERS}:8081`;
  const jobId = id.toString(16).padStart(32, '0');
  const active = `LIVE#${id % 16}`;
  w.store.heads.set(id, headAt(Date.now(), { id, jobId, hosts, address: hosts, status: 'RUNNING', active }));
  jobsAt.set(hosts, (jobsAt.get(hosts) ?? new Map<string, FlinkJobState>()).set(jobId, 'RUNNING'));
  const there = partitions.get(active) ?? [];
  there.push(id);
  partitions.set(active, there);
}

/** Runs that restart, or run again. */
function change(): void {
  for (const jobs of jobsAt.values()) {
    for (const [id, state] of jobs)
      if (Math.random() < SHARE) jobs.set(id, state === 'RUNNING' ? 'RESTARTING' : 'RUNNING');
  }
}

const request = (): void => void (counts.requests += 1);
const { readHead, updateHead } = w.store;
const jobManager = {
  ...w.flink,
  identify: slowly(FLINK_MS, request, (hosts: string) =>
    Promise.resolve({ address: hosts, jmId: '/tmp/1', highAvailability: false, forgetsEnded: false }),
  ),
  overview: slowly(FLINK_MS, request, (address: string) => Promise.resolve(new Map(jobsAt.get(address)))),
  job: slowly(FLINK_MS, request, (address: string, id: string) =>
    Promise.resolve({ state: jobsAt.get(address)?.get(id) ?? 'RUNNING', ranAt: 1, endedAt: null }),
  ),
};
const sweep = {
  ...w.sweep,
  readCursor: () => Promise.resolve(w.sweep.cursor),
  activeRuns: slowly(
    TABLE_MS,
    () => void (counts.queries += 1),
    (partition: string, after: number | null) => {
      const all = partitions.get(partition) ?? [];
      const from = after === null ? 0 : all.indexOf(after) + 1;
      const runs = all.slice(from, from + PAGE).flatMap((id) => w.store.heads.get(id) ?? []);
      return Promise.resolve({ runs, after: from + PAGE < all.length ? (runs.at(-1)?.id ?? null) : null });
    },
  ),
};
const store = {
  ...w.store,
  readHead: slowly(TABLE_MS, () => void (counts.reads += 1), readHead),
  updateHead: slowly(TABLE_MS, () => void (counts.writes += 1), updateHead),
};
const once = reconcile({ ...w, clock: systemClock(), jobManager, sweep, store });

const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
for (let n = 1; n <= SWEEPS; n += 1) {
  change();
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().heapUsed)), 20);
  Object.assign(counts, { requests: 0, queries: 0, reads: 0, writes: 0 });
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  const { runs, leftPartitions, passEnded } = await once({ budgetMs: 60_000 });
  clearInterval(watch);
  const used = process.cpuUsage(cpu);
  const figures = {
    seconds: Number(((performance.now() - startedAt) / 1_000).toFixed(1)),
    cpuSeconds: Number(((used.user + used.system) / 1e6).toFixed(1)),
  };
  globalThis.gc?.();
  const heap = { peakMb: megabytes(most - before), keptMb: megabytes(process.memoryUsage().heapUsed - before) };
  process.stdout.write(
    `${JSON.stringify({ sweep: n, runs, ...figures, ...counts, ...heap, leftPartitions, passEnded })}\n`,
  );
}
