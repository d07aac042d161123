import { describe, expect, it } from 'vitest';
import { toJobResult } from '../../lib/domain/answer.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const WITH_VARIABLE = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT ${x};";

function stateOf(w: World, runId: number): string | undefined {
  return w.flink.jobs.get(w.store.heads.get(runId)?.jobId ?? '')?.state;
}

describe('cancel', () => {
  it('cancels the live run, at once, and the wish is durable', async () => {
    const w = world();
    await w.submit();
    const { cancelled } = await w.cancel();
    expect(cancelled).toMatchObject({ id: 1, cancelAskedAt: w.clock.now() });
    expect(stateOf(w, 1)).toBe('CANCELED');
    expect(await w.poll(1)).toMatchObject({ status: 'CANCELED' });
  });

  it('names the other live runs, which go on', async () => {
    const w = world({ tasks: [aTask({ statement: WITH_VARIABLE })] });
    for (const x of ['1', '2', '3']) await w.submit({ variables: { x } });
    const { cancelled, others } = await w.cancel();
    expect([cancelled?.id, others]).toEqual([3, [2, 1]]);
    expect([stateOf(w, 1), stateOf(w, 2), stateOf(w, 3)]).toEqual(['RUNNING', 'RUNNING', 'CANCELED']);
  });

  it('is kept while Flink is away, and delivered by the reconciler', async () => {
    const w = world();
    await w.submit();
    w.flink.fault = (call) => {
      if (call === 'cancel') throw new AppError('flink.unreachable', 'connection refused');
    };
    await w.cancel();
    expect(stateOf(w, 1)).toBe('RUNNING');
    w.flink.fault = () => undefined;
    await w.reconcile();
    await w.reconcile();
    expect(w.store.heads.get(1)).toMatchObject({ status: 'CANCELED' });
  });

  it('asked for while submitting: the submitter finds it when the job is confirmed', async () => {
    const w = world();
    w.flink.fault = async (call, before) => {
      if (call !== 'start' || !before) return;
      const head = await w.store.readHead(1);
      if (head !== null) await w.store.updateHead(head, { cancelAskedAt: w.clock.now() }, 'cancel asked');
    };
    await w.submit();
    expect(stateOf(w, 1)).toBe('CANCELED');
  });

  it('after the end changes nothing: what Flink says stays', async () => {
    const w = world();
    const { head } = await w.submit();
    Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { state: 'FINISHED', endedAt: w.clock.now() });
    await w.cancel();
    expect(await w.poll(1)).toMatchObject({ status: 'FINISHED' });
    expect(await w.cancel()).toEqual({ cancelled: null, others: [] });
  });

  it('frees the way for a new run at once', async () => {
    const w = world();
    await w.submit();
    await w.cancel();
    await w.poll(1);
    expect(await w.submit()).toMatchObject({ duplicate: false, head: { id: 2 } });
  });

  it('makes a submit wait for the end of the run that is being cancelled', async () => {
    const w = world();
    const { head } = await w.submit();
    w.flink.fault = (call) => {
      if (call === 'cancel') throw new AppError('flink.unreachable', 'connection refused');
    };
    await w.cancel();
    await expect(w.submit()).rejects.toThrow(/Run 1 of task 1 is being cancelled/);
    const ending = w.submit();
    const stored = await w.store.readHead(head.id);
    if (stored !== null) await w.store.updateHead(stored, { status: 'CANCELED', finishedAt: 1, active: null }, 'seen');
    expect(await ending).toMatchObject({ duplicate: false });
  });
});

