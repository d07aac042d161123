/** The next slot of a schedule, and which slots are due. */
import { describe, expect, it } from 'vitest';
import type { TaskSchedule } from '../../../lib/domain/definition/definitions.ts';
import { dueSlots, nextSlot } from '../../../lib/domain/schedule/next-slot.ts';
import { aSchedule } from '../../builders/a-schedule.ts';
import { aTask } from '../../fakes/memory-definitions.ts';

const AT = Date.parse('2026-01-31T12:00:00Z');
const MADE = Date.parse('2026-01-31T11:50:00Z');
const next = (change: Partial<TaskSchedule>, countsFrom: number | null = MADE, after = AT): string | null => {
  const slot = nextSlot(aSchedule(change), after, countsFrom);
  return slot === null ? null : new Date(slot).toISOString().slice(0, 16);
};
const RATE = { cron: null, rate: '7 minutes' } as const;

describe('the next slot', () => {
  it.each<[string, Partial<TaskSchedule>, string | null]>([
    ['of a cron', {}, '2026-02-01T02:00'],
    ['in the zone', { timeZone: 'Europe/Berlin' }, '2026-02-01T01:00'],
    ['not before the start', { start: '2026-02-10' }, '2026-02-10T02:00'],
    ['at the start itself', { start: '2026-02-10T02:00' }, '2026-02-10T02:00'],
    ['not after the end', { end: '2026-02-01T01:59' }, null],
    ['at the end itself', { end: '2026-02-01T02:00' }, '2026-02-01T02:00'],
    ['of a rate, from when it was made', RATE, '2026-01-31T12:04'],
    ['of a rate, from its start', { ...RATE, start: '2026-01-31T11:59' }, '2026-01-31T12:06'],
    ['of a rate, at its start', { ...RATE, start: '2026-02-01' }, '2026-02-01T00:00'],
    ['of an at', { cron: null, at: '2026-01-31T12:01' }, '2026-01-31T12:01'],
    ['of an at that is now', { cron: null, at: '2026-01-31T12:00' }, null],
    ['of what can not be read', { cron: 'x' }, null],
  ])('%s', (_, change, expected) => expect(next(change)).toBe(expected));

  it('of a rate is not known where nobody knows when it was made', () => {
    expect(next(RATE, null)).toBeNull();
    expect(next({ ...RATE, start: '2026-01-31T11:59' }, null)).toBe('2026-01-31T12:06');
  });
});

describe('the slots that are due', () => {
  const due = (schedules: Partial<TaskSchedule>[], from: string, to: string, enabled = true): string[] =>
    dueSlots([aTask({ enabled, schedules: schedules.map((it) => aSchedule(it)) })], {
      afterMs: Date.parse(from),
      untilMs: Date.parse(to),
      countsFromMs: MADE,
    }).map(({ taskId, schedule, at }) => `${taskId} ${schedule} ${new Date(at).toISOString().slice(0, 16)}`);

  it('are after the last look, and up to now', () => {
    expect(due([{}], '2026-01-31T01:59:59Z', '2026-01-31T02:00:00Z')).toEqual(['1 nightly 2026-01-31T02:00']);
    expect(due([{}], '2026-01-31T02:00:00Z', '2026-01-31T02:00:01Z')).toEqual([]);
  });

  it('are one of each schedule, the newest', () => {
    const both = [RATE, { name: 'weekly', cron: '0 0 ? * SAT *' }];
    expect(due(both, '2026-01-30T12:00:00Z', '2026-01-31T12:05:00Z')).toEqual([
      '1 nightly 2026-01-31T12:04',
      '1 weekly 2026-01-31T00:00',
    ]);
  });

  it('are none of what is disabled', () => {
    expect(due([{ enabled: false }], '2026-01-31T00:00Z', '2026-02-01T00:00Z')).toEqual([]);
    expect(due([{}], '2026-01-31T00:00Z', '2026-02-01T00:00Z', false)).toEqual([]);
    expect(dueSlots([aTask()], { afterMs: 0, untilMs: AT, countsFromMs: 0 })).toEqual([]);
  });
});
