/** A restart brought one step further, by whoever is alive: when the new run begins, when it is given up, and who has the claims. */
import { beforeEach, describe, expect, it } from 'vitest';
import { waitingRun } from '../../../lib/domain/run/new-run.ts';
import type { Restart } from '../../../lib/domain/run/restart-marks.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { newWish } from '../../../lib/domain/run/savepoint-wish.ts';
import { clearInterrupted, continueRestart } from '../../../lib/usecases/stop/continue-restart.ts';
import { aHead } from '../../contracts/job-store.contract.ts';
import { type World, world } from '../world.ts';

const MINUTE = 60_000;
const PATIENCE = 55_000;
const WANTED: Restart = { runId: 2, state: 'wanted', reason: null };

let w: World;
let now: number;
/** The old run is live and names the new one, which waits and has the claims: the old one's own and one more. */
beforeEach(() => {
  w = world();
  now = w.clock.now();
  put(aHead(1, { ...LIVE, fp: 'old', usedFp: 'used', restart: WANTED, active: 'LIVE#1' }));
  put({ ...waitingRun({ ...aHead(2), fp: 'new', usedFp: 'used', jobId: 'cd'.repeat(16) }, 1, now) });
  w.store.tasks.set(1, { claims: { new: 2, used: 2, old: 1, else: 7 }, claimSeq: 5, latestRunId: 2 });
});

const LIVE = { status: 'RUNNING', submitStatus: 'SUCCESS' } as const;
const head = (id: number): RunHead => w.store.heads.get(id)!;
const put = (one: RunHead): void => void w.store.heads.set(one.id, one);
const change = (id: number, changes: Partial<RunHead>): RunHead => {
  put({ ...head(id), ...changes, v: head(id).v + 1 });
  return head(id);
};
const claims = () => w.store.tasks.get(1)!.claims;
const goOn = (waiting = head(2)) => w.clock.run(continueRestart(w, waiting));
const clear = (old = head(1)) => w.clock.run(clearInterrupted(w, old));
const cause = (id: number) => head(id).events.at(-1)?.cause;
const failed = (reason: string): Restart => ({ ...WANTED, state: 'failed', reason });
const wish = (changes = {}) => ({ ...newWish('stop', 'ab'.repeat(16), 'me', now), ...changes });
const SENT = { firstSentAt: 1, sentAt: 1 };
const DONE = { ...SENT, state: 'done', path: 'file:/sp/1' } as const;

describe('the new run', () => {
  it('waits while the old one is being stopped', async () => {
    const waiting = head(2);
    expect(await goOn()).toBe(waiting);
    expect(head(2)).toBe(waiting);
  });

  it('that has begun is left alone', async () => {
    change(1, { status: 'FINISHED', savepoint: wish(DONE) });
    const begun = change(2, { follows: { runId: 1, isWaiting: false, isGiven: false }, savePointPath: 'file:/sp/0' });
    expect(await goOn()).toBe(begun);
    expect(head(2)).toBe(begun);
  });

  it('begins from the savepoint of the old one when that has ended, and its history says so', async () => {
    change(1, { status: 'FINISHED', savepoint: wish(DONE) });
    const follows = { runId: 1, isWaiting: false, isGiven: false };
    expect(await goOn()).toMatchObject({ status: 'INITIALIZING', follows, savePointPath: 'file:/sp/1', sends: 0 });
    expect(cause(2)).toBe('run 1 has ended: starts from file:/sp/1');
    expect(claims()).toEqual({ new: 2, used: 2, old: 1, else: 7 });
  });

  it.each([
    ['neither', { used: 1, old: 1 }],
    ['only one', { used: 2, old: 1 }],
    ['only the other', { used: 7, new: 2 }],
  ])('with %s of its claims does not begin: a submit would take the place of the old one as well', async (_, named) => {
    change(1, { status: 'FINISHED', savepoint: wish(DONE) });
    w.store.tasks.set(1, { claims: named, claimSeq: 5, latestRunId: 2 });
    expect(await goOn()).toMatchObject({
      status: 'FAILED',
      error: 'not restarted: run 1 ended before this run had replaced it',
    });
    expect(claims()).toEqual(named);
  });

  it('whose claims arrive while it is given up begins', async () => {
    change(1, { status: 'FINISHED', savepoint: wish(DONE) });
    w.store.tasks.set(1, { claims: { used: 1 }, claimSeq: 5, latestRunId: 2 });
    const { updateHead } = w.store;
    const late = (...given: Parameters<typeof updateHead>) => {
      Object.assign(w.store, { updateHead });
      w.store.tasks.set(1, { claims: { new: 2, used: 2 }, claimSeq: 6, latestRunId: 2 });
      change(2, { refreshedAt: 1 });
      return updateHead(...given);
    };
    Object.assign(w.store, { updateHead: late });
    expect(await goOn()).toMatchObject({ status: 'INITIALIZING', savePointPath: 'file:/sp/1' });
  });

  it('begins when the stop of the old one is done, though nobody sees any more how that one has ended', async () => {
    change(1, { status: 'UNKNOWN', savepoint: wish(DONE) });
    expect(await goOn()).toMatchObject({ status: 'INITIALIZING', savePointPath: 'file:/sp/1' });
  });

  it('that somebody else has begun meanwhile is given as it is now', async () => {
    change(1, { status: 'FINISHED', savepoint: wish(DONE) });
    const stale = head(2);
    const begun = change(2, { follows: { runId: 1, isWaiting: false, isGiven: false }, savePointPath: 'file:/sp/1' });
    expect(await goOn(stale)).toBe(begun);
    expect(head(2)).toBe(begun);
  });
});

