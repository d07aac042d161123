/** Savepoints, stops and kills as their callers meet them, and what is left in the table and in Flink. */
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type Openapi, openapi } from './openapi.ts';
import { type World, world } from './world.ts';

const MINUTE = 60_000;
const SQL = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT 1;";
const TASKS = [
  aTask({ statement: SQL, savePointStrategy: 1 }),
  aTask({ id: 2, statement: 'SELECT 1 AS a;' }),
  aTask({ id: 3, statement: SQL, configJson: { customConfig: { 'state.savepoints.dir': 's3://own' }, udfRefer: {} } }),
];
const TYPES = ['trigger', 'stop', 'cancel', 'canceljob'] as const;
const ENDED = { trigger: 'RUNNING', stop: 'FINISHED', cancel: 'CANCELED', canceljob: 'CANCELED' } as const;

let w: World;
let api: Openapi;
beforeEach(() => {
  w = world({ tasks: TASKS });
  api = openapi(w);
});

const head = (id = 1): RunHead => w.store.heads.get(id)!;
const jobOf = (id = 1) => w.flink.jobs.get(head(id).jobId ?? '')!;
const submit = async (taskId = 1): Promise<void> => {
  await api.post({ id: taskId });
};
const causes = (id = 1): string[] => head(id).events.map(({ cause }) => cause);
const sentTypes = (): string[] => w.flink.savepoints.begun.map(({ ask }) => ask.type);
const latest = () => w.savepoints.find(1, head().usedFp ?? head().fp, 'LATEST');
const fails = (call: string, code: 'flink.noReply' | 'flink.unreachable', before = true): void => {
  w.flink.fault = (what, isBefore) => {
    if (what === call && isBefore === before) throw new AppError(code, 'No reply.');
  };
};

