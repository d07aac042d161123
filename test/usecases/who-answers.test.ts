/** Who answers at a run's address: another JobManager, one that was restarted, one that speaks for a leader (protocol.md section 6). */
import { describe, expect, it } from 'vitest';
import { toJobInstance } from '../../lib/domain/answer.ts';
import { AppError } from '../../lib/domain/errors.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { submitRoute } from '../../lib/http/submit-route.ts';
import { sayLost } from '../../lib/usecases/say-lost.ts';
import { aCluster, aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Another cluster stands at the address of the first: with a process, jobs and a memory of its own. */
function cutOver(w: World, name = 'b'): () => void {
  const { jmId, jobs } = w.flink;
  const kept = new Map(jobs);
  w.flink.jmId = `/tmp/flink-web-${name}`;
  jobs.clear();
  return () => {
    w.flink.jmId = jmId;
    jobs.clear();
    for (const [id, job] of kept) jobs.set(id, job);
  };
}

/** Everything of it is gone, as without high availability. */
function restart(w: World): void {
  w.flink.jmId = `${w.flink.jmId}+`;
  w.flink.jobs.clear();
}

async function sweeps(w: World, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    await w.clock.advance(MINUTE);
    await w.reconcile();
  }
}

async function now(w: World, id = 1): Promise<RunHead> {
  const head = await w.store.readHead(id);
  if (head === null) throw new Error(`no run ${id}`);
  return head;
}

async function running(definitions?: Parameters<typeof world>[0]): Promise<World> {
  const w = world(definitions);
  await w.submit();
  await sweeps(w, 2);
  expect((await now(w)).status).toBe('RUNNING');
  return w;
}

const live = (w: World): number => [...w.flink.jobs.values()].filter(({ endedAt }) => endedAt === null).length;
const shown = async (w: World, id = 1): Promise<unknown> =>
  toJobInstance(await now(w, id), w.clock.now(), 'UTC')['status'];

