/**
 * The first steps of a restart, in the order that makes each of them safe (protocol.md section 13): the old run names the
 * new one, the new one is there and waits, and has the claims. Nothing is stopped yet.
 */
import type { Requester } from '../../domain/access/principal.ts';
import { AppError } from '../../domain/errors.ts';
import type { RunBody } from '../../domain/plan/run-body.ts';
import { wishIn } from '../../domain/run/active-partitions.ts';
import type { TaskClaims } from '../../domain/run/claims.ts';
import { fingerprintsOf, isRunOf } from '../../domain/run/claims.ts';
import { isRevivable } from '../../domain/run/lost-job.ts';
import { waitingRun } from '../../domain/run/new-run.ts';
import { wantsRestart } from '../../domain/run/restart.ts';
import { isSameHead, type RunHead } from '../../domain/run/run.ts';
import { runPlace } from '../../domain/run/run-place.ts';
import { newWish } from '../../domain/run/savepoint-wish.ts';
import { isFinal } from '../../domain/run/status.ts';
import { abortRestart } from '../stop/continue-restart.ts';
import { firstRunNumber } from '../submit/run-number.ts';
import type { SubmitDeps } from '../submit/submission.ts';
import { writeIntent } from '../submit/write-intent.ts';
import type { Budget } from '../waiting/budget.ts';
import type { PreparedRestart } from './prepare-restart.ts';

export interface BegunRestart {
  readonly old: RunHead;
  readonly waiting: RunHead;
  readonly body: RunBody;
}

type AskedRestart = PreparedRestart & { readonly requester: Requester };

/** Null: the old run has changed meanwhile, and nothing was done. */
export async function beginRestart(
  deps: SubmitDeps,
  old: RunHead,
  restart: AskedRestart,
  budget: Budget,
): Promise<BegunRestart | null> {
  const { store, ids } = deps;
  const task = await store.readTask(old.taskId);
  const runId = await firstRunNumber(store, task);
  const waiting = newRunOf(deps, { id: runId, old }, restart);
  await refuseBeside(deps, waiting, { task, old });
  await store.putBody(runId, ids.writer, restart.body);
  const named = await nameNewRun(deps, { old, runId }, restart);
  if (named === null) return null;
  const stored = await writeIntent(deps, waiting, budget);
  if (!isSameHead(stored, waiting)) {
    await abortRestart(store, named, `the number ${runId} of the new run is taken`);
    throw new AppError(
      'run.conflict',
      `Task ${old.taskId} could not be restarted: ${taken(runId)} Nothing was stopped.`,
    );
  }
  if (!(await takeClaims(deps, stored, task, budget)))
    await abortRestart(store, named, 'another run was submitted meanwhile');
  return { old: named, waiting: stored, body: restart.body };
}

function taken(runId: number): string {
  return `the number ${runId} of the new run is taken. Try again.`;
}

function newRunOf(
  { ids, clock }: SubmitDeps,
  { id, old }: { readonly id: number; readonly old: RunHead },
  { prepared, identity, savePointPath, requester }: AskedRestart,
): RunHead {
  const { task, target, kind, plan, givenText, fingerprintText } = prepared;
  const jobId = ids.jobId();
  const fp = ids.sha256(givenText);
  const usedFp = fingerprintText === givenText ? {} : { usedFp: ids.sha256(fingerprintText) };
  const what = {
    id,
    kind,
    taskId: task.id,
    taskVersion: task.version,
    name: task.name,
    step: task.step,
    fp,
    ...usedFp,
  };
  const where = runPlace(target, identity, { id, jobId, properties: plan.properties });
  const who = {
    writer: ids.writer,
    createdBy: requester.caller,
    nonce: ids.jobId(),
    ...(requester.principal === undefined ? {} : { principal: requester.principal }),
  };
  return waitingRun({ ...what, ...where, ...who, jobId, once: plan.once, savePointPath }, old.id, clock.now());
}

/** With other variables that its text does not use, the same work may go on in another run. */
async function refuseBeside(
  { store }: SubmitDeps,
  waiting: RunHead,
  { task, old }: { readonly task: TaskClaims; readonly old: RunHead },
): Promise<void> {
  for (const fp of fingerprintsOf(waiting)) {
    const named = task.claims[fp];
    if (named === undefined || named === old.id) continue;
    const head = await store.readHead(named);
    const isOther =
      head === null || (isRunOf(head, { taskId: old.taskId, fp }) && (!isFinal(head.status) || isRevivable(head)));
    if (!isOther) continue;
    const why = `run ${named} with the same variables is also live`;
    throw new AppError(
      'run.conflict',
      `Run ${old.id} of task ${old.taskId} can't be restarted: ${why}. Nothing was stopped.`,
    );
  }
}

/** Writes the new run and the savepoint into the old run's head before anything is stopped. */
async function nameNewRun(
  { store, clock, ids }: SubmitDeps,
  { old, runId }: { readonly old: RunHead; readonly runId: number },
  { savePointPath, requester }: AskedRestart,
): Promise<RunHead | null> {
  const now = clock.now();
  const restart = { runId, state: 'wanted', reason: null, askedAt: now } as const;
  const wish = savePointPath === null ? { savepoint: newWish('stop', ids.jobId(), requester.caller, now) } : {};
  const change = { restart, ...wish, active: wishIn(old.id) };
  return await store.updateHead(old, change, `restart as run ${runId} asked by ${requester.caller}`, requester);
}

/**
 * On condition of what they were: those of the old run, of runs that are over, or none; and of every other claim of the task,
 * because whoever gives the restart up makes one first: a write that comes late must not take them from the old run again.
 */
async function takeClaims(
  { store }: SubmitDeps,
  waiting: RunHead,
  before: TaskClaims,
  budget: Budget,
): Promise<boolean> {
  const { id: runId, taskId, follows } = waiting;
  while (budget.isOpen()) {
    const task = await store.readTask(taskId);
    // Stryker disable next-line ConditionalExpression: the compiler does not know that who waits follows somebody
    const old = follows === null ? null : await store.readHead(follows.runId);
    // Stryker disable next-line BooleanLiteral: the old run is stopped only as long as it names this one; that is looked at again
    if (old === null || !wantsRestart(old) || old.restart.runId !== runId) return false;
    const [first, also] = fingerprintsOf(waiting).map((fp) => ({ fp, seen: task.claims[fp] ?? null }));
    const isChanged = fingerprintsOf(waiting).some((fp) => task.claims[fp] !== before.claims[fp]);
    if (isChanged) return false;
    // Stryker disable next-line ConditionalExpression,BooleanLiteral: the compiler does not know that each run has a fingerprint
    if (first === undefined) return false;
    if (await store.claim({ taskId, runId, ...first, also, seenClaimSeq: task.claimSeq })) return true;
  }
  return false;
}
