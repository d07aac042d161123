/** What names an event of EventBridge. A name that is the same for all events would make every later one a repeat. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import { parseScheduledEvent, scheduledSubmit } from '../../lib/http/scheduled-event.ts';
import { cpuMs } from '../builders/cpu-ms.ts';
import { type KeptLog, keptLog } from '../fakes/fake-ids.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from '../usecases/world.ts';

const SCHEDULE = 'arn:aws:scheduler:eu-west-1:123456789012:schedule/default/nightly';
const RULE = 'arn:aws:events:eu-west-1:123456789012:rule/nightly';
const SLOT = '2026-01-31T02:00:00Z';

const noSlot = () => () => Promise.reject(new Error('no slot'));

const keyOf = (event: unknown): string | null => parseScheduledEvent(event).key;

function refusal(event: unknown): AppError {
  try {
    parseScheduledEvent(event);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`${JSON.stringify(event)} was not refused`);
}

/** One delivery of an event, as the function passes it on. */
async function deliver(w: World, event: object): Promise<{ runId: number; duplicate: boolean }> {
  const { head, duplicate } = await w.submit(parseScheduledEvent(event));
  return { runId: head.id, duplicate };
}

describe('the slot of a schedule', () => {
  const event = { scheduleArn: SCHEDULE, scheduledTime: SLOT, taskId: 1 };
  const ruleEvent = { 'detail-type': 'Scheduled Event', resources: [RULE], time: SLOT, id: 'e-1', taskId: 1 };

  it('is the same for every delivery and every attempt', () => {
    expect(keyOf(event)).not.toBeNull();
    expect(keyOf({ ...event })).toBe(keyOf(event));
    expect(keyOf({ ...event, id: 'attempt-2', attempt: 2 })).toBe(keyOf({ ...event, id: 'attempt-1' }));
    expect(keyOf({ ...ruleEvent, id: 'e-2' })).toBe(keyOf(ruleEvent));
  });

  it.each([
    ['another time', { scheduledTime: '2026-02-01T02:00:00Z' }],
    ['another schedule', { scheduleArn: `${SCHEDULE}-2` }],
    ['another target of the same rule, with another task', { taskId: 2 }],
    ['another target of the same rule, with other variables', { variables: { country: 'NO' } }],
    ['another target of the same rule, from another savepoint', { savePointPath: 's3://b/sp' }],
  ])('differs for %s', (_, change) => expect(keyOf({ ...event, ...change })).not.toBe(keyOf(event)));

  it('is read where a bus passes the event on', () => {
    const passed = (id: string): object => ({ id, source: 'aws.scheduler', detail: event });
    expect(keyOf(passed('e-1'))).toBe(keyOf(passed('e-2')));
  });

  it('repeats one run for 24 hours, and the next slot is a run of its own', async () => {
    const w = world({ tasks: [aTask({ statement: 'SELECT 1;' })] });
    const first = await deliver(w, event);
    await w.clock.advance(60 * 60_000);
    expect(await deliver(w, { ...event, id: 'attempt-2' })).toEqual({ ...first, duplicate: true });
    const next = await deliver(w, { ...event, scheduledTime: '2026-02-01T02:00:00Z' });
    expect([next.duplicate, next.runId === first.runId]).toEqual([false, false]);
  });
});

describe('an event of stacks that were deployed before', () => {
  it.each([
    [{ id: 'd32c5kddcf5bb8c3', taskId: 1 }, 'd32c5kddcf5bb8c3'],
    [{ executionId: 'x-1', taskId: 1 }, 'x-1'],
    [{ id: 'e-1', executionId: 'x-1', taskId: 1 }, 'e-1'],
    [{ id: 'e-1', source: 'my.app', 'detail-type': 'close', detail: { taskId: 1 } }, 'e-1'],
    [{ taskId: 1 }, null],
  ])('%j is named as it was', (event, key) => expect(keyOf(event)).toBe(key));
});