describe('another JobManager answers at the address', () => {
  it('for two sweeps: the run is RECONNECTING, says what is seen, and goes on with its one job', async () => {
    const w = await running();
    const back = cutOver(w);
    await sweeps(w, 2);
    const instance = toJobInstance(await now(w), w.clock.now(), 'UTC');
    expect(instance['status']).toBe('RECONNECTING');
    expect(instance['error']).toMatch(
      /^another JobManager answers at jobmanager:8081 since 20\d\d-.* and does not know job .*dinghy resolve 1 --lost/,
    );
    expect((await now(w)).events.at(-1)?.cause).toMatch(/another JobManager answers at jobmanager:8081/);
    back();
    await sweeps(w, 1);
    expect(await now(w)).toMatchObject({ status: 'RUNNING', missedAt: null, missedBy: null });
    expect([await shown(w), live(w)]).toEqual(['RUNNING', 1]);
  });

  it('and a submit meets its run: nothing is started, and the answer says exactly this', async () => {
    const w = await running();
    const back = cutOver(w);
    await sweeps(w, 2);
    const view = { ...(await w.submit()), dedupeSeconds: 10, keyed: false };
    expect(view).toMatchObject({ duplicate: true, head: { id: 1 } });
    const scope = { timeZone: 'UTC' } as Parameters<typeof submitRoute.answer>[1];
    expect(submitRoute.answer(view, scope).msg).toMatch(
      /run 1 .*another JobManager answers at jobmanager:8081 since .*ends as lost \(UNKNOWN\) at .*dinghy resolve 1 --lost/,
    );
    back();
    expect(live(w)).toBe(1);
  });

  it('for longer than the time: lost; a new submit starts a second run, and the first job is back as a twin, untouched', async () => {
    const w = await running();
    const back = cutOver(w);
    await sweeps(w, 7);
    expect(await now(w)).toMatchObject({ status: 'UNKNOWN', submitStatus: 'SUCCESS', active: 'WATCH#1' });
    expect((await now(w)).error).toMatch(/another JobManager has answered at jobmanager:8081/);
    const second = await w.submit();
    expect(second).toMatchObject({ duplicate: false, head: { id: 2, status: 'CREATED' } });
    expect(await now(w)).toMatchObject({ givenUpFor: 2 });
    back();
    const [first] = w.flink.jobs.values();
    await w.clock.advance(2 * DAY);
    await sweeps(w, 4);
    expect(first?.state).toBe('RUNNING');
    expect(await now(w)).toMatchObject({ status: 'UNKNOWN', twinSince: expect.any(Number) as number });
    const told = (await now(w)).events.filter(({ cause }) => /goes on .*beside run 2/.test(cause));
    expect(told).toHaveLength(1);
    const errors = w.log.lines.filter(({ level, message }) => level === 'error' && message.includes('two jobs'));
    const jobId = (await now(w)).jobId;
    expect(errors.map(({ fields }) => fields)).toEqual([{ runId: 1, jobId, address: 'jobmanager:8081', takenBy: 2 }]);
    Object.assign(first ?? {}, { state: 'CANCELED', endedAt: w.clock.now() });
    await sweeps(w, 1);
    expect(await now(w)).toMatchObject({ status: 'UNKNOWN', twinSince: null });
  });

  it('for longer than the time, without a new submit: the job is followed again, days later', async () => {
    const w = await running();
    const back = cutOver(w);
    await sweeps(w, 7);
    expect((await now(w)).status).toBe('UNKNOWN');
    await w.clock.advance(5 * DAY);
    await sweeps(w, 1);
    back();
    await sweeps(w, 1);
    expect(await now(w)).toMatchObject({ status: 'RUNNING', error: null, finishedAt: null, active: 'LIVE#1' });
    expect((await w.submit()).duplicate).toBe(true);
    const told = w.log.lines.filter(({ message }) => message === 'a run that was given up is followed again');
    const jobId = (await now(w)).jobId;
    expect(told.map(({ fields }) => fields)).toEqual([{ runId: 1, jobId, state: 'RUNNING' }]);
    const [job] = w.flink.jobs.values();
    Object.assign(job ?? {}, { state: 'FINISHED', endedAt: w.clock.now() });
    await sweeps(w, 1);
    expect(await now(w)).toMatchObject({ status: 'FINISHED', submitStatus: 'SUCCESS', active: null });
  });

  it('and the job has ended meanwhile: that is what its run says then', async () => {
    const w = await running();
    const [job] = w.flink.jobs.values();
    const back = cutOver(w);
    await sweeps(w, 7);
    back();
    Object.assign(job ?? {}, { state: 'FAILED', endedAt: w.clock.now(), cause: 'out of memory' });
    await sweeps(w, 1);
    expect(await now(w)).toMatchObject({ status: 'FAILED', error: 'out of memory', submitStatus: 'SUCCESS' });
  });

  it('a run that was to be cancelled is cancelled when it is followed again', async () => {
    const w = await running();
    const back = cutOver(w);
    await w.cancel();
    await sweeps(w, 7);
    expect((await now(w)).status).toBe('UNKNOWN');
    back();
    await sweeps(w, 2);
    expect([(await now(w)).status, live(w)]).toEqual(['CANCELED', 0]);
  });

  it.each([1, 2, 3])('by turns with the right one, every %i minutes, for a day: nothing ever ends', async (minutes) => {
    const w = await running();
    for (let turn = 0; turn < (24 * 60) / minutes; turn += 1) {
      const back = cutOver(w);
      await sweeps(w, minutes);
      expect((await now(w)).status).toBe('RUNNING');
      back();
      await sweeps(w, minutes);
    }
    expect([(await now(w)).status, live(w)]).toEqual(['RUNNING', 1]);
  });

  it('by turns, and then longer than the time in a row: it is known that the other one may come back', async () => {
    const w = await running();
    for (let turn = 0; turn < 3; turn += 1) {
      const back = cutOver(w);
      await sweeps(w, 2);
      back();
      await sweeps(w, 2);
    }
    const back = cutOver(w);
    await sweeps(w, 120);
    expect((await now(w)).status).toBe('RUNNING');
    back();
    await sweeps(w, 2);
    expect((await now(w)).status).toBe('RUNNING');
  });

  it.each([
    ['out of reach', (w: World) => void (w.flink.fault = refuse)],
    ['yet another one', (w: World) => void (w.flink.jmId += '+')],
  ])('%s in between: the time counts anew', async (_what, disturb) => {
    const w = await running();
    cutOver(w);
    await sweeps(w, 4);
    disturb(w);
    await sweeps(w, 1);
    w.flink.fault = () => undefined;
    await sweeps(w, 4);
    expect((await now(w)).status).toBe('RUNNING');
    await sweeps(w, 3);
    expect((await now(w)).status).toBe('UNKNOWN');
  });

  it('is not steady when nobody looked in between', async () => {
    const w = await running();
    cutOver(w);
    await sweeps(w, 1);
    await w.clock.advance(10 * MINUTE);
    await w.reconcile();
    await w.reconcile();
    expect((await now(w)).status).toBe('RUNNING');
    await sweeps(w, 6);
    expect((await now(w)).status).toBe('UNKNOWN');
  });

  it('is not noted while the table takes no notes, and ends nothing', async () => {
    const w = await running();
    cutOver(w);
    w.sweep.noteCluster = () => Promise.reject(new AppError('store.unavailable', 'throttled'));
    await sweeps(w, 20);
    expect((await now(w)).status).toBe('RUNNING');
  });

  it('ends it after the time that the cluster says', async () => {
    const clusters = [aCluster({ id: 1, hosts: 'jobmanager:8081', lostAfterMinutes: 2 })];
    const w = await running({ tasks: [aTask({ type: 'standalone', clusterId: 1 })], clusters });
    expect((await now(w)).lostAfterMs).toBe(2 * MINUTE);
    cutOver(w);
    await sweeps(w, 2);
    expect((await now(w)).status).toBe('RUNNING');
    await sweeps(w, 2);
    expect((await now(w)).status).toBe('UNKNOWN');
  });

  it('a task that runs alone gives up every lost run of the task, whatever its variables', async () => {
    const w = world({ tasks: [aTask({ statement: "SET 'a' = '${x}'; " + aTask({}).statement })] });
    await w.submit({ variables: { x: '1' } });
    await sweeps(w, 2);
    const back = cutOver(w);
    await sweeps(w, 7);
    await w.submit({ variables: { x: '2' }, isOnline: true });
    expect(await now(w)).toMatchObject({ status: 'UNKNOWN', givenUpFor: 2 });
    back();
    await sweeps(w, 2);
    expect(await now(w)).toMatchObject({ status: 'UNKNOWN', twinSince: expect.any(Number) as number });
  });

  it('a run whose place was taken by an earlier version, which set no mark, is a twin as well', async () => {
    const w = await running();
    const back = cutOver(w);
    await sweeps(w, 7);
    await w.submit();
    w.store.heads.set(1, { ...(await now(w)), givenUpFor: null });
    back();
    await sweeps(w, 2);
    expect(await now(w)).toMatchObject({ status: 'UNKNOWN', givenUpFor: 2, twinSince: expect.any(Number) as number });
    expect(live(w)).toBe(1);
  });

  it('a run whose claim was dropped takes it again before it is followed', async () => {
    const w = await running();
    const back = cutOver(w);
    await sweeps(w, 7);
    await w.store.dropClaim(1, (await now(w)).fp, 1);
    back();
    await sweeps(w, 1);
    expect((await now(w)).status).toBe('RUNNING');
    expect((await w.submit()).duplicate).toBe(true);
  });
});

