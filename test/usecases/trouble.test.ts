/** What keeps a live job from running, as polls and sweeps tell it: Flink restarts it, or it waits for task slots. */
import { describe, expect, it } from 'vitest';
import { toHistory, toJobInstance, toRunSummary } from '../../lib/domain/answer.ts';
import { AppError } from '../../lib/domain/errors.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import type { FlinkJobState } from '../../lib/domain/run/status.ts';
import type { Call } from '../fakes/fake-flink.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const MINUTE = 60_000;
const CAUSE = "Source: orders[1]: For input string: 'x'";

type Job = Partial<{
  state: FlinkJobState;
  cause: string | null;
  restarts: number;
  ranAt: number | null;
  waitsForSlots: boolean;
}>;

const job = (w: World, changes: Job): void => void Object.assign([...w.flink.jobs.values()][0]!, changes);
const stored = (w: World): RunHead => w.store.heads.get(1)!;

/** Ten seconds after its submit, polled once: it runs. */
async function running(): Promise<World> {
  const w = world();
  await w.submit();
  await w.clock.advance(10_000);
  await w.poll(1);
  await w.clock.advance(10_000);
  return w;
}

async function restarting(restarts?: number): Promise<World> {
  const w = await running();
  job(w, { state: 'RESTARTING', cause: CAUSE, ...(restarts === undefined ? {} : { restarts }) });
  return w;
}

/** What Flink is asked of the one job. */
function asks(w: World): Call[] {
  const asked: Call[] = [];
  w.flink.fault = (call, before) => {
    if (before) asked.push(call);
  };
  return asked;
}

const SHOWN = { status: 'RESTARTING', error: `restart 3: ${CAUSE}`, restarts: 3 };

describe('a job that Flink restarts', () => {
  it('brings the reason and the number of restarts with the poll that first sees it', async () => {
    const w = await restarting(3);
    const head = await w.poll(1);
    expect(head).toMatchObject(SHOWN);
    expect(stored(w)).toMatchObject(SHOWN);
    expect(toJobInstance(head, w.clock.now(), 'UTC')).toMatchObject({ error: SHOWN.error, failedRestartCount: 3 });
    expect(toRunSummary(head)).toMatchObject({ status: 'RESTARTING', error: SHOWN.error, restarts: 3 });
    expect(toHistory(head).at(-1)).toMatchObject({ cause: `Flink says RESTARTING: ${SHOWN.error}` });
  });

  it('costs a fresh poll one read, and Flink nothing', async () => {
    const w = await restarting(3);
    await w.poll(1);
    await w.clock.advance(500);
    const asked = asks(w);
    let reads = 0;
    const { readHead } = w.store;
    w.store.readHead = (id) => ((reads += 1), readHead(id));
    for (const method of ['readBody', 'sweptAt', 'updateHead', 'takeRefresh'] as const) {
      Object.assign(w.store, { [method]: () => Promise.reject(new TypeError(`${method} is not to be called`)) });
    }
    expect(await w.poll(1)).toMatchObject(SHOWN);
    expect([reads, asked]).toEqual([1, []]);
  });

  it('is told anew with each restart, and written no more often', async () => {
    const w = await restarting(3);
    await w.poll(1);
    const { v } = stored(w);
    const asked = asks(w);
    for (let n = 0; n < 5; n++) {
      await w.clock.advance(6_000);
      expect(await w.poll(1)).toMatchObject(SHOWN);
    }
    expect(stored(w).v).toBe(v);
    expect(new Set(asked)).toEqual(new Set(['job', 'restarts']));
    job(w, { restarts: 4, cause: 'another reason' });
    await w.clock.advance(6_000);
    expect(await w.poll(1)).toMatchObject({ restarts: 4, error: 'restart 4: another reason', v: v + 1 });
  });

  it('is at its first restart before Flink has counted', async () => {
    for (const restarts of [undefined, 0]) {
      const w = await restarting(restarts);
      expect(await w.poll(1)).toMatchObject({ restarts: 1, error: `restart 1: ${CAUSE}` });
    }
  });

  it('has no reason any more once it runs, and keeps the number', async () => {
    const w = await restarting(3);
    await w.poll(1);
    job(w, { state: 'RUNNING', restarts: 4 });
    await w.clock.advance(6_000);
    expect(await w.poll(1)).toMatchObject({ status: 'RUNNING', error: null, restarts: 4 });
    const { v } = stored(w);
    await w.clock.advance(6_000);
    expect(await w.poll(1)).toMatchObject({ status: 'RUNNING', error: null, restarts: 4, v });
  });

  it.each<[FlinkJobState, string | null]>([
    ['FINISHED', null],
    ['FAILED', CAUSE],
    ['CANCELED', expect.stringContaining('cancelled in Flink')],
  ])('that ends %s has the reason of its end alone', async (state, error) => {
    const w = await restarting(3);
    await w.poll(1);
    job(w, { state, ...{ endedAt: w.clock.now() } });
    await w.clock.advance(6_000);
    expect(await w.poll(1)).toMatchObject({ status: state, error, restarts: 3 });
  });

  it.each<[string, (w: World) => void]>([
    ['why', (w) => (w.flink.failureCause = () => Promise.reject(new AppError('flink.noReply', 'No reply.')))],
    [
      'what the reason may quote',
      (w) => (w.store.readBody = () => Promise.reject(new AppError('store.unavailable', 'Slow.'))),
    ],
    ['how often', (w) => (w.flink.restarts = () => Promise.reject(new AppError('flink.noReply', 'No reply.')))],
  ])('is RESTARTING although Flink can not be asked %s', async (_what, disturb) => {
    const w = await restarting(3);
    const { failureCause, restarts } = w.flink;
    const { readBody } = w.store;
    disturb(w);
    expect(await w.poll(1)).toMatchObject({ status: 'RESTARTING', unreachableSince: null });
    Object.assign(w.flink, { failureCause, restarts });
    w.store.readBody = readBody;
    await w.clock.advance(6_000);
    expect(await w.poll(1)).toMatchObject(SHOWN);
  });

  it('keeps what is known of it while Flink is out of reach', async () => {
    const w = await restarting(3);
    await w.poll(1);
    w.flink.fault = () => {
      throw new AppError('flink.unreachable', 'connection refused');
    };
    await w.clock.advance(6_000);
    const head = await w.poll(1);
    expect(toJobInstance(head, w.clock.now(), 'UTC')).toMatchObject({ status: 'RECONNECTING', error: SHOWN.error });
  });

  it('does not keep a poll waiting longer than half a second', async () => {
    for (const slow of ['restarts', 'failureCause'] as const) {
      const w = await restarting(3);
      w.flink.fault = (call, before) => (call === slow && before ? w.clock.sleep(60_000) : undefined);
      const startedAt = w.clock.now();
      expect(await w.poll(1)).toMatchObject({ status: 'RESTARTING' });
      expect(w.clock.now() - startedAt).toBe(500);
    }
  });

  it('fails the poll by a bug, as it must', async () => {
    const w = await restarting(3);
    w.flink.restarts = () => Promise.reject(new TypeError('x is undefined'));
    await expect(w.poll(1)).rejects.toThrow(TypeError);
  });
});

