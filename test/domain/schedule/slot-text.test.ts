/** Times of a slot in the values of variables. */
import { describe, expect, it } from 'vitest';
import { readSlotText, writeSlotText } from '../../../lib/domain/schedule/slot-text.ts';
import { readTiming, slotBefore } from '../../../lib/domain/schedule/timing.ts';

function write(text: string, end: string, timeZone = 'UTC', cron = '0 2 * * ? *'): string {
  const read = readTiming({ cron, rate: null, at: null });
  if ('problem' in read) throw new Error(read.problem);
  const endMs = Date.parse(end);
  return writeSlotText(text, { startMs: slotBefore(read.timing, endMs, timeZone), endMs, timeZone });
}

describe('a time of the slot', () => {
  it.each([
    ['nothing to put in', 'nothing to put in'],
    ['${slot.end}', '2026-01-31 02:00:00'],
    ['${slot.start}', '2026-01-30 02:00:00'],
    ['${slot.date}', '2026-01-31'],
    ['from ${ slot.date - 1d } to ${slot.date}.', 'from 2026-01-30 to 2026-01-31.'],
    ['${slot.date-1d,yyyyMMdd}', '20260130'],
    ['${slot.date + 1mon}', '2026-02-28'],
    ['${slot.date - 11mon}', '2025-02-28'],
    ['${slot.date + 1y}', '2027-01-31'],
    ['${slot.date - 2w}', '2026-01-17'],
    ['${slot.date - 1mon, yyyy-MM}', '2025-12'],
    ['${slot.end - 90min, HH:mm}', '00:30'],
    ["${  slot.date  -  1  d  ,  yyyy  'o''clock  at' }", '2026  oclock  at'],
    ['${slot.date,\nyyyy}', '2026'],
    ['${slot.date - 10d}', '2026-01-21'],
    ['${slot.end + 1mon}', '2026-02-28 02:00:00'],
    ['${slot.date, HH:mm}', '00:00'],
    ['${slot.end - 3h}', '2026-01-30 23:00:00'],
    ["${slot.end, yyyy-MM-dd'T'HH:mm:ss.SSSXXX}", '2026-01-31T02:00:00.000+00:00'],
  ])('%s', (text, expected) => expect(write(text, '2026-01-31T02:00Z')).toBe(expected));

  it.each([
    ['Europe/Berlin', '2026-03-30T00:00Z', '2026-03-30 02:00:00', '2026-03-28 02:00:00'],
    ['Europe/Berlin', '2026-10-25T00:00Z', '2026-10-25 02:00:00', '2026-10-24 02:00:00'],
    ['America/New_York', '2026-03-09T06:00Z', '2026-03-09 02:00:00', '2026-03-07 02:00:00'],
    ['America/New_York', '2026-11-02T07:00Z', '2026-11-02 02:00:00', '2026-11-01 02:00:00'],
    ['Asia/Kathmandu', '2026-03-29T20:15Z', '2026-03-30 02:00:00', '2026-03-29 02:00:00'],
  ])('in %s, at %s', (timeZone, end, expected, before) => {
    expect(write('${slot.end}', end, timeZone)).toBe(expected);
    expect(write('${slot.start}', end, timeZone)).toBe(before);
  });

  it.each([
    // The 29th of March has 23 hours in Berlin, the 25th of October 25.
    ['2026-03-30T00:00Z', '${slot.end - 1d}', '2026-03-29 03:00:00'],
    ['2026-03-30T01:00Z', '${slot.end - 1d}', '2026-03-29 03:00:00'],
    ['2026-03-30T02:00Z', '${slot.end - 24h}', '2026-03-29 04:00:00'],
    ['2026-03-29T22:00Z', '${slot.end - 24h}', '2026-03-28 23:00:00'],
    ['2026-10-25T23:00Z', '${slot.end - 24h}', '2026-10-25 01:00:00'],
    ['2026-10-25T23:00Z', '${slot.end - 1d}', '2026-10-25 00:00:00'],
    ['2026-10-25T01:30Z', '${slot.end, HH:mm XXX}', '02:30 +01:00'],
    ['2026-10-25T00:30Z', '${slot.end, HH:mm XXX}', '02:30 +02:00'],
    ['2026-03-28T23:30Z', '${slot.date}', '2026-03-29'],
    ['2026-03-28T22:30Z', '${slot.date}', '2026-03-28'],
    ['2026-03-29T21:30Z', '${slot.date - 1d}', '2026-03-28'],
    ['2026-10-25T22:30Z', '${slot.date + 1d}', '2026-10-26'],
  ])('at %s, %s counts across a change of the clock', (end, text, expected) =>
    expect(write(text, end, 'Europe/Berlin')).toBe(expected),
  );

  it.each([
    ['America/New_York', '-05:00'],
    ['America/St_Johns', '-03:30'],
    ['Asia/Kathmandu', '+05:45'],
    ['UTC', '+00:00'],
  ])('has the offset of its zone: %s', (timeZone, offset) =>
    expect(write('${slot.end, XXX}', '2026-01-31T02:00Z', timeZone)).toBe(offset),
  );

  it('is counted over the ends of months and years from any month', () => {
    expect(write('${slot.date + 1mon} ${slot.date - 14mon}', '2026-03-31T02:00Z')).toBe('2026-04-30 2025-01-31');
  });

  it('that can not be read stays as it is', () => {
    expect(write('${day} of ${slot.date}', '2026-03-31T02:00Z')).toBe('${day} of ${slot.date}');
  });

  it('has a date where midnight is left out', () => {
    expect(write('${slot.date} ${slot.date - 1d}', '2026-03-08T16:00Z', 'America/Havana')).toBe(
      '2026-03-08 2026-03-07',
    );
  });

  it('of a rate begins that much earlier, of one time when it ends', () => {
    const startOf = (cron: null, rate: string | null, at: string | null): number => {
      const read = readTiming({ cron, rate, at });
      if ('problem' in read) throw new Error(read.problem);
      return slotBefore(read.timing, 86_400_000, 'UTC');
    };
    expect(startOf(null, '5 minutes', null)).toBe(86_100_000);
    expect(startOf(null, 'rate(1 hour)', null)).toBe(82_800_000);
    expect(startOf(null, ' rate( 1 hour ) ', null)).toBe(82_800_000);
    expect(startOf(null, null, 'at(2026-01-31T02:00:00)')).toBe(86_400_000);
  });

  it.each([
    ['${slot.now}', 'write ${slot.start}'],
    ['${day}', 'write ${slot.start}'],
    ['${my slot.date}', 'write ${slot.start}'],
    ['${slot.dates}', 'write ${slot.start}'],
    ['${slot.date - 12345d}', 'write ${slot.start}'],
    ["${slot.date, yyyy'x' z}", 'not "z"'],
    ['${slot.date - 1}', 'the unit must be one of'],
    ['${slot.date - 1D}', 'the unit must be one of'],
    ['${slot.date - 1h}', 'a date has no hours'],
    ['${slot.date - 5min}', 'a date has no hours'],
    ['${slot.date - 1x}', 'the unit must be one of min, h, d, w, mon, y, as in 1d'],
    ['${slot.date, YYYYMMDD}', 'a format has yyyy MM dd'],
    ['${slot.date, yyyy T}', 'not "T"'],
    ["${slot.date, yyyy'}", 'a format has'],
    ['${slot.date,}', 'the format is empty'],
    ['${slot.date', 'has no end'],
    ['${slot.date - 1d - 1d}', 'write ${slot.start}'],
  ])('%s is refused', (text, said) => {
    const read = readSlotText(text);
    expect('problem' in read ? read.problem : 'it was read').toContain(said);
  });
});

describe('the words of a schedule', () => {
  it.each([
    ['15 minutes', 900_000],
    ['1 day', 86_400_000],
  ])('say how often: %s', (rate, everyMs) => {
    expect(readTiming({ cron: null, rate, at: null })).toEqual({ timing: { kind: 'rate', everyMs } });
  });

  it.each(['x5 minutes', '5 minutes or so', '5minutes', '0 days'])('say no rate like %s', (rate) => {
    expect(readTiming({ cron: null, rate, at: null })).toHaveProperty('problem', expect.stringContaining(rate));
  });

  it.each(['cron(0 2 * * ? *)', ' cron( 0 2 * * ? * ) ', 'cron(0 2 *\n  * ? *)'])(
    'may be as AWS shows them: %j',
    (cron) => {
      expect(readTiming({ cron, rate: null, at: null })).toEqual(
        readTiming({ cron: '0 2 * * ? *', rate: null, at: null }),
      );
    },
  );

  it.each(['2026-01-31T02:60', '2026-01-31T02:00:60', '2026-01-31T24:00', '1899-11-30x', '2026-02-30'])(
    'have no time like %s',
    (at) => expect(readTiming({ cron: null, rate: null, at })).toHaveProperty('problem', expect.stringContaining(at)),
  );
});
