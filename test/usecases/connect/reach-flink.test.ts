/** What a run needs of Flink is reached side by side; whatever goes wrong, nothing is left under way and no bug is hidden. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { PlanJob } from '../../../lib/domain/plan/plan.ts';
import { type FlinkVisit, jobManagerOf, withFlink } from '../../../lib/usecases/connect/reach-flink.ts';
import { withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import type { Call } from '../../fakes/fake-flink.ts';
import { GATEWAY, HOSTS, type World, world } from '../world.ts';

const NOTHING = { segments: [], start: null } as const;
const STATEMENT: PlanJob = { kind: 'job', ...NOTHING };
const SCRIPT: PlanJob = { kind: 'script', ...NOTHING };
const JAR: PlanJob = {
  ...{ kind: 'jar', uri: 'file:a.jar', entryClass: null, args: [], parallelism: null, allowNonRestoredState: false },
  ...NOTHING,
};
const bug = new TypeError('x is undefined');

interface Reached {
  readonly w: World;
  readonly reach: (job: PlanJob | null, work?: (flink: Promise<FlinkVisit>) => Promise<unknown>) => Promise<unknown>;
}

function flink(hosts = HOSTS): Reached {
  const w = world();
  w.jarSource.kept.set('file:a.jar', 'sha-1');
  const target = { hosts, gatewayUrl: GATEWAY };
  return {
    w,
    reach: (job, work = (visit) => visit) => {
      const reaching = withinBudget(w.clock, 20_000, (budget) =>
        withFlink(w, { target, plan: { job, properties: {}, origins: {} } }, budget, work),
      );
      return w.clock.run(reaching.catch((error: unknown) => error));
    },
  };
}

const failsAt = (w: World, wanted: Call, error: Error): void => {
  w.flink.fault = (call, before) => {
    if (call === wanted && before) throw error;
  };
};

/** Nobody waits for what is being reached. */
const notWanted = (): Promise<string> => Promise.resolve('done');

describe('what can not be reached', () => {
  const HINT = 'Nothing was started. Check that it runs and that its address is right, then submit again.';

  it.each<[Call, PlanJob, string]>([
    ['open', STATEMENT, `The SQL gateway (${GATEWAY})`],
    ['version', STATEMENT, `The SQL gateway (${GATEWAY})`],
    ['open', SCRIPT, `The SQL gateway (${GATEWAY})`],
    ['version', SCRIPT, `The SQL gateway (${GATEWAY})`],
    ['identify', STATEMENT, `The Flink cluster (${HOSTS})`],
    ['identify', JAR, `The Flink cluster (${HOSTS})`],
  ])('at %s is named, with what was said of it', async (...row) => {
    const [call, job, what] = row;
    const { w, reach } = flink();
    const failure = new AppError('flink.unreachable', 'refused.');
    failsAt(w, call, failure);
    const told = await reach(job);
    expect(told).toMatchObject({ code: 'flink.unreachable', message: `${what} is out of reach: refused. ${HINT}` });
    expect((told as Error).cause).toBe(failure);
    expect([w.flink.openSessions(), w.jarSource.held()]).toEqual([0, 0]);
  });

  it.each<[Call, PlanJob]>([
    ['open', STATEMENT],
    ['version', STATEMENT],
    ['identify', STATEMENT],
    ['open', SCRIPT],
    ['version', SCRIPT],
    ['identify', JAR],
    ['findJar', JAR],
  ])('by a bug at %s brings that to light, also where nobody waits for it', async (call, job) => {
    for (const work of [undefined, notWanted]) {
      const { w, reach } = flink();
      failsAt(w, call, bug);
      expect(await reach(job, work)).toBe(bug);
    }
  });

  it('by a bug is told as that bug to whoever waits for it', async () => {
    const { w, reach } = flink();
    failsAt(w, 'identify', bug);
    let seen: unknown = null;
    await reach(STATEMENT, async (visit) => (seen = await visit.catch((error: unknown) => error)));
    expect(seen).toBe(bug);
  });

  it('and is not wanted any more is no failure', async () => {
    const { w, reach } = flink();
    failsAt(w, 'identify', new AppError('flink.unreachable', 'refused.'));
    expect(await reach(STATEMENT, notWanted)).toBe('done');
  });
});

describe('what is not wanted any more', () => {
  it.each<[Call, PlanJob]>([
    ['open', STATEMENT],
    ['identify', STATEMENT],
    ['open', SCRIPT],
    ['findJar', JAR],
  ])('and hangs at %s is given up after half a second', async (call, job) => {
    const { w, reach } = flink();
    w.flink.fault = (at, before) => (at === call && before ? w.clock.sleep(3_600_000) : undefined);
    expect([await reach(job, notWanted), w.clock.monotonic()]).toEqual(['done', 500]);
    expect([w.flink.openSessions(), w.jarSource.held()]).toEqual([0, 0]);
  });

  it('and comes soon is waited for, so that its session is closed', async () => {
    for (const job of [STATEMENT, SCRIPT]) {
      const { w, reach } = flink();
      w.flink.fault = (at, before) => (at === 'open' && before ? w.clock.sleep(100) : undefined);
      expect([await reach(job, notWanted), w.clock.monotonic()]).toEqual(['done', 100]);
      expect([w.flink.sessionsOpened(), w.flink.openSessions()]).toEqual([1, 0]);
    }
  });
});

it('what hangs is given up at the end of the request', async () => {
  const { w, reach } = flink();
  w.flink.fault = (at, before) => (at === 'identify' && before ? w.clock.sleep(3_600_000) : undefined);
  expect(await reach(STATEMENT)).toBeInstanceOf(AppError);
  expect(w.clock.monotonic()).toBe(20_000);
});

describe('a visit', () => {
  it('of a jar has no session to end', async () => {
    const { w, reach } = flink();
    const visit = (await reach(JAR)) as FlinkVisit;
    await expect(visit.close()).resolves.toBeUndefined();
    expect([visit.kind, w.flink.sessionsOpened(), w.jarSource.held()]).toEqual(['jar', 0, 0]);
  });

  it('of a script, and of a job without an address, knows no JobManager yet', async () => {
    const none = { address: '', jmId: null, highAvailability: false, forgetsEnded: false };
    const script = (await flink('').reach(SCRIPT)) as FlinkVisit;
    const statement = (await flink('').reach(STATEMENT)) as FlinkVisit;
    expect([jobManagerOf(script), jobManagerOf(statement)]).toEqual([none, none]);
  });

  it('of a jar that is not the wanted one is refused; of a run that is sent again its own jar counts', async () => {
    const wanted = { ...JAR, wantedSha256: 'sha-2' };
    expect(await flink().reach(wanted)).toMatchObject({ code: 'jar.invalid' });
    expect(await flink().reach({ ...wanted, sha256: 'sha-2' })).toMatchObject({ kind: 'jar' });
  });
});
