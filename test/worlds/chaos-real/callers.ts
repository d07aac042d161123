/** Those who use Dinghy: they submit, send again after a failed answer, poll, cancel; some of their functions are killed. */
import { isAccepted } from '../../../lib/domain/answer.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import { cancelTask } from '../../../lib/usecases/cancel-task.ts';
import { getJobInstance } from '../../../lib/usecases/job-instance.ts';
import { submitTask } from '../../../lib/usecases/submit-task.ts';
import type { Container, Request } from './container.ts';
import type { Counts } from './counts.ts';
import { submitInProcess } from './doomed-submit.ts';
import type { MachineLag } from './machine-lag.ts';
import type { RealWorld } from './real-world.ts';
import { aWish, needsLongBudget, type Wish } from './tasks.ts';
import type { Verdicts } from './verdicts.ts';

/** What callers were told: acknowledged runs must exist, whatever else happens. */
export interface Acknowledged {
  readonly runId: number;
  readonly key: string | null;
  readonly caller: string;
  readonly duplicate: boolean;
}

export interface CallerState {
  readonly acknowledged: Acknowledged[];
  submitted: number;
  readonly answers: Counts;
  /** How long after its budget the latest answer came. */
  latestMs: number;
  readonly lag: MachineLag;
  readonly verdicts: Verdicts;
  /** Each instance serves one request at a time. */
  readonly idle: Container[];
}

const MAX_TRIES = 3;
const BUDGETS_MS = [3_000, 3_000, 4_000, 5_000, 9_000] as const;
const JAR_BUDGET_MS = 18_000;
const DOOMED_SHARE = 0.06;
/** What is promised (protocol.md section 3.9). */
const MAX_LATE_MS = 500;

/** One caller's wish, tried until it is answered or he loses interest; not past `until` submits of all callers. */
export async function callOnce(world: RealWorld, state: CallerState, until: number): Promise<void> {
  const { rng, clock } = world;
  const caller = `caller-${rng.int(1, 3)}`;
  const request = requestOf(world, aWish(rng));
  for (let tries = 0; tries < MAX_TRIES && state.submitted < until; tries += 1) {
    state.submitted += 1;
    const accepted = await submitOnce(world, state, caller, request);
    if (accepted === false && rng.chance(0.3)) await cancel(world, state, caller, request.taskId, true);
    if (accepted === true && rng.chance(0.85)) break;
    await clock.sleep(rng.pick([0, 100, 800]));
  }
  if (rng.chance(0.12)) await cancel(world, state, caller, request.taskId, rng.chance(0.3));
}

function requestOf({ rng }: RealWorld, wish: Wish): Request {
  const name = `${wish.taskId}-${wish.variables['x'] ?? ''}`;
  const key = rng.chance(0.3) ? `key-${name}-${rng.int(1, 40)}` : null;
  return { ...wish, savePointPath: null, isOnline: key === null && rng.chance(0.08), key };
}

/** True: accepted; false: refused or failed; null: no answer at all. */
async function submitOnce(
  world: RealWorld,
  state: CallerState,
  caller: string,
  request: Request,
): Promise<boolean | null> {
  const { rng } = world;
  const budgetMs = needsLongBudget(request.taskId) ? JAR_BUDGET_MS : rng.pick(BUDGETS_MS);
  if (rng.chance(DOOMED_SHARE)) {
    const began = await submitInProcess(world, request, caller, budgetMs);
    state.answers.add(began ? 'killed' : 'killed before it began');
    return null;
  }
  return await withContainer(state, async (container) => {
    const name = container.ids.writer.slice(0, 6);
    world.trace(`${name} ${caller} submits ${JSON.stringify(request)} within ${budgetMs}`);
    const noteEnd = timed(state, budgetMs, `${name}, task ${request.taskId}`);
    try {
      const { head, duplicate } = await submitTask(container)(request, { caller, budgetMs });
      const late = noteEnd();
      world.trace(
        `${name} answers run ${head.id} ${head.status}/${head.submitStatus}${duplicate ? ' duplicate' : ''} ${late} ms after its budget`,
      );
      state.answers.add(`${duplicate ? 'duplicate ' : ''}${head.submitStatus}`);
      if (isAccepted(head)) state.acknowledged.push({ runId: head.id, key: request.key, caller, duplicate });
      await poll(world, container, head.id);
      return isAccepted(head);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      state.answers.add(`refused ${error.code}`);
      world.trace(`${name} refuses: ${error.code} ${error.message} ${noteEnd()} ms after its budget`);
      return false;
    }
  });
}

/** Gives, and judges, how long after its budget the answer came. What the machine was late with does not count. */
function timed(state: CallerState, budgetMs: number, who: string): () => number {
  const endsAt = performance.now() + budgetMs;
  const { lag, verdicts } = state;
  const lagBefore = lag.totalMs;
  return () => {
    const late = Math.round(performance.now() - endsAt);
    state.latestMs = Math.max(state.latestMs, late);
    const own = late - Math.round(lag.totalMs - lagBefore);
    if (own > MAX_LATE_MS)
      verdicts.complain('late', null, `${who} answered ${late} ms after ${budgetMs} ms, ${own} by itself`);
    return late;
  };
}

async function poll(world: RealWorld, container: Container, id: number): Promise<void> {
  const polls = world.rng.pick([0, 0, 1, 2]);
  for (let i = 0; i < polls; i += 1) {
    await world.clock.sleep(world.rng.int(50, 400));
    await quietly(() => getJobInstance(container)({ id }));
  }
}

async function cancel(
  world: RealWorld,
  state: CallerState,
  caller: string,
  taskId: number,
  mayBeEcho: boolean,
): Promise<void> {
  await withContainer(state, async (container) => {
    const outcome = await quietly(() => cancelTask(container)({ taskId, mayBeEcho }, { caller, budgetMs: 3_000 }));
    world.trace(`${caller} cancels task ${taskId}: run ${outcome?.cancelled?.id ?? '-'}`);
  });
}

async function withContainer<T>(state: CallerState, work: (container: Container) => Promise<T>): Promise<T> {
  const container = state.idle.shift();
  if (container === undefined) throw new Error('more callers at once than instances');
  try {
    return await work(container);
  } finally {
    state.idle.push(container);
  }
}

/** A refusal is the caller's matter; anything but an AppError is Dinghy's fault and ends the run. */
async function quietly<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return null;
  }
}
