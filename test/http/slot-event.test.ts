/** A slot of a task's schedule, as an event: what is read of it, and what the function says about it. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { SlotOutcome } from '../../lib/domain/slot-outcome.ts';
import { scheduledSubmit } from '../../lib/http/scheduled-event.ts';
import { parseSlotEvent } from '../../lib/http/slot-event.ts';
import { headAt } from '../builders/a-head.ts';
import { thrownAppError } from '../builders/app-error-of.ts';
import { keptLog } from '../fakes/fake-ids.ts';

const EVENT = { taskId: 1, schedule: 'nightly', scheduledTime: '2026-01-31T02:00:00Z' };
const AT = Date.parse(EVENT.scheduledTime);
const SLOT = { taskId: 1, schedule: 'nightly', at: AT };

describe('the event of a slot', () => {
  it.each([
    [{}],
    [{ taskId: '1' }],
    [{ scheduledTime: '2026-01-31T02:00Z' }],
    [{ scheduledTime: '2026-01-31T02:00:00.000Z' }],
    [{ scheduledTime: '2026-01-31T03:00:00+01:00' }],
    [{ scheduleArn: 'arn:x', id: 'attempt-2', attempt: 2 }],
  ])('is the same slot: %j', (change) => expect(parseSlotEvent({ ...EVENT, ...change })).toEqual(SLOT));

  it.each([[{ taskId: 1 }], [{ taskId: 1, variables: { schedule: 'x' } }], [null], [undefined], ['x'], [[EVENT]]])(
    'is not %j',
    (event) => expect(parseSlotEvent(event)).toBeNull(),
  );

  it.each([
    [{ taskId: undefined }, 'taskId'],
    [{ taskId: 0 }, 'taskId'],
    [{ schedule: '' }, '"schedule"'],
    [{ schedule: null }, '"schedule"'],
    [{ schedule: 'a night' }, '"schedule"'],
    [{ schedule: 'n'.repeat(41) }, '"schedule"'],
    [{ scheduledTime: undefined }, '"scheduledTime"'],
    [{ scheduledTime: '2026-01-31T02:00:00' }, '"2026-01-31T02:00:00"'],
    [{ scheduledTime: '2026-02-31T25:00:00Z' }, '"2026-02-31T25:00:00Z"'],
    [{ scheduledTime: 'tonight' }, '"tonight"'],
    [{ scheduledTime: AT }, '"scheduledTime"'],
    [{ scheduledTime: '<aws.scheduler.scheduled-time>' }, '<aws.scheduler.scheduled-time>'],
    [{ variables: {} }, '"variables"'],
    [{ savePointPath: 's3://b' }, '"savePointPath"'],
  ])('is refused with %j', (change, said) => {
    const { code, message } = thrownAppError(() => parseSlotEvent({ ...EVENT, ...change }));
    expect(code).toBe('request.invalid');
    expect(message).toContain(said);
  });
});

describe('the function says of a slot', () => {
  const invoke = async (outcome: SlotOutcome | AppError) => {
    const log = keptLog();
    const handler = scheduledSubmit(
      () => ({ timeZone: 'UTC', log, clock: { now: () => AT } }),
      () => () => Promise.reject(new Error('a slot is no plain submit')),
      () => () => (outcome instanceof AppError ? Promise.reject(outcome) : Promise.resolve(outcome)),
    );
    const answer = await handler(EVENT, { awsRequestId: 'aws-1' } as never).catch((error: unknown) => error);
    return { answer, lines: log.lines };
  };
  const head = { ...headAt(AT), id: 21, taskId: 1, submitStatus: 'SUCCESS' } as const;
  const body = { plan: { sensitive: [] }, statement: '', jobConfig: {} } as never;
  const run = { head, body, result: null, duplicate: false, dedupeSeconds: 10, keyed: true };
  const name = { schedule: 'nightly', scheduledTime: '2026-01-31T02:00:00.000Z' };

  it('that it was started', async () => {
    const { answer, lines } = await invoke({ kind: 'started', run });
    expect(answer).toMatchObject({ jobInstanceId: 21, duplicate: false });
    expect(lines).toEqual([
      expect.objectContaining({ message: 'submitted', fields: expect.objectContaining({ runId: 21, ...name }) }),
    ]);
  });

  it('that it was skipped, and is no error', async () => {
    const { answer, lines } = await invoke({ kind: 'skipped', run, because: 'run 21 of the task is live' });
    const fields = { taskId: 1, runId: 21, ...name, because: 'run 21 of the task is live' };
    expect(answer).toEqual({ skipped: true, ...fields });
    expect(lines).toEqual([
      expect.objectContaining({ level: 'info', message: 'slot skipped', fields: { requestId: 'aws-1', ...fields } }),
    ]);
  });

  it('that the run has failed, or that it was refused: by an error, so that AWS tries again', async () => {
    const failed = { ...run, head: { ...head, submitStatus: 'FAILED', error: 'no table' } as const };
    expect((await invoke({ kind: 'started', run: failed })).answer).toMatchObject({
      message: expect.stringContaining('Run 21 of task 1 failed: no table') as string,
    });
    expect((await invoke(new AppError('flink.unreachable', 'No.'))).answer).toMatchObject({
      message: 'flink.unreachable: No.',
    });
  });
});