describe('a live job', () => {
  it.each(TYPES)('%s: done, recorded, and told with the shapes of the wire', async (type) => {
    await submit();
    const { code, success, msg, data } = await api.savepoint(type, '1');
    expect({ code, success }).toEqual({ code: 0, success: true });
    expect(msg).toMatch(/^Execute Successfully/);
    const path = type === 'canceljob' ? null : `file:/savepoints/savepoint-${head().jobId?.slice(0, 6)}-`;
    const STATUS = { trigger: 'RUN', stop: 'STOP', cancel: 'CANCEL', canceljob: 'CANCEL' };
    expect(data).toMatchObject({ appId: null, type, isSuccess: true, exceptionMsg: null });
    expect(data?.['jobInfos']).toEqual([
      {
        jobId: head().jobId,
        savePoint: path === null ? null : (expect.stringContaining(path) as string),
        status: STATUS[type],
      },
    ]);
    expect(data?.['startTime']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
    expect(jobOf().state).toBe(ENDED[type]);
    await api.poll(1);
    expect(head().status).toBe(ENDED[type]);
    const kept = await latest();
    if (path === null) expect(kept).toBeNull();
    else expect(kept).toMatchObject({ path: expect.stringContaining(path) as string, kind: 'savepoint', runId: 1 });
    expect(head().savepoint?.state).toBe(path === null ? undefined : 'done');
  });

  it.each(TYPES)('%s is the same by GET savepointTask, POST savepoint and offLineTask, in any case', async (type) => {
    for (const [call, query] of [
      ['savepointTask', `taskId=1&type=${type.toUpperCase()}`],
      ['savepoint', `taskId=1&savePointType=${type}`],
      ['offLineTask', `id=1&type=${type}`],
    ] as const) {
      w = world({ tasks: TASKS });
      api = openapi(w);
      await submit();
      expect(await api.ask(call, query)).toMatchObject({ success: true, data: { type, isSuccess: true } });
      expect(jobOf().state).toBe(ENDED[type]);
    }
  });

  it.each(['trigger', 'stop', 'cancel'] as const)('%s just after its start waits for its tasks', async (type) => {
    w.flink.tasksStartMs = 3_000;
    await submit();
    const asked = api.savepoint(type, '1');
    await w.clock.advance(10_000);
    expect(await asked).toMatchObject({ success: true, data: { isSuccess: true } });
    expect(jobOf().state).toBe(ENDED[type]);
    expect(await latest()).toMatchObject({ kind: 'savepoint' });
    expect(w.flink.savepoints.begun).toHaveLength(1);
  });

  it('does not wait for long for tasks that find no slot: a kill must kill', async () => {
    w.flink.tasksStartMs = 60 * MINUTE;
    await submit();
    const killed = api.savepoint('cancel', '1');
    await w.clock.advance(7_000);
    expect(jobOf().state).toBe('CANCELED');
    expect(await killed).toMatchObject({ success: true });
    expect(causes().join()).toMatch(/no savepoint, the job is cancelled without one: Not all required tasks/);
  });

  it('cancelWithSavepoint ends it with a savepoint, and only then', async () => {
    await submit();
    w.flink.savepoints.failure = 'the disk is full';
    const refused = await api.savepoint('cancelWithSavepoint');
    expect(refused).toMatchObject({ success: false, data: { isSuccess: false, exceptionMsg: 'the disk is full' } });
    expect([jobOf().state, head().cancelAskedAt]).toEqual(['RUNNING', null]);
    w.flink.savepoints.failure = null;
    await w.clock.advance(MINUTE);
    const done = await api.savepoint('cancelWithSavepoint');
    expect(done).toMatchObject({ success: true, data: { type: 'cancelWithSavepoint', isSuccess: true } });
    expect(done.data?.['jobInfos']).toMatchObject([{ status: 'CANCEL', savePoint: head().savepoint?.path }]);
    expect(jobOf().state).toBe('CANCELED');
  });

  it.each(['trigger', 'stop', 'cancelWithSavepoint'] as const)(
    '%s that is sent again, since its answer was lost, takes no second savepoint',
    async (type) => {
      await submit();
      const first = await api.savepoint(type, '1');
      await w.clock.advance(14_000);
      const again = await api.savepoint(type, '1');
      expect(again).toMatchObject({
        success: true,
        data: { isSuccess: true, jobInfos: first.data?.['jobInfos'] as [] },
      });
      expect(w.flink.savepoints.begun).toHaveLength(1);
    },
  );

  it('trigger takes another savepoint after a while', async () => {
    await submit();
    await api.savepoint('trigger', '1');
    await w.clock.advance(16_000);
    await api.savepoint('trigger', '1');
    expect(w.flink.savepoints.begun).toHaveLength(2);
  });

  it('trigger that is sent again after it failed is tried again', async () => {
    await submit();
    w.flink.savepoints.failure = 'no space';
    expect(await api.savepoint('trigger', '1')).toMatchObject({ success: false });
    w.flink.savepoints.failure = null;
    expect(await api.savepoint('trigger', '1')).toMatchObject({ success: true });
  });

  it('starts from the savepoint of a kill when it is submitted again', async () => {
    await submit();
    await api.kill();
    await api.poll(1);
    await submit();
    expect(head(2).savePointPath).toBe(head(1).savepoint?.path);
  });

  it('is stopped into the directory of its own options', async () => {
    await submit(3);
    expect((await api.savepoint('stop', 3)).success).toBe(true);
    expect(w.flink.savepoints.begun[0]?.ask).toMatchObject({ type: 'stop', directory: 's3://own' });
  });

  it('that was stopped is no duplicate any more: a repeat of the submit starts a new run', async () => {
    await submit();
    await api.savepoint('stop');
    await api.poll(1);
    expect(head().status).toBe('FINISHED');
    await submit();
    expect(head(2).status).toBe('CREATED');
  });
});

describe('a job that a savepoint was taken of before', () => {
  it.each(TYPES)('%s is done all the same, with a savepoint of its own', async (type) => {
    await submit();
    await api.savepoint('trigger');
    await w.clock.advance(MINUTE);
    expect((await api.savepoint(type)).success).toBe(true);
    expect(jobOf().state).toBe(ENDED[type]);
    expect(sentTypes()).toEqual(type === 'canceljob' ? ['trigger'] : ['trigger', type]);
  });

  it('and that was to be stopped, which failed: a plain cancel ends it', async () => {
    await submit();
    w.flink.savepoints.failure = 'the disk is full';
    await api.savepoint('stop');
    await api.savepoint('canceljob');
    expect(jobOf().state).toBe('CANCELED');
  });
});

describe('the trigger id', () => {
  it.each(TYPES.slice(0, 3))('of %s is in the head before it is sent', async (type) => {
    await submit();
    const seen: unknown[] = [];
    w.flink.fault = (call, before) => {
      if (call === 'triggerSavepoint' && before) seen.push(head().savepoint);
    };
    await api.savepoint(type);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      triggerId: w.flink.savepoints.begun[0]?.ask.triggerId,
      sentAt: expect.any(Number) as number,
    });
  });

  it.each(['before', 'after'])('is sent again, the same, when the reply is lost %s it took effect', async (when) => {
    await submit();
    let lost = false;
    w.flink.fault = (call, before) => {
      if (call !== 'triggerSavepoint' || lost || before !== (when === 'before')) return;
      lost = true;
      throw new AppError('flink.noReply', 'No reply.');
    };
    expect((await api.savepoint('trigger')).success).toBe(true);
    expect(sentTypes()).toEqual(['trigger']);
  });

  it('is not sent where it could not be written', async () => {
    await submit();
    const { updateHead } = w.store;
    w.store.updateHead = () => Promise.reject(new AppError('store.unavailable', 'Away.'));
    expect((await api.savepoint('stop')).success).toBe(false);
    w.store.updateHead = updateHead;
    expect(sentTypes()).toEqual([]);
  });
});

