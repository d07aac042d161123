/** Ends the latest live run of a task (protocol.md section 7): the wish is durable first, then Flink is told. */
import type { CancelOutcome, CancelRequest } from '../domain/cancel.ts';
import { REFUSAL_ECHO_MS } from '../domain/constants.ts';
import { howToEnd } from '../domain/deployment.ts';
import { AppError } from '../domain/errors.ts';
import { isFinal } from '../domain/job-status.ts';
import type { KeyStore } from '../domain/ports.ts';
import type { RunHead } from '../domain/run.ts';
import { type Budget, withinBudget } from './budget.ts';
import { type RecordDeps, tellCancel } from './record.ts';

export interface CancelDeps extends RecordDeps {
  readonly keys: KeyStore;
}

export interface CancelScope {
  readonly caller: string;
  readonly budgetMs: number;
}

const NOTHING: CancelOutcome = { cancelled: null, others: [] };
const READ_AT_ONCE = 25;
/** The wish is durable; a caller need not wait for a Flink that hangs. */
const TELL_WITHIN_MS = 3_000;

export function cancelTask(deps: CancelDeps): (request: CancelRequest, scope: CancelScope) => Promise<CancelOutcome> {
  return ({ taskId, mayBeEcho }, { caller, budgetMs }) =>
    withinBudget(deps.clock, budgetMs, async (budget) => {
      const [latest, ...others] = await liveRuns(deps, taskId);
      if (latest === undefined) return NOTHING;
      if (mayBeEcho && (await isEcho(deps, taskId, caller, [latest, ...others]))) return NOTHING;
      return {
        cancelled: await cancelRun(deps, latest, caller, budget),
        others: others.filter((head) => head.cancelAskedAt === null).map(({ id }) => id),
      };
    });
}

/** Newest first. */
async function liveRuns({ store }: CancelDeps, taskId: number): Promise<RunHead[]> {
  const { claims, latestRunId } = await store.readTask(taskId);
  const ids = [...new Set([...Object.values(claims), ...(latestRunId === null ? [] : [latestRunId])])];
  ids.sort((a, b) => b - a);
  const live: RunHead[] = [];
  for (let at = 0; at < ids.length; at += READ_AT_ONCE) {
    const heads = await Promise.all(ids.slice(at, at + READ_AT_ONCE).map((id) => store.readHead(id)));
    const found = heads.filter((head) => head !== null);
    // In a restored or copied table a number may belong to a run of another task.
    live.push(...found.filter((head) => head.taskId === taskId && !isFinal(head.status)));
  }
  return live;
}

/** A submit was refused to this caller a moment ago, and none was accepted since: there is nothing of its own to cancel. */
async function isEcho(
  { keys, clock }: CancelDeps,
  taskId: number,
  caller: string,
  live: readonly RunHead[],
): Promise<boolean> {
  const refusedAt = await keys.refusedAt(caller, taskId);
  if (refusedAt === null || clock.now() - refusedAt >= REFUSAL_ECHO_MS) return false;
  return !live.some((head) => head.createdBy === caller && head.intentAt > refusedAt);
}

async function cancelRun(deps: CancelDeps, head: RunHead, caller: string, budget: Budget): Promise<RunHead> {
  refuseOutOfReach(head);
  let current = head;
  while (current.cancelAskedAt === null && !isFinal(current.status)) {
    const asked = await deps.store.updateHead(
      current,
      { cancelAskedAt: deps.clock.now(), cancelAskedBy: caller },
      `cancel asked by ${caller}`,
    );
    const next = asked ?? (await deps.store.readHead(current.id));
    if (next === null) return current;
    current = next;
  }
  await tellFlink(deps, current, budget);
  return current;
}

/** A wish that nobody could ever carry out is not written down: the caller must know that it is his own to do. */
function refuseOutOfReach({ id, taskId, deployment, address, status }: RunHead): void {
  if (deployment === null || address !== '') return;
  if (status === 'INITIALIZING' && deployment.jobManager !== null) return;
  const why = 'runs in a cluster of its own, and Dinghy does not know where its JobManager answers';
  const hint = `End it by hand: ${howToEnd(deployment)}. Set the cluster configuration's jobManager for later runs.`;
  throw new AppError('flink.unreachable', `Run ${id} of task ${taskId} ${why}. ${hint}`);
}

/** While no job is confirmed there is none to cancel: whoever confirms it finds the wish. A preview is never confirmed. */
async function tellFlink(deps: CancelDeps, head: RunHead, budget: Budget): Promise<void> {
  const known = head.status !== 'INITIALIZING' || head.kind === 'preview';
  if (!known || isFinal(head.status) || head.jobId === null) return;
  await withinBudget(deps.clock, Math.min(TELL_WITHIN_MS, budget.remainingMs()), ({ signal }) =>
    tellCancel(deps, head, signal),
  );
}
