/** The reply of the intent's write is lost for good: whether the run exists is found out, and nothing is sent twice. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const lost = (): AppError => new AppError('store.unavailable', 'No reply from the table.');

/** The first head that is put is stored, somebody else does something, and no reply comes. */
function losesFirstReply(w: World, between: (head: RunHead) => Promise<unknown> = () => Promise.resolve()): void {
  const { putHead } = w.store;
  let first = true;
  w.store.putHead = async (head) => {
    if (!first) return await putHead(head);
    first = false;
    await putHead(head);
    await between(head);
    throw lost();
  };
}

const STATEMENTS = [
  ['a job', {}],
  ['statements without a job', { statement: 'CALL sys.compact()' }],
] as const;

describe.each(STATEMENTS)('the intent of %s, whose reply is lost', (_what, task) => {
  it('is found: the run goes on', async () => {
    const w = world({ tasks: [aTask(task)] });
    losesFirstReply(w);
    const { head, duplicate } = await w.submit();
    expect({ id: head.id, submitStatus: head.submitStatus, duplicate }).toEqual({
      id: 1,
      submitStatus: 'SUCCESS',
      duplicate: false,
    });
    expect([...w.store.heads.keys()]).toEqual([1]);
    expect(w.flink.started).toHaveLength(1);
  });

  it('is found although somebody has changed the head meanwhile', async () => {
    const w = world({ tasks: [aTask(task)] });
    losesFirstReply(w, (head) => w.store.updateHead(head, { refusal: 'noted' }, 'a sweep was here'));
    const { head } = await w.submit();
    expect(head).toMatchObject({ id: 1, submitStatus: 'SUCCESS', refusal: 'noted' });
    expect([...w.store.heads.keys()]).toEqual([1]);
    expect(w.flink.started).toHaveLength(1);
  });

  it('is found, and nothing is sent when the run has been ended meanwhile', async () => {
    const w = world({ tasks: [aTask(task)] });
    const end = { status: 'UNKNOWN', submitStatus: 'FAILED', active: null, open: [] } as const;
    losesFirstReply(w, (head) => w.store.updateHead(head, end, 'ended by a sweep'));
    expect((await w.submit()).head).toMatchObject({ id: 1, status: 'UNKNOWN' });
    expect(w.flink.started).toEqual([]);
  });

  it('is not there: the number is made void, and the caller is told that nothing was started', async () => {
    const w = world({ tasks: [aTask(task)] });
    const { putHead } = w.store;
    w.store.putHead = (head) => (head.status === 'VOID' ? putHead(head) : Promise.reject(lost()));
    await expect(w.submit()).rejects.toMatchObject({ code: 'store.unavailable', message: 'No reply from the table.' });
    expect(w.store.heads.get(1)?.status).toBe('VOID');
    expect(w.flink.started).toEqual([]);
  });
});
