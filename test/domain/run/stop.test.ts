/** What a call that stops a run, or takes a savepoint of it, changes in its record (protocol.md section 12), row by row. */
import { describe, expect, it } from 'vitest';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { doneWish, failedWish, newWish } from '../../../lib/domain/run/savepoint-wish.ts';
import { decideStop, type StopHow } from '../../../lib/domain/run/stop.ts';
import { headAt } from '../../builders/a-head.ts';

const NOW = 5_000;
const TRIGGER = 'cd'.repeat(16);
const HOWS: readonly StopHow[] = ['cancel', 'kill', 'cancelWithSavepoint', 'stop', 'trigger'];
const live = (changes: Partial<RunHead> = {}): RunHead =>
  headAt(1_000, { status: 'RUNNING', active: 'LIVE#5', ...changes });
const decide = (head: RunHead, how: StopHow) => decideStop(head, { how, by: 'me', now: NOW, triggerId: TRIGGER });
const wish = (type: 'trigger' | 'stop' | 'cancel') => newWish(type, TRIGGER, 'me', NOW);
const earlier = (type: 'trigger' | 'stop' | 'cancel') => newWish(type, 'ab'.repeat(16), 'you', 2_000);
const END = { cancelAskedAt: NOW, cancelAskedBy: 'me' };
const WISH = 'WISH#1';
const LIVE = 'LIVE#5';
const write = (cause: string, change: object) => ({ kind: 'write', cause, change });

describe('of a run that goes on', () => {
  it.each([
    ['cancel', write('cancel asked by me', END)],
    ['kill', write('cancel with a savepoint asked by me', { ...END, savepoint: wish('cancel'), active: WISH })],
    ['cancelWithSavepoint', write('cancel with a savepoint asked by me', { savepoint: wish('cancel'), active: WISH })],
    ['stop', write('stop with a savepoint asked by me', { savepoint: wish('stop'), active: WISH })],
    ['trigger', write('savepoint asked by me', { savepoint: wish('trigger'), active: WISH })],
  ] as const)('%s writes', (how, decision) => expect(decide(live(), how)).toEqual(decision));

  it.each(['done', 'failed'])('a savepoint of which is %s, it is asked for as if there was none', (state) => {
    const old = state === 'done' ? doneWish(earlier('stop'), 's3://b', NOW) : failedWish(earlier('stop'), 'no');
    for (const how of HOWS) expect(decide(live({ savepoint: old }), how)).toEqual(decide(live(), how));
  });

  it.each([
    ['trigger', 14_999, 'join'],
    ['trigger', 15_000, 'write'],
    ['stop', 14_999, 'join'],
  ] as const)('a %s of the same caller that was done %d ms ago answers the call: %s', (type, ago, kind) => {
    const savepoint = doneWish(wish(type), 's3://b', NOW - ago);
    expect(decide(live({ savepoint }), type).kind).toBe(kind);
    expect(decide(live({ savepoint }), type === 'stop' ? 'trigger' : 'stop').kind).toBe('write');
  });
});

describe('of a run that has ended', () => {
  it.each(HOWS)('%s changes nothing', (how) => {
    for (const status of ['FINISHED', 'FAILED', 'CANCELED', 'UNKNOWN', 'VOID'] as const) {
      expect(decide(live({ status, savepoint: earlier('stop') }), how)).toEqual({ kind: 'nothing' });
    }
  });
});

describe('of a run of which a savepoint is wanted', () => {
  it.each(['trigger', 'stop', 'cancel'] as const)('a plain cancel drops it: %s', (type) => {
    const failed = failedWish(earlier(type), 'a cancel without a savepoint came first');
    const change = { ...END, savepoint: failed, active: LIVE };
    expect(decide(live({ savepoint: earlier(type) }), 'cancel')).toEqual(write('cancel asked by me', change));
  });

  it.each(['stop', 'cancel'] as const)('a kill keeps one that ends it: %s', (type) => {
    const change = { ...END, savepoint: earlier(type), active: WISH };
    const cause = 'cancel with a savepoint asked by me';
    expect(decide(live({ savepoint: earlier(type) }), 'kill')).toEqual(write(cause, change));
  });

  it('a kill takes another one than the one that the job outlives', () => {
    const change = { ...END, savepoint: wish('cancel'), active: WISH };
    const cause = 'cancel with a savepoint asked by me';
    expect(decide(live({ savepoint: earlier('trigger') }), 'kill')).toEqual(write(cause, change));
  });

  it.each([
    ['trigger', 'trigger', 'join'],
    ['trigger', 'stop', 'write'],
    ['trigger', 'cancelWithSavepoint', 'write'],
    ['stop', 'trigger', 'join'],
    ['stop', 'stop', 'join'],
    ['stop', 'cancelWithSavepoint', 'join'],
    ['cancel', 'trigger', 'join'],
    ['cancel', 'stop', 'join'],
    ['cancel', 'cancelWithSavepoint', 'join'],
  ] as const)('%s, and then %s: %s', (first, how, kind) => {
    expect(decide(live({ savepoint: earlier(first) }), how).kind).toBe(kind);
  });
});

describe('of a run that somebody has asked to end', () => {
  const asked = { cancelAskedAt: 2_000, cancelAskedBy: 'you' };

  it.each([
    ['cancel', { kind: 'nothing' }],
    ['kill', { kind: 'nothing' }],
    ['stop', { kind: 'refuse', why: 'is being cancelled' }],
    ['cancelWithSavepoint', { kind: 'refuse', why: 'is being cancelled' }],
    ['trigger', { kind: 'refuse', why: 'is being cancelled' }],
  ] as const)('%s', (how, decision) => expect(decide(live(asked), how)).toEqual(decision));

  it.each([
    ['kill', 'join'],
    ['stop', 'join'],
    ['trigger', 'join'],
  ] as const)('with a savepoint that is under way: %s is answered by it', (how, kind) => {
    expect(decide(live({ ...asked, savepoint: earlier('cancel') }), how)).toEqual({ kind });
  });

  it('with a savepoint: a plain cancel drops that, and whoever asked first is kept', () => {
    const failed = failedWish(earlier('cancel'), 'a cancel without a savepoint came first');
    expect(decide(live({ ...asked, savepoint: earlier('cancel') }), 'cancel')).toEqual(
      write('cancel asked by me', { savepoint: failed, active: LIVE }),
    );
  });
});

describe('of a run without a state to keep', () => {
  it.each([
    ['a preview', { kind: 'preview' }, /^is a preview, which has no state to keep\. Cancel it without a savepoint$/],
    ['a run without a job', { kind: 'none' }, /^has no job in Flink, so there is no state to keep$/],
    [
      'a run that nobody has confirmed',
      { status: 'INITIALIZING' },
      /^has no job in Flink yet.*Try again when it is RUNNING/,
    ],
    ['a run whose job has no number', { jobId: null }, /^has no job in Flink yet/],
  ] as const)('%s: a savepoint is refused, a kill ends it without one', (_, changes, why) => {
    for (const how of ['stop', 'cancelWithSavepoint', 'trigger'] as const) {
      expect(decide(live(changes), how)).toEqual({ kind: 'refuse', why: expect.stringMatching(why) as string });
    }
    expect(decide(live(changes), 'kill')).toEqual(write('cancel asked by me', END));
    expect(decide(live(changes), 'cancel')).toEqual(write('cancel asked by me', END));
  });
});
