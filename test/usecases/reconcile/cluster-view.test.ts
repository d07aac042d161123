/** What one sweep finds out of a cluster, and what it notes of it (protocol.md section 6). */
import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../lib/domain/errors.ts';
import { NO_NOTES } from '../../../lib/domain/run/answering.ts';
import { type ClusterView, clusterViews, reachedBy } from '../../../lib/usecases/reconcile/cluster-view.ts';
import { Endpoints } from '../../../lib/usecases/reconcile/guarded-flink.ts';
import { widthLimit } from '../../../lib/usecases/waiting/width-limit.ts';
import { type Call } from '../../fakes/fake-flink.ts';
import { HOSTS, type World, world } from '../world.ts';

/** Views of one sweep, in a world with one cluster. */
function sweep() {
  const w = world();
  const views = clusterViews(w, new Endpoints(w, { clock: w.clock, limit: widthLimit(50) }));
  const { signal } = new AbortController();
  return { w, view: (hosts = HOSTS, shared = true) => w.clock.run(views(hosts, shared, signal)) };
}

const failing = (w: World, wanted: Call, error: Error): void => {
  w.flink.fault = (call, before) => {
    if (call === wanted && before) throw error;
  };
};
const failingWith = (w: World, wanted: Call, code: ErrorCode, message = 'Said so.'): void =>
  failing(w, wanted, new AppError(code, message));

const asked = (w: World, wanted: Call): (() => number) => {
  const { fault } = w.flink;
  let times = 0;
  w.flink.fault = async (call, before, detail) => {
    if (call === wanted && before) times += 1;
    await fault(call, before, detail);
  };
  return () => times;
};

const shownOf = ({ asked, reached }: ClusterView): unknown => ({ asked, reached: reached !== null });
const linesOf = (w: World): unknown[] => w.log.lines.map(({ level, message, fields }) => [level, message, fields]);

describe('a cluster that answers', () => {
  it('is shown with who it is, its jobs and how steadily it has answered, and that is noted', async () => {
    const { w, view } = sweep();
    await w.submit();
    const { reached, asked: isAsked } = await view();
    expect(isAsked).toBe(true);
    expect(reached?.identity).toMatchObject({ address: HOSTS, jmId: w.flink.jmId });
    expect([...(reached?.jobs?.values() ?? [])]).toEqual(['RUNNING']);
    expect(w.sweep.clusters.get(HOSTS)?.answerers).toMatchObject([{ jmId: w.flink.jmId, lastAt: w.clock.now() }]);
    expect(reached?.notes).toEqual(w.sweep.clusters.get(HOSTS));
    expect(w.log.lines).toEqual([]);
  });

  it('is asked once in a sweep, however many runs it has; one that a run has for itself is kept no record of', async () => {
    const { w, view } = sweep();
    const times = asked(w, 'identify');
    await Promise.all([view(), view()]);
    expect([times(), await view()]).toEqual([1, await view()]);
    const own = await view('own:8081', false);
    expect(own.reached).toMatchObject({ notes: NO_NOTES, identity: { jmId: w.flink.jmId } });
    expect(await view('own:8081', false)).not.toBe(own);
    expect([...w.sweep.clusters.keys()]).toEqual([HOSTS]);
  });

  it('without its list of jobs is reached all the same: each run is asked for by itself', async () => {
    const { w, view } = sweep();
    failingWith(w, 'overview', 'flink.failed', 'HTTP 500.');
    expect((await view()).reached).toMatchObject({ jobs: null, identity: { jmId: w.flink.jmId } });
    const fields = { address: HOSTS, error: 'HTTP 500.' };
    expect(linesOf(w)).toEqual([['warn', 'cluster does not list its jobs: each run is checked by itself', fields]]);
  });

  it('and then stops answering counts as one that does not', async () => {
    const { w, view } = sweep();
    const { identify } = w.flink;
    let times = 0;
    w.flink.identify = (hosts, signal) => {
      times += 1;
      return times === 1 ? identify(hosts, signal) : Promise.reject(new AppError('flink.unreachable', 'refused'));
    };
    failingWith(w, 'overview', 'flink.noReply', 'reset');
    const seen = await view();
    expect([shownOf(seen), reachedBy(seen)]).toEqual([{ asked: true, reached: true }, null]);
    expect(w.sweep.clusters.get(HOSTS)).toMatchObject({ unreachableSince: w.clock.now(), answerers: [] });
    expect(linesOf(w)).toContainEqual(['warn', 'cluster not reachable', { hosts: HOSTS, error: 'refused' }]);
  });
});

describe('a cluster that does not say who it is', () => {
  it.each(['flink.unreachable', 'flink.noReply', 'flink.protocol'] as const)(
    'by %s is away: that is noted, and told without passwords',
    async (code) => {
      const { w, view } = sweep();
      failingWith(w, 'identify', code);
      const hosts = `ada:hunter22@${HOSTS}`;
      expect(shownOf(await view(hosts))).toEqual({ asked: true, reached: false });
      expect(w.sweep.clusters.get(hosts)).toMatchObject({ unreachableSince: w.clock.now(), answerers: [] });
      const shown = `******@${HOSTS}`;
      expect(linesOf(w)).toEqual([
        ['info', 'cluster did not identify itself', { hosts: shown, code, error: 'Said so.' }],
        ['warn', 'cluster not reachable', { hosts: shown, error: 'Said so.' }],
      ]);
    },
  );

  it.each(['flink.failed', 'local.exhausted'] as const)(
    'by %s may be there: nothing is concluded or noted',
    async (code) => {
      const { w, view } = sweep();
      failingWith(w, 'identify', code);
      expect(shownOf(await view())).toEqual({ asked: false, reached: false });
      expect(w.sweep.clusters.size).toBe(0);
      expect(w.log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
    },
  );

  it('and that one run has for itself is away, and is not noted', async () => {
    const { w, view } = sweep();
    failingWith(w, 'identify', 'flink.unreachable');
    expect(shownOf(await view(HOSTS, false))).toEqual({ asked: true, reached: false });
    expect(w.sweep.clusters.size).toBe(0);
  });
});

it('a run without an address has no cluster: nobody is asked, and nothing is noted', async () => {
  const { w, view } = sweep();
  const times = asked(w, 'identify');
  const seen = await view('', true);
  expect([shownOf(seen), reachedBy(seen), times()]).toEqual([{ asked: true, reached: false }, null, 0]);
  expect([w.sweep.clusters.size, w.log.lines]).toEqual([0, []]);
});

describe('a note that can not be written', () => {
  it('is a warning: nothing is known of how steadily the cluster answers, which ends no run', async () => {
    const { w, view } = sweep();
    w.sweep.noteCluster = () => Promise.reject(new AppError('store.unavailable', 'Slow down.'));
    expect((await view(`ada:hunter22@${HOSTS}`)).reached?.notes).toEqual(NO_NOTES);
    const fields = { hosts: `******@${HOSTS}`, error: 'Slow down.' };
    expect(linesOf(w)).toEqual([['warn', 'state of cluster not recorded', fields]]);
  });

  it('by a bug is thrown', async () => {
    const { w, view } = sweep();
    w.sweep.noteCluster = () => Promise.reject(new TypeError('x is undefined'));
    await expect(view()).rejects.toThrow(TypeError);
  });
});

it.each(['identify', 'overview'] as const)('a bug at %s is thrown', async (call) => {
  const { w, view } = sweep();
  failing(w, call, new TypeError('x is undefined'));
  await expect(view()).rejects.toThrow(TypeError);
});
