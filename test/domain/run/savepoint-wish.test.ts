/** A savepoint that was asked of a run (protocol.md section 12): what is concluded from what Flink says of it, row by row. */
import { describe, expect, it } from 'vitest';
import { MISSED_MS, PATIENCE_MS, TRIGGER_KNOWN_MS } from '../../../lib/domain/limits.ts';
import type { SavepointWish } from '../../../lib/domain/run/savepoint-trigger.ts';
import {
  decideWish,
  doneWish,
  failedWish,
  isStopping,
  newWish,
  wantsSavepoint,
  wasStopped,
  wishAtEnd,
} from '../../../lib/domain/run/savepoint-wish.ts';
import { headAt } from '../../builders/a-head.ts';

const AT = 1_000_000;
const wish = (changes: Partial<SavepointWish> = {}): SavepointWish => ({
  ...newWish('stop', 'ab'.repeat(16), 'me', AT),
  ...changes,
});
const sent = (changes: Partial<SavepointWish> = {}): SavepointWish => wish({ firstSentAt: AT, sentAt: AT, ...changes });
const UNKNOWN = { kind: 'unknown' } as const;

describe('what Flink says of a savepoint', () => {
  it.each([
    [
      { kind: 'done', path: 's3://b' },
      { kind: 'done', path: 's3://b' },
    ],
    [
      { kind: 'failed', reason: 'no' },
      { kind: 'failed', reason: 'no' },
    ],
    [{ kind: 'inProgress' }, { kind: 'wait' }],
  ] as const)('%j counts, whenever it was sent', (seen, decision) => {
    for (const one of [sent(), sent({ missedAt: 1 })]) {
      for (const at of [AT, AT + TRIGGER_KNOWN_MS * 9]) expect(decideWish(one, seen, at)).toEqual(decision);
    }
  });
});

describe('a savepoint that Flink does not know', () => {
  it('and that was not sent is sent', () => {
    expect(decideWish(wish(), UNKNOWN, AT + TRIGGER_KNOWN_MS * 9)).toEqual({ kind: 'send' });
    expect(decideWish(wish({ firstSentAt: AT }), UNKNOWN, AT + TRIGGER_KNOWN_MS * 9)).toEqual({ kind: 'send' });
  });

  it('is sent again as long as Flink would know it if it had had it', () => {
    expect(decideWish(sent(), UNKNOWN, AT + TRIGGER_KNOWN_MS - 1)).toEqual({ kind: 'send' });
    expect(decideWish(sent(), UNKNOWN, AT + TRIGGER_KNOWN_MS)).toEqual({ kind: 'miss' });
  });

  it('is given up at a second look, long enough after the first one and after the last send', () => {
    const late = AT + TRIGGER_KNOWN_MS;
    const missed = sent({ missedAt: late });
    expect(decideWish(missed, UNKNOWN, late + MISSED_MS - 1)).toEqual({ kind: 'wait' });
    const reason = 'Flink does not know the savepoint any more, so its outcome is not known';
    expect(decideWish(missed, UNKNOWN, late + MISSED_MS)).toEqual({ kind: 'failed', reason });
    const again = sent({ missedAt: late, sentAt: late });
    expect(decideWish(again, UNKNOWN, late + PATIENCE_MS)).toEqual({ kind: 'wait' });
    expect(decideWish(again, UNKNOWN, late + PATIENCE_MS + 1)).toEqual({ kind: 'failed', reason });
  });
});

describe('a savepoint as it is kept', () => {
  it('is new with nothing sent, by whom and when', () => {
    expect(wish()).toEqual({
      ...{ type: 'stop', triggerId: 'ab'.repeat(16), askedAt: AT, askedBy: 'me', state: 'wanted' },
      ...{ firstSentAt: null, sentAt: null, missedAt: null, doneAt: null, path: null, reason: null },
    });
    expect(Buffer.byteLength(newWish('stop', 'x', 'y'.repeat(900), AT).askedBy)).toBe(150);
  });

  it('is over with its path or its reason, and all that was known of it', () => {
    const missed = sent({ missedAt: 5 });
    expect(doneWish(missed, 's3://b', 9)).toEqual({ ...sent(), state: 'done', path: 's3://b', doneAt: 9 });
    expect(failedWish(missed, 'no')).toEqual({ ...sent(), state: 'failed', reason: 'no' });
    expect(wishAtEnd(missed)).toEqual({
      ...sent(),
      ...{ state: 'failed', reason: 'the run ended before Flink reported the outcome of the savepoint' },
    });
    expect(Buffer.byteLength(doneWish(wish(), 's'.repeat(2_000), 9).path ?? '')).toBe(800);
    expect(Buffer.byteLength(failedWish(wish(), 'r'.repeat(2_000)).reason ?? '')).toBe(400);
  });

  it.each([
    ['none', null, [false, false, false]],
    ['a stop', wish(), [true, true, true]],
    ['one that the job outlives', wish({ type: 'trigger' }), [true, false, false]],
    ['a stop that is done', doneWish(sent(), 's3://b', 9), [false, false, true]],
    ['a stop that has failed', failedWish(sent(), 'no'), [false, false, false]],
  ])('says whether it is wanted, and whether it ends the run: %s', (_, savepoint, says) => {
    const head = headAt(AT, { status: 'RUNNING', savepoint });
    expect([wantsSavepoint(head), isStopping(head), wasStopped(head)]).toEqual(says);
  });

  it('is wanted of a run that has ended by nobody', () => {
    const head = headAt(AT, { status: 'FINISHED', savepoint: wish() });
    expect([wantsSavepoint(head), isStopping(head)]).toEqual([false, false]);
  });
});
