/** Runs on their way when Dinghy is deployed anew: their items lack what earlier versions did not write. */
import { describe, expect, it } from 'vitest';
import type { Items } from '../../lib/adapters/dynamo/items.ts';
import { toHeadItem } from '../../lib/adapters/dynamo/job-items.ts';
import { dynamoJobStore } from '../../lib/adapters/dynamo/job-store.ts';
import { toJobResult } from '../../lib/domain/answer.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const MINUTE = 60_000;

/** What was added since: of a head, of a body's plan, of its statements, of a result's rows. */
const LATER = [
  'creation',
  'owner',
  'deployment',
  'endSeenAt',
  'secrets',
  'sensitive',
  'inserts',
  'truncatedBy',
  'previewAt',
];

function asWrittenBefore(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asWrittenBefore);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !LATER.includes(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, asWrittenBefore(inner)]));
}

/** What is stored so far becomes what the table's adapter makes of an earlier version's items. */
async function deployAnew(w: World): Promise<void> {
  const reading = (item: object): ReturnType<typeof dynamoJobStore> => {
    const items = { get: () => Promise.resolve(asWrittenBefore(item)) } as unknown as Items;
    return dynamoJobStore({ items, table: 'jobs', clock: w.clock, ids: w.ids });
  };
  for (const [id, head] of w.store.heads) {
    for (const [name, body] of w.store.bodies) {
      const read = await reading(body).readBody(head);
      if (read !== null) w.store.bodies.set(name, read);
    }
    const result = w.store.results.get(id);
    const readResult = result === undefined ? null : await reading(result).readResult(id);
    if (readResult !== null) w.store.results.set(id, readResult);
    const readHead = await reading(toHeadItem(head)).readHead(id);
    if (readHead !== null) w.store.heads.set(id, readHead);
  }
}

describe('a run of an earlier version', () => {
  it('is sent again, followed, and ended with the reason of its job', async () => {
    const w = world();
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) throw new AppError('flink.noReply', 'No reply.');
    };
    await w.submit();
    w.flink.fault = () => undefined;
    await deployAnew(w);
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(await w.store.readHead(1)).toMatchObject({ status: 'RUNNING', sends: 2, deployment: null });
    const [job] = w.flink.jobs.values();
    Object.assign(job ?? {}, { state: 'FAILED', endedAt: w.clock.now(), cause: 'out of memory' });
    expect(await w.poll(1)).toMatchObject({ status: 'FAILED', error: 'out of memory', endSeenAt: null });
  });

  it('whose end leaves savepoints that can not be asked for ends in two looks', async () => {
    const w = world();
    const { head } = await w.submit();
    await deployAnew(w);
    Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { state: 'FINISHED', endedAt: w.clock.now() });
    w.flink.fault = (call, before) => {
      if (call === 'checkpoints' && before) throw new AppError('flink.failed', 'No.');
    };
    await w.reconcile();
    expect((await w.store.readHead(1))?.status).toBe('CREATED');
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect((await w.store.readHead(1))?.status).toBe('FINISHED');
  });

  it('answers a repeat, with its rows', async () => {
    const w = world({ tasks: [aTask({ statement: "CREATE TABLE t (a INT) WITH ('connector' = 'x'); SHOW TABLES;" })] });
    const first = await w.submit({ key: 'k' });
    await deployAnew(w);
    const again = await w.submit({ key: 'k' });
    expect(again.duplicate).toBe(true);
    expect({ ...toJobResult(again, 'UTC'), duplicate: false }).toEqual(toJobResult(first, 'UTC'));
  });

  it('is cancelled', async () => {
    const w = world();
    await w.submit();
    await deployAnew(w);
    await w.cancel();
    await w.reconcile();
    expect((await w.store.readHead(1))?.status).toBe('CANCELED');
  });
});