describe('another JobManager takes the address between an intent and its request', () => {
  /** Its request is lost on the way to the other one, which a sweep sees before it sees the first. */
  async function taken(minutes: number): Promise<World> {
    const w = world();
    let back = (): void => undefined;
    w.flink.fault = (call, before) => {
      if (call !== 'start' || !before) return;
      back = cutOver(w);
      throw new AppError('flink.noReply', 'No reply.');
    };
    await w.submit();
    w.flink.fault = () => undefined;
    await sweeps(w, minutes);
    back();
    return w;
  }

  it.each([1, 2, 10])('and goes after %i minutes: the first one does not know what it has taken', async (minutes) => {
    const w = await taken(minutes);
    await sweeps(w, 60);
    expect(await now(w)).toMatchObject({ status: 'UNKNOWN', sends: 1 });
    expect((await now(w)).error).toMatch(/several JobManagers answer by turns at its address/);
    expect(w.flink.started).toEqual([]);
  });
});

const refuse = (): void => {
  throw new AppError('flink.unreachable', 'connection refused');
};

describe('a session cluster without high availability is restarted', () => {
  it('its jobs are lost after 5 minutes, not before, and the way is free', async () => {
    const w = await running();
    restart(w);
    await sweeps(w, 5);
    expect([(await now(w)).status, await shown(w)]).toEqual(['RUNNING', 'RECONNECTING']);
    expect((await w.submit()).duplicate).toBe(true);
    await sweeps(w, 2);
    expect((await now(w)).status).toBe('UNKNOWN');
    expect(await w.submit()).toMatchObject({ duplicate: false, head: { id: 2, status: 'CREATED' } });
  });

  it('or at once, when a person says so', async () => {
    const w = await running();
    restart(w);
    await sweeps(w, 1);
    const said = await w.clock.run(sayLost(w)({ runId: 1, person: 'ada' }));
    expect(said.head).toMatchObject({ status: 'UNKNOWN', active: 'WATCH#1' });
    expect(said.head.error).toMatch(/^declared lost by ada/);
    expect(said.head.missedAt).not.toBeNull();
    expect(await w.submit()).toMatchObject({ duplicate: false, head: { id: 2 } });
  });

  it('a run that is said to be lost and is not is followed again', async () => {
    const w = await running();
    const back = cutOver(w);
    await w.clock.run(sayLost(w)({ runId: 1, person: 'ada' }));
    back();
    await sweeps(w, 1);
    expect((await now(w)).status).toBe('RUNNING');
  });
});

