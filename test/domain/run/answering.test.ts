/** What a series of looks says of who answers at an address (protocol.md section 6). */
import { describe, expect, it } from 'vitest';
import { BY_TURNS_MS, STEADY_GAP_MS } from '../../../lib/domain/limits.ts';
import { NO_NOTES, NOT_STEADY, noteLook, steadinessOf } from '../../../lib/domain/run/answering.ts';

/** A look each 30 s, unless it says when; `-` is no answer, `?` is somebody without a name. */
type Look = string | readonly [by: string, at: number];

const EVERY_MS = 30_000;

function notesOf(looks: readonly Look[]) {
  let at = -EVERY_MS;
  return looks.reduce((notes, look) => {
    const [by, when] = typeof look === 'string' ? [look, at + EVERY_MS] : look;
    at = when;
    return noteLook(notes, at, by === '-' ? undefined : by === '?' ? null : by);
  }, NO_NOTES);
}

const NOBODY = { jmId: null, at: 0 };
const steady = (looks: readonly Look[], highAvailability = false) =>
  steadinessOf(notesOf(looks), highAvailability, NOBODY);

describe('how long one has answered alone', () => {
  it.each<[string, readonly Look[], number | null]>([
    ['nobody was asked yet', [], null],
    ['one answers', ['a'], 0],
    ['it goes on', ['a', 'a', 'a'], 0],
    ['it did not answer last', ['a', 'a', '-'], null],
    ['it has not answered in between', ['a', '-', 'a', 'a'], 60_000],
    ['another one came', ['a', 'a', 'b', 'b'], 60_000],
    ['the first is back', ['a', 'b', 'a', 'a'], 60_000],
    ['one without a name is one like others', ['?', '?'], 0],
    ['and not the same as one with a name', ['?', 'a'], 30_000],
    [
      'two looks are as far apart as they may be',
      [
        ['a', 0],
        ['a', STEADY_GAP_MS],
      ],
      0,
    ],
    [
      'two looks are too far apart',
      [
        ['a', 0],
        ['a', STEADY_GAP_MS + 1],
      ],
      STEADY_GAP_MS + 1,
    ],
    [
      'a look that was asked before comes late',
      [
        ['a', 10_000],
        ['b', 5_000],
      ],
      10_000,
    ],
    // Gaps are counted between two looks, not from the year 1970.
    [
      'the times are those of today',
      [
        ['a', 1_770_000_000_000],
        ['a', 1_770_000_030_000],
      ],
      1_770_000_000_000,
    ],
  ])('%s: since %j', (_what, looks, since) => expect(steady(looks)).toMatchObject({ since }));

  it('is counted from the last break with high availability too, and from when a new one came', () => {
    expect(steady(['a', '-', 'a', 'a'], true)).toEqual({ since: 60_000, byTurns: false });
    expect(steady(['a', 'a', 'b', 'a'], true)).toEqual({ since: 60_000, byTurns: false });
    expect(steady(['a', '-'], true)).toEqual(NOT_STEADY);
    expect(NOT_STEADY).toEqual({ since: null, byTurns: false });
  });

  it('is not known where the notes name nobody', () => {
    expect(steadinessOf({ ...NO_NOTES, lastSeenAt: 0, answeringSince: 0 }, false, NOBODY)).toEqual(NOT_STEADY);
  });
});

describe('several answer by turns', () => {
  it.each<[string, readonly Look[], boolean]>([
    ['one alone', ['a', 'a'], false],
    ['one after another', ['a', 'a', 'b', 'b'], false],
    ['one after another, in the same millisecond', ['a', ['b', 0]], false],
    ['one comes back', ['a', 'b', 'a'], true],
    ['for as long as that is not long ago', ['a', 'b', ['a', 60_000], ['a', 30_000 + BY_TURNS_MS]], true],
    ['no more when it is', ['a', 'b', ['a', 60_000], ['a', 30_001 + BY_TURNS_MS]], false],
    ['two of three', ['a', 'b', 'c', 'b'], true],
  ])('%s', (_what, looks, byTurns) => expect(steady(looks)).toMatchObject({ byTurns }));

  // An intent saw `a` before another one took its place, and the first sweep came after that.
  it.each<[string, readonly Look[], string | null, number, boolean]>([
    ['the one of the intent is back', ['b', 'a'], 'a', -1, true],
    ['the intent saw it later than the other one', ['b', 'a'], 'a', 1, false],
    ['the intent saw it when the other one was last seen', ['b', 'a'], 'a', 0, false],
    ['the intent saw the other one', ['b', 'a'], 'b', -1, false],
    ['the intent saw a third one', ['b', 'a'], 'c', -1, false],
    ['the intent does not know whom it saw', ['b', 'a'], null, -1, false],
    ['nobody else has answered', ['a', 'a'], 'a', -1, false],
  ])('%s', (_what, looks, jmId, at, byTurns) => {
    expect(steadinessOf(notesOf(looks), false, { jmId, at })).toMatchObject({ byTurns });
    expect(steadinessOf(notesOf(looks), true, { jmId, at })).toMatchObject({ byTurns: false });
  });

  it('which with high availability says nothing: each speaks for the leader', () => {
    expect(steady(['a', 'b', 'a'], true)).toMatchObject({ byTurns: false });
  });
});

describe('the notes of an address', () => {
  it('say when it answered last, or since when it does not', () => {
    expect(notesOf(['a', 'a'])).toMatchObject({ lastSeenAt: 30_000, unreachableSince: null });
    expect(notesOf(['a', '-', '-'])).toMatchObject({ lastSeenAt: 0, unreachableSince: 30_000, answeringSince: null });
    expect(notesOf(['a', '-', 'a'])).toMatchObject({ lastSeenAt: 60_000, unreachableSince: null });
    expect(
      notesOf([
        ['a', 10_000],
        ['a', 5_000],
      ]),
    ).toMatchObject({ lastSeenAt: 10_000 });
    expect(NO_NOTES).toEqual({ lastSeenAt: null, unreachableSince: null, answeringSince: null, answerers: [] });
  });

  it('have the one that answered last first, each once, with its own times', () => {
    expect(notesOf(['a', 'b', 'b', 'a']).answerers).toEqual([
      { jmId: 'a', firstAt: 0, aloneSince: 90_000, lastAt: 90_000 },
      { jmId: 'b', firstAt: 30_000, aloneSince: 30_000, lastAt: 60_000 },
    ]);
    expect(notesOf(['?']).answerers).toEqual([{ jmId: '', firstAt: 0, aloneSince: 0, lastAt: 0 }]);
  });

  it('keep eight at most', () => {
    const looks = Array.from('abcdefghij', (by, n): Look => [by, n]);
    expect(notesOf(looks).answerers.map(({ jmId }) => jmId)).toEqual('jihgfedc'.split(''));
  });
});
