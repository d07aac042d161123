/** What a slot asks for: the variables of its schedule, with its own times; or why nothing is to be started. */
import { describe, expect, it } from 'vitest';
import type { TaskSchedule } from '../../../lib/domain/definition/definitions.ts';
import { planSlot } from '../../../lib/domain/schedule/plan-slot.ts';
import { aSchedule } from '../../builders/a-schedule.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';
import { aTask } from '../../fakes/memory-definitions.ts';

const plan = (schedule: Partial<TaskSchedule>, time = '2026-01-31T02:00:00Z') =>
  planSlot(aTask({ schedules: [aSchedule(schedule)] }), { taskId: 1, schedule: 'nightly', at: Date.parse(time) });

describe('the variables of a slot', () => {
  const variables = { d: '${slot.date - 1d, yyyyMMdd}', from: '${slot.start}', to: '${slot.end}', as: 'it is' };

  it.each([
    [
      'a cron, over a change of the clock',
      { timeZone: 'Europe/Berlin' },
      '2026-03-30T00:00:00Z',
      ['20260329', '2026-03-29 03:00:00', '2026-03-30 02:00:00'],
    ],
    [
      'a cron, in winter',
      { timeZone: 'Europe/Berlin' },
      '2026-01-31T01:00:00Z',
      ['20260130', '2026-01-30 02:00:00', '2026-01-31 02:00:00'],
    ],
    [
      'a rate',
      { cron: null, rate: '2 hours' },
      '2026-01-31T01:00:00Z',
      ['20260130', '2026-01-30 23:00:00', '2026-01-31 01:00:00'],
    ],
    [
      'an at',
      { cron: null, at: '2026-01-31T02:00:00' },
      '2026-01-31T02:00:00Z',
      ['20260130', '2026-01-31 02:00:00', '2026-01-31 02:00:00'],
    ],
  ] as const)('are those of its own time: %s', (_, schedule, time, [d, from, to]) => {
    // 02:00 is left out on the 29th of March: the slot before was at 02:00 of the 28th.
    const start = _.includes('change') ? '2026-03-28 02:00:00' : from;
    expect(plan({ ...schedule, variables }, time)).toEqual({ variables: { d, from: start, to, as: 'it is' } });
  });
});

describe('nothing is started', () => {
  it('when the schedule is gone or off, or the task is', () => {
    const asked = { taskId: 1, schedule: 'nightly', at: 0 };
    expect(planSlot(aTask(), asked)).toEqual({ skippedBecause: 'task 1 has no schedule "nightly" any more' });
    expect(plan({ name: 'weekly' })).toEqual({ skippedBecause: 'task 1 has no schedule "nightly" any more' });
    expect(plan({ enabled: false })).toEqual({ skippedBecause: 'the schedule "nightly" is disabled' });
    const off = aTask({ enabled: false, schedules: [aSchedule()] });
    expect(planSlot(off, asked)).toEqual({ skippedBecause: 'task 1 is disabled' });
  });

  it.each([[{ cron: '0 25 * * ? *' }], [{ timeZone: 'Mars/Base' }], [{ rate: '1 hour' }]])(
    'when its times can not be read: %j',
    (schedule) => {
      const { code, message } = thrownAppError(() => plan(schedule));
      expect(code).toBe('task.invalid');
      expect(message).toMatch(/^Schedule "nightly" of task 1: .+ Apply it anew\.$/);
    },
  );
});
