/** A sweep among things that hang, fail and are too many: what goes wrong with one holds up itself alone (protocol.md section 6). */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import { newDeployment } from '../../lib/domain/options/own-cluster.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { headAt } from '../builders/a-head.ts';
import { aCluster, aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const MINUTE = 60_000;
const HANGING = { hosts: 'jm-b:8081', gateway: 'http://gw-b:8083' };

/** Tasks 1 to 10 on cluster a, 11 to 20 on cluster b. */
function twoClusters(): World {
  const clusters = [
    aCluster({ id: 1, hosts: 'jm-a:8081', sqlGateway: 'http://gw-a:8083' }),
    aCluster({ id: 2, name: 'b', hosts: HANGING.hosts, sqlGateway: HANGING.gateway }),
  ];
  const tasks = Array.from({ length: 20 }, (_, n) =>
    aTask({ id: n + 1, type: 'standalone', clusterId: n < 10 ? 1 : 2 }),
  );
  return world({ tasks, clusters });
}

/** A submit whose statement was never taken, and whose fate nobody learned. */
async function lostSubmit(w: World, taskId: number): Promise<RunHead> {
  const { fault } = w.flink;
  w.flink.fault = (call, before) => {
    if (call === 'start' && before) throw new AppError('flink.noReply', 'No reply.');
  };
  const { head } = await w.submit({ taskId });
  w.flink.fault = fault;
  return head;
}

const forever = (w: World, signal: AbortSignal): Promise<never> =>
  w.clock.sleep(24 * 60 * MINUTE, signal).then(() => {
    throw new AppError('budget.exceeded', 'Out of time.');
  });

/** The gateway of cluster b accepts and never answers: all of it, or these requests. Gives what it was asked. */
function hangGateway(w: World, ...only: string[]): string[] {
  const { open, version } = w.flink;
  const asked: string[] = [];
  const hangs = (url: string, what: string): boolean => {
    if (url !== HANGING.gateway) return false;
    asked.push(what);
    return only.length === 0 || only.includes(what);
  };
  w.flink.version = (url, signal) => (hangs(url, 'version') ? forever(w, signal) : version(url, signal));
  w.flink.open = (url, properties, signal) => (hangs(url, 'open') ? forever(w, signal) : open(url, properties, signal));
  return asked;
}

const headOf = (w: World, id: number): RunHead => {
  const head = w.store.heads.get(id);
  if (head === undefined) throw new Error(`no run ${id}`);
  return head;
};

function finish(w: World, head: RunHead): void {
  const times = { ranAt: w.clock.now(), endedAt: w.clock.now(), cause: null };
  w.flink.jobs.set(head.jobId ?? '', { id: head.jobId ?? '', sql: '', config: {}, state: 'FINISHED', ...times });
}

describe('a gateway that hangs', () => {
  it.each([[[]], [['version']], [['open']]] as string[][][])(
    'keeps nothing from the runs of another cluster, in the very first sweep (%j)',
    async (only) => {
      const w = twoClusters();
      for (const taskId of [11, 12, 13, 14]) await lostSubmit(w, taskId);
      const { head: ended } = await w.submit({ taskId: 1 });
      const lost = await lostSubmit(w, 2);
      await w.clock.advance(2 * MINUTE);
      finish(w, ended);
      const asked = hangGateway(w, ...only);
      const report = await w.reconcile();
      expect(headOf(w, ended.id).status).toBe('FINISHED');
      expect(headOf(w, lost.id)).toMatchObject({ status: 'RUNNING', sends: 2 });
      for (const what of ['version', 'open']) {
        const times = asked.filter((one) => one === what).length;
        if (only.length === 0 || only.includes(what)) expect(times).toBeLessThanOrEqual(2);
      }
      expect(report).toMatchObject({ sent: 1 });
      expect(report.notAsked + report.notSent).toBe(4);
    },
  );

  it('is told of by name, and a run it never took ends FAILED with that reason', async () => {
    const w = twoClusters();
    const lost = await lostSubmit(w, 11);
    hangGateway(w);
    for (let minute = 0; minute < 33; minute += 1) {
      await w.clock.advance(MINUTE);
      const { away } = await w.reconcile();
      if (minute === 3) expect(away.join()).toContain(HANGING.gateway);
    }
    expect(headOf(w, lost.id)).toMatchObject({ status: 'FAILED' });
    expect(headOf(w, lost.id).error).toContain(HANGING.gateway);
  });

  it('costs a record no more than one write', async () => {
    const w = twoClusters();
    const lost = await lostSubmit(w, 11);
    hangGateway(w);
    await w.clock.advance(2 * MINUTE);
    await w.reconcile();
    const { v } = headOf(w, lost.id);
    for (let minute = 0; minute < 10; minute += 1) {
      await w.clock.advance(MINUTE);
      await w.reconcile();
    }
    expect(headOf(w, lost.id).v).toBe(v);
  });
});

describe('a run that no sweep came to', () => {
  it('ends UNKNOWN and says so', async () => {
    const w = twoClusters();
    const lost = await lostSubmit(w, 1);
    await w.clock.advance(31 * MINUTE);
    await w.reconcile();
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(headOf(w, lost.id)).toMatchObject({ status: 'UNKNOWN', sends: 1 });
    expect(headOf(w, lost.id).error).toMatch(/no sweep came/);
  });
});

describe('one run that hangs by its own statement', () => {
  it('gives way to the others of its cluster, however many poisoned ones there are', async () => {
    const w = twoClusters();
    const heads: RunHead[] = [];
    for (let taskId = 1; taskId <= 10; taskId += 1) heads.push(await lostSubmit(w, taskId));
    await w.clock.advance(2 * MINUTE);
    const { open } = w.flink;
    let opened = 0;
    // The first six that get a session never get further.
    w.flink.open = async (url, properties, signal) => {
      const session = await open(url, properties, signal);
      opened += 1;
      return opened > 6 ? session : { ...session, configure: (_sql, own) => forever(w, own) };
    };
    const sent = (): number => heads.filter(({ id }) => headOf(w, id).sends > 1).length;
    for (let sweep = 0; sweep < 4; sweep += 1) {
      await w.reconcile();
      await w.clock.advance(MINUTE);
    }
    expect(sent()).toBe(10);
  });
});

describe('one job that can not be shown', () => {
  async function endedRuns(count: number): Promise<{ w: World; heads: RunHead[] }> {
    const tasks = Array.from({ length: count }, (_, n) => aTask({ id: n + 1 }));
    const w = world({ tasks });
    const heads: RunHead[] = [];
    for (const { id: taskId } of tasks) heads.push((await w.submit({ taskId })).head);
    await w.reconcile();
    for (const head of heads) finish(w, head);
    return { w, heads };
  }

  it.each(['flink.failed', 'flink.protocol', 'flink.noReply', 'flink.unreachable'] as const)(
    'with %s does not blind its cluster',
    async (code) => {
      const { w, heads } = await endedRuns(60);
      const poisoned = heads[3]?.jobId;
      w.flink.fault = (call, before, detail) => {
        if (call === 'job' && before && detail === poisoned) throw new AppError(code, 'Internal server error.');
      };
      await w.reconcile();
      expect(heads.filter(({ id }) => headOf(w, id).status === 'FINISHED')).toHaveLength(59);
      expect(w.sweep.clusters.get('jobmanager:8081')?.unreachableSince).toBeNull();
    },
  );

  it('because no answer comes does not blind its cluster either, and ends by the list after five minutes', async () => {
    const { w, heads } = await endedRuns(60);
    const poisoned = heads[0]!;
    let asked = 0;
    w.flink.fault = async (call, before, detail) => {
      if (call !== 'job' || !before || detail !== poisoned.jobId) return;
      asked += 1;
      await w.clock.sleep(24 * 60 * MINUTE);
    };
    const firstAt = w.clock.now();
    await w.reconcile();
    expect(heads.filter(({ id }) => headOf(w, id).status === 'FINISHED')).toHaveLength(59);
    expect(asked).toBe(1);
    expect(headOf(w, poisoned.id)).toMatchObject({ status: 'RUNNING' });
    for (let minute = 0; minute < 7; minute += 1) {
      await w.clock.advance(MINUTE);
      await w.reconcile();
    }
    expect(headOf(w, poisoned.id).status).toBe('FINISHED');
    expect(headOf(w, poisoned.id).finishedAt).toBeGreaterThanOrEqual(firstAt);
  });

  it('when the JobManager shows no job at all, it is asked for a few only', async () => {
    const { w } = await endedRuns(60);
    let asked = 0;
    w.flink.fault = async (call, before) => {
      if (call !== 'job' || !before) return;
      asked += 1;
      await w.clock.sleep(24 * 60 * MINUTE);
    };
    await w.reconcile();
    // The first goes alone; then as many as are looked at side by side before the second time-out is known.
    expect(asked).toBeLessThanOrEqual(11);
  });
});

describe('a JobManager that answers without listing its jobs', () => {
  it('has each of its runs asked for by itself', async () => {
    const w = twoClusters();
    const { head } = await w.submit({ taskId: 1 });
    w.flink.overview = () => Promise.reject(new AppError('flink.failed', 'Internal server error.'));
    finish(w, head);
    await w.reconcile();
    expect(headOf(w, head.id).status).toBe('FINISHED');
  });
});

describe('a part of the index that can not be read', () => {
  it.each(['WATCH', 'WATCH#3', 'INTENT#1', 'LIVE#7'])(
    '%s keeps no other from being read, and is told of',
    async (bad) => {
      const tasks = Array.from({ length: 20 }, (_, n) => aTask({ id: n + 1 }));
      const w = world({ tasks });
      const heads = [];
      for (const { id: taskId } of tasks) heads.push((await w.submit({ taskId })).head);
      const { activeRuns } = w.sweep;
      w.sweep.activeRuns = (partition, after) =>
        partition === bad
          ? Promise.reject(new AppError('store.unavailable', 'Throttled.'))
          : activeRuns(partition, after);
      const report = await w.reconcile();
      expect(report).toMatchObject({ failedPartitions: [bad], leftPartitions: 1, passEnded: false });
      const behind = heads.filter(({ id }) => headOf(w, id).status !== 'RUNNING').map(({ id }) => headOf(w, id).active);
      expect([[], [bad]]).toContainEqual(behind.slice(0, 1));
      w.sweep.activeRuns = activeRuns;
      expect(await w.reconcile()).toMatchObject({ failedPartitions: [], passEnded: true });
      expect(heads.every(({ id }) => headOf(w, id).status === 'RUNNING')).toBe(true);
    },
  );

  it('the places of the last sweep that can not be read or written cost a sweep nothing but repetition', async () => {
    const w = world();
    const { head } = await w.submit();
    w.sweep.readCursor = () => Promise.reject(new AppError('store.unavailable', 'Throttled.'));
    w.sweep.writeCursor = () => Promise.reject(new AppError('store.unavailable', 'Throttled.'));
    expect(await w.reconcile()).toMatchObject({ runs: 1, passEnded: true });
    expect(headOf(w, head.id).status).toBe('RUNNING');
  });

  it('a run that an earlier version put into WATCH is still watched', async () => {
    const w = world();
    const head = { ...headAt(w.clock.now()), status: 'FAILED' as const, active: 'WATCH', hosts: 'jobmanager:8081' };
    w.store.heads.set(head.id, head);
    await w.clock.advance(121 * MINUTE);
    await w.reconcile();
    expect(headOf(w, head.id).active).toBeNull();
  });
});

describe('one run that goes wrong', () => {
  it.each(['readBody', 'updateHead', 'readHead'] as const)('in %s, takes no other with it', async (method) => {
    const w = twoClusters();
    const bad = await lostSubmit(w, 1);
    const good = await lostSubmit(w, 2);
    await w.clock.advance(2 * MINUTE);
    const store = w.store as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const inner = store[method]!;
    store[method] = (...args) => {
      const id = typeof args[0] === 'number' ? args[0] : (args[0] as RunHead).id;
      return id === bad.id ? Promise.reject(new TypeError('a bug')) : inner(...args);
    };
    await w.reconcile();
    expect(headOf(w, good.id)).toMatchObject({ status: 'RUNNING', sends: 2 });
  });
});

describe('the width of a sweep', () => {
  const APPLICATIONS = 2_000;

  function applications(): { w: World; most: () => number } {
    const w = world();
    const target = { type: 'kubernetes-application', properties: {}, jobManager: null };
    for (let id = 1; id <= APPLICATIONS; id += 1) {
      const jobId = id.toString(16).padStart(32, '0');
      const deployment = { ...newDeployment(target, id, jobId), clusterId: `c-${id}` };
      const place = { hosts: `c-${id}:8081`, address: `c-${id}:8081`, deployment, active: `LIVE#${id % 16}` };
      w.store.heads.set(id, headAt(w.clock.now(), { id, jobId, status: 'RUNNING', ...place }));
    }
    let underWay = 0;
    let most = 0;
    const counted = <A extends unknown[], T>(send: (...asked: A) => Promise<T>) => {
      return async (...asked: A): Promise<T> => {
        most = Math.max(most, (underWay += 1));
        return await send(...asked).finally(() => (underWay -= 1));
      };
    };
    const { identify, overview, job } = w.flink;
    Object.assign(w.flink, { identify: counted(identify), overview: counted(overview), job: counted(job) });
    w.flink.fault = (_call, before) => (before ? w.clock.sleep(40) : undefined);
    return { w, most: () => most };
  }

  it(`holds for ${APPLICATIONS} runs with a cluster of their own`, async () => {
    const { w, most } = applications();
    const report = await w.reconcile();
    expect(most()).toBeLessThanOrEqual(20);
    expect(report.runs).toBeGreaterThan(0);
  });

  it('puts one listener on the signal of the sweep, not one for each request', async () => {
    const warnings: string[] = [];
    const note = ({ name }: Error): void => void warnings.push(name);
    process.on('warning', note);
    const { w, most } = applications();
    for (let id = 1; id <= 60; id += 1) {
      const jobId = id.toString(16).padStart(32, 'a');
      const place = { hosts: `jm-${id % 3}:8081`, active: `LIVE#${id % 16}` };
      w.store.heads.set(5_000 + id, headAt(w.clock.now(), { id: 5_000 + id, jobId, status: 'RUNNING', ...place }));
    }
    await w.reconcile();
    await setImmediate();
    process.off('warning', note);
    expect(most()).toBeGreaterThan(10);
    expect(warnings).toEqual([]);
  });

  it("own sockets that run out are nobody's absence", async () => {
    const { w } = applications();
    w.flink.fault = () => {
      throw new AppError('local.exhausted', 'No socket left.');
    };
    const { head } = await w.submit().catch(() => ({ head: null }));
    expect(head).toBeNull();
    const before = [...w.store.heads.values()].map(({ v }) => v);
    const report = await w.reconcile();
    expect(report.away).toEqual([]);
    expect([...w.store.heads.values()].map(({ v }) => v)).toEqual(before);
    expect(w.sweep.clusters.size).toBe(0);
  });
});