describe('the old run that has ended by itself', () => {
  const left = (changes: { jobId?: string; fp?: string; path?: string; completedAt?: number }) =>
    w.savepoints.record({
      ...{ taskId: 1, fp: 'used', path: 'file:/own', kind: 'checkpoint', completedAt: 10, jobId: head(1).jobId! },
      ...{ runId: 1, ...changes },
    });
  beforeEach(() => void change(1, { status: 'FAILED', savepoint: wish({ state: 'failed', reason: 'too late' }) }));

  it('gives the new one the newest that its own job has left', async () => {
    await left({ path: 'file:/older', completedAt: 5 });
    await left({});
    expect(await goOn()).toMatchObject({ status: 'INITIALIZING', savePointPath: 'file:/own' });
  });

  it('is looked up by all its variables where its text uses all of them', async () => {
    const { usedFp: _, ...rest } = head(1);
    put(rest);
    await left({ fp: 'old' });
    expect(await goOn()).toMatchObject({ savePointPath: 'file:/own' });
  });

  it('gives it nothing that another job has left', async () => {
    await left({});
    await left({ jobId: 'ef'.repeat(16), path: 'file:/other', completedAt: 20 });
    expect((await goOn()).error).toBe('not restarted: the job ended without a savepoint to start from');
  });

  it('and has left nothing: the new one fails, and keeps the claims, so that the next submit starts anew', async () => {
    expect(await goOn()).toMatchObject({
      status: 'FAILED',
      error: 'not restarted: the job ended without a savepoint to start from',
    });
    expect(claims()).toEqual({ new: 2, used: 2, old: 1, else: 7 });
  });
});

