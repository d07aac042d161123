/** Those who use Dinghy: schedulers and scripts that submit, send again after a dropped answer, poll, cancel. */
import type { SubmittedRun } from '../../../lib/domain/answer.ts';
import { isAccepted } from '../../../lib/domain/answer.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import type { SubmitRequest } from '../../../lib/domain/run/submit-request.ts';
import { cancelTask } from '../../../lib/usecases/cancel-task.ts';
import { getJobInstance } from '../../../lib/usecases/job-instance.ts';
import { rememberRefusal } from '../../../lib/usecases/remember-refusal.ts';
import type { SubmitDeps } from '../../../lib/usecases/submit/submission.ts';
import { submitTask } from '../../../lib/usecases/submit-task.ts';
import type { ChaosWorld } from './chaos-world.ts';
import { kindOfTask, SECOND, TASK_WEIGHTS, VALUES, VARIABLE_TASK } from './tasks.ts';

const BUDGET_MS = 25_000;
const FUNCTION_MS = 29_000;
const MAX_TRIES = 4;

/** An answer, a refusal (null), or nothing at all (undefined). */
type Answer = { readonly runId: number } | null | undefined;

export async function callOnce(world: ChaosWorld): Promise<void> {
  const { rng, sim } = world;
  const caller = `caller-${rng.int(1, 3)}`;
  const request = requestOf(world);
  for (let i = 0; i < MAX_TRIES; i += 1) {
    if (!world.takeSubmit()) return;
    const answer = await submitOnce(world, caller, request);
    if (answer === null && rng.chance(0.5)) await cancelOnce(world, caller, request.taskId, true);
    if (answer) {
      world.acknowledged(caller, request.key, answer.runId);
      await follow(world, caller, request.taskId, answer.runId);
      if (rng.chance(0.9)) return;
    }
    if (rng.chance(0.15)) return;
    await sim.sleep(rng.pick([0, 200, 3_000, 20_000]));
  }
}

function requestOf({ rng }: ChaosWorld): SubmitRequest {
  const taskId = rng.pick(TASK_WEIGHTS) + (rng.chance(0.5) ? SECOND : 0);
  const variables: Record<string, string> = kindOfTask(taskId) === VARIABLE_TASK ? { x: rng.pick(VALUES) } : {};
  const key = rng.chance(0.25) ? `key-${taskId}-${variables['x'] ?? ''}-${rng.int(1, 2)}` : null;
  return { taskId, variables, savePointPath: null, isOnline: key === null && rng.chance(0.2), key };
}

async function submitOnce(world: ChaosWorld, caller: string, request: SubmitRequest): Promise<Answer> {
  const process = world.process('submit');
  const answered = world.expectAnswer(`${process.name} ${caller}`, BUDGET_MS);
  process.alone = request.isOnline;
  world.trace(`${process.name} ${caller} submits ${JSON.stringify(request)}`);
  try {
    const view = await process.handle(FUNCTION_MS, () => submitByPost(world.depsOf(process), request, caller));
    if (view !== undefined) answered();
    if (view === undefined || world.losesAnswer()) return undefined;
    const { head, duplicate } = view;
    world.trace(
      `${process.name} answers run ${head.id} ${head.status}/${head.submitStatus}${duplicate ? ' duplicate' : ''}`,
    );
    return isAccepted(head) ? { runId: head.id } : null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    answered();
    world.trace(`${process.name} refuses: ${error.code} ${error.message}`);
    return world.losesAnswer() ? undefined : null;
  }
}

/** As the route does it: a refusal is remembered before it is told. */
async function submitByPost(deps: SubmitDeps, request: SubmitRequest, caller: string): Promise<SubmittedRun> {
  const remember = (): Promise<void> => rememberRefusal(deps)(request.taskId, caller);
  const run = await submitTask(deps)(request, { caller, budgetMs: BUDGET_MS }).catch(async (error: unknown) => {
    await remember();
    throw error;
  });
  if (!isAccepted(run.head)) await remember();
  return run;
}

async function cancelOnce(world: ChaosWorld, caller: string, taskId: number, mayBeEcho: boolean): Promise<void> {
  const process = world.process('cancel');
  world.cancelled(taskId);
  const answered = world.expectAnswer(`${process.name} ${caller}`, BUDGET_MS);
  const outcome = await quietly(() =>
    process.handle(FUNCTION_MS, () =>
      cancelTask(world.depsOf(process))({ taskId, mayBeEcho }, { caller, budgetMs: BUDGET_MS }),
    ),
  );
  if (process.alive) answered();
  world.trace(`${process.name} ${caller} cancels task ${taskId}: run ${outcome?.cancelled?.id ?? '-'}`);
}

async function follow(world: ChaosWorld, caller: string, taskId: number, runId: number): Promise<void> {
  const { rng, sim } = world;
  const polls = rng.pick([0, 1, 3, 8]);
  for (let i = 0; i < polls; i += 1) {
    await sim.sleep(rng.pick([1_000, 3_000, 30_000]));
    const process = world.process('poll');
    const answered = world.expectAnswer(process.name, BUDGET_MS);
    await quietly(() => process.handle(FUNCTION_MS, () => getJobInstance(world.depsOf(process))({ id: runId })));
    if (process.alive) answered();
  }
  if (!rng.chance(0.25)) return;
  await sim.sleep(rng.int(0, 60_000));
  if (world.faults.active) await cancelOnce(world, caller, taskId, rng.chance(0.5));
}

/** Its refusal is somebody else's matter. */
async function quietly<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return null;
  }
}
