/** Who gets a turn in the second part of a sweep, and what is not sent any more when its turn comes (protocol.md section 6). */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { ToSend } from '../../lib/usecases/reconcile/to-send.ts';
import { headAt } from '../builders/a-head.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const MINUTE = 60_000;
const AT = Date.UTC(2026, 0, 31, 12);

describe('the order of turns', () => {
  const orderOf = (heads: readonly RunHead[]): number[][] => {
    const toSend = new ToSend();
    for (const head of heads) toSend.add(head);
    return toSend.lanes().map((lane) => lane.map(({ id }) => id));
  };
  const head = (id: number, minute: number, changes: Partial<RunHead> = {}): RunHead =>
    headAt(AT + minute * MINUTE, { id, ...changes });

  it('who never had one comes first, then who had one longest ago', () => {
    const triedLate = head(1, 0, { triedAt: AT + 9 * MINUTE });
    const sentAgain = head(2, 1, { sends: 2, sentAt: AT + 8 * MINUTE });
    const triedThenSent = head(3, 2, { triedAt: AT + 5 * MINUTE, sends: 2, sentAt: AT + 10 * MINUTE });
    const never = head(4, 12);
    expect(orderOf([triedThenSent, triedLate, sentAgain, never])).toEqual([[4, 2, 1, 3]]);
  });

  it('of those that never had one, the nearest last moment comes first, whatever the number', () => {
    expect(orderOf([head(1, 5), head(3, 2), head(2, 2), head(4, 1)])).toEqual([[4, 2, 3, 1]]);
  });

  it('each cluster has a lane of its own', () => {
    expect(orderOf([head(2, 2, { hosts: 'b:1' }), head(1, 5, { hosts: 'a:1' }), head(3, 1, { hosts: 'a:1' })])).toEqual(
      [[3, 1], [2]],
    );
  });

  it('keeps those with the first turns when there are more than a sweep can send', () => {
    const many = Array.from({ length: 1_700 }, (_, n) => head(n + 1, 1_700 - n));
    const [lane = []] = orderOf(many);
    expect(lane).toHaveLength(500);
    expect(lane[0]).toBe(1_700);
    expect(lane.at(-1)).toBe(1_201);
  });
});

async function lostRuns(count: number): Promise<{ w: World; heads: RunHead[] }> {
  const w = world({ tasks: Array.from({ length: count }, (_, n) => aTask({ id: n + 1 })) });
  w.flink.fault = (call, before) => {
    if (call === 'start' && before) throw new AppError('flink.noReply', 'No reply.');
  };
  const heads: RunHead[] = [];
  for (let taskId = 1; taskId <= count; taskId += 1) heads.push((await w.submit({ taskId })).head);
  w.flink.fault = () => undefined;
  await w.clock.advance(2 * MINUTE);
  return { w, heads };
}

describe('a run that has moved on between the look and its turn', () => {
  it.each<[string, Partial<RunHead>]>([
    ['was asked to end', { cancelAskedAt: AT, cancelAskedBy: 'a' }],
    ['was confirmed', { status: 'RUNNING', submitStatus: 'SUCCESS', open: [] }],
    ['has ended', { status: 'UNKNOWN', finishedAt: AT, open: [], active: null }],
  ])('is not sent, nor is a session opened for it: it %s', async (_, change) => {
    const { w, heads } = await lostRuns(5);
    const last = heads[4]!;
    const { open } = w.flink;
    let opened = 0;
    w.flink.open = async (...asked) => {
      opened += 1;
      if (opened === 1) await w.store.updateHead(w.store.heads.get(last.id)!, change, null);
      return await open(...asked);
    };
    await w.reconcile();
    expect(opened).toBe(4);
    expect(w.store.heads.get(last.id)).toMatchObject({ sends: 1, triedAt: null });
    expect(heads.slice(0, 4).map(({ id }) => w.store.heads.get(id)?.sends)).toEqual([2, 2, 2, 2]);
  });
});

describe('a JobManager that stops answering between the look and the turn', () => {
  it('is not asked, nor is a gateway for its sake, and the run keeps its turn', async () => {
    const { w, heads } = await lostRuns(2);
    const { job, identify } = w.flink;
    const hang = async (signal: AbortSignal): Promise<never> => {
      await w.clock.sleep(24 * 60 * MINUTE, signal);
      throw new AppError('budget.exceeded', 'Out of time.');
    };
    let isAway = false;
    w.flink.job = async (address, id, signal) => {
      if (id !== heads[1]?.jobId) return await job(address, id, signal);
      return await hang(signal).finally(() => (isAway = true));
    };
    w.flink.identify = (hosts, signal) => (isAway ? hang(signal) : identify(hosts, signal));
    let opened = 0;
    const { open } = w.flink;
    w.flink.open = (...asked) => {
      opened += 1;
      return open(...asked);
    };
    expect(await w.reconcile()).toMatchObject({ sent: 0, notSent: 0, notAsked: 1 });
    expect(opened).toBe(0);
    expect(w.store.heads.get(heads[0]!.id)).toMatchObject({ v: heads[0]!.v, triedAt: null });
  });
});

describe('an index that is more than one sweep can look at', () => {
  const RUNS = 30;

  /** Each look at a job takes so long that three sweeps are needed. */
  async function slow(tookMs: number): Promise<{ w: World; looked: number[] }> {
    const w = world();
    w.sweep.activeRuns = (partition, after) => {
      const all = [...w.store.heads.values()].filter(({ active, id }) => active === partition && id > (after ?? 0));
      const runs = all.slice(0, 20);
      return Promise.resolve({ runs, after: all.length > 20 ? (runs.at(-1)?.id ?? null) : null });
    };
    for (let id = 1; id <= RUNS; id += 1) {
      const jobId = id.toString(16).padStart(32, 'a');
      w.store.heads.set(id, headAt(w.clock.now(), { id, jobId, status: 'CREATED', active: 'LIVE#1' }));
    }
    w.flink.overview = () => Promise.reject(new AppError('flink.failed', 'HTTP 500.'));
    const looked: number[] = [];
    w.flink.job = async (_address, jobId, signal) => {
      await w.clock.sleep(tookMs, signal);
      if (signal.aborted) throw new AppError('budget.exceeded', 'Out of time.');
      looked.push(Number.parseInt(jobId.replace(/^a+/, ''), 16));
      return { state: 'RUNNING', ranAt: 1, endedAt: null };
    };
    return { w, looked };
  }

  it('is gone on with where the time ran out, within a page, and no run is left out', async () => {
    const { w } = await slow(9_000);
    for (let minute = 0; minute < 4; minute += 1) {
      await w.reconcile();
      await w.clock.advance(MINUTE);
    }
    expect([...w.store.heads.values()].filter(({ status }) => status !== 'RUNNING')).toEqual([]);
  });

  it('is gone on with in the time that sending has left', async () => {
    const { w, looked } = await slow(8_000);
    const { leftPartitions } = await w.reconcile();
    expect(looked.length).toBe(RUNS);
    expect(leftPartitions).toBe(0);
  });
});