describe('a restart that is given up', () => {
  it('gives the old run its claims back before the new one is over, and forgets what was claimed for the new one alone', async () => {
    change(1, { restart: failed('the disk is full') });
    const seen: unknown[] = [];
    const { updateHead } = w.store;
    Object.assign(w.store, {
      updateHead: (...given: Parameters<typeof updateHead>) => (seen.push(claims()), updateHead(...given)),
    });
    expect(await goOn()).toMatchObject({
      status: 'FAILED',
      error: 'not restarted: the disk is full. Run 1 goes on',
    });
    expect(claims()).toEqual({ used: 1, old: 1, else: 7 });
    expect(seen[0]).toEqual(claims());
  });

  it('moves the claims on, though they name the old run: a late claim for the new one must fail', async () => {
    change(1, { restart: failed('x') });
    w.store.tasks.set(1, { claims: { used: 1 }, claimSeq: 5, latestRunId: 2 });
    await goOn();
    expect(w.store.tasks.get(1)).toMatchObject({ claims: { used: 1 }, claimSeq: 6 });
  });

  it('takes nothing from a third run', async () => {
    change(1, { restart: failed('x') });
    w.store.tasks.set(1, { claims: { new: 7, used: 8 }, claimSeq: 5, latestRunId: 8 });
    await goOn();
    expect(w.store.tasks.get(1)).toMatchObject({ claims: { new: 7, used: 8 }, claimSeq: 5 });
  });

  it.each(['FINISHED', 'CANCELED', 'FAILED'] as const)(
    'gives nothing back to an old run that has ended %s: nobody may take that one for his own',
    async (status) => {
      change(1, { status, restart: failed('x') });
      expect(await goOn()).toMatchObject({ status: 'FAILED', error: 'not restarted: x' });
      expect(claims()).toEqual({ new: 2, used: 2, old: 1, else: 7 });
    },
  );

  it('is not over when the new run has moved on meanwhile', async () => {
    change(1, { restart: failed('the disk is full') });
    const { readTask } = w.store;
    const begun = { follows: { runId: 1, isWaiting: false, isGiven: false }, savePointPath: 'file:/sp/0' };
    w.store.readTask = (id) => {
      if (head(2).follows?.isWaiting === true) change(2, begun);
      return readTask(id);
    };
    expect(await goOn()).toMatchObject({ status: 'INITIALIZING', ...begun });
    expect(head(2)).toMatchObject({ status: 'INITIALIZING', ...begun });
  });

  it('gives them back to an old run that nobody knows the end of', async () => {
    change(1, { status: 'UNKNOWN' });
    expect((await goOn()).error).toBe('not restarted: nobody knows whether the job of run 1 has ended');
    expect(claims()).toEqual({ used: 1, old: 1, else: 7 });
  });

  it('without an old run in the table ends the new one', async () => {
    w.store.heads.delete(1);
    await w.clock.advance(MINUTE);
    expect(await goOn()).toMatchObject({
      status: 'FAILED',
      error: 'not restarted: the restart was interrupted before it began',
    });
    expect(claims()).toEqual({ new: 2, used: 2, old: 1, else: 7 });
  });

  it('because the new run was cancelled leaves the old one wanted of nobody', async () => {
    change(1, { savepoint: wish(), active: 'WISH#1' });
    change(2, { cancelAskedAt: now });
    expect(await goOn()).toMatchObject({ status: 'CANCELED' });
    expect(head(1)).toMatchObject({
      ...{ status: 'RUNNING', active: 'LIVE#1', restart: failed('the new run was cancelled') },
      savepoint: { state: 'failed', reason: 'the new run was cancelled' },
    });
    expect(cause(1)).toBe('not restarted: the new run was cancelled');
  });
});

describe('a run that was killed while its restart had died', () => {
  it('keeps the wish for its savepoint: it must end, and nobody else sends that for the restart', async () => {
    change(1, { savepoint: wish(), active: 'WISH#1', cancelAskedAt: now });
    await w.clock.advance(PATIENCE + 1);
    const why = 'the restart was interrupted before anything was stopped';
    expect(await goOn()).toMatchObject({ status: 'FAILED', error: `not restarted: ${why}. Run 1 goes on` });
    expect(head(1)).toMatchObject({ savepoint: { state: 'wanted' }, active: 'WISH#1', restart: failed(why) });
  });
});

describe('a restart from a path that died before the new run was there', () => {
  const asked = { ...WANTED, askedAt: Date.UTC(2026, 0, 31, 12) };
  beforeEach(async () => {
    w.store.heads.delete(2);
    change(1, { restart: asked, savepoint: null, active: 'WISH#1' });
    await w.clock.advance(PATIENCE + 1);
  });

  it('is over for the old run, which goes on and is looked at no more than others', async () => {
    await clear();
    expect(head(1)).toMatchObject({ restart: { state: 'failed' }, active: 'LIVE#1', cancelAskedAt: null });
    expect(head(2).status).toBe('VOID');
  });

  it('leaves a savepoint that somebody else has asked for meanwhile alone', async () => {
    change(1, { savepoint: wish({ askedAt: asked.askedAt + 1 }) });
    await clear();
    expect(head(1)).toMatchObject({ restart: { state: 'failed' }, savepoint: { state: 'wanted' }, active: 'WISH#1' });
  });

  it.each([
    ['its caller may still be at work', { restart: { ...asked, askedAt: asked.askedAt + 2 } }],
    ['the old run was told to end', { cancelAskedAt: 1 }],
    ['the old run has ended', { status: 'FINISHED' }],
  ] as const)('is no business of the sweep when %s', async (_, changes) => {
    const old = change(1, changes);
    await clear();
    expect(head(1)).toBe(old);
  });
});

