/** The gate that every send passes, whatever it starts: both halves of it by themselves. */
import { describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../../lib/domain/definition/definitions.ts';
import { CLOCK_SET_BACK_MS, SEND_WITHIN_MS } from '../../../lib/domain/limits.ts';
import { withFlink } from '../../../lib/usecases/connect/reach-flink.ts';
import { Driver } from '../../../lib/usecases/send/drive-run.ts';
import { runSteps } from '../../../lib/usecases/send/run-steps.ts';
import { type DrivenRun, maySend, permitAnotherSend, sendUntil } from '../../../lib/usecases/send/send-permission.ts';
import { withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { aClusterConfiguration, aTask } from '../../fakes/memory-definitions.ts';
import { START_OF_TIME, virtualClock } from '../../fakes/virtual-clock.ts';
import { type World, world } from '../world.ts';

interface Times {
  /** How long ago the permission was written, by each of the two clocks. */
  readonly atMs: number;
  readonly wallMs?: number;
  readonly budgetMs: number;
  readonly untilMs: number;
}

/** Whether a send is allowed, of a budget and with a permission that end when they are said to. */
async function allowed({ atMs, wallMs = atMs, budgetMs, untilMs }: Times): Promise<boolean> {
  const both = virtualClock(START_OF_TIME);
  const now = (): number => both.now() - atMs + wallMs;
  return await both.run(
    withinBudget(both, budgetMs, async (budget) => {
      await both.sleep(atMs);
      return maySend({ ...both, now }, { sendUntilMs: untilMs, sentAt: START_OF_TIME }, budget);
    }),
  );
}

const WHOLE = { budgetMs: 25_000, untilMs: 20_000 };

it('a permission is good in a process that has run for long', async () => {
  const clock = virtualClock(START_OF_TIME);
  await clock.advance(3_600_000);
  const permission = { sendUntilMs: sendUntil(clock), sentAt: clock.now() };
  const sending = withinBudget(clock, 5_000, (budget) => Promise.resolve(maySend(clock, permission, budget)));
  expect(await clock.run(sending)).toBe(true);
});

describe('a send', () => {
  it.each<[string, Times, boolean]>([
    ['within both', { atMs: 5_000, ...WHOLE }, true],
    ['at the last moment of its permission', { atMs: 20_000, ...WHOLE }, true],
    ['after its permission, though the budget is open', { atMs: 20_001, ...WHOLE }, false],
    ['after the budget, though it is permitted', { atMs: 25_000, budgetMs: 25_000, untilMs: 40_000 }, false],
    ['after both', { atMs: 45_000, budgetMs: 25_000, untilMs: 40_000 }, false],
    ['after the machine slept for an hour, of which its monotonic clock knows nothing', sleptFor(3_600_000), false],
    ['after the machine slept for 20 s', sleptFor(20_001), false],
    ['after the machine slept for less', sleptFor(15_000), true],
    ['after the wall clock was set forward', { atMs: 1_000, wallMs: 86_400_000, ...WHOLE }, false],
    ['after the wall clock was set back', { atMs: 1_000, wallMs: -3_600_000, ...WHOLE }, false],
    ['after the wall clock was set back by little', { atMs: 1_000, wallMs: -500, ...WHOLE }, true],
    ['after the wall clock was set back by less than has passed', { atMs: 15_000, wallMs: 5_000, ...WHOLE }, false],
    ['with the two clocks as far apart as they may be', setBack(CLOCK_SET_BACK_MS), true],
    ['with the two clocks further apart', setBack(CLOCK_SET_BACK_MS + 1), false],
    ['late, whatever the wall clock says', { atMs: 20_001, wallMs: 19_000, ...WHOLE }, false],
  ])('%s', async (_when, times, may) => {
    expect(await allowed(times)).toBe(may);
  });
});

function setBack(ms: number): Times {
  return { atMs: 5_000, wallMs: 5_000 - ms, ...WHOLE };
}

function sleptFor(wallMs: number): Times {
  return { atMs: 0, wallMs, ...WHOLE };
}

describe('a driver whose permission has run out', () => {
  const apart = async (wallMs: number): Promise<{ run: DrivenRun; permitted: DrivenRun | null }> => {
    const w = world();
    const { head, body } = await w.submit();
    const stored = { ...head, sentAt: w.clock.now() };
    w.store.heads.set(head.id, stored);
    const run = { head: stored, body, sendUntilMs: w.clock.monotonic() + 20_000 };
    const clock = { ...w.clock, now: () => w.clock.now() + wallMs };
    const permit = withinBudget(w.clock, 25_000, (budget) => permitAnotherSend({ store: w.store, clock }, run, budget));
    return { run, permitted: await w.clock.run(permit) };
  };

  it('by the wall clock alone writes a new one', async () => {
    const { run, permitted } = await apart(3_600_000);
    expect(permitted?.head).toMatchObject({ sends: run.head.sends + 1, sentAt: run.head.sentAt + 3_600_000 });
  });

  it('with a wall clock that was set back writes none: others would take it for an old one', async () => {
    const { run, permitted } = await apart(-3_600_000);
    expect(permitted).toBe(run);
  });

  it('needs none while both clocks say that it holds', async () => {
    const { run, permitted } = await apart(10_000);
    expect(permitted).toBe(run);
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
          withFlink(w, { target, plan: body.plan }, budget, async (reaching) => {
            const flink = await reaching;
            await runSteps(w.clock, body, flink, budget);
            return await new Driver({ deps: w, run, flink, budget }).sendAndSettle([]);
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

describe('permitAnotherSend', () => {
  const MARGIN_MS = 500;

  /** A run whose second send was permitted now. */
  const permittedNow = async (changes: Partial<TaskDefinition> = {}) => {
    const w = world({ tasks: [aTask(changes)] });
    const { head, body } = await w.submit();
    const now = { sends: 2, open: [1, 2], sentAt: w.clock.now() };
    return { w, run: { head: { ...head, ...now }, body, sendUntilMs: w.clock.monotonic() + SEND_WITHIN_MS } };
  };

  const asked = async (leftMs: number, budgetMs = 25_000, changes: Partial<TaskDefinition> = {}) => {
    const { w, run } = await permittedNow(changes);
    await w.clock.advance(SEND_WITHIN_MS - leftMs);
    const permit = withinBudget(w.clock, budgetMs, (budget) => permitAnotherSend(w, run, budget));
    return { w, run, permitted: await w.clock.run(permit) };
  };

  it('changes nothing while enough is left of the permission', async () => {
    const { run, permitted } = await asked(MARGIN_MS);
    expect(permitted).toBe(run);
  });

  it.each([
    ['the monotonic clock', 499, -300],
    ['the wall clock', 1_000, 501],
  ])('writes a new one when by %s alone too little is left', async (_by, leftMs, wallMs) => {
    const { w, run } = await permittedNow();
    await w.clock.advance(SEND_WITHIN_MS - leftMs);
    const clock = { ...w.clock, now: () => w.clock.now() + wallMs };
    const permit = withinBudget(w.clock, 25_000, (budget) => permitAnotherSend({ store: w.store, clock }, run, budget));
    expect((await w.clock.run(permit))?.head).toMatchObject({ sends: 3, sentAt: clock.now() });
  });

  it('puts the next send in the place of the newest, and tells why', async () => {
    const { w, permitted } = await asked(MARGIN_MS - 1);
    expect(permitted?.head).toMatchObject({ sends: 3, open: [1, 3], sentAt: w.clock.now() });
    expect(permitted?.head.events.at(-1)?.cause).toBe('permission for send 3: the statements before it took long');
    expect(w.store.heads.get(1)).toEqual(permitted?.head);
  });

  it('writes nothing for a run without a job, nor when the time is up', async () => {
    for (const [budgetMs, changes] of [
      [25_000, { statement: 'SHOW TABLES' }],
      [0, {}],
    ] as const) {
      const { run, permitted } = await asked(-1, budgetMs, changes);
      expect(permitted).toBe(run);
    }
  });

  it('gives nothing when somebody else has decided about the run meanwhile', async () => {
    const { w, run } = await permittedNow();
    await w.store.updateHead(run.head, { cancelAskedAt: 5 }, 'cancel asked');
    await w.clock.advance(SEND_WITHIN_MS);
    const permit = withinBudget(w.clock, 25_000, (budget) => permitAnotherSend(w, run, budget));
    expect(await w.clock.run(permit)).toBeNull();
  });
});
