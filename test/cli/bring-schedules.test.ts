/** Schedules of tasks in EventBridge Scheduler: what is made, changed and removed, and what stays as it is. */
import { describe, expect, it } from 'vitest';
import { bringSchedules } from '../../cli/schedules/bring-schedules.ts';
import type { Scheduler } from '../../cli/schedules/scheduler.ts';
import { stackOfTable } from '../../cli/schedules/stack-outputs.ts';
import type { WantedSchedule } from '../../cli/schedules/wanted-schedule.ts';
import type { TaskDefinition, TaskSchedule } from '../../lib/domain/definition/definitions.ts';
import { aSchedule } from '../builders/a-schedule.ts';
import { aTask } from '../fakes/memory-definitions.ts';

const NOW = Date.parse('2026-01-31T12:00:00Z');
const HOUR_MS = 3_600_000;

function bed() {
  const there = new Map<string, WantedSchedule>();
  const scheduler: Scheduler = {
    names: (prefix) => Promise.resolve([...there.keys()].filter((name) => name.startsWith(prefix))),
    read: (name) => Promise.resolve(there.get(name) ?? null),
    create: (wanted) => {
      if (there.has(wanted.name)) throw new Error('it is there');
      there.set(wanted.name, wanted);
      return Promise.resolve();
    },
    update: (wanted) => {
      if (!there.has(wanted.name)) throw new Error('it is not there');
      there.set(wanted.name, wanted);
      return Promise.resolve();
    },
    remove: (name) => Promise.resolve(void there.delete(name)),
  };
  const bring = async (schedules: Partial<TaskSchedule>[], task: Partial<TaskDefinition> = {}, now = NOW) => {
    const said: string[] = [];
    const whole = aTask({ ...task, schedules: schedules.map((one) => aSchedule(one)) });
    await bringSchedules([whole], scheduler, now, (outcome, name) => said.push(`${outcome} ${name}`));
    return said;
  };
  return { there, bring };
}

describe('schedules in EventBridge', () => {
  it('are made, with what the function takes for a slot', async () => {
    const { there, bring } = bed();
    expect(await bring([{ timeZone: 'Europe/Berlin', end: '2026-12-31' }])).toEqual(['created 1.nightly']);
    expect(there.get('1.nightly')).toEqual({
      name: '1.nightly',
      expression: 'cron(0 2 * * ? *)',
      timeZone: 'Europe/Berlin',
      isEnabled: true,
      startMs: null,
      endMs: Date.parse('2026-12-30T23:00:00Z'),
      input: '{"taskId":1,"schedule":"nightly","scheduledTime":"<aws.scheduler.scheduled-time>"}',
    });
  });

  it.each([
    [{ cron: 'cron(0 2 * * ? *)' }, 'cron(0 2 * * ? *)'],
    [{ cron: null, rate: ' 5 minutes ' }, 'rate(5 minutes)'],
    [{ cron: null, rate: 'rate(1 day)' }, 'rate(1 day)'],
    [{ cron: null, at: '2027-01-31' }, 'at(2027-01-31T00:00:00)'],
    [{ cron: null, at: 'at(2027-01-31T02:30)' }, 'at(2027-01-31T02:30:00)'],
  ])('%j are written as AWS has it', async (schedule, expression) => {
    const { there, bring } = bed();
    await bring([schedule]);
    expect(there.get('1.nightly')?.expression).toBe(expression);
  });

  it.each([
    ['a cron', {}],
    ['a start to come', { start: '2026-03-01' }],
    ['a start that is over', { start: '2026-01-01' }],
    ['a rate', { cron: null, rate: '7 hours' }],
    ['a rate from a start that is over', { cron: null, rate: '7 hours', start: '2026-01-01' }],
    ['a rate from a start to come', { cron: null, rate: '7 hours', start: '2026-03-01' }],
  ])('are left alone when applied again, also later: %s', async (_, schedule) => {
    const { bring } = bed();
    await bring([schedule]);
    expect(await bring([schedule])).toEqual(['unchanged 1.nightly']);
    expect(await bring([schedule], {}, NOW + 20 * HOUR_MS)).toEqual(['unchanged 1.nightly']);
    expect(await bring([schedule], {}, NOW + 90 * 24 * HOUR_MS)).toEqual(['unchanged 1.nightly']);
  });

  it('of a rate count from their start, of which AWS is told none that is over', async () => {
    const { there, bring } = bed();
    await bring([{ cron: null, rate: '7 hours', start: '2026-01-31T00:00' }]);
    expect(there.get('1.nightly')?.startMs).toBe(Date.parse('2026-01-31T14:00:00Z'));
  });

  it.each([
    ['other times', { cron: '0 3 * * ? *' }],
    ['another zone', { timeZone: 'Europe/Berlin' }],
    ['disabled', { enabled: false }],
    ['an end', { end: '2026-12-31' }],
    ['a start to come', { start: '2026-03-01' }],
    ['a rate', { cron: null, rate: '1 hour' }],
  ])('are changed: %s', async (_, change) => {
    const { bring } = bed();
    await bring([{}]);
    expect(await bring([change])).toEqual(['updated 1.nightly']);
    expect(await bring([change])).toEqual(['unchanged 1.nightly']);
  });

  it.each([
    ['another start', '2026-01-01T00:00', '2026-01-01T01:00'],
    ['a start to come in place of one that is over', '2026-01-01T00:00', '2026-03-05T00:00'],
  ])('of a rate are changed: %s', async (_, start, next) => {
    const { bring } = bed();
    await bring([{ cron: null, rate: '3 hours', start }]);
    expect(await bring([{ cron: null, rate: '3 hours', start: next }])).toEqual(['updated 1.nightly']);
  });

  it('stay, disabled, while their task is', async () => {
    const { there, bring } = bed();
    await bring([{}]);
    expect(await bring([{}], { enabled: false })).toEqual(['updated 1.nightly']);
    expect(there.get('1.nightly')?.isEnabled).toBe(false);
  });

  it('that are gone are removed, and those of other tasks stay', async () => {
    const { there, bring } = bed();
    await bring([{}, { name: 'weekly' }]);
    await bring([{}], { id: 11 });
    expect(await bring([{ name: 'weekly' }])).toEqual(['unchanged 1.weekly', 'removed 1.nightly']);
    expect(await bring([])).toEqual(['removed 1.weekly']);
    expect([...there.keys()]).toEqual(['11.nightly']);
  });

  it.each([
    ['an end', { end: '2026-01-31T12:00' }],
    ['an at', { cron: null, at: '2026-01-31T12:00' }],
  ])('that are over are not made, which AWS would refuse: %s', async (_, over) => {
    const { there, bring } = bed();
    expect(await bring([over])).toEqual(['over 1.nightly']);
    expect(there.size).toBe(0);
    await bring([{}]);
    expect(await bring([over])).toEqual(['over 1.nightly']);
    expect(there.size).toBe(1);
  });
});

describe('the stack of a table', () => {
  it.each([
    ['dinghy-definitions-prod', 'dinghy-prod'],
    ['dinghy-definitions-a-b', 'dinghy-a-b'],
    ['my-table', null],
    ['-definitions-', null],
  ])('%s: %s', (table, stack) => expect(stackOfTable(table)).toBe(stack));
});