describe('a restart that died before the new run was there', () => {
  beforeEach(async () => {
    w.store.heads.delete(2);
    change(1, { savepoint: wish(), active: 'WISH#1' });
    await w.clock.advance(PATIENCE + 1);
  });

  it('is over for the old run, which goes on; its number is used up', async () => {
    await clear();
    const why = 'it was interrupted before it began';
    expect(head(1)).toMatchObject({ status: 'RUNNING', restart: failed(why), savepoint: { state: 'failed' } });
    expect(head(2)).toMatchObject({ status: 'VOID', taskId: 1 });
  });

  it('is over as well when somebody else has made its number void', async () => {
    await clear(head(1));
    change(1, { restart: WANTED, savepoint: wish({ triggerId: 'cd'.repeat(16) }) });
    put({ ...head(2), writer: 'another' });
    await clear();
    expect(head(1).restart?.state).toBe('failed');
  });

  it('is over as well when the old run was given up as lost meanwhile, and is followed again: its stop has failed unsent', async () => {
    const lost = wish({ state: 'failed', reason: 'the job is lost' });
    change(1, { savepoint: lost });
    await clear();
    expect(head(1)).toMatchObject({
      status: 'RUNNING',
      restart: failed('it was interrupted before it began'),
      savepoint: lost,
      active: 'LIVE#1',
    });
    expect(head(2)).toMatchObject({ status: 'VOID' });
  });

  it('is not over when the new run is there: that one decides', async () => {
    put(waitingRun(aHead(2), 1, now));
    const old = head(1);
    await clear();
    expect(head(1)).toBe(old);
  });

  it.each([
    ['no restart is wanted', { restart: null }],
    ['the restart has failed', { restart: failed('x') }],
    ['no savepoint is wanted', { savepoint: null }],
    ['the stop was sent', { savepoint: wish(SENT) }],
    ['the stop was sent and has failed', { savepoint: wish({ ...SENT, state: 'failed', reason: 'x' }) }],
    [
      'the stop has failed unsent, and its job was cancelled',
      { savepoint: wish({ state: 'failed', reason: 'x' }), cancelAskedAt: 1 },
    ],
    ['its caller may still be at work', { savepoint: wish({ askedAt: Date.UTC(2026, 0, 31, 12) + 1 }) }],
  ])('is no business of the sweep when %s', async (_, changes) => {
    const old = change(1, changes);
    await clear();
    expect(head(1)).toBe(old);
    expect(w.store.heads.has(2)).toBe(false);
  });
});

describe('an abort that meets the stop of a caller who is still at work', () => {
  const sent = (): void => void change(1, { savepoint: wish(SENT) });

  it('is not made: the new run waits for what becomes of the stop', async () => {
    change(1, { savepoint: wish(), active: 'WISH#1' });
    await w.clock.advance(PATIENCE + 1);
    const { readHead } = w.store;
    let isSent = false;
    w.store.readHead = async (id) => {
      const read = await readHead(id);
      if (id === 1 && !isSent) {
        isSent = true;
        sent();
      }
      return read;
    };
    expect(await goOn()).toMatchObject({ status: 'INITIALIZING', follows: { isWaiting: true } });
    expect(head(1)).toMatchObject({ restart: WANTED, savepoint: { state: 'wanted', firstSentAt: 1 } });
    expect(claims()).toMatchObject({ new: 2, used: 2 });
  });

  it('is not made by the sweep that finds no new run either', async () => {
    w.store.heads.delete(2);
    change(1, { savepoint: wish(), active: 'WISH#1' });
    await w.clock.advance(PATIENCE + 1);
    const { putHead } = w.store;
    w.store.putHead = (one) => {
      sent();
      return putHead(one);
    };
    await clear();
    expect(head(1)).toMatchObject({ restart: WANTED, savepoint: { state: 'wanted', firstSentAt: 1 } });
  });
});
