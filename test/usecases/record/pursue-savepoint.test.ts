/** A savepoint that was asked of a run, one look after the other: what is sent, what is concluded, what is written. */
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { SavepointWish } from '../../../lib/domain/run/savepoint-trigger.ts';
import { newWish } from '../../../lib/domain/run/savepoint-wish.ts';
import {
  observeSavepoint,
  type PursueDeps,
  pursueForRestart,
  pursueSavepoint,
} from '../../../lib/usecases/record/pursue-savepoint.ts';
import { recordSeen } from '../../../lib/usecases/record/record.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const SQL =
  "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole', 'password' = 'correct-horse'); INSERT INTO snk SELECT 1;";
const { signal } = new AbortController();

let w: World;
let asked: string[];
beforeEach(async () => {
  w = world({ tasks: [aTask({ statement: SQL })] });
  await w.submit({ variables: { unused: '1' } });
  await w.pollTask();
  asked = [];
  w.flink.fault = (call, before) => {
    if (before) asked.push(call);
  };
});

const head = (): RunHead => w.store.heads.get(1)!;
const set = (changes: Partial<RunHead>): RunHead => {
  w.store.heads.set(1, { ...head(), ...changes, v: head().v + 1 });
  return head();
};
const wanted = (changes: Partial<SavepointWish> = {}): RunHead =>
  set({ savepoint: { ...newWish('stop', 'ab'.repeat(16), 'me', w.clock.now()), ...changes }, active: 'WISH#1' });
const sentAgo = (ms: number): RunHead => wanted({ firstSentAt: w.clock.now() - ms, sentAt: w.clock.now() - ms });
const jobId = (): string => head().jobId ?? '';
const pursue = (given: RunHead, deps: PursueDeps = w) => w.clock.run(pursueSavepoint(deps, given, signal));
const observe = (given: RunHead) => w.clock.run(observeSavepoint(w, given, signal));
const atFlink = (): void => {
  const { triggerId, type } = head().savepoint!;
  w.flink.savepoints.ask(jobId(), { type, triggerId, directory: null });
};
const fails = (call: string, error: Error): void => {
  w.flink.fault = (what, before) => {
    asked.push(what);
    if (what === call && before) throw error;
  };
};

