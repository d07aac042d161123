/** What becomes of the two runs of a restart (protocol.md section 13), row by row. */
import { describe, expect, it } from 'vitest';
import { WATCH_MS } from '../../../lib/domain/limits.ts';
import {
  decideWaiting,
  failedRestart,
  isUnsent,
  isWaiting,
  mustStart,
  wantsRestart,
} from '../../../lib/domain/run/restart.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { doneWish, failedWish, newWish } from '../../../lib/domain/run/savepoint-wish.ts';
import { headAt } from '../../builders/a-head.ts';

const PATIENCE = 55_000;
const AT = 100_000;
const WANTED = { runId: 22, state: 'wanted', reason: null } as const;
const FOLLOWS = { runId: 21, isWaiting: true, isGiven: false };
const waiting = (changes: Partial<RunHead> = {}): RunHead =>
  headAt(AT, { id: 22, sends: 0, open: [], follows: FOLLOWS, ...changes });
const old = (changes: Partial<RunHead> = {}): RunHead =>
  headAt(1_000, { status: 'RUNNING', restart: WANTED, ...changes });
const wish = newWish('stop', 'ab'.repeat(16), 'me', AT);
const sent = { ...wish, firstSentAt: AT, sentAt: AT };

describe('a run that waits for the end of another one', () => {
  const decide = (one: RunHead | null, now = AT, mine = waiting()) => decideWaiting(mine, one, now);
  const LATER = AT + PATIENCE + 1;

  it.each([
    ['that is not in the table', null],
    ['that names no run', old({ restart: null })],
    ['that names another run', old({ restart: { ...WANTED, runId: 23 } })],
  ])('%s waits for a while, and is given up then', (_, one) => {
    for (const now of [AT, AT + PATIENCE]) expect(decide(one, now)).toEqual({ kind: 'wait' });
    expect(decide(one, LATER)).toEqual({ kind: 'giveUp', reason: 'the restart was interrupted before it began' });
  });

  it('is given up with the reason for which the restart has failed', () => {
    const failed = old({ restart: failedRestart(WANTED, 'the disk is full') });
    expect(decide(failed)).toEqual({ kind: 'giveUp', reason: 'the disk is full' });
    const unknown = old({ restart: { ...WANTED, state: 'failed' } });
    expect(decide(unknown)).toEqual({ kind: 'giveUp', reason: 'the restart has failed' });
  });

  it('ends the restart whose stop has failed, whoever has recorded that', () => {
    const failed = old({ savepoint: failedWish(sent, 'the disk is full') });
    expect(decide(failed)).toEqual({ kind: 'abort', reason: 'the disk is full' });
    expect(decide(old({ savepoint: failedWish(sent, 'a cancel came first'), cancelAskedAt: 1 }))).toEqual({
      kind: 'wait',
    });
  });

  it('and that somebody has asked to end ends the restart, whatever has become of the old one', () => {
    for (const one of [old(), old({ status: 'FINISHED' })]) {
      expect(decide(one, AT, waiting({ cancelAskedAt: AT }))).toEqual({
        kind: 'abort',
        reason: 'the new run was cancelled',
      });
    }
  });

  it.each(['UNKNOWN', 'VOID'] as const)('does not begin when nobody knows whether that has ended: %s', (status) => {
    const reason = 'nobody knows whether the job of run 21 has ended';
    expect(decide(old({ status }))).toEqual({ kind: 'giveUp', reason });
  });

  it.each([
    ['its savepoint', { savepoint: doneWish(sent, 's3://b/1', AT) }, {}, { kind: 'begin', path: 's3://b/1' }],
    ['what is to be looked up', { savepoint: failedWish(sent, 'no') }, {}, { kind: 'begin', path: null }],
    ['what is to be looked up', { savepoint: null }, {}, { kind: 'begin', path: null }],
    ['the path that was given', { cancelAskedAt: 1 }, { savePointPath: 's3://g' }, { kind: 'begin', path: 's3://g' }],
    ['nothing', { cancelAskedAt: 1 }, {}, { kind: 'giveUp', reason: 'run 21 was cancelled meanwhile' }],
  ] as const)('begins from %s when that has ended', (_, changes, mine, decision) => {
    expect(decide(old({ status: 'FINISHED', ...changes }), LATER, waiting(mine))).toEqual(decision);
  });

  it.each([
    ['the stop was not sent', { savepoint: wish }],
    ['it was to be ended without a savepoint', { savepoint: null }],
    ['it is to end by a kill that was not sent', { savepoint: wish, cancelAskedAt: 1 }],
    ['another savepoint was taken of it', { savepoint: doneWish({ ...sent, type: 'trigger' }, 's3://t', AT) }],
  ])('ends the restart after a while when %s', (_, changes) => {
    expect(decide(old(changes), AT + PATIENCE)).toEqual({ kind: 'wait' });
    const reason = 'the restart was interrupted before anything was stopped';
    expect(decide(old(changes), LATER)).toEqual({ kind: 'abort', reason });
  });

  it.each([
    ['the stop was sent', { savepoint: sent }],
    ['its savepoint is there', { savepoint: doneWish(sent, 's3://b', AT) }],
    ['it is being cancelled', { savepoint: null, cancelAskedAt: 1 }],
  ])('waits on when %s', (_, changes) => {
    expect(decide(old(changes), LATER)).toEqual({ kind: 'wait' });
  });
});

describe('the marks of a restart', () => {
  it('say whether one is wanted, and whether the new run waits', () => {
    expect([old(), old({ restart: null }), old({ restart: failedRestart(WANTED, 'x') })].map(wantsRestart)).toEqual([
      true,
      false,
      false,
    ]);
    const begun = { follows: { ...FOLLOWS, isWaiting: false } };
    const runs = [waiting(), waiting(begun), waiting({ follows: null }), waiting({ status: 'FAILED' })];
    expect(runs.map(isWaiting)).toEqual([true, false, false, false]);
  });

  it('keep a reason of a bounded size', () => {
    const { runId, state, reason } = failedRestart(WANTED, 'x'.repeat(2_000));
    expect({ runId, state }).toEqual({ runId: 22, state: 'failed' });
    expect(Buffer.byteLength(reason ?? '')).toBe(400);
  });
});

describe('a run that took the place of another one', () => {
  it('may be sent again when each of its sends is known to have started nothing', () => {
    const runs = [waiting(), waiting({ open: [1] }), waiting({ follows: null }), waiting({ status: 'RUNNING' })];
    expect(runs.map(isUnsent)).toEqual([true, false, false, false]);
  });

  it.each([
    ['it was never sent', { once: true }, true],
    ['it was sent, and may be sent twice', { sends: 2 }, true],
    ['it was sent, and may not be sent twice', { sends: 1, once: true }, false],
    ['Flink has refused its newest send', { sends: 2, sqlRefusedSend: 2 }, false],
    ['Flink has refused an earlier one', { sends: 2, sqlRefusedSend: 1 }, true],
    ["it took nobody's place", { follows: null }, false],
  ])('when %s: %j must start: %s', (_, changes, must) => {
    expect(mustStart(waiting(changes), AT)).toBe(must);
  });

  it('must start for two hours, and not longer', () => {
    expect([WATCH_MS, WATCH_MS + 1].map((ms) => mustStart(waiting(), AT + ms))).toEqual([true, false]);
  });
});