describe('a run that ended CANCELED says who asked for it and when', () => {
  const PREVIEW = aTask({ statement: 'SELECT 1;' });
  const BY_TEST = 'cancelled by test at 2026-01-31 12:00:00 UTC';
  const cancelFault = (w: World): void => {
    w.flink.fault = (call) => {
      if (call === 'cancel') throw new AppError('flink.unreachable', 'connection refused');
    };
  };

  /** By another function, while the submit is under way. */
  const askToEnd = async (w: World): Promise<void> => {
    const head = await w.store.readHead(1);
    if (head === null) return;
    await w.store.updateHead(head, { cancelAskedAt: w.clock.now(), cancelAskedBy: 'test' }, 'cancel asked by test');
  };

  it('found by a poll', async () => {
    const w = world();
    await w.submit();
    await w.cancel();
    expect(await w.poll(1)).toMatchObject({ status: 'CANCELED', submitStatus: 'SUCCESS', error: BY_TEST });
  });

  it('found by the sweep', async () => {
    const w = world();
    await w.submit();
    cancelFault(w);
    await w.cancel();
    await w.clock.advance(40_000);
    w.flink.fault = () => undefined;
    await w.reconcile();
    await w.reconcile();
    expect(w.store.heads.get(1)).toMatchObject({ status: 'CANCELED', error: BY_TEST });
  });

  it('found by the submitter itself, whose answer says it too', async () => {
    const w = world();
    w.flink.fault = async (call, before) => {
      if (call !== 'start' || before) return;
      await askToEnd(w);
      const job = { id: 'x', sql: '', config: {}, state: 'CANCELED', ranAt: null, endedAt: w.clock.now() } as const;
      w.flink.jobs.set(w.store.heads.get(1)?.jobId ?? '', { ...job, cause: null });
      throw new AppError('flink.noReply', 'No reply.');
    };
    const view = await w.submit();
    expect(view.head).toMatchObject({ status: 'CANCELED', submitStatus: 'CANCEL' });
    expect(view.head.error).toMatch(/^cancelled by test at 2026-01-31 12:00:0\d UTC$/);
    expect(toJobResult(view, 'UTC')).toMatchObject({ status: 'CANCEL', success: false, error: view.head.error });
  });

  it('before a job was started', async () => {
    const w = world();
    w.flink.fault = (call) => {
      if (call === 'start' || call === 'cancel') throw new AppError('flink.noReply', 'No reply.');
    };
    await w.submit({}, 5_000);
    await w.cancel();
    w.flink.fault = () => undefined;
    for (let minute = 0; minute < 30; minute += 1) {
      await w.clock.advance(60_000);
      await w.reconcile();
    }
    expect(w.store.heads.get(1)).toMatchObject({ status: 'CANCELED', submitStatus: 'CANCEL' });
    expect(w.store.heads.get(1)?.error).toMatch(
      /^cancelled by test at 2026-01-31 12:00:\d\d UTC, before a job was started$/,
    );
  });

  it('by somebody in Flink', async () => {
    const w = world();
    const { head } = await w.submit();
    Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { state: 'CANCELED', endedAt: w.clock.now() });
    expect((await w.poll(1)).error).toBe('cancelled in Flink at 2026-01-31 12:00:00 UTC, not through Dinghy');
  });

  it('a preview that a person cancelled was not interrupted', async () => {
    const w = world({ tasks: [PREVIEW] });
    w.flink.rowsOf = () => ({ columns: ['a'], cells: [], ends: false });
    w.flink.fault = async (call, before) => {
      const job = [...w.flink.jobs.values()][0];
      if (call !== 'fetch' || before || job?.endedAt !== null) return;
      await askToEnd(w);
      Object.assign(job, { state: 'CANCELED', endedAt: w.clock.now() });
      throw new AppError('flink.failed', 'Job was cancelled.');
    };
    const view = await w.submit();
    expect(view.head).toMatchObject({ status: 'CANCELED', submitStatus: 'CANCEL' });
    expect(toJobResult(view, 'UTC')['error']).toMatch(/^cancelled by test at /);
  });
});

