/**
 * Stops the latest live run of a task, or takes a savepoint of it (protocol.md sections 7 and 12): the wish is durable
 * first, then sent to Flink.
 */
import type { Requester } from '../domain/access/principal.ts';
import { AppError } from '../domain/errors.ts';
import { howToEnd } from '../domain/options/own-cluster.ts';
import type { DefinitionReader, Ids, RequestKeyStore } from '../domain/ports.ts';
import { openRefusal, repeatedCancel } from '../domain/run/caller-marks.ts';
import type { CancelOutcome, CancelRequest, StopAnswer, StopRequest, StopRunRequest } from '../domain/run/cancel.ts';
import { wantsRestart } from '../domain/run/restart.ts';
import type { RunHead } from '../domain/run/run.ts';
import { wantsSavepoint } from '../domain/run/savepoint-wish.ts';
import { isFinal } from '../domain/run/status.ts';
import { decideStop, type StopHow } from '../domain/run/stop.ts';
import { readRun } from './job-instance.ts';
import { readTask } from './load-task.ts';
import { latestLive, liveRuns } from './record/live-runs.ts';
import { PASSED_OVER, type UnreadableRun } from './record/read-heads.ts';
import type { RecordDeps } from './record/record.ts';
import { abortRestart } from './stop/continue-restart.ts';
import { type Stopping, stopRun, unfit } from './stop/stop-run.ts';
import { type Budget, withinBudget } from './waiting/budget.ts';
import { storesWithin } from './waiting/stores-within.ts';

export interface CancelDeps extends RecordDeps {
  readonly keys: RequestKeyStore;
  readonly ids: Ids;
}

export interface CancelScope extends Requester {
  readonly budgetMs: number;
  /** Whether the caller may use a task whose number is not known before its run was read; left out: any. */
  readonly maySee?: (taskId: number) => boolean;
}

export interface StopTaskDeps extends CancelDeps {
  readonly definitions: DefinitionReader;
}

const NOTHING: CancelOutcome = { cancelled: null, others: [] };
const ECHO: CancelOutcome = { ...NOTHING, as: 'echo' };

export function cancelTask(
  unbound: CancelDeps,
): (request: CancelRequest, scope: CancelScope) => Promise<CancelOutcome> {
  return ({ taskId, mayBeEcho, how = 'cancel' }, scope) =>
    withinBudget(unbound.clock, scope.budgetMs, async (budget) => {
      const deps = storesWithin(unbound, budget.signal);
      const call = { taskId, requester: scope, how, budget };
      if (mayBeEcho && (await isEcho(deps, call))) return ECHO;
      for (;;) {
        const outcome = await cancelOnce(deps, call);
        if (outcome !== null) return outcome;
      }
    });
}

/** The same with options, or for one named run. An unknown task is an error; one without a live run is not. */
export function stopTask(deps: StopTaskDeps): (request: StopRequest, scope: CancelScope) => Promise<StopAnswer> {
  const cancel = cancelTask(deps);
  return async (request, scope) => {
    const { taskId, how } = request;
    if (taskId === null) return { how, runId: request.runId, outcome: await stopOneRun(deps, request, scope) };
    const outcome = await cancel(request, scope);
    if (outcome.cancelled === null && outcome.as === undefined) await refuseUnknown(deps, taskId);
    return { how, outcome };
  };
}

/** No mark is left: a second call means the same run. */
function stopOneRun(unbound: StopTaskDeps, { runId, how }: StopRunRequest, scope: CancelScope): Promise<CancelOutcome> {
  const { budgetMs, maySee = () => true } = scope;
  return withinBudget(unbound.clock, budgetMs, async (budget) => {
    const deps = storesWithin(unbound, budget.signal);
    const head = await readRun(deps, runId, maySee);
    const found = isFinal(head.status) ? null : await latestLive(deps, [head], budget);
    if (found === null) return NOTHING;
    const call = { taskId: head.taskId, requester: scope, how, budget };
    refuseOutOfReach(found.latest, []);
    refuseUnfit(deps, found.latest, call);
    return await cancelAs(deps, call, found.latest, { as: askedBefore(found.latest), others: [], unreadable: [] });
  });
}

/** An item that can't be read counts as live. */
async function refuseUnknown({ definitions }: StopTaskDeps, taskId: number): Promise<void> {
  try {
    await readTask(definitions, taskId);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store.invalid') throw error;
  }
}

interface CancelCall {
  readonly taskId: number;
  readonly requester: Requester;
  readonly how: StopHow;
  readonly budget: Budget;
}

/** A submit was refused to this caller a moment ago: one cancel after it means nothing, the next one is meant. */
async function isEcho(
  { keys, ids, clock, log }: CancelDeps,
  { taskId, requester: { caller } }: CancelCall,
): Promise<boolean> {
  const by = ids.jobId();
  for (;;) {
    const refusal = openRefusal(await keys.readMarks(caller, taskId), clock.now());
    if (refusal === null) return false;
    if (!(await keys.takeRefusal(caller, taskId, refusal, by))) continue;
    log.info('cancel taken for that of a refused submit', { taskId, caller, refusedAt: refusal.at });
    return true;
  }
}

