/** EventBridge Scheduler's cron, with its manners about daylight saving. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCron } from '../../../lib/domain/schedule/cron-fields.ts';
import { cronSlot } from '../../../lib/domain/schedule/cron-slots.ts';
import { instantOf, instantsOf, usualName, wallTimeOf } from '../../../lib/domain/schedule/wall-clock.ts';

function slots(text: string, from: string, timeZone: string, count = 3, direction: 'before' | 'after' = 'after') {
  const read = readCron(text);
  if ('problem' in read) throw new Error(read.problem);
  const found: string[] = [];
  for (let at = Date.parse(from); found.length < count;) {
    const slot = cronSlot(read.cron, direction, at, timeZone);
    if (slot === null) break;
    found.push(new Date(slot).toISOString().slice(0, 16));
    at = slot;
  }
  return found;
}

describe('the slots of a cron expression', () => {
  it.each([
    ['each night', '0 2 * * ? *', '2026-01-31T00:00Z', ['2026-01-31T02:00', '2026-02-01T02:00', '2026-02-02T02:00']],
    ['a slot is not after itself', '0 2 * * ? *', '2026-01-31T02:00Z', ['2026-02-01T02:00']],
    ['a quarter of an hour', '0/15 8-9 * * ? *', '2026-01-31T08:40Z', ['2026-01-31T08:45', '2026-01-31T09:00']],
    ['working days', '0 10 ? * MON-FRI *', '2026-01-30T12:00Z', ['2026-02-02T10:00', '2026-02-03T10:00']],
    ['Sunday is 1', '0 10 ? * 1 *', '2026-01-30T12:00Z', ['2026-02-01T10:00']],
    ['the last day of the month', '0 0 L * ? *', '2026-01-31T01:00Z', ['2026-02-28T00:00', '2026-03-31T00:00']],
    ['the last day of a leap year', '0 0 L 2 ? 2028', '2026-01-31T01:00Z', ['2028-02-29T00:00']],
    ['the last working day', '0 0 LW * ? *', '2026-01-01T00:00Z', ['2026-01-30T00:00', '2026-02-27T00:00']],
    ['the working day nearest to a Saturday', '0 0 15W * ? *', '2026-08-01T00:00Z', ['2026-08-14T00:00']],
    ['the working day nearest to a Sunday', '0 0 15W * ? *', '2026-02-01T00:00Z', ['2026-02-16T00:00']],
    ['a Sunday that is the last day', '0 0 31W * ? *', '2026-05-01T00:00Z', ['2026-05-29T00:00', '2026-07-31T00:00']],
    ['a day that its month has as the last', '0 0 30W 6 ? *', '2026-01-01T00:00Z', ['2026-06-30T00:00']],
    [
      'a working day near the 31st, where a month has one',
      '0 0 31W 6-7 ? 2028',
      '2028-01-01T00:00Z',
      ['2028-07-31T00:00'],
    ],
    [
      'rules for two days of the week',
      '0 0 ? * 2#1,6L *',
      '2026-01-01T00:00Z',
      ['2026-01-05T00:00', '2026-01-30T00:00'],
    ],
    ['in any order', '30,0 9,8 * * ? *', '2026-01-01T08:10Z', ['2026-01-01T08:30', '2026-01-01T09:00']],
    ['with blanks around and between', '  0   2 * * ? * ', '2026-01-01T00:00Z', ['2026-01-01T02:00']],
    ['the third Friday by its name', '0 0 ? * FRI#3 *', '2026-01-01T00:00Z', ['2026-01-16T00:00']],
    ['the last Friday by its name', '0 0 ? * FRIL *', '2026-01-01T00:00Z', ['2026-01-30T00:00']],
    ['a working day itself', '0 0 15W * ? *', '2026-04-01T00:00Z', ['2026-04-15T00:00']],
    ['a Saturday that is the first', '0 0 1W * ? *', '2026-07-31T12:00Z', ['2026-08-03T00:00']],
    ['the third Friday', '0 0 ? * 6#3 *', '2026-01-01T00:00Z', ['2026-01-16T00:00', '2026-02-20T00:00']],
    ['the last Friday', '0 0 ? * 6L *', '2026-01-01T00:00Z', ['2026-01-30T00:00', '2026-02-27T00:00']],
    ['a last Saturday that ends the month', '0 0 ? * 7L *', '2026-01-01T00:00Z', ['2026-01-31T00:00']],
    ['L alone is Saturday', '0 0 ? * L *', '2026-01-01T00:00Z', ['2026-01-03T00:00']],
    ['several rules', '0 0 1,L * ? *', '2026-01-15T00:00Z', ['2026-01-31T00:00', '2026-02-01T00:00']],
    ['names in small letters', '0 0 ? feb sun *', '2026-01-15T00:00Z', ['2026-02-01T00:00', '2026-02-08T00:00']],
    ['every other year', '0 0 1 1 ? 2027/2', '2026-01-15T00:00Z', ['2027-01-01T00:00', '2029-01-01T00:00']],
    ['a leap day', '0 0 29 2 ? *', '2026-01-15T00:00Z', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['the fifth Monday, where there is one', '0 0 ? * 2#5 *', '2026-01-01T00:00Z', ['2026-03-30T00:00']],
  ])('%s', (_, text, from, expected) => expect(slots(text, from, 'UTC', expected.length)).toEqual(expected));

  it.each(
    'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ').map((name, index) => [name, index + 1] as const),
  )('%s is month %i', (name, month) => {
    const expected = `2027-${String(month).padStart(2, '0')}-01T00:00`;
    expect(slots(`0 0 1 ${name} ? 2027`, '2026-01-15T00:00Z', 'UTC')).toEqual([expected]);
  });

  // The 1st of February 2026 is a Sunday.
  it.each('SUN MON TUE WED THU FRI SAT'.split(' ').map((name, index) => [name, index + 1] as const))(
    '%s is day %i of the week',
    (name, day) => {
      expect(slots(`0 0 ? 2 ${name}#1 2026`, '2026-01-15T00:00Z', 'UTC')).toEqual([`2026-02-0${day}T00:00`]);
    },
  );

  it('end: a day that no year has, and years that are over', () => {
    expect(slots('0 0 30 2 ? *', '2026-01-15T00:00Z', 'UTC')).toEqual([]);
    expect(slots('0 0 1 1 ? 2020-2025', '2026-01-15T00:00Z', 'UTC')).toEqual([]);
  });

  it.each([
    ['Europe/Berlin', '2026-03-28T12:00Z', ['2026-03-30T00:30', '2026-03-31T00:30']],
    ['America/New_York', '2026-03-07T12:00Z', ['2026-03-09T06:30', '2026-03-10T06:30']],
  ])('leave out 02:30 where %s has none', (timeZone, from, expected) => {
    expect(slots('30 2 * * ? *', from, timeZone, 2)).toEqual(expected);
  });

  it('leave out the half of an hour that Lord Howe does', () => {
    const fires = slots('15 2 * * ? *', '2026-10-02T12:00Z', 'Australia/Lord_Howe', 2);
    expect(fires).toEqual(['2026-10-02T15:45', '2026-10-04T15:15']);
  });

  it.each([
    ['Europe/Berlin', '30 2 * * ? *', '2026-10-24T12:00Z', ['2026-10-25T00:30', '2026-10-26T01:30']],
    ['America/New_York', '30 1 * * ? *', '2026-10-31T12:00Z', ['2026-11-01T05:30', '2026-11-02T06:30']],
    ['America/Havana', '30 0 * * ? *', '2026-10-31T12:00Z', ['2026-11-01T04:30', '2026-11-02T05:30']],
  ])('come once where %s has them twice', (timeZone, text, from, expected) => {
    expect(slots(text, from, timeZone, 2)).toEqual(expected);
  });

  it('are found from within the hour that comes twice', () => {
    expect(slots('0 * * * ? *', '2026-10-25T00:30Z', 'Europe/Berlin', 2)).toEqual([
      '2026-10-25T02:00',
      '2026-10-25T03:00',
    ]);
  });

  it('are found where the clock goes back over midnight', () => {
    // In St. John's, at 00:01 it was 23:01 of the day before: midnight had been already.
    const at = '2010-11-07T02:45Z';
    expect(slots('0 0 * * ? *', at, 'America/St_Johns', 1, 'before')).toEqual(['2010-11-07T02:30']);
    expect(slots('0 0 * * ? *', at, 'America/St_Johns', 1)).toEqual(['2010-11-08T03:30']);
  });

  it('before and after an instant are the same slots, in any zone', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Asia/Shanghai',
    ];
    const texts = ['30 2 * * ? *', '0/20 * * * ? *', '0 0 L * ? *', '15 1 ? * SUN *', '59 23 ? * 2#1 *'];
    const instants = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2030, 0) });
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.constantFrom(...texts), instants, (zone, text, at) => {
        const read = readCron(text);
        if ('problem' in read) throw new Error(read.problem);
        const next = cronSlot(read.cron, 'after', at, zone) ?? 0;
        const last = cronSlot(read.cron, 'before', next, zone) ?? 0;
        expect(last).toBeLessThanOrEqual(at);
        expect(cronSlot(read.cron, 'after', last, zone)).toBe(next);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a cron expression that cannot be read', () => {
  it.each([
    ['', 'six fields'],
    ['', '(seen: 0)'],
    ['  ', '(seen: 0)'],
    ['0 2 * * *', '(seen: 5)'],
    ['0 2 1-15W * ? *', 'day of month: "15W" is not'],
    ['0 2 15WX * ? *', 'day of month: "15WX" is not'],
    ['0 2 ? * 1-6L *', 'day of week: "6L" is not'],
    ['0 2 ? * 6L1 *', 'day of week: "6L1" is not'],
    ['0 2 ? * 1-2#1 *', 'day of week: "2#1" is not'],
    ['0 2 ? * 2#33 *', 'day of week: "2#33" is not'],
    ['1e1 2 * * ? *', 'minutes: "1E1" is not'],
    ['0x5 2 * * ? *', 'minutes: "0X5" is not'],
    ['*/x 2 * * ? *', 'minutes: "*/X" is not'],
    ['*/x1 2 * * ? *', 'minutes: "*/X1" is not'],
    ['*/1x 2 * * ? *', 'minutes: "*/1X" is not'],
    ['*/1.5 2 * * ? *', 'minutes: "*/1.5" is not'],
    ['*/ 2 * * ? *', 'minutes: "*/" is not'],
    ['0 2 * * ? * *', '(seen: 7)'],
    ['0 2 * * * *', 'exactly one of'],
    ['0 2 ? * ? *', 'exactly one of'],
    ['60 2 * * ? *', 'minutes: "60" is not 0-59'],
    ['0 24 * * ? *', 'hours: "24" is not 0-23'],
    ['0 2 0 * ? *', 'day of month: "0" is not 1-31'],
    ['0 2 32W * ? *', 'day of month: "32" is not 1-31'],
    ['0 2 ? * 0 *', 'day of week: "0" is not 1-7 or SUN-SAT'],
    ['0 2 ? * MO *', 'day of week: "MO" is not'],
    ['0 2 ? * 2#6 *', 'day of week: "2#6" is not'],
    ['0 2 * 13 ? *', 'month: "13" is not 1-12 or JAN-DEC'],
    ['0 2 * * ? 1969', 'year: "1969" is not 1970-2199'],
    ['5-3 2 * * ? *', 'minutes: "5-3" goes backwards'],
    ['*/0 2 * * ? *', 'minutes: "*/0" is not'],
    ['1/2/3 2 * * ? *', 'minutes: "1/2/3" is not'],
    ['1-2-3 2 * * ? *', 'minutes: "1-2-3" is not'],
    ['-5 2 * * ? *', 'minutes: "" is not'],
    ['0, 2 * * ? *', 'minutes: "" is not'],
  ])('%j', (text, said) => {
    const read = readCron(text);
    expect('problem' in read ? read.problem : 'it was read').toContain(said);
  });
});

describe('the clock on the wall', () => {
  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])('%s is a zone', (zone) =>
    expect(usualName(zone)).toBe(zone),
  );
  it.each([
    ['europe/berlin', 'Europe/Berlin'],
    ['utc', 'UTC'],
    ['US/Pacific', 'US/Pacific'],
  ])('%s is written %s', (zone, usual) => expect(usualName(zone)).toBe(usual));
  it.each(['', 'Mars/Base', '+02:00', 'Europe/', 'Europe Berlin'])('%j is none', (zone) =>
    expect(usualName(zone)).toBeNull(),
  );

  it('shows each instant once, and instants lead back to it', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia');
    fc.assert(
      fc.property(zones, fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2040, 0) }), (zone, at) => {
        expect(instantsOf(wallTimeOf(at, zone), zone)).toContain(at);
      }),
      { numRuns: 300 },
    );
  });

  it('goes on by what daylight saving leaves out', () => {
    expect(new Date(instantOf(Date.UTC(2026, 2, 29, 2, 30), 'Europe/Berlin')).toISOString()).toBe(
      '2026-03-29T01:30:00.000Z',
    );
  });
});