describe('saying that a run is lost', () => {
  const say = (w: World, runId = 1) => w.clock.run(sayLost(w)({ runId, person: 'ada' }));

  it('is refused of a run that there is not, that has ended, or that nobody has confirmed', async () => {
    const w = world();
    await expect(say(w, 9)).rejects.toThrow(/no run 9/);
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) throw new AppError('flink.noReply', 'No reply.');
    };
    await w.submit();
    w.flink.fault = () => undefined;
    await expect(say(w)).rejects.toThrow(/run 1 .*not.* confirmed/i);
    expect((await now(w)).status).toBe('INITIALIZING');
    const v = await running();
    const [job] = v.flink.jobs.values();
    Object.assign(job ?? {}, { state: 'FINISHED', endedAt: v.clock.now() });
    await v.reconcile();
    await expect(say(v)).rejects.toThrow(/FINISHED/);
  });

  it.each(['RUNNING', 'FINISHED'] as const)('is refused while the JobManager shows its job as %s', async (state) => {
    const w = await running();
    const [job] = w.flink.jobs.values();
    Object.assign(job ?? {}, { state, endedAt: state === 'FINISHED' ? w.clock.now() : null });
    await expect(say(w)).rejects.toThrow(new RegExp(`jobmanager:8081.*${state}`));
    expect((await now(w)).status).toBe('RUNNING');
  });

  it('is taken when the JobManager is out of reach, and says so', async () => {
    const w = await running();
    w.flink.fault = refuse;
    expect(await say(w)).toMatchObject({
      head: { status: 'UNKNOWN' },
      seen: expect.stringMatching(/out of reach|refused/) as string,
    });
  });
});

