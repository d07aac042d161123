/** What is written of a run when Flink shows its job, and what is asked and told on the way. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { MISSED_MS } from '../../../lib/domain/limits.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { FlinkJob, FlinkJobState } from '../../../lib/domain/run/status.ts';
import { noteReason, record, recordSeen, sendCancel } from '../../../lib/usecases/record/record.ts';
import { type World, world } from '../world.ts';

const SIGNAL = new AbortController().signal;
const RAN_AT = 1_000;

function aJob(state: FlinkJobState): FlinkJob {
  return { state, ranAt: RAN_AT, endedAt: ['FINISHED', 'FAILED', 'CANCELED'].includes(state) ? 2_000 : null };
}

/** A run that Flink has accepted, changed as the test says, and what Flink was asked or told since. */
async function bed(changes: Partial<RunHead> = {}) {
  const w = world();
  const { head: submitted } = await w.submit();
  const head = { ...submitted, ...changes };
  w.store.heads.set(head.id, head);
  const calls: string[] = [];
  w.flink.fault = (call, before) => {
    if (before) calls.push(call);
  };
  const asksWhy = w.flink.failureCause.bind(w.flink);
  w.flink.failureCause = (...args) => {
    calls.push('failureCause');
    return asksWhy(...args);
  };
  return { w, head, calls };
}

/** Somebody else writes first. */
async function changedMeanwhile({ store }: World, head: RunHead): Promise<RunHead | null> {
  return await store.updateHead(head, { cancelAskedAt: 5 }, 'cancel asked');
}

describe('a record', () => {
  it('of a run that is not in the table any more (a restored table) changes nothing, and comes to an end', async () => {
    const { w, head } = await bed();
    w.store.heads.delete(head.id);
    const evidence = { kind: 'over', status: 'UNKNOWN', reason: 'lost' } as const;
    expect(await record(w, head, evidence, SIGNAL)).toBe(head);
    expect(w.store.heads.has(head.id)).toBe(false);
  });

  it('of a run that was changed meanwhile is made of what is there now', async () => {
    const { w, head } = await bed();
    await changedMeanwhile(w, head);
    const evidence = { kind: 'over', status: 'UNKNOWN', reason: 'lost' } as const;
    expect(await record(w, head, evidence, SIGNAL)).toMatchObject({ status: 'UNKNOWN', cancelAskedAt: 5 });
  });
});

describe('a reason that proves nothing', () => {
  it('is kept, and the head is given as it is stored then', async () => {
    const { w, head } = await bed();
    const noted = await noteReason(w, head, 'no reply');
    expect(noted).toMatchObject({ refusal: 'no reply', v: head.v + 1 });
    expect(w.store.heads.get(head.id)).toEqual(noted);
  });

  it('leaves a job of another id noted', async () => {
    const { w, head } = await bed();
    const noted = await noteReason(w, head, 'Flink started job x', 'x');
    expect(noted).toMatchObject({ otherJobId: 'x' });
    expect(await noteReason(w, noted, 'no reply')).toMatchObject({ refusal: 'no reply', otherJobId: 'x' });
  });

  it('is dropped when somebody else has decided meanwhile: the head is theirs', async () => {
    const { w, head } = await bed();
    const theirs = await changedMeanwhile(w, head);
    expect(await noteReason(w, head, 'no reply')).toEqual(theirs);
  });

  it('is dropped when the run is not in the table any more', async () => {
    const { w, head } = await bed();
    w.store.heads.delete(head.id);
    expect(await noteReason(w, head, 'no reply')).toBe(head);
  });
});

describe('Flink is asked why a job failed', () => {
  it.each<[string, FlinkJobState, Partial<RunHead>, boolean]>([
    ['when it has failed', 'FAILED', {}, true],
    ['but not when it runs', 'RUNNING', {}, false],
    ['nor when it finished', 'FINISHED', {}, false],
    ['nor when that is recorded', 'FAILED', { status: 'FAILED' }, false],
  ])('%s', async (_when, state, changes, asked) => {
    const { w, head, calls } = await bed(changes);
    await recordSeen(w, head, aJob(state), { observer: 'sweep', signal: SIGNAL });
    expect(calls.includes('failureCause')).toBe(asked);
  });
});

describe('a run whose savepoints could not be read', () => {
  const away = async (changes: Partial<RunHead> = {}) => {
    const b = await bed(changes);
    b.w.flink.checkpoints = () => Promise.reject(new AppError('flink.noReply', 'No reply.'));
    return b;
  };

  it('does not end at the first look of a sweep: it is noted when its end was seen', async () => {
    const { w, head } = await away();
    const waiting = await recordSeen(w, head, aJob('FINISHED'), { observer: 'sweep', signal: SIGNAL });
    expect(waiting).toMatchObject({ status: 'CREATED', endSeenAt: w.clock.now(), v: head.v + 1 });
    expect(w.store.heads.get(head.id)).toEqual(waiting);
  });

  it('stays as it is when it was changed meanwhile: the next look decides', async () => {
    const { w, head } = await away();
    await changedMeanwhile(w, head);
    expect(await recordSeen(w, head, aJob('FINISHED'), { observer: 'sweep', signal: SIGNAL })).toBe(head);
  });

  it('ends without them at a later look of the sweep, and the log says of which run', async () => {
    const { w, head } = await away();
    const endSeenAt = w.clock.now() - MISSED_MS;
    const early = { ...head, endSeenAt: endSeenAt + 1 };
    expect(await recordSeen(w, early, aJob('FINISHED'), { observer: 'sweep', signal: SIGNAL })).toBe(early);
    expect(
      await recordSeen(w, { ...head, endSeenAt }, aJob('FINISHED'), { observer: 'sweep', signal: SIGNAL }),
    ).toMatchObject({
      status: 'FINISHED',
    });
    const { message, fields } = w.log.lines.at(-1) ?? {};
    expect([message, fields]).toEqual([
      'a run ends without a record of its savepoints',
      { runId: head.id, taskId: head.taskId },
    ]);
  });
});

describe('a cancel that was asked for before anybody knew of the job', () => {
  const asked = { status: 'INITIALIZING', submitStatus: 'INITIALIZE', cancelAskedAt: 5 } as const;

  it('is told as soon as the job is confirmed', async () => {
    const { w, head, calls } = await bed(asked);
    await recordSeen(w, head, aJob('RUNNING'), { observer: 'sweep', signal: SIGNAL });
    expect(calls).toEqual(['cancel']);
  });

  it.each<[string, FlinkJobState, Partial<RunHead>]>([
    ['when the job has ended already', 'FINISHED', asked],
    ['when nobody asked', 'RUNNING', { ...asked, cancelAskedAt: null }],
    ['of a run that was confirmed before: it was told then', 'RUNNING', { ...asked, status: 'CREATED' }],
  ])('is not told %s', async (_when, state, changes) => {
    const { w, head, calls } = await bed(changes);
    await recordSeen(w, head, aJob(state), { observer: 'sweep', signal: SIGNAL });
    expect(calls).not.toContain('cancel');
  });

  it('is not told of a run without a job', async () => {
    const { w, head, calls } = await bed();
    await sendCancel(w, { ...head, jobId: null }, SIGNAL);
    expect(calls).toEqual([]);
  });

  it('that does not arrive is said in the log, with the run and why', async () => {
    const { w, head } = await bed();
    w.flink.cancel = () => Promise.reject(new AppError('flink.noReply', 'No reply from jm.'));
    await sendCancel(w, head, SIGNAL);
    expect(w.log.lines.at(-1)).toMatchObject({ level: 'warn', fields: { runId: head.id, error: 'No reply from jm.' } });
  });
});