describe('a sweep', () => {
  it('tells why and how often without a poll, and again when that has changed', async () => {
    const w = await restarting(3);
    await w.reconcile();
    expect(stored(w)).toMatchObject(SHOWN);
    const { v } = stored(w);
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(stored(w).v).toBe(v);
    job(w, { restarts: 9 });
    await w.reconcile();
    expect(stored(w)).toMatchObject({ restarts: 9, error: `restart 9: ${CAUSE}` });
  });

  it('tells what a poll may not, because the reason may quote a secret, and hides that', async () => {
    const table = "CREATE TABLE src (id INT) WITH ('connector' = 'jdbc', 'password' = '${password}')";
    const statement = `${table}; CREATE TABLE snk (id INT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT id FROM src`;
    const variables = [{ name: 'password', value: { secret: 'env:PASSWORD' }, note: null }];
    const w = world({ tasks: [aTask({ statement, fragment: true })], variables });
    w.secrets.values.set('env:PASSWORD', 'hunter22');
    await w.submit();
    await w.clock.advance(10_000);
    job(w, { state: 'RESTARTING', cause: 'no login with hunter22', restarts: 2 });
    expect(await w.poll(1)).toMatchObject({ status: 'RESTARTING', restarts: 2, error: null });
    await w.reconcile();
    const told = { status: 'RESTARTING', restarts: 2, error: 'restart 2: no login with ${password}' };
    expect(stored(w)).toMatchObject(told);
    await w.clock.advance(10_000);
    expect(await w.poll(1)).toMatchObject(told);
  });
});

describe('a job that comes up', () => {
  async function coming(freeSlots: number): Promise<World> {
    const w = world();
    await w.submit();
    job(w, { state: 'CREATED', ranAt: null });
    w.flink.freeSlots = freeSlots;
    await w.clock.advance(3_000);
    return w;
  }
  const WAITS =
    'the job waits for task slots: the cluster has 4, and none is free. End another job, lower the parallelism, or add TaskManagers.';

  it('is left alone for five seconds', async () => {
    const w = await coming(0);
    const asked = asks(w);
    expect(await w.poll(1)).toMatchObject({ status: 'CREATED', error: null });
    expect(asked).toEqual(['job']);
  });

  it('waits for slots where none is free, in plain words, until it runs', async () => {
    const w = await coming(0);
    await w.clock.advance(3_000);
    expect(await w.poll(1)).toMatchObject({ status: 'CREATED', error: WAITS });
    const { v } = stored(w);
    await w.clock.advance(6_000);
    expect(await w.poll(1)).toMatchObject({ status: 'CREATED', error: WAITS, v });
    job(w, { state: 'RUNNING', ranAt: w.clock.now() });
    await w.clock.advance(6_000);
    expect(await w.poll(1)).toMatchObject({ status: 'RUNNING', error: null, restarts: null });
  });

  it('is told of by a sweep as well, and no more when slots are free', async () => {
    const w = await coming(0);
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(stored(w)).toMatchObject({ status: 'CREATED', error: WAITS });
    w.flink.freeSlots = 1;
    await w.reconcile();
    expect(stored(w)).toMatchObject({ status: 'CREATED', error: null });
  });

  it('waits for no slots that are free, or that can not be counted', async () => {
    for (const disturb of [
      (w: World) => (w.flink.freeSlots = 1),
      (w: World) => (w.flink.slots = () => Promise.reject(new AppError('flink.noReply', 'No reply.'))),
    ]) {
      const w = await coming(0);
      await w.clock.advance(3_000);
      disturb(w);
      expect(await w.poll(1)).toMatchObject({ status: 'CREATED', error: null });
    }
  });
});

