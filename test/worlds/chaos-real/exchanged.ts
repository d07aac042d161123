/**
 * Another JobManager answers at the address of the first one, as after a change of DNS or of a Service, while the first
 * and its jobs go on. Then the first is back. A healthy job must outlive that, however long it takes.
 */
import { type RunView, shownStatus } from '../../../lib/domain/answer.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { isFinal } from '../../../lib/domain/run/status.ts';
import { submitTask } from '../../../lib/usecases/submit-task.ts';
import { type Beside, headsOf } from './beside.ts';
import type { RealWorld } from './real-world.ts';
import { isSettled, settleRound, sweep, SWEEP_EVERY_MS } from './settle-round.ts';
import type { Verdicts } from './verdicts.ts';

/** For so many sweeps, a minute apart: less, and more, than the time after which jobs are taken for lost. */
const SWEEPS = { short: 3, long: 8 } as const;
export type Exchange = keyof typeof SWEEPS;

const STREAMING = [1, 10] as const;
const BUDGET_MS = 25_000;
const TRIES = 4;

export async function exchange(world: RealWorld, beside: Beside, how: Exchange, verdicts: Verdicts): Promise<void> {
  world.trace(`ROUND JobManager exchanged, ${how}`);
  const before = [await submit(world, beside, STREAMING[0]), await submit(world, beside, STREAMING[1])];
  await settleRound(world, isSettled);
  const { jobManagerProxy: proxy } = world;
  world.faults.add(`JobManager exchanged, ${how}`);
  proxy.target = beside.flink.restUrl;
  proxy.cancels = 0;
  for (let i = 0; i < SWEEPS[how]; i += 1) await sweepLater(world);
  const away = await runsOf(world, before);
  if (how === 'short') await judgeAway(world, beside, away, verdicts);
  else
    for (const head of away)
      if (!isFinal(head.status)) wrong(verdicts, head, 'is not ended, although its job seems lost');
  proxy.target = world.flink.restUrl;
  // Who submits before a sweep has seen the old job again gets a new one; the old one is then for a person to decide about.
  const again = how === 'long' ? await submit(world, beside, STREAMING[0]) : null;
  for (let i = 0; i < 2; i += 1) await sweepLater(world);
  const [first, second] = await runsOf(world, before);
  if (first === undefined || second === undefined) throw new Error('a run is gone');
  await judgeBack(world, [first, second], again, verdicts);
  if (proxy.cancels > 0) wrong(verdicts, first, `saw ${proxy.cancels} cancels that nobody had asked for`);
}

async function sweepLater(world: RealWorld): Promise<void> {
  world.aheadMs += SWEEP_EVERY_MS;
  await sweep(world);
}

/** For a while: nothing is over, the answer says so, and a second submit starts nothing. */
async function judgeAway(
  world: RealWorld,
  beside: Beside,
  away: readonly RunHead[],
  verdicts: Verdicts,
): Promise<void> {
  for (const head of away) {
    if (shownStatus(head) !== 'RECONNECTING') wrong(verdicts, head, 'does not say that another JobManager answers');
    const { duplicate, head: given } = await submit(world, beside, head.taskId);
    if (!duplicate || given.id !== head.id) wrong(verdicts, head, `was given run ${given.id} beside it`);
  }
}

async function judgeBack(
  world: RealWorld,
  [first, second]: readonly [RunHead, RunHead],
  again: RunView | null,
  verdicts: Verdicts,
): Promise<void> {
  await world.ledger.look();
  const lives = ({ jobId }: RunHead): boolean => world.ledger.jobsOf(jobId).some(({ endAt }) => endAt === Infinity);
  for (const head of [first, second]) if (!lives(head)) wrong(verdicts, head, 'has lost its healthy job');
  if (second.status !== 'RUNNING') wrong(verdicts, second, 'is not followed again');
  if (again === null && first.status !== 'RUNNING') wrong(verdicts, first, 'is not followed again');
  if (again === null) return;
  if (again.duplicate || again.head.id === first.id) wrong(verdicts, first, 'was ended, and yet answers a new submit');
  if (first.status !== 'UNKNOWN') wrong(verdicts, first, 'lives beside the run that has taken its place');
  if (first.twinSince === null) wrong(verdicts, first, 'is not told as a twin');
}

function wrong(verdicts: Verdicts, { id, status, error }: RunHead, what: string): void {
  verdicts.complain('wrong final', id, `JobManager exchanged: the run, ${status} (${error ?? ''}), ${what}`);
}

async function runsOf(world: RealWorld, views: readonly RunView[]): Promise<RunHead[]> {
  const heads = await headsOf(world, 'first');
  return views.flatMap((view) => heads.find(({ id }) => id === view.head.id) ?? []);
}

async function submit(world: RealWorld, { containers: [deps] }: Beside, taskId: number): Promise<RunView> {
  if (deps === undefined) throw new Error('no instance to submit with');
  const request = { taskId, variables: {}, savePointPath: null, isOnline: false, key: null };
  const view = await untilTaken(() => submitTask(deps)(request, { caller: 'caller-1', budgetMs: BUDGET_MS }));
  world.trace(`submit of task ${taskId} is run ${view.head.id} ${view.head.status}, duplicate ${view.duplicate}`);
  return view;
}

/** Sent again, as callers do, while the answer is that nothing was started: on a busy machine Flink may need longer than a call has. */
async function untilTaken(send: () => Promise<RunView>): Promise<RunView> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof AppError) || !error.retryable || left === 1) throw error;
    }
  }
}
