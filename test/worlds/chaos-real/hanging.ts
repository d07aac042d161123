/**
 * One gateway or JobManager hangs: it takes connections and answers nothing. Runs of another, healthy cluster must come
 * right all the same, within the sweeps that are promised.
 */
import { isFinal } from '../../../lib/domain/run/status.ts';
import { submitTask } from '../../../lib/usecases/submit-task.ts';
import { type Beside, headsOf } from './beside.ts';
import type { RealWorld } from './real-world.ts';
import { isSettled, sweep, SWEEP_EVERY_MS } from './settle-round.ts';
import { besideOf, type Wish } from './tasks.ts';
import type { Verdicts } from './verdicts.ts';

export type Hanging = 'gateway' | 'JobManager';

/** What is promised: two full sweeps. */
const SWEEPS = 2;
const BOUNDED = 2;
const WISHES: readonly Wish[] = [
  { taskId: 1, variables: {} },
  { taskId: 3, variables: { x: '1' } },
  { taskId: 3, variables: { x: '2' } },
];
const LONG_MS = 12_000;
const SHORT_MS = 2_500;

export async function hang(world: RealWorld, beside: Beside, what: Hanging, verdicts: Verdicts): Promise<void> {
  world.trace(`ROUND ${what} hangs`);
  // Ends by itself within a second; that it has ended is the sweep's to find out.
  await submit(world, beside, [{ taskId: besideOf(BOUNDED), variables: {} }], LONG_MS);
  await loseHandOvers(world, beside, async () => {
    const onBeside = WISHES.map((wish) => ({ ...wish, taskId: besideOf(wish.taskId) }));
    await submit(world, beside, [...WISHES, ...onBeside], SHORT_MS);
  });
  const party = what === 'gateway' ? world.flink.gateway : world.flink.jobManager;
  world.faults.add(`${what} hangs`);
  await party.kill('SIGSTOP');
  try {
    for (let i = 0; i < SWEEPS; i += 1) {
      world.aheadMs += SWEEP_EVERY_MS;
      await sweep(world);
    }
    await judgeHealthy(world, what, verdicts);
  } finally {
    await party.kill('SIGCONT');
  }
}

/** Statements never get to the gateways: their runs stay to be sent again. */
async function loseHandOvers(world: RealWorld, beside: Beside, work: () => Promise<void>): Promise<void> {
  const proxies = [world.gatewayProxy, beside.gatewayProxy];
  for (const proxy of proxies) proxy.loses = /\/statements$/;
  await work();
  for (const proxy of proxies) proxy.loses = null;
}

async function submit(
  world: RealWorld,
  { containers }: Beside,
  wishes: readonly Wish[],
  budgetMs: number,
): Promise<void> {
  await Promise.all(
    wishes.map(async (wish, i) => {
      const deps = containers[i % containers.length];
      if (deps === undefined) throw new Error('no instance to submit with');
      const request = { ...wish, savePointPath: null, isOnline: false, key: null };
      const { head } = await submitTask(deps)(request, { caller: 'caller-1', budgetMs });
      world.trace(`submit of task ${wish.taskId} is run ${head.id} ${head.status}/${head.submitStatus}`);
    }),
  );
}

async function judgeHealthy(world: RealWorld, what: Hanging, verdicts: Verdicts): Promise<void> {
  for (const head of await headsOf(world, 'beside')) {
    const late = `after ${SWEEPS} sweeps, while the ${what} of another cluster hung`;
    if (!isSettled(head)) verdicts.complain('lost', head.id, `${head.status}, not settled ${late}`);
    if (head.taskId === besideOf(BOUNDED) && !isFinal(head.status))
      verdicts.complain('wrong final', head.id, `${head.status}, although its job had ended, ${late}`);
  }
}