describe('an event that would be the same as every other is refused by name', () => {
  it.each([
    [{ id: '<aws.scheduler.execution-id>', taskId: 1 }, 'id', '<aws.scheduler.execution-id>'],
    [{ executionId: ' <aws.scheduler.execution-id> ', taskId: 1 }, 'executionId', '<aws.scheduler.execution-id>'],
    [{ id: 'run-<AWS.scheduler.Execution-Id>', taskId: 1 }, 'id', '<AWS.scheduler.Execution-Id>'],
    [{ scheduleArn: '<aws.scheduler.schedule-arn>', scheduledTime: SLOT, taskId: 1 }, 'scheduleArn', 'schedule-arn'],
    [
      { scheduleArn: SCHEDULE, scheduledTime: '<aws.scheduler.scheduled-time>', taskId: 1 },
      'scheduledTime',
      'scheduled-time',
    ],
    [{ id: 'e-1', taskId: '<aws.scheduler.attempt-number>' }, 'taskId', 'attempt-number'],
    [{ id: 'e-1', taskId: 1, variables: { day: '<aws.scheduler.scheduled-time>' } }, 'variables.day', 'scheduled-time'],
    [
      { id: 'e-1', detail: { taskId: 1, savePointPath: 's3://<aws.events.rule-name>' } },
      'detail.savePointPath',
      'rule',
    ],
    [{ id: 'e-1', taskId: 1, list: [{ x: '<aws.scheduler.new-one>' }] }, 'list.0.x', 'new-one'],
    [{ id: '<id>', taskId: 1 }, 'id', '<id>'],
    [{ id: '$.id', taskId: 1 }, 'id', '$.id'],
    [{ id: '${id}', taskId: 1 }, 'id', '${id}'],
    [{ id: '{{id}}', taskId: 1 }, 'id', '{{id}}'],
    [{ scheduleArn: '<rule>', scheduledTime: '<time>', taskId: 1 }, 'scheduleArn', '<rule>'],
    [{ id: '', taskId: 1 }, 'id', '""'],
    [{ id: '  ', taskId: 1 }, 'id', '"  "'],
    [{ id: null, taskId: 1 }, 'id', 'null'],
    [{ id: 12, taskId: 1 }, 'id', '12'],
    [{ executionId: '', taskId: 1 }, 'executionId', '""'],
    [{ scheduleArn: SCHEDULE, taskId: 1 }, 'scheduledTime', 'no'],
    [{ scheduledTime: SLOT, taskId: 1 }, 'scheduleArn', 'no'],
    [{ scheduleArn: SCHEDULE, scheduledTime: '', taskId: 1 }, 'scheduledTime', '""'],
    [{ scheduleArn: SCHEDULE, scheduledTime: 'tonight', taskId: 1 }, 'scheduledTime', '"tonight"'],
  ])('%j', (event, field, value) => {
    const { code, message } = refusal(event);
    expect(code).toBe('request.invalid');
    expect(message).toContain(`"${field}"`);
    expect(message).toContain(value);
  });

  it('in the name of a variable too', () => {
    const { message } = refusal({ taskId: 1, variables: { '<aws.scheduler.execution-id>': 'x' } });
    expect(message).toMatch(/"variables".*"<aws\.scheduler\.execution-id>"/);
  });

  it.each([
    [{ taskId: 1, variables: { a: 'a < b', b: '<p>', c: '<aws>', d: '${x}', e: '$5' } }],
    [{ taskId: 1, id: 'a<b>c' }],
  ])('%j is not', (event) => expect(parseScheduledEvent(event).taskId).toBe(1));

  it('a long text without an end takes time in proportion', () => {
    const read = (size: number) => (): unknown =>
      parseScheduledEvent({ taskId: 1, variables: { x: '<aws.scheduler.'.repeat(size) } });
    // Eight times the text: 8 times the work, or 64 times.
    expect(cpuMs(read(400_000))).toBeLessThan(30 * cpuMs(read(50_000)) + 5);
  });
});

describe('an event that names no task says what to send', () => {
  it.each([
    [
      { id: 'e-1', 'detail-type': 'Scheduled Event', source: 'aws.events', time: SLOT, resources: [RULE], detail: {} },
      /bare event of a rule.*\{"taskId": 1.*input transformer/,
    ],
    [{ id: 'e-1', detail: { task: 1 } }, /has the fields id, detail, and names no task.*\{"taskId": 1/],
    [{}, /names no task/],
    [undefined, /The event is empty.*\{"taskId": 1/],
    [[{ taskId: 1 }], /The event is a list/],
    [{ taskId: '1.5' }, /"taskId" is "1\.5"/],
    [{ taskId: null, detail: { taskId: 1 } }, /"taskId" is missing/],
  ])('%j', (event, message) => {
    const error = refusal(event);
    expect(error.code).toBe('request.invalid');
    expect(error.message).toMatch(message);
  });
});

describe('a scheduled submit that fails', () => {
  const invoke = async (submit: () => Promise<never>): Promise<{ log: KeptLog; error: unknown }> => {
    const log = keptLog();
    const handler = scheduledSubmit(
      () => ({ timeZone: 'UTC', log, clock: { now: () => 0 } }),
      () => submit,
      noSlot,
    );
    const error: unknown = await handler({ taskId: 7 }, { awsRequestId: 'aws-1' } as never).catch(
      (thrown: unknown) => thrown,
    );
    return { log, error };
  };

  it.each(['flink.unreachable', 'task.notFound', 'store.unavailable', 'run.conflict'] as const)(
    'names its code in the log and in what AWS keeps: %s',
    async (code) => {
      const { log, error } = await invoke(() => Promise.reject(new AppError(code, 'What happened.')));
      expect(error).toMatchObject({ code, message: `${code}: What happened.` });
      expect(log.lines).toEqual([
        expect.objectContaining({ level: 'error', fields: { requestId: 'aws-1', code, reason: 'What happened.' } }),
      ]);
    },
  );

  it('names the code of a bad event too', async () => {
    const log = keptLog();
    const setUp = () => ({ timeZone: 'UTC', log, clock: { now: () => 0 } });
    const handler = scheduledSubmit(setUp, () => () => Promise.reject(new Error('not reached')), noSlot);
    await expect(handler({ taskId: 'x' })).rejects.toThrow(/^request\.invalid: /);
  });

  it('is thrown as it is when it is a bug', async () => {
    const bug = new TypeError('a bug');
    expect((await invoke(() => Promise.reject(bug))).error).toBe(bug);
  });
});