describe('high availability', () => {
  /** A submit of unknown fate, taken by the leader that then dies: its job had ended. */
  async function lostSubmit(w: World): Promise<RunHead> {
    w.flink.highAvailability = true;
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) throw new AppError('flink.noReply', 'No reply.');
    };
    const { head } = await w.submit();
    w.flink.fault = () => undefined;
    return head;
  }

  it('keeps ids: the job FINISHED on the old leader, the standby answers 404: never FAILED', async () => {
    const w = world();
    const head = await lostSubmit(w);
    // The new leader refuses the id and shows nothing of it; the REST process that answers is the same all the time.
    w.flink.refusedIds.add(head.jobId ?? '');
    await sweeps(w, 60);
    expect(await now(w)).toMatchObject({ status: 'UNKNOWN' });
    expect((await now(w)).error).toMatch(/high availability/);
    expect(w.flink.jobs.size).toBe(0);
  });

  it('forgets ids, its default: the run is never started a second time', async () => {
    const w = world();
    w.flink.forgetsEnded = true;
    const head = await lostSubmit(w);
    await sweeps(w, 60);
    expect(await now(w)).toMatchObject({ status: 'UNKNOWN', sends: 1 });
    expect(w.flink.started).toHaveLength(0);
    expect(head.forgetsEnded).toBe(true);
  });

  it('a confirmed job that no leader shows is lost after 30 minutes, whoever answers for it', async () => {
    const w = world();
    w.flink.highAvailability = true;
    await w.submit();
    await sweeps(w, 2);
    w.flink.jobs.clear();
    for (let i = 0; i < 29; i += 1) {
      // Two REST endpoints behind one address.
      w.flink.jmId = `/tmp/flink-web-${i % 2}`;
      await sweeps(w, 1);
    }
    expect([(await now(w)).status, await shown(w)]).toEqual(['RUNNING', 'RECONNECTING']);
    await sweeps(w, 6);
    expect((await now(w)).status).toBe('UNKNOWN');
  });

  it('a job that comes back after the change of leader goes on', async () => {
    const w = world();
    w.flink.highAvailability = true;
    await w.submit();
    await sweeps(w, 2);
    const [job] = w.flink.jobs.values();
    w.flink.jobs.clear();
    w.flink.jmId = '/tmp/flink-web-2';
    await sweeps(w, 20);
    if (job !== undefined) w.flink.jobs.set(job.id, job);
    await sweeps(w, 1);
    expect(await now(w)).toMatchObject({ status: 'RUNNING', missedAt: null });
  });

  describe('and another cluster with high availability answers at the address', () => {
    /** The first one has taken the job; nobody has heard of it. */
    async function lostReply(w: World): Promise<{ head: RunHead }> {
      w.flink.fault = (call, before) => {
        if ((call === 'start' && !before) || call === 'job') throw new AppError('flink.noReply', 'No reply.');
      };
      const { head } = await w.submit();
      w.flink.fault = () => undefined;
      return { head };
    }

    /** It keeps ids as well, has its own records, and knows nothing of the first one's jobs. */
    function otherCluster(w: World): () => void {
      const back = cutOver(w, 'c');
      w.flink.haCluster = 'second';
      return () => {
        w.flink.haCluster = 'first';
        back();
      };
    }

    it('nothing is sent to it: the first one has taken the job, and shows it again later', async () => {
      const w = world();
      w.flink.highAvailability = true;
      const { head } = await lostReply(w);
      expect(w.flink.started).toHaveLength(1);
      const back = otherCluster(w);
      await sweeps(w, 10);
      expect(w.flink.started).toHaveLength(1);
      expect(await now(w)).toMatchObject({ status: 'INITIALIZING', sends: 1 });
      back();
      await sweeps(w, 2);
      expect(await now(w)).toMatchObject({ status: 'RUNNING', jobId: head.jobId });
      expect(live(w)).toBe(1);
    });

    it('and stays: the run ends UNKNOWN, and says that another cluster answers', async () => {
      const w = world();
      w.flink.highAvailability = true;
      await lostReply(w);
      otherCluster(w);
      await sweeps(w, 40);
      expect(w.flink.started).toHaveLength(1);
      expect(await now(w)).toMatchObject({ status: 'UNKNOWN' });
      expect((await now(w)).error).toMatch(/another cluster with high availability answers at its address/);
    });

    it('a turn to send again that began before it came sends nothing', async () => {
      const w = world();
      const head = await lostSubmit(w);
      const sent = w.flink.started.length;
      // The sweep asks who answers before the session is opened, and once more before the send.
      w.flink.fault = (call, before) => {
        if (call === 'open' && before) otherCluster(w);
      };
      await sweeps(w, 3);
      expect(w.flink.started).toHaveLength(sent);
      expect(head.highAvailability).toBe(true);
    });

    it('a run of an earlier version, which did not note its cluster, is sent again as before', async () => {
      const w = world();
      const { id } = await lostSubmit(w);
      const stored = await now(w, id);
      await w.store.updateHead(stored, { haCluster: null }, null);
      await sweeps(w, 3);
      expect((await now(w, id)).status).toBe('RUNNING');
    });

    it('a job that was confirmed is RECONNECTING, and is followed again', async () => {
      const w = world();
      w.flink.highAvailability = true;
      await w.submit();
      await sweeps(w, 2);
      const back = otherCluster(w);
      await sweeps(w, 20);
      expect(await shown(w)).toBe('RECONNECTING');
      expect((await now(w)).events.at(-1)?.cause).toMatch(/another JobManager answers/);
      back();
      await sweeps(w, 1);
      expect(await shown(w)).toBe('RUNNING');
    });
  });
});