describe('a savepoint that outlasts the budget', () => {
  beforeEach(async () => {
    await submit();
    w.flink.savepoints.takesMs = MINUTE;
  });

  it.each([
    ['trigger', /not complete yet\. Dinghy records it when it is$/],
    ['stop', /not complete yet\. Dinghy records it when it is, and the job ends then$/],
    ['cancel', /It ends when its savepoint is complete$/],
  ] as const)('%s goes on, and is recorded by the reconciler', async (type, told) => {
    const { success, msg } = await api.savepoint(type);
    expect(success).toBe(true);
    expect(msg).toMatch(told);
    expect(jobOf().endedAt).toBeNull();
    await w.clock.advance(MINUTE);
    await w.reconcile();
    await w.reconcile();
    expect(head().status).toBe(ENDED[type]);
    expect(head().savepoint).toMatchObject({ state: 'done', path: expect.any(String) as string });
    expect((await latest())?.path).toBe(head().savepoint?.path);
    expect(sentTypes()).toEqual([type]);
  });

  it.each(['trigger', 'stop', 'cancel'] as const)('%s is recorded by a poll as well', async (type) => {
    await api.savepoint(type);
    await w.clock.advance(MINUTE);
    await api.poll(1);
    await w.clock.advance(MINUTE);
    await api.poll(1);
    expect(head()).toMatchObject({ status: ENDED[type], savepoint: { state: 'done' } });
    expect((await latest())?.path).toBe(head().savepoint?.path);
  });

  it('a plain cancel meanwhile ends the job at once', async () => {
    await api.savepoint('cancel');
    await w.clock.advance(16_000);
    expect(await api.savepoint('canceljob')).toMatchObject({ success: true });
    expect(jobOf().state).toBe('CANCELED');
    expect(head().savepoint).toMatchObject({ state: 'failed', reason: expect.stringMatching(/came first/) as string });
  });

  it.each([
    ['trigger', 'stop'],
    ['trigger', 'cancel'],
    ['stop', 'cancel'],
    ['cancel', 'stop'],
    ['cancel', 'cancel'],
    ['stop', 'trigger'],
    ['trigger', 'trigger'],
  ] as const)('%s and then %s: one end, and no more savepoints than needed', async (first, second) => {
    await api.savepoint(first);
    await w.clock.advance(16_000);
    expect((await api.savepoint(second)).success).toBe(true);
    await w.clock.advance(2 * MINUTE);
    for (let i = 0; i < 3; i += 1) await w.reconcile();
    const ends =
      first === 'trigger' && second === 'trigger'
        ? 'RUNNING'
        : first === 'stop' || second === 'stop'
          ? first === 'cancel'
            ? 'CANCELED'
            : 'FINISHED'
          : 'CANCELED';
    expect(head().status).toBe(ends);
    expect(sentTypes()).toHaveLength(first === 'trigger' && second !== 'trigger' ? 2 : 1);
    expect(head().savepoint?.state).toBe('done');
  });

  it('a submit waits for the end of a stop, and then starts from its savepoint', async () => {
    w.flink.savepoints.takesMs = 30_000;
    await api.savepoint('stop');
    expect(await api.post({ id: 1 })).toMatchObject({ success: true, data: { id: 2 } });
    expect(head(2).savePointPath).toBe(head(1).savepoint?.path);
  });

  it('a submit of other work that must run alone waits for the end of a stop as well', async () => {
    w = world({
      tasks: [aTask({ statement: SQL.replace('INSERT', 'x := 0; INSERT').replace('SELECT 1', 'SELECT ${x}') })],
    });
    api = openapi(w);
    await submit();
    await w.pollTask();
    w.flink.savepoints.takesMs = 30_000;
    await api.savepoint('stop');
    const submitted = await w.submit({ isOnline: true, variables: { x: '2' } });
    expect(submitted).toMatchObject({ duplicate: false, head: { id: 2, submitStatus: 'SUCCESS' } });
    expect(head()).toMatchObject({ status: 'FINISHED', savepoint: { state: 'done' } });
  });

  it('a submit that waits for a stop which then fails is a repeat of the run that goes on', async () => {
    w.flink.savepoints.takesMs = 30_000;
    await api.savepoint('stop');
    w.flink.savepoints.failure = 'the disk is full';
    expect(await api.post({ id: 1 })).toMatchObject({ success: true, data: { id: 1, duplicate: true } });
    expect(jobOf().endedAt).toBeNull();
  });
});