/** Null: the same caller has sent another cancel meanwhile; decide again from what that one has noted. */
async function cancelOnce(deps: CancelDeps, call: CancelCall): Promise<CancelOutcome | null> {
  const { taskId, requester, how, budget } = call;
  const { caller } = requester;
  const { keys, clock, store } = deps;
  // Several savepoints after which the job goes on may be requested, of one run after the other.
  const ends = how !== 'trigger';
  const marks = await keys.readMarks(caller, taskId);
  const { live, unreadable } = await liveRuns(store, taskId);
  const repeated = ends ? repeatedCancel(marks, clock.now()) : null;
  const meant = repeated === null ? null : await store.readHead(repeated.runId);
  if (meant?.taskId === taskId) return await cancelAs(deps, call, meant, { as: 'repeat', others: live, unreadable });
  const found = await latestLive(deps, live, budget);
  refuseHidden(taskId, found?.latest ?? null, unreadable);
  if (found === null) return NOTHING;
  const { latest, older } = found;
  refuseOutOfReach(latest, othersOf(latest, older));
  refuseUnfit(deps, latest, call);
  const mark = { runId: latest.id, at: clock.now() };
  if (ends && !(await keys.noteCancel(caller, taskId, marks.cancel, mark))) return null;
  return await cancelAs(deps, call, latest, { as: askedBefore(latest), others: older, unreadable });
}

function askedBefore(run: RunHead): 'again' | null {
  return run.cancelAskedAt === null && !wantsSavepoint(run) ? null : 'again';
}

/** A cancel means the newest live run. No older one is ended on the guess that a newer one has ended. */
export function refuseHidden(taskId: number, latest: RunHead | null, unreadable: readonly UnreadableRun[]): void {
  // Stryker disable next-line EqualityOperator: no run can be read and can't be read
  const hidden = unreadable.find(({ id }) => latest === null || id > latest.id);
  if (hidden === undefined) return;
  const hint = `The cancel of task ${taskId} may apply to this run, so nothing was cancelled.`;
  throw new AppError('store.invalid', `${hidden.problem} ${hint}`);
}

/** If nothing of a run can be saved, request no savepoint and leave no mark. */
function refuseUnfit({ clock, ids }: CancelDeps, head: RunHead, { how, requester: { caller } }: CancelCall): void {
  const decision = decideStop(head, { how, by: caller, now: clock.now(), triggerId: ids.jobId() });
  if (decision.kind === 'refuse') throw unfit(head, decision.why);
}

/** Whether the end of the run was already requested, and which other runs are live. */
interface Beside {
  /** Null where nobody has asked for it before. */
  readonly as: 'repeat' | 'again' | null;
  readonly others: readonly RunHead[];
  readonly unreadable: readonly UnreadableRun[];
}

async function cancelAs(
  deps: CancelDeps,
  { requester, how, budget }: CancelCall,
  head: RunHead,
  { as, others, unreadable }: Beside,
): Promise<CancelOutcome> {
  for (const { problem } of unreadable) deps.log.warn(PASSED_OVER, { taskId: head.taskId, error: problem });
  const hidden = unreadable.length === 0 ? {} : { unreadable: unreadable.map(({ id }) => id) };
  const { run: cancelled, untold } = await stopRun(deps, head, { how, requester }, budget);
  await stopFollowed(deps, cancelled, { how, requester }, budget);
  const outcome = { cancelled, others: othersOf(head, others), ...hidden, ...(untold === null ? {} : { untold }) };
  return as === null ? outcome : { ...outcome, as };
}

/** A run that waits for the end of another one represents both: the task must end. */
async function stopFollowed(deps: CancelDeps, run: RunHead, stopping: Stopping, budget: Budget): Promise<void> {
  if (run.follows?.isWaiting !== true || run.cancelAskedAt === null) return;
  const followed = await deps.store.readHead(run.follows.runId);
  if (followed === null) return;
  // Nobody is to take its place any more, so that its savepoint is not the restart's to send.
  const isOver = wantsRestart(followed) && followed.restart.runId === run.id;
  if (isOver) await abortRestart(deps.store, followed, 'the new run was cancelled');
  await stopRun(deps, followed, stopping, budget);
}

/** Live runs of the task, by their records, that nobody has asked to end. */
function othersOf({ id, follows }: RunHead, live: readonly RunHead[]): number[] {
  const own = [id, follows?.isWaiting === true ? follows.runId : id];
  return live.filter((head) => !own.includes(head.id) && head.cancelAskedAt === null).map((head) => head.id);
}

/** A wish that nobody could ever carry out is not written down: the caller must know that it is his own to do. */
function refuseOutOfReach({ id, taskId, deployment, address, status }: RunHead, others: readonly number[]): void {
  if (deployment === null || address !== '') return;
  if (status === 'INITIALIZING' && deployment.jobManager !== null) return;
  const why = 'runs on its own cluster, and Dinghy does not know the address of its JobManager';
  const hint = `End it by hand: ${howToEnd(deployment)}. Set jobManager in the cluster configuration, so that Dinghy can cancel later runs.`;
  const rest = others.length === 0 ? '' : ` Other runs of the task are still live: ${others.join(', ')}.`;
  throw new AppError('flink.unreachable', `Run ${id} of task ${taskId} ${why}. ${hint}${rest}`);
}
