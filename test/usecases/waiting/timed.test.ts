import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { timed } from '../../../lib/usecases/waiting/timed.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';

describe('many requests that end with one signal', () => {
  const forty = (withinMs: number | null) => {
    const clock = virtualClock();
    const outer = new AbortController();
    const all = Array.from({ length: 40 }, () => timed(clock, withinMs, outer.signal));
    return { clock, outer, all, listeners: () => getEventListeners(outer.signal, 'abort').length };
  };

  it('are one listener on it, and none when all are lifted', async () => {
    const { all, listeners } = forty(null);
    expect(listeners()).toBe(1);
    const [last, ...others] = all;
    for (const one of others) await one.lift();
    expect(listeners()).toBe(1);
    await last?.lift();
    expect(listeners()).toBe(0);
  });

  it('all end with it, but those that were lifted before, and none counts as its own time-out', async () => {
    const { outer, all, listeners } = forty(10_000);
    await all[7]?.lift();
    outer.abort();
    expect(all.map(({ signal }) => signal.aborted)).toEqual(all.map((_, at) => at !== 7));
    expect(all.some((one) => one.isOver())).toBe(false);
    for (const one of all) await one.lift();
    expect(listeners()).toBe(0);
  });

  it('end alone when their own time is up', async () => {
    const { clock, outer, all } = forty(null);
    const short = timed(clock, 1_000, outer.signal);
    await clock.advance(1_001);
    expect(short.isOver() && short.signal.aborted).toBe(true);
    expect(all.some(({ signal }) => signal.aborted)).toBe(false);
    await short.lift();
    outer.abort();
    expect(all.every(({ signal }) => signal.aborted)).toBe(true);
  });

  it('one that begins after the end is over at once, one after others were lifted still ends', async () => {
    const { clock, outer, all, listeners } = forty(null);
    for (const one of all) await one.lift();
    const later = timed(clock, null, outer.signal);
    outer.abort();
    expect(later.signal.aborted).toBe(true);
    const tooLate = timed(clock, 1_000, outer.signal);
    expect(tooLate.signal.aborted).toBe(true);
    expect(tooLate.isOver()).toBe(false);
    await tooLate.lift();
    expect(listeners()).toBe(0);
  });
});
