/** Which run stands in the way of a request: where many claims stand, where a task runs alone, and by what name it is known. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { voidHead } from '../../../lib/domain/run/new-run.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

const STATEMENT = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT ${x}, ${y};";

const variables = (x: number): Record<string, string> => ({ x: String(x), y: 'same' });

async function finish(w: World, runId: number): Promise<void> {
  const job = w.flink.jobs.get(w.store.heads.get(runId)?.jobId ?? '');
  Object.assign(job ?? {}, { state: 'FINISHED', endedAt: w.clock.now() });
  await w.clock.advance(5_000);
  expect(await w.poll(runId)).toMatchObject({ status: 'FINISHED' });
}

describe('more than 64 claims', () => {
  const MANY = 70;

  const manyEnded = async (dedupeSeconds: number): Promise<World> => {
    const w = world({ tasks: [aTask({ statement: STATEMENT, dedupeSeconds })] });
    for (let x = 0; x < MANY; x += 1) await finish(w, (await w.submit({ variables: variables(x) })).head.id);
    return w;
  };
  const claimsOf = (w: World): number => Object.keys(w.store.tasks.get(1)?.claims ?? {}).length;

  it('of runs that have ended are kept as long as these answer repeats', async () => {
    const w = await manyEnded(24 * 3_600);
    await w.submit({ variables: variables(MANY) });
    expect(claimsOf(w)).toBe(MANY + 1);
    for (const x of [0, 35, MANY - 1]) {
      expect(await w.submit({ variables: variables(x) })).toMatchObject({ duplicate: true, head: { id: x + 1 } });
    }
    expect(w.flink.jobs.size).toBe(MANY + 1);
  });

  it('of runs that answer no repeats any more are cleared away, 25 at a time', async () => {
    const w = await manyEnded(0);
    await w.submit({ variables: variables(MANY) });
    expect(claimsOf(w)).toBe(MANY + 1 - 25);
  });

  it('of runs that are live are kept', async () => {
    const w = world({ tasks: [aTask({ statement: STATEMENT, dedupeSeconds: 0 })] });
    for (let x = 0; x < MANY; x += 1) await w.submit({ variables: variables(x) });
    expect(claimsOf(w)).toBe(MANY);
    expect(await w.submit({ variables: variables(0) })).toMatchObject({ duplicate: true, head: { id: 1 } });
  });
});

describe('a task that runs alone (isOnline), and another run of it that is being cancelled', () => {
  const asked = { variables: variables(2), isOnline: true };

  const cancelling = async (): Promise<World> => {
    const w = world({ tasks: [aTask({ statement: STATEMENT })] });
    await w.submit({ variables: variables(1) });
    w.flink.fault = (call) => {
      if (call === 'cancel') throw new AppError('flink.unreachable', 'connection refused');
    };
    await w.cancel();
    return w;
  };

  it('waits for its end, and is refused when that does not come: nothing starts beside it', async () => {
    const w = await cancelling();
    await expect(w.submit(asked)).rejects.toThrow(/Run 1 of task 1 is being cancelled/);
    expect(w.flink.jobs.size).toBe(1);
  });

  it('starts when it has ended meanwhile', async () => {
    const w = await cancelling();
    const startedAt = w.clock.now();
    const endItLater = async (): Promise<void> => {
      await w.clock.sleep(4_000);
      const head = await w.store.readHead(1);
      if (head === null) throw new Error('no run 1');
      Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { state: 'CANCELED', endedAt: w.clock.now() });
      await w.store.updateHead(head, { status: 'CANCELED', finishedAt: w.clock.now(), active: null }, 'seen');
    };
    const [view] = await Promise.all([w.submit(asked), endItLater()]);
    expect(view).toMatchObject({ duplicate: false });
    expect(w.clock.now() - startedAt).toBeGreaterThanOrEqual(4_000);
  });
});

describe('the same variables in another order are the same request', () => {
  const [one, other] = [
    { x: '1', y: '2' },
    { y: '2', x: '1' },
  ];

  it('without a key', async () => {
    const w = world({ tasks: [aTask({ statement: STATEMENT })] });
    await w.submit({ variables: one });
    expect(await w.submit({ variables: other })).toMatchObject({ duplicate: true, head: { id: 1 } });
  });

  it('under a key', async () => {
    const w = world({ tasks: [aTask({ statement: STATEMENT })] });
    await w.submit({ key: 'k', variables: one });
    expect(await w.submit({ key: 'k', variables: other })).toMatchObject({ duplicate: true, head: { id: 1 } });
    await expect(w.submit({ key: 'k', variables: { x: '2', y: '1' } })).rejects.toThrow(/another request/);
  });

  it('under a key of an earlier version, which was kept with the names in order', async () => {
    const w = world({ tasks: [aTask({ statement: STATEMENT })] });
    const asked = '{"taskId":1,"variables":[["x","1"],["y","2"]],"savePointPath":null,"isOnline":false}';
    const { head } = await w.submit({ variables: one });
    const key = { caller: 'test', hash: w.ids.sha256('k') };
    await w.keys.putKey(key, { runId: head.id, requestHash: w.ids.sha256(asked), owner: 'somebody' });
    expect(await w.submit({ key: 'k', variables: other })).toMatchObject({ duplicate: true, head: { id: 1 } });
  });
});

describe('a key', () => {
  it('that stands for a number made void is taken over at once', async () => {
    const w = world({ tasks: [aTask()] });
    const requestHash = w.ids.sha256('{"taskId":1,"variables":[],"savePointPath":null,"isOnline":false}');
    const key = { caller: 'test', hash: w.ids.sha256('k') };
    await w.keys.putKey(key, { runId: 77, requestHash, owner: 'somebody' });
    w.store.heads.set(77, voidHead(77, 1, 'somebody', w.clock.now()));
    const startedAt = w.clock.now();
    const { head } = await w.submit({ key: 'k' });
    expect([head.id, w.clock.now() - startedAt < 5_000]).toEqual([1, true]);
    expect(await w.submit({ key: 'k' })).toMatchObject({ duplicate: true, head: { id: 1 } });
  });

  it('of another request is refused by code and name', async () => {
    const w = world({ tasks: [aTask({ statement: STATEMENT })] });
    await w.submit({ key: 'k', variables: variables(1) });
    await expect(w.submit({ key: 'k', variables: variables(2) })).rejects.toMatchObject({
      code: 'request.keyReused',
      message: expect.stringContaining('run 1') as string,
    });
  });
});