describe('a job that is RUNNING, and whose tasks all wait for slots', () => {
  const WAITS =
    'the job waits for task slots: the cluster has 4, and none is free. End another job, lower the parallelism, or add TaskManagers.';

  async function waiting(): Promise<World> {
    const w = world();
    await w.submit();
    job(w, { waitsForSlots: true });
    w.flink.freeSlots = 0;
    await w.clock.advance(6_000);
    return w;
  }

  it('is told of by a poll, in plain words, until they run', async () => {
    const w = await waiting();
    const head = await w.poll(1);
    expect(head).toMatchObject({ status: 'RUNNING', error: WAITS });
    expect(toJobInstance(head, w.clock.now(), 'UTC')).toMatchObject({ status: 'RUNNING', error: WAITS });
    expect(toHistory(head).at(-1)).toMatchObject({ cause: `Flink says RUNNING: ${WAITS}` });
    const { v } = stored(w);
    await w.clock.advance(6_000);
    expect(await w.poll(1)).toMatchObject({ error: WAITS, v });
    job(w, { waitsForSlots: false });
    await w.clock.advance(6_000);
    expect(await w.poll(1)).toMatchObject({ status: 'RUNNING', error: null, v: v + 1 });
  });

  it('is asked about at no cost where its tasks run', async () => {
    const w = await waiting();
    job(w, { waitsForSlots: false });
    const asked = asks(w);
    expect(await w.poll(1)).toMatchObject({ status: 'RUNNING', error: null });
    expect(asked).toEqual(['job']);
  });

  it('is left alone for five seconds', async () => {
    const w = world();
    await w.submit();
    job(w, { waitsForSlots: true });
    w.flink.freeSlots = 0;
    await w.clock.advance(3_000);
    expect(await w.poll(1)).toMatchObject({ status: 'RUNNING', error: null });
  });

  it('is not told of by a sweep, which would not see that it is over; a sweep that sees it takes it away', async () => {
    const w = await waiting();
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(stored(w)).toMatchObject({ status: 'RUNNING', error: null });
    await w.poll(1);
    expect(stored(w)).toMatchObject({ error: WAITS, unreachableSince: null });
    w.store.heads.set(1, { ...stored(w), unreachableSince: 1, v: stored(w).v + 1 });
    await w.reconcile();
    expect(stored(w)).toMatchObject({ error: WAITS });
    job(w, { waitsForSlots: false });
    w.store.heads.set(1, { ...stored(w), unreachableSince: 1, v: stored(w).v + 1 });
    await w.reconcile();
    expect(stored(w)).toMatchObject({ error: null });
  });

  it('keeps what was told while it is not known how its tasks are', async () => {
    const w = await waiting();
    await w.poll(1);
    Object.assign([...w.flink.jobs.values()][0]!, { waitsForSlots: undefined });
    await w.clock.advance(6_000);
    expect(await w.poll(1)).toMatchObject({ error: WAITS });
  });

  it('waits for no slots that are free, or that can not be counted', async () => {
    for (const disturb of [
      (w: World) => (w.flink.freeSlots = 1),
      (w: World) => (w.flink.slots = () => Promise.reject(new AppError('flink.noReply', 'No reply.'))),
    ]) {
      const w = await waiting();
      disturb(w);
      expect(await w.poll(1)).toMatchObject({ status: 'RUNNING', error: null });
    }
  });

  it.each<[FlinkJobState, string | null]>([
    ['RESTARTING', `restart 1: ${CAUSE}`],
    ['FAILED', CAUSE],
    ['FINISHED', null],
  ])('and that is %s next has the reason of that alone', async (state, error) => {
    const w = await waiting();
    await w.poll(1);
    job(w, { state, cause: CAUSE, ...(state === 'RESTARTING' ? {} : { endedAt: w.clock.now() }) });
    await w.clock.advance(6_000);
    expect(await w.poll(1)).toMatchObject({ status: state, error });
  });
});