describe('a savepoint that fails', () => {
  beforeEach(async () => {
    await submit();
    w.flink.savepoints.failure = 'the disk is full';
  });

  it.each(['trigger', 'stop'] as const)('%s: the job goes on, and the answer says so', async (type) => {
    const { code, msg, data } = await api.savepoint(type);
    expect(code).toBe(1);
    expect(msg).toBe('No savepoint was taken: the disk is full. Run 1 of task 1 goes on');
    expect(data).toMatchObject({ isSuccess: false, exceptionMsg: 'the disk is full', jobInfos: [{ savePoint: null }] });
    expect(jobOf().state).toBe('RUNNING');
    expect(head()).toMatchObject({ cancelAskedAt: null, savepoint: { state: 'failed' } });
    expect(causes().at(-1)).toBe('no savepoint, the job goes on: the disk is full');
  });

  it('cancel: it ends all the same, and the history says so', async () => {
    const { success, msg, data } = await api.savepoint('cancel');
    expect(success).toBe(true);
    expect(msg).toMatch(/No savepoint was taken: the disk is full$/);
    expect(data).toMatchObject({ isSuccess: true, exceptionMsg: 'the disk is full' });
    expect(jobOf().state).toBe('CANCELED');
    expect(causes()).toContain('no savepoint, the job is cancelled without one: the disk is full');
  });

  it('and can be asked for again', async () => {
    await api.savepoint('stop');
    w.flink.savepoints.failure = null;
    expect(await api.savepoint('stop')).toMatchObject({ success: true, data: { isSuccess: true } });
    expect(new Set(w.flink.savepoints.begun.map(({ ask }) => ask.triggerId)).size).toBe(2);
  });

  it.each([
    ['withSavePoint=true', 'CANCELED', true],
    ['withSavePoint=true&forceCancel=true', 'CANCELED', true],
    ['withSavePoint=true&forceCancel=false', 'RUNNING', false],
    ['withSavePoint=false&forceCancel=false', 'CANCELED', true],
  ])('GET cancel?%s: %s', async (query, state, success) => {
    expect(await api.cancel(`id=1&${query}`)).toMatchObject({ success, data: success });
    expect(jobOf().state).toBe(state);
  });
});

