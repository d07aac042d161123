/** What a caller's next cancel means, from what is remembered of it (protocol.md section 7). */
import { describe, expect, it } from 'vitest';
import { NO_MARKS, openRefusal, type RefusalMark, repeatedCancel } from '../../../lib/domain/run/caller-marks.ts';

const NOW = 1_769_860_800_000;
const refused = (agoMs: number, id = 'r', takenBy: string | null = null): RefusalMark => ({
  at: NOW - agoMs,
  id,
  takenBy,
});

describe('a cancel is explained by', () => {
  const explaining = (...refusals: RefusalMark[]): string | undefined =>
    openRefusal({ ...NO_MARKS, refusals }, NOW)?.id;

  it.each<[string, readonly RefusalMark[], string | undefined]>([
    ['nothing', [], undefined],
    ['a refusal of less than 5 s ago', [refused(4_999)], 'r'],
    ['none of 5 s ago', [refused(5_000)], undefined],
    ['none that has explained one', [refused(1_000, 'r', 'call-1')], undefined],
    ['the oldest of several', [refused(1_000, 'new'), refused(3_000, 'old'), refused(2_000, 'middle')], 'old'],
    ['the first of one moment', [refused(1_000, 'first'), refused(1_000, 'second')], 'first'],
    ['the next when the oldest is used up', [refused(3_000, 'old', 'call-1'), refused(2_000, 'next')], 'next'],
  ])('%s', (_what, refusals, id) => expect(explaining(...refusals)).toBe(id));
});

describe('a cancel repeats', () => {
  const last = (agoMs: number) => repeatedCancel({ ...NO_MARKS, cancel: { runId: 4, at: NOW - agoMs } }, NOW);

  it('the one of the same caller within 15 s, and none before', () => {
    expect(last(0)).toEqual({ runId: 4, at: NOW });
    expect(last(14_999)?.runId).toBe(4);
    expect(last(15_000)).toBeNull();
  });

  it('none when nothing is remembered', () => {
    expect(NO_MARKS).toEqual({ refusals: [], cancel: null });
    expect(repeatedCancel(NO_MARKS, NOW)).toBeNull();
  });
});
