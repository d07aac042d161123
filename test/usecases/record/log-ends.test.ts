/** The line of the log that says that a run has ended: once for each end, whoever records it. */
import { expect, it } from 'vitest';
import { loggingEnds } from '../../../lib/usecases/record/log-ends.ts';
import { aHead } from '../../contracts/job-store.contract.ts';
import { keptLog } from '../../fakes/fake-ids.ts';
import { world } from '../world.ts';

const RUNNING = { status: 'RUNNING', submitStatus: 'SUCCESS' } as const;

function setUp() {
  const w = world();
  const log = keptLog();
  const head = aHead(1, RUNNING);
  w.store.heads.set(1, head);
  return { store: loggingEnds(w.store, log), lines: log.lines, head, heads: w.store.heads };
}

it.each(['FINISHED', 'FAILED', 'CANCELED', 'UNKNOWN'] as const)(
  'says that it ended %s, and how long it took',
  async (status) => {
    const { store, lines, head } = setUp();
    const stored = await store.updateHead(head, { status, finishedAt: head.intentAt + 5_000 }, 'x');
    expect(stored).toMatchObject({ status, v: head.v + 1 });
    expect(lines).toMatchObject([
      { message: 'run ended', fields: { runId: 1, taskId: head.taskId, task: head.name, status, durationMs: 5_000 } },
    ]);
  },
);

it('says it once: whoever comes too late has ended nothing', async () => {
  const { store, lines, head } = setUp();
  await store.updateHead(head, { status: 'FAILED', finishedAt: 1 }, 'x');
  expect(await store.updateHead(head, { status: 'FAILED', finishedAt: 1 }, 'x')).toBeNull();
  expect(lines).toHaveLength(1);
});

it('says nothing of other changes, nor of changes after the end', async () => {
  const { store, lines, head } = setUp();
  const restarting = await store.updateHead(head, { status: 'RESTARTING' }, 'x');
  expect(lines).toEqual([]);
  const ended = await store.updateHead(restarting!, { status: 'FINISHED', finishedAt: 1 }, 'x');
  await store.updateHead(ended!, { active: null }, null);
  expect(lines).toHaveLength(1);
});

it('says it too when the store is bound to the time of a request', async () => {
  const { store, lines, head } = setUp();
  await store.within(new AbortController().signal).updateHead(head, { status: 'FAILED', finishedAt: 1 }, 'x');
  expect(lines).toHaveLength(1);
});