describe('a savepoint that was not sent', () => {
  it('is sent, without asking Flink for what it can not know', async () => {
    expect(await pursue(wanted())).toMatchObject({ savepoint: { state: 'wanted', sentAt: w.clock.now() } });
    expect(asked).toEqual(['triggerSavepoint']);
  });

  it('that is sent once more keeps when it was first sent: from then on Flink may have forgotten it', async () => {
    const before = sentAgo(2 * MINUTE);
    const { savepoint } = await pursue(before);
    expect(asked).toEqual(['savepointState', 'triggerSavepoint']);
    expect(savepoint).toMatchObject({ firstSentAt: before.savepoint?.firstSentAt, sentAt: w.clock.now() });
  });

  it('is not sent by a poll', async () => {
    const before = wanted();
    expect(await observe(before)).toBe(before);
    expect(asked).toEqual([]);
  });

  it('goes where the cluster is told to keep it when the options of the run are gone, or can not be read', async () => {
    w.store.bodies.clear();
    await pursue(wanted());
    Object.assign(w.store, { readBody: () => Promise.reject(new AppError('store.invalid', 'Damaged.')) });
    await pursue(wanted({ triggerId: 'cd'.repeat(16) }));
    expect(w.flink.savepoints.begun.map(({ ask }) => ask.directory)).toEqual([null, null]);
    const fields = { runId: 1, error: 'Damaged.' };
    const message = 'the options of a run could not be read for its savepoint';
    expect(w.log.lines).toContainEqual({ level: 'warn', message, fields });
  });

  it.each([
    ['the table is away', new AppError('store.unavailable', 'Away.')],
    ['of a bug', new TypeError('a bug')],
  ])('is not sent anywhere else because %s', async (_, error) => {
    Object.assign(w.store, { readBody: () => Promise.reject(error) });
    await expect(pursue(wanted())).rejects.toBe(error);
    expect(asked).toEqual([]);
  });

  it('is sent all the same when a poll has written to the record meanwhile', async () => {
    const before = wanted();
    set({ lastSeenAt: 5 });
    expect(await pursue(before)).toMatchObject({ lastSeenAt: 5, savepoint: { sentAt: w.clock.now() } });
    expect(asked).toEqual(['triggerSavepoint']);
  });

  it.each([
    ['is wanted no more', { savepoint: null }],
    ['belongs to a restart by now, whose caller sends it', { restart: { runId: 2, state: 'wanted', reason: null } }],
  ] as const)('and %s when it is to be sent is not sent', async (_, changes) => {
    const before = wanted();
    const now = set(changes);
    expect(await pursue(before)).toEqual(now);
    expect(asked).toEqual([]);
  });

  it('of a run that is gone from the table is not sent', async () => {
    const before = wanted();
    w.store.heads.clear();
    expect(await pursue(before)).toBe(before);
    expect(asked).toEqual([]);
  });

  it('of a restart is sent by the caller of that restart alone', async () => {
    const restart = { runId: 2, state: 'wanted', reason: null } as const;
    const before = set({ ...wanted(), restart });
    set({ restart: { ...restart, runId: 7 } });
    await w.clock.run(pursueForRestart(w, before, signal));
    expect(asked).toEqual([]);
    set({ restart });
    await w.clock.run(pursueForRestart(w, before, signal));
    expect(asked).toEqual(['triggerSavepoint']);
  });

  it('that Flink refuses has failed, and the log says so', async () => {
    fails('triggerSavepoint', new AppError('flink.rejected', 'No directory.'));
    expect(await pursue(wanted())).toMatchObject({
      savepoint: { state: 'failed', reason: 'No directory.' },
      active: 'LIVE#1',
    });
    const fields = { runId: 1, error: 'No directory.' };
    expect(w.log.lines).toContainEqual({ level: 'info', message: 'a savepoint was not taken by Flink', fields });
  });
});

describe('why a savepoint failed', () => {
  it('is recorded and logged without the values of options with sensitive names', async () => {
    fails('triggerSavepoint', new AppError('flink.rejected', 'u was refused with correct-horse.'));
    await pursue(wanted());
    const failedState = { kind: 'failed', reason: 'snk: correct-horse is wrong' } as const;
    const jobManager = { ...w.jobManager, savepointState: () => Promise.resolve(failedState) };
    expect(head().savepoint?.reason).toBe('u was refused with ******.');
    await pursue(sentAgo(SECOND), { ...w, jobManager });
    expect(head().savepoint?.reason).toBe('snk: ****** is wrong');
    expect(JSON.stringify([...w.store.heads.values(), w.log.lines])).not.toContain('correct-horse');
  });

  it('is told without the values of its options when the end of the job shows it', async () => {
    sentAgo(SECOND);
    const failedState = { kind: 'failed', reason: 'could not log on with correct-horse' } as const;
    const deps = { ...w, jobManager: { ...w.jobManager, savepointState: () => Promise.resolve(failedState) } };
    const job = { state: 'FINISHED', ranAt: 1, endedAt: w.clock.now() } as const;
    const ended = await w.clock.run(recordSeen(deps, head(), job, { observer: 'sweep', signal }));
    expect(ended).toMatchObject({ status: 'FINISHED', savepoint: { state: 'failed' } });
    expect(JSON.stringify(ended)).not.toContain('correct-horse');
    expect(ended.savepoint?.reason).toContain('could not log on with');
  });
});

