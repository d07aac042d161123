/**
 * A poll (protocol.md section 7): one read of HEAD, fresh to 5 s. At most one caller in 5 s asks Flink, within 500 ms,
 * and no answer ever fails because Flink does.
 */
import { BUDGET_MS, REFRESH_EVERY_MS, REFRESH_WITHIN_MS } from '../domain/limits.ts';
import { AppError } from '../domain/errors.ts';
import { isFinal } from '../domain/run/status.ts';
import type { FlinkJob } from '../domain/run/status.ts';
import type { HeadChange, RunHead } from '../domain/run/run.ts';
import { type Budget, withinBudget } from './waiting/budget.ts';
import { type RecordDeps, recordSeen } from './record/record.ts';
import { storesWithin } from './waiting/stores-within.ts';

/** How long the caller can be kept waiting. */
interface PollScope {
  readonly budgetMs: number;
}

const ALONE: PollScope = { budgetMs: BUDGET_MS };

type Poll<Answer> = (input: { readonly id: number }, scope?: PollScope) => Promise<Answer>;

export function getJobInstance(unbound: RecordDeps): Poll<RunHead> {
  return ({ id }, { budgetMs } = ALONE) =>
    withinBudget(unbound.clock, budgetMs, async (budget) => {
      const deps = storesWithin(unbound, budget.signal);
      return await refreshed(deps, await readRun(deps, id), budget);
    });
}

async function readRun({ store }: RecordDeps, id: number): Promise<RunHead> {
  const head = await store.readHead(id);
  if (head === null || head.status === 'VOID') {
    throw new AppError(
      'run.notFound',
      `Job Instance Not Exist: there is no run ${id}. Check the id that submitTask answered.`,
    );
  }
  return head;
}

/** Null: the task was never run. */
export function getJobInstanceByTaskId(unbound: RecordDeps): Poll<RunHead | null> {
  return ({ id }, { budgetMs } = ALONE) =>
    withinBudget(unbound.clock, budgetMs, async (budget) => {
      const deps = storesWithin(unbound, budget.signal);
      const head = await latestRun(deps, id);
      return head === null ? null : await refreshed(deps, head, budget);
    });
}

/** The newest number may have been claimed a moment ago, or never have become a run; then the one before it counts. */
async function latestRun({ store }: RecordDeps, taskId: number): Promise<RunHead | null> {
  const { latestRunId } = await store.readTask(taskId);
  if (latestRunId === null) return null;
  const head = await store.readHead(latestRunId);
  if (isShown(head, taskId)) return head;
  for (const runId of await store.runsOfTask(taskId)) {
    const earlier = await store.readHead(runId);
    if (isShown(earlier, taskId)) return earlier;
  }
  return null;
}

/** In a restored or copied table the number may have become a run of another task. */
function isShown(head: RunHead | null, taskId: number): head is RunHead {
  return head !== null && head.status !== 'VOID' && head.taskId === taskId;
}

/** The head as Flink sees it now, if nobody asked within 5 s. */
export async function refreshed(deps: RecordDeps, head: RunHead, budget: Budget): Promise<RunHead> {
  const now = deps.clock.now();
  if (isFinal(head.status) || head.jobId === null) return head;
  if (now - (head.refreshedAt ?? 0) < REFRESH_EVERY_MS) return head;
  if (!(await deps.store.takeRefresh(head, now))) return head;
  return await seenNow(deps, head, budget);
}

/** The same of a live run, whoever asked before: for callers who wait for something to happen, and bound how often they ask. */
export async function seenNow(deps: RecordDeps, head: RunHead, within: Budget): Promise<RunHead> {
  const now = deps.clock.now();
  const mostMs = Math.min(REFRESH_WITHIN_MS, within.remainingMs());
  return await withinBudget(deps.clock, mostMs, (budget) => askFlink(deps, head, now, budget));
}

type Seen =
  | { readonly kind: 'job'; readonly job: FlinkJob; readonly address: string }
  | { readonly kind: 'noJob' | 'unreachable' }
  /** Dinghy itself could not ask: that says nothing about Flink. */
  | { readonly kind: 'notAsked' };

async function askFlink(deps: RecordDeps, head: RunHead, askedAt: number, budget: Budget): Promise<RunHead> {
  const seen = await look(deps, head, budget);
  if (seen.kind === 'notAsked') return head;
  const current =
    seen.kind === 'job'
      ? await recordSeen(deps, { ...head, address: seen.address }, seen.job, budget.signal, 'poll')
      : head;
  if (isFinal(current.status)) return current;
  const change = reachability(current, seen, askedAt);
  if (change === null) return current;
  // Not part of the history, and no harm when somebody else has written meanwhile.
  return (await deps.store.updateHead(current, change, null)) ?? { ...current, ...change };
}

/** What Flink shows of the run now. */
export async function look(deps: RecordDeps, head: RunHead, budget: Budget): Promise<Seen> {
  try {
    const job = head.jobId === null ? null : await findJob(deps, head, head.jobId, budget);
    return job === null ? { kind: 'noJob' } : { kind: 'job', ...job };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    deps.log.info('Flink could not be asked', { runId: head.id, error: error.message });
    return { kind: error.code === 'local.exhausted' ? 'notAsked' : 'unreachable' };
  }
}

interface FoundJob {
  readonly job: FlinkJob;
  readonly address: string;
}

/** The leader may have moved to another host since the run was submitted. */
async function findJob(deps: RecordDeps, head: RunHead, jobId: string, budget: Budget): Promise<FoundJob | null> {
  try {
    return await jobAt(deps, head.address, jobId, budget);
  } catch (error) {
    if (!(error instanceof AppError) || head.hosts === head.address) throw error;
    const { address } = await deps.jobManager.identify(head.hosts, budget.signal);
    return await jobAt(deps, address, jobId, budget);
  }
}

async function jobAt(deps: RecordDeps, address: string, jobId: string, budget: Budget): Promise<FoundJob | null> {
  const job = await deps.jobManager.job(address, jobId, budget.signal);
  return job === null ? null : { job, address };
}

/** `lastSeenAt` is written once a minute at most: every update is charged by the size of the item. */
const SEEN_EVERY_MS = 60_000;

/** What the attempt says about Flink being there; null when that is known already. A 404 concludes nothing about the job. */
export function reachability(
  head: RunHead,
  seen: Exclude<Seen, { kind: 'notAsked' }>,
  askedAt: number,
): HeadChange | null {
  // At the address of a run's own cluster something else may answer.
  if (seen.kind === 'noJob' && head.deployment !== null) return null;
  if (seen.kind === 'unreachable') return head.unreachableSince === null ? { unreachableSince: askedAt } : null;
  if (head.unreachableSince !== null) return { unreachableSince: null, lastSeenAt: askedAt };
  if (seen.kind === 'noJob' || askedAt - (head.lastSeenAt ?? 0) < SEEN_EVERY_MS) return null;
  return { lastSeenAt: askedAt };
}
