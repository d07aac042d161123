/** Errors that are not ours are bugs: they come to light wherever they happen. An AppError is never taken for one. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { Call } from '../fakes/fake-flink.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const bug = (): never => {
  throw new TypeError("Cannot read properties of undefined (reading 'x')");
};

/** A run whose job is known to nobody: its submitter was gone before it sent. */
async function unsent(w: World, taskId = 1): Promise<number> {
  w.flink.fault = (call, before) => {
    if (call === 'start' && before) throw new AppError('flink.noReply', 'reset');
  };
  const { head } = await w.submit({ taskId }, 2_000);
  w.flink.fault = () => undefined;
  expect(head).toMatchObject({ status: 'INITIALIZING', sends: 1 });
  await w.clock.advance(60_000);
  return head.id;
}

/** Throws at the how-manieth call of this kind. */
function at(w: World, wanted: Call, count: number, error: () => never): void {
  let calls = 0;
  w.flink.fault = (call, before) => {
    if (call === wanted && before && (calls += 1) === count) error();
  };
}

describe('a bug', () => {
  it.each(['job', 'identify', 'start', 'fetch', 'open', 'configure', 'version', 'close'] as const)(
    'at %s of a submit is thrown',
    async (call) => {
      const w = world();
      at(w, call, 1, bug);
      // So that the job is asked for.
      if (call === 'job') w.flink.planningMs = 600_000;
      const submitted = call === 'job' ? undecidedThen(w) : w.submit();
      await expect(submitted).rejects.toThrow(/Cannot read properties/);
    },
  );

  async function undecidedThen(w: World): Promise<unknown> {
    const { head } = await w.submit({}, 1_000);
    return await w.poll(head.id);
  }

  it('while the reason of a failure is asked for is thrown', async () => {
    const w = world();
    const { head } = await w.submit();
    Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { state: 'FAILED', endedAt: w.clock.now() });
    await w.clock.advance(10_000);
    w.flink.failureCause = () => Promise.reject(new TypeError('Cannot read properties of null'));
    await expect(w.poll(head.id)).rejects.toThrow(/Cannot read properties/);
  });

  it('while a cancel is delivered is thrown', async () => {
    const w = world();
    await w.submit();
    at(w, 'cancel', 1, bug);
    await expect(w.cancel()).rejects.toThrow(/Cannot read properties/);
  });

  it('in what a repeat began and did not need is thrown', async () => {
    const w = world();
    await w.submit();
    const repeat = w.submit();
    w.flink.fault = (call, before) => {
      if (call === 'open' && before) bug();
    };
    await expect(repeat).rejects.toThrow(/Cannot read properties/);
  });

  it('in one run does not keep a sweep from the others, and is logged with its place', async () => {
    const w = world({ tasks: [aTask(), aTask({ id: 2, name: 'other' })] });
    const first = await unsent(w);
    const second = await unsent(w, 2);
    const jobId = w.store.heads.get(first)?.jobId;
    w.flink.fault = (call, before, detail) => {
      if (call === 'job' && before && detail === jobId) bug();
    };
    await w.reconcile();
    expect(w.store.heads.get(second)).toMatchObject({ sends: 2, status: 'RUNNING' });
    const line = w.log.lines.find(({ level }) => level === 'error');
    expect(line).toMatchObject({ fields: { runId: first, error: expect.stringContaining('bugs.test.ts') } });
  });
});

describe('a run that is about to be sent again', () => {
  it('is not called restarted when the JobManager could not be asked, and is tried again', async () => {
    const w = world();
    const runId = await unsent(w);
    // The view, the decision, the visit, and the last look after the permission.
    at(w, 'identify', 4, () => {
      throw new AppError('flink.unreachable', 'connection refused');
    });
    await w.reconcile();
    const head = w.store.heads.get(runId);
    expect(head).toMatchObject({ status: 'INITIALIZING', sends: 2, open: [1] });
    expect(head?.refusal).toContain('could not be asked');
    expect(head?.refusal).toContain('connection refused');
    expect(w.flink.jobs.size).toBe(0);
    await w.clock.advance(60_000);
    await w.reconcile();
    expect(w.store.heads.get(runId)).toMatchObject({ status: 'RUNNING', sends: 3 });
  });

  it('throws a bug at that point', async () => {
    const w = world();
    await unsent(w);
    at(w, 'identify', 4, bug);
    await w.reconcile();
    expect(w.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});