describe('Idempotency-Key', () => {
  it('gives a repeat the same run for 24 h, in its present state, also after its end', async () => {
    const w = world();
    const first = await w.submit({ key: 'k1' });
    await w.cancel();
    await w.poll(1);
    await w.clock.advance(23 * 3_600_000);
    expect(await w.submit({ key: 'k1' })).toMatchObject({
      duplicate: true,
      head: { id: first.head.id, status: 'CANCELED' },
    });
    await w.clock.advance(2 * 3_600_000);
    expect(await w.submit({ key: 'k1' })).toMatchObject({ duplicate: false });
  });

  it('refuses the same key for another request', async () => {
    const w = world({ tasks: [aTask({ statement: WITH_VARIABLE })] });
    await w.submit({ key: 'k1', variables: { x: '1' } });
    await expect(w.submit({ key: 'k1', variables: { x: '2' } })).rejects.toThrow(
      /Idempotency-Key.*another request \(run 1\)/,
    );
  });

  it('of its own starts a new run inside the window of one that has ended', async () => {
    const w = world();
    const { head } = await w.submit();
    Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { state: 'FINISHED', endedAt: w.clock.now() });
    await w.poll(1);
    expect(await w.submit({ key: 'mine' })).toMatchObject({ duplicate: false });
  });

  it('of a repeat that met a live run names that run from then on', async () => {
    const w = world();
    const { head } = await w.submit();
    expect(await w.submit({ key: 'k1' })).toMatchObject({ duplicate: true, head: { id: 1 } });
    Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { state: 'FINISHED', endedAt: w.clock.now() });
    await w.poll(1);
    await w.clock.advance(60_000);
    expect(await w.submit({ key: 'k1' })).toMatchObject({ duplicate: true, head: { id: 1 } });
  });

  it('whose run was never written is taken after 5 s, and the number made void', async () => {
    const w = world();
    const hash = w.ids.sha256('k1');
    const requestHash = w.ids.sha256('{"taskId":1,"variables":[],"savePointPath":null,"isOnline":false}');
    await w.keys.putKey({ caller: 'test', hash }, { runId: 77, requestHash, owner: 'gone' });
    expect(await w.submit({ key: 'k1' })).toMatchObject({ duplicate: false, head: { id: 1 } });
    expect(w.store.heads.get(77)?.status).toBe('VOID');
  });

  it('works for tasks that only read, which are not deduplicated otherwise', async () => {
    const w = world({ tasks: [aTask({ statement: 'SELECT 1;' })] });
    const first = await w.submit({ key: 'k1' });
    expect(await w.submit({ key: 'k1' })).toMatchObject({ duplicate: true, head: { id: first.head.id } });
  });
});

describe('isOnline', () => {
  it('takes any live run of the task for the answer, whatever its variables', async () => {
    const w = world({ tasks: [aTask({ statement: WITH_VARIABLE })] });
    await w.submit({ variables: { x: '1' } });
    expect(await w.submit({ variables: { x: '2' }, isOnline: true })).toMatchObject({
      duplicate: true,
      head: { id: 1 },
    });
    expect(w.flink.jobs.size).toBe(1);
  });

  it('starts when no other run is live', async () => {
    const w = world({ tasks: [aTask({ statement: WITH_VARIABLE })] });
    await w.submit({ variables: { x: '1' } });
    await w.cancel();
    await w.poll(1);
    expect(await w.submit({ variables: { x: '2' }, isOnline: true })).toMatchObject({ duplicate: false });
  });
});

describe('many claims', () => {
  it('are cleared away when their runs are over', async () => {
    const w = world({ tasks: [aTask({ statement: WITH_VARIABLE })] });
    for (let x = 0; x < 70; x += 1) {
      const { head } = await w.submit({ variables: { x: String(x) } });
      Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { state: 'FINISHED', endedAt: w.clock.now() });
      await w.poll(head.id);
    }
    await w.clock.advance(60_000);
    await w.submit({ variables: { x: 'new' } });
    expect(Object.keys(w.store.tasks.get(1)?.claims ?? {}).length).toBeLessThanOrEqual(46);
  });

  it('of more than 512 live runs refuse another', async () => {
    const w = world({ tasks: [aTask({ statement: WITH_VARIABLE })] });
    const { head } = await w.submit({ variables: { x: '0' } });
    const claims: Record<string, number> = {};
    for (let id = 1; id <= 600; id += 1) {
      claims[`fp${id}`] = id + 1000;
      w.store.heads.set(id + 1000, { ...head, id: id + 1000, fp: `fp${id}` });
    }
    w.store.tasks.set(1, { claims, claimSeq: 600, latestRunId: 1600 });
    await expect(w.submit({ variables: { x: 'more' } })).rejects.toThrow(/has 600 live runs/);
  });
});