describe('why a savepoint of a run with secrets of a store failed', () => {
  beforeEach(async () => {
    const statement =
      "CREATE TABLE snk (s STRING) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT '${password}'";
    const variables = [{ name: 'password', value: { secret: 'env:PASSWORD' }, note: null }];
    w = world({ tasks: [aTask({ statement, fragment: true })], variables });
    w.secrets.values.set('env:PASSWORD', 'hunter22');
    await w.submit();
    await w.pollTask();
    const failedState = { kind: 'failed', reason: 'could not log on with hunter22' } as const;
    w.flink.savepointState = () => Promise.resolve(failedState);
  });

  const reasonIn = async (deps: PursueDeps) => (await pursue(sentAgo(SECOND), deps)).savepoint?.reason;

  it('is told with the name of the secret where its value can be read', async () => {
    expect(await reasonIn(w)).toBe('could not log on with ${password}');
  });

  it.each<[string, () => PursueDeps]>([
    ['this function may read no secrets', () => ({ ...w, secrets: null })],
    [
      'the store of secrets is away',
      () => {
        w.secrets.failure = new AppError('secret.unavailable', 'Slow down.');
        return w;
      },
    ],
    [
      'its body is gone',
      () => {
        w.store.bodies.clear();
        return w;
      },
    ],
    [
      'its body is damaged',
      () => ({
        ...w,
        store: { ...w.store, readBody: () => Promise.reject(new AppError('store.invalid', 'Damaged.')) },
      }),
    ],
  ])('is not told where %s, and where to look is', async (_, deps) => {
    expect(await reasonIn(deps())).toMatch(/may quote a secret of the run and is not shown here. The JobManager's log/);
    expect(head().savepoint?.state).toBe('failed');
    expect(JSON.stringify([...w.store.heads.values(), w.log.lines])).not.toContain('hunter22');
  });

  it('brings a bug of the store of secrets to light', async () => {
    const bug = new TypeError('a bug');
    w.secrets.read = () => Promise.reject(bug);
    await expect(reasonIn(w)).rejects.toBe(bug);
  });
});

describe('the permission to send', () => {
  /** The write of the permission takes this long by each of the clocks. */
  async function slowly(nowMs: number, monotonicMs: number): Promise<void> {
    let passed = 0;
    const { updateHead } = w.store;
    const store = Object.assign(w.store, {
      updateHead: (...given: Parameters<typeof updateHead>) => ((passed = 1), updateHead(...given)),
    });
    const clock = {
      ...w.clock,
      now: () => w.clock.now() + passed * nowMs,
      monotonic: () => w.clock.monotonic() + passed * monotonicMs,
    };
    await pursue(wanted(), { ...w, store, clock });
  }

  it.each([
    [20 * SECOND, 20 * SECOND],
    [0, 0],
  ])('is used within its time (%i ms and %i ms)', async (now, monotonic) => {
    await slowly(now, monotonic);
    expect(asked).toEqual(['triggerSavepoint']);
  });

  it.each([
    [20 * SECOND + 1, 0],
    [0, 20 * SECOND + 1],
    [MINUTE, MINUTE],
  ])('is over by either clock (%i ms and %i ms): nothing is sent', async (now, monotonic) => {
    await slowly(now, monotonic);
    expect(asked).toEqual([]);
    expect(head().savepoint).toMatchObject({ state: 'wanted', sentAt: expect.any(Number) as number });
  });
});

describe('a savepoint that was sent', () => {
  it('and is under way is waited for: it is not sent again, and nothing is written', async () => {
    w.flink.savepoints.takesMs = MINUTE;
    const before = sentAgo(SECOND);
    atFlink();
    expect(await pursue(before)).toBe(before);
    expect(asked).toEqual(['savepointState']);
    expect(head()).toBe(before);
  });

  it('while Flink can not be asked says nothing, but in the log', async () => {
    fails('savepointState', new AppError('flink.noReply', 'No reply.'));
    const before = sentAgo(SECOND);
    expect(await pursue(before)).toBe(before);
    const fields = { runId: 1, error: 'No reply.' };
    expect(w.log.lines).toContainEqual({ level: 'info', message: 'Flink could not be asked for a savepoint', fields });
  });

  it('is no excuse for a bug', async () => {
    fails('savepointState', new TypeError('a bug'));
    await expect(pursue(sentAgo(SECOND))).rejects.toThrow(TypeError);
  });

  it('and that Flink does not know any more is missed by the reconciler, not by a poll', async () => {
    const before = sentAgo(4 * MINUTE);
    expect(await observe(before)).toBe(before);
    expect((await pursue(before)).savepoint).toMatchObject({ state: 'wanted', missedAt: w.clock.now() });
    expect(asked).toEqual(['savepointState', 'savepointState']);
  });

  it('ends for whoever was overtaken as it stands in the table', async () => {
    const before = sentAgo(4 * MINUTE);
    const now = set({ name: 'renamed' });
    expect(await pursue(before)).toEqual(now);
  });
});

describe('a savepoint that is there', () => {
  it('is recorded, and the history names its path', async () => {
    const before = sentAgo(SECOND);
    atFlink();
    const { savepoint, active, events } = await pursue(before);
    expect(savepoint).toMatchObject({ state: 'done', path: expect.stringMatching(/^file:\/savepoints\//) as string });
    expect(active).toBe('LIVE#1');
    expect(events.at(-1)?.cause).toBe(`savepoint ${savepoint?.path}`);
    expect(w.savepoints.all).toHaveLength(1);
    expect(w.savepoints.all[0]).toMatchObject({ path: savepoint?.path, kind: 'savepoint', runId: 1 });
  });

  it('is recorded as it stands in the table for whoever was overtaken', async () => {
    const before = sentAgo(SECOND);
    atFlink();
    const now = set({ name: 'renamed' });
    expect(await pursue(before)).toEqual(now);
  });

  it.each([
    [0, 'waited for'],
    [30 * SECOND - 1, 'waited for'],
    [30 * SECOND, 'recorded'],
    [MINUTE, 'recorded'],
  ])('and that Flink does not list %i ms after it was asked for is %s', async (ms, what) => {
    const before = sentAgo(ms);
    atFlink();
    w.flink.completed.clear();
    const after = await pursue(before);
    if (what === 'waited for') {
      expect(after).toBe(before);
      expect(w.savepoints.all).toEqual([]);
      return;
    }
    const { path } = after.savepoint!;
    expect(after.savepoint?.state).toBe('done');
    const { usedFp: fp } = head();
    const record = { taskId: 1, fp, path, kind: 'savepoint', completedAt: w.clock.now(), jobId: jobId(), runId: 1 };
    expect(w.savepoints.all).toEqual([record]);
  });

  it('and that Flink does not list is recorded for the variables of the run where the text uses all of them', async () => {
    const { usedFp: _, ...rest } = sentAgo(MINUTE);
    w.store.heads.set(1, rest);
    atFlink();
    w.flink.completed.clear();
    await pursue(rest);
    expect(w.savepoints.all.map(({ fp }) => fp)).toEqual([rest.fp]);
  });
});

describe('a savepoint of a restart that fails', () => {
  const RESTART = { runId: 2, state: 'wanted', reason: null } as const;

  it('ends the restart in the same write: nobody sees the one without the other', async () => {
    w.flink.savepoints.failure = 'the disk is full';
    set({ restart: RESTART });
    const before = sentAgo(SECOND);
    atFlink();
    expect(await pursue(before)).toMatchObject({
      v: before.v + 1,
      savepoint: { state: 'failed', reason: 'the disk is full' },
      restart: { ...RESTART, state: 'failed', reason: 'the disk is full' },
      active: 'LIVE#1',
    });
  });

  it('that somebody else has asked for meanwhile ends no restart', async () => {
    w.flink.savepoints.failure = 'the disk is full';
    set({ restart: { ...RESTART, askedAt: 1 } });
    const before = sentAgo(SECOND);
    atFlink();
    const after = await pursue(before);
    expect(after).toMatchObject({
      savepoint: { state: 'failed' },
      restart: { ...RESTART, askedAt: 1 },
      active: 'WISH#1',
    });
  });
});