describe('where no savepoint directory is known', () => {
  beforeEach(async () => {
    await submit();
    w.flink.savepoints.directory = null;
  });

  it('a kill kills, and its retained checkpoint is recorded', async () => {
    w.flink.completed.set(head().jobId ?? '', []);
    Object.assign(jobOf(), {
      config: {
        'execution.checkpointing.interval': '1 s',
        'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
      },
    });
    expect((await api.kill()).success).toBe(true);
    expect(jobOf().state).toBe('CANCELED');
    expect(causes().join()).toContain('cancelled without one: No savepoint directory is known');
    await api.poll(1);
    expect(await latest()).toMatchObject({ kind: 'checkpoint' });
  });

  it.each(['trigger', 'stop'] as const)('%s is refused, and the job goes on', async (type) => {
    expect((await api.savepoint(type)).msg).toMatch(/No savepoint directory is known.*goes on$/);
    expect(jobOf().state).toBe('RUNNING');
  });
});

describe('without a live job', () => {
  it.each(TYPES)('%s of a task that never ran', async (type) => {
    const { success, msg } = await api.savepoint(type);
    expect(success).toBe(type === 'cancel' || type === 'canceljob');
    expect(msg).toMatch(success ? /^Execute Successfully$/ : /^Job Instance Not Exist/);
  });

  it.each(TYPES)('%s of a run that has ended', async (type) => {
    await submit();
    Object.assign(jobOf(), { state: 'FINISHED', endedAt: w.clock.now() });
    const { success, msg } = await api.savepoint(type);
    expect(success).toBe(type === 'cancel' || type === 'canceljob');
    expect(msg).toMatch(success ? /^Execute Successfully$/ : /^Job Instance Not Exist/);
    expect(head()).toMatchObject({ status: 'FINISHED', savepoint: null });
  });

  it.each(TYPES)('%s of an unknown task is an error', async (type) => {
    expect(await api.savepoint(type, 99)).toMatchObject({
      success: false,
      msg: expect.stringMatching(/^Task Not Exist: there is no task 99/) as string,
    });
  });

  it.each(TYPES)('%s of a run whose job nobody has confirmed', async (type) => {
    w.flink.fault = (call, before) => {
      if ((call === 'fetch' && w.flink.jobs.size > 0 && !before) || call === 'job')
        throw new AppError('flink.noReply', 'No reply.');
    };
    await submit();
    expect(head().status).toBe('INITIALIZING');
    const { success, msg } = await api.savepoint(type);
    const ends = type === 'cancel' || type === 'canceljob';
    expect(success).toBe(ends);
    expect(msg).toMatch(ends ? /Run 1 of task 1 is being cancelled$/ : /Run 1 of task 1 has no job in Flink yet/);
    expect(head().cancelAskedAt === null).toBe(!ends);
    expect(head().savepoint).toBeNull();
    w.flink.fault = () => undefined;
    await w.reconcile();
    expect(jobOf().state).toBe(ends ? 'CANCELED' : 'RUNNING');
  });

  it.each(['trigger', 'stop'])('%s of a preview is refused', async (type) => {
    w.flink.rowsOf = () => ({ columns: ['a'], cells: [], ends: false });
    w.flink.fault = (call) => {
      if (call === 'fetch' || call === 'close') throw new AppError('flink.noReply', 'No reply.');
    };
    await api.post({ id: 2 });
    w.store.tasks.set(2, { claims: { x: 1 }, claimSeq: 1, latestRunId: 1 });
    expect((await api.savepoint(type, 2)).msg).toMatch(/is a preview/);
  });
});

