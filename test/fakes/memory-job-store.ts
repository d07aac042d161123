/** The Jobs table in memory. Held to the real one by test/contracts/job-store.contract.ts. */
import { AppError } from '../../lib/domain/errors.ts';
import { LAST_RUN_NUMBER } from '../../lib/domain/limits.ts';
import type { RunBody } from '../../lib/domain/plan/run-body.ts';
import type { Clock, Ids, JobStore } from '../../lib/domain/ports.ts';
import type { RunResult } from '../../lib/domain/results/statement-result.ts';
import { NO_CLAIMS, type TaskClaims } from '../../lib/domain/run/claims.ts';
import { boundedChange } from '../../lib/domain/run/head-size.ts';
import { requestedBy } from '../../lib/domain/run/history.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { bindable } from './bindable.ts';

export interface MemoryJobStore extends JobStore {
  readonly heads: Map<number, RunHead>;
  readonly bodies: Map<string, RunBody>;
  readonly results: Map<number, RunResult>;
  readonly tasks: Map<number, TaskClaims>;
  /** Cluster -> when a sweep began that has seen all of it. */
  readonly swept: Map<string, number>;
}

/** Several processes may share one table: each makes its own store over the same `table`. */
export interface MemoryTable {
  counter: number;
  /** Job of a preview -> its run. */
  readonly previews: Map<string, number>;
  readonly heads: Map<number, RunHead>;
  readonly bodies: Map<string, RunBody>;
  readonly results: Map<number, RunResult>;
  readonly tasks: Map<number, TaskClaims>;
  readonly swept: Map<string, number>;
}

export function memoryTable(): MemoryTable {
  const empty = { heads: new Map(), bodies: new Map(), results: new Map(), tasks: new Map(), swept: new Map() };
  return { counter: 0, previews: new Map(), ...empty };
}

export function memoryJobStore(clock: Clock, ids: Ids, table: MemoryTable = memoryTable()): MemoryJobStore {
  const { heads, bodies, results, tasks, previews, swept } = table;
  const taskOf = (id: number): TaskClaims => tasks.get(id) ?? NO_CLAIMS;
  // What this process has written: a call made again is known by the very values it was made with.
  const made = new WeakSet<RunHead>();
  const updates = new WeakMap<object, RunHead>();
  const bodyName = (runId: number, writer: string): string => `${runId}/${writer}`;

  return bindable<JobStore, Omit<MemoryJobStore, 'within'>>({
    heads,
    bodies,
    results,
    tasks,
    swept,
    sweptAt: (hosts) => Promise.resolve(swept.get(hosts) ?? null),
    nextRunId: () => {
      if (table.counter >= LAST_RUN_NUMBER) return Promise.reject(new AppError('run.numbersExhausted', 'None left.'));
      return Promise.resolve((table.counter += 1));
    },
    raiseRunCounter: (to) => {
      table.counter = Math.max(table.counter, Math.min(to, LAST_RUN_NUMBER));
      return Promise.resolve();
    },
    readTask: (taskId) => Promise.resolve(taskOf(taskId)),
    claim: ({ taskId, fp, runId, seen, also, seenClaimSeq }) => {
      const task = taskOf(taskId);
      const alone = seenClaimSeq === undefined || task.claimSeq === seenClaimSeq;
      const both = [{ fp, seen }, ...(also === undefined ? [] : [also])];
      const isAsSeen = both.every((one) => (task.claims[one.fp] ?? null) === one.seen);
      if (!isAsSeen || !alone) return Promise.resolve(task.claims[fp] === runId);
      const claims = { ...task.claims, ...Object.fromEntries(both.map((one) => [one.fp, runId])) };
      const latestRunId = Math.max(task.latestRunId ?? 0, runId);
      tasks.set(taskId, { claims, claimSeq: task.claimSeq + 1, latestRunId });
      return Promise.resolve(true);
    },
    dropClaim: (taskId, fp, runId) => {
      const task = taskOf(taskId);
      const { [fp]: named, ...claims } = task.claims;
      if (named === runId) tasks.set(taskId, { ...task, claims });
      return Promise.resolve();
    },
    noteLatestRun: (taskId, runId) => {
      const task = taskOf(taskId);
      if ((task.latestRunId ?? 0) < runId) tasks.set(taskId, { ...task, latestRunId: runId });
      return Promise.resolve();
    },
    putBody: (runId, writer, body) => {
      const name = bodyName(runId, writer);
      if (!bodies.has(name)) bodies.set(name, structuredClone(body));
      return Promise.resolve();
    },
    expireBody: (runId, writer) => {
      bodies.delete(bodyName(runId, writer));
      return Promise.resolve();
    },
    readBody: (head) => Promise.resolve(bodies.get(bodyName(head.id, head.writer)) ?? null),
    putHead: (head) => {
      const there = heads.get(head.id);
      if (there !== undefined) return Promise.resolve(made.has(head) ? null : there);
      heads.set(head.id, structuredClone(head));
      made.add(head);
      return Promise.resolve(null);
    },
    readHead: (runId) => Promise.resolve(heads.get(runId) ?? null),
    updateHead: (head, change, cause, requester) => {
      const there = heads.get(head.id);
      if (there?.v !== head.v) return Promise.resolve(there === updates.get(change) ? (there ?? null) : null);
      const event = cause === null ? null : { at: clock.now(), cause, by: ids.writer, ...requestedBy(requester) };
      const changed = boundedChange(head, change, event);
      // Like the real update: what `change` does not name stays as it is in the table (refreshedAt has its own writer).
      const next = { ...there, ...changed, v: head.v + 1, nonce: ids.jobId() };
      heads.set(head.id, next);
      updates.set(change, next);
      return Promise.resolve(next);
    },
    takeRefresh: (head, now) => {
      const there = heads.get(head.id);
      if (there?.refreshedAt !== head.refreshedAt) return Promise.resolve(false);
      heads.set(head.id, { ...there, refreshedAt: now });
      return Promise.resolve(true);
    },
    runsOfTask: (taskId) => {
      const mine = [...heads.values()].filter((head) => head.taskId === taskId).map((head) => head.id);
      return Promise.resolve(mine.sort((a, b) => b - a).slice(0, 10));
    },
    putResult: (runId, result) => {
      results.set(runId, structuredClone(result));
      return Promise.resolve();
    },
    readResult: (runId) => Promise.resolve(results.get(runId) ?? null),
    notePreview: (jobId, runId) => {
      previews.set(jobId, runId);
      return Promise.resolve();
    },
    runOfPreview: (jobId) => Promise.resolve(previews.get(jobId) ?? null),
  });
}
