/** The gate that every send passes, whatever it starts: both halves of it by themselves. */
import { describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../lib/domain/definitions.ts';
import { withinBudget } from '../../lib/usecases/budget.ts';
import { sendAndSettle } from '../../lib/usecases/drive-run.ts';
import { withFlink } from '../../lib/usecases/open-flink.ts';
import { maySend } from '../../lib/usecases/permit-send.ts';
import { runSteps } from '../../lib/usecases/run-steps.ts';
import { aClusterConfiguration, aTask } from '../fakes/memory-definitions.ts';
import { START_OF_TIME, virtualClock } from '../fakes/virtual-clock.ts';
import { type World, world } from './world.ts';

/** Whether a send is allowed `atMs` after the start, of a budget and with a permission that end when they are said to. */
async function allowed({ atMs, budgetMs, untilMs }: Record<'atMs' | 'budgetMs' | 'untilMs', number>): Promise<boolean> {
  const clock = virtualClock(START_OF_TIME);
  return await clock.run(
    withinBudget(clock, budgetMs, async (budget) => {
      await clock.sleep(atMs);
      return maySend(clock, untilMs, budget);
    }),
  );
}

describe('a send', () => {
  it.each([
    ['within both', { atMs: 5_000, budgetMs: 25_000, untilMs: 20_000 }, true],
    ['at the last moment of its permission', { atMs: 20_000, budgetMs: 25_000, untilMs: 20_000 }, true],
    ['after its permission, though the budget is open', { atMs: 20_001, budgetMs: 25_000, untilMs: 20_000 }, false],
    ['after the budget, though it is permitted', { atMs: 25_000, budgetMs: 25_000, untilMs: 40_000 }, false],
    ['after both', { atMs: 45_000, budgetMs: 25_000, untilMs: 40_000 }, false],
  ])('%s', async (_when, times, may) => {
    expect(await allowed(times)).toBe(may);
  });
});

const JAR_URI = 's3://jars/a.jar';
const OWN_CLUSTER = 'kubernetes-application';

/** Everything of this Flink that a send could have reached. */
const sentTo = ({ flink }: World): number =>
  flink.started.length + flink.jars.runs.length + flink.clusters.length + flink.jobs.size;

describe('what starts a job is not sent when its permission has run out', () => {
  it.each<[string, Partial<TaskDefinition>]>([
    ['an INSERT', {}],
    ['a preview', { statement: 'SELECT 1' }],
    ['a jar', { dialect: 'FlinkJar', statement: `EXECUTE JAR WITH ('uri' = '${JAR_URI}')` }],
    ['a script', { type: OWN_CLUSTER, clusterConfigurationId: 5 }],
  ])('%s', async (_what, task) => {
    const w = world({
      tasks: [aTask(task)],
      clusterConfigurations: [aClusterConfiguration({ id: 5, type: OWN_CLUSTER })],
    });
    w.flink.platforms.add(OWN_CLUSTER);
    w.jarSource.kept.set(JAR_URI, 'a'.repeat(64));
    const { head, body } = await w.submit();
    const before = sentTo(w);
    expect(before).toBeGreaterThan(0);

    const again = (untilMs: number): Promise<unknown> => {
      const jobId = w.ids.jobId();
      const deployment = head.deployment === null ? null : { ...head.deployment, name: `again-${jobId.slice(0, 8)}` };
      const run = { head: { ...head, jobId, deployment }, body, sendUntilMs: untilMs };
      const target = { hosts: head.hosts, gatewayUrl: body.gatewayUrl };
      return w.clock.run(
        withinBudget(w.clock, 25_000, (budget) =>
          withFlink(w, target, body.plan, budget, async (reaching) => {
            const flink = await reaching;
            await runSteps(w.clock, body, flink, budget);
            return await sendAndSettle(w, run, [], flink, budget);
          }),
        ),
      );
    };
    await again(w.clock.monotonic() - 1);
    expect(sentTo(w)).toBe(before);
    // The same with a permission that holds: it is the permission that has kept it.
    await again(w.clock.monotonic() + 20_000);
    expect(sentTo(w)).toBeGreaterThan(before);
  });
});