describe('Flink away', () => {
  beforeEach(async () => {
    await submit();
    w.flink.deadHosts.add('jobmanager:8081');
  });

  it.each(['trigger', 'stop'] as const)('%s: not asked, the job goes on, nothing is left to be done', async (type) => {
    expect(await api.savepoint(type)).toMatchObject({
      success: false,
      msg: expect.stringMatching(/Flink can't be reached.*goes on$/) as string,
    });
    w.flink.deadHosts.clear();
    await w.reconcile();
    expect(sentTypes()).toEqual([]);
    expect(head()).toMatchObject({ cancelAskedAt: null, active: 'LIVE#1' });
  });

  it('a kill waits for Flink, and then ends the job with a savepoint', async () => {
    expect((await api.kill()).success).toBe(true);
    await w.clock.advance(10 * MINUTE);
    w.flink.deadHosts.clear();
    await w.reconcile();
    await w.reconcile();
    expect(head()).toMatchObject({ status: 'CANCELED', savepoint: { state: 'done' } });
  });

  it('a cancel says that it is delivered later, and is', async () => {
    expect((await api.savepoint('canceljob')).msg).toMatch(
      /being cancelled\. Flink is out of reach and gets the request later: /,
    );
    w.flink.deadHosts.clear();
    await w.reconcile();
    expect(jobOf().state).toBe('CANCELED');
  });
});

describe('a trigger that Flink does not know any more', () => {
  it.each(['trigger', 'stop', 'cancel'] as const)(
    '%s: not sent again; the job goes on, unless it must end',
    async (type) => {
      await submit();
      w.flink.savepoints.takesMs = MINUTE;
      await api.savepoint(type);
      w.flink.savepoints.forget();
      await w.clock.advance(6 * MINUTE);
      for (let i = 0; i < 3; i += 1) {
        await w.reconcile();
        await w.clock.advance(MINUTE);
      }
      expect(sentTypes()).toEqual([type]);
      expect(head().savepoint).toMatchObject({
        state: 'failed',
        reason: expect.stringMatching(/does not know/) as string,
      });
      expect(jobOf().state).toBe(type === 'cancel' ? 'CANCELED' : 'RUNNING');
    },
  );
});

it('the echo of a refused submit takes no savepoint and ends nothing', async () => {
  await submit();
  await api.post({ id: 1, savePointPath: ' ' });
  expect((await api.kill()).msg).toMatch(/cancelled nothing/);
  expect(jobOf().state).toBe('RUNNING');
  expect(sentTypes()).toEqual([]);
});

it('a lost reply to a cancel with a savepoint ends the run with its savepoint all the same', async () => {
  await submit();
  fails('triggerSavepoint', 'flink.noReply', false);
  await api.kill();
  await w.reconcile();
  expect(head()).toMatchObject({ status: 'CANCELED', savepoint: { state: 'done' } });
});

describe('a kill that Flink could not be told of', () => {
  it.each<[string, () => ReturnType<Openapi['kill']>]>([
    ['savepointTask cancel', () => api.kill()],
    ['cancel with a savepoint, forced', () => api.cancel('id=1&withSavePoint=true&forceCancel=true')],
    ['offLineTask cancel', () => api.ask('offLineTask', 'id=1&type=cancel')],
  ])('says so, and is told later: %s', async (_call, kill) => {
    await submit();
    fails('triggerSavepoint', 'flink.unreachable');
    const { success, msg } = await kill();
    expect([success, msg]).toEqual([
      true,
      'Execute Successfully. Run 1 of task 1 is being cancelled. Flink is out of reach and gets the request later. It ends when its savepoint is complete',
    ]);
    w.flink.fault = () => undefined;
    for (let sweeps = 0; sweeps < 4 && head().finishedAt === null; sweeps++) {
      await w.clock.advance(MINUTE);
      await w.reconcile();
    }
    expect(head()).toMatchObject({ status: 'CANCELED', savepoint: { state: 'done' } });
  });
});
