/**
 * Whom a cancel means (protocol.md section 7), told from the side of clients: what they send, and which jobs live afterwards.
 * The calls of DolphinScheduler are those of its task plugin: a POST submit with the id as a text; after a failed one, at
 * once, the same call as for a kill; polls each 3 s until a final status.
 */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { FlinkJobState } from '../../lib/domain/run/status.ts';
import { cancelTask } from '../../lib/usecases/cancel-task.ts';
import { getJobInstance } from '../../lib/usecases/job-instance.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type Openapi, openapi } from './openapi.ts';
import { type World, world } from './world.ts';

const INSERT_X = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT ${x};";
const TASKS = [aTask({ id: 1, statement: INSERT_X }), aTask({ id: 2, statement: INSERT_X })];
const BIG = 'x'.repeat(300 * 1024);

class Story {
  readonly w: World = world({ tasks: TASKS });
  readonly api: Openapi = openapi(this.w);

  constructor() {
    // Which run is meant does not depend on its savepoint (stop-task.test.ts).
    this.w.flink.savepoints.directory = null;
  }

  /** Accepted, in a run of its own. */
  async submits(x: string, taskId = 1): Promise<number> {
    const { success, msg, data } = await this.api.post({ id: String(taskId), isOnline: false, variables: { x } });
    if (!success) throw new Error(msg);
    return Number(data?.['id']);
  }

  /** `${x}` has no value. */
  async isRefused(): Promise<void> {
    expect(await this.api.post({ id: '1', isOnline: false, variables: {} })).toMatchObject({
      success: false,
      data: null,
    });
  }

  async kills(taskId = 1): Promise<string> {
    const { success, msg } = await this.api.kill(taskId);
    expect(success).toBe(true);
    return msg;
  }

  async passes(ms: number): Promise<void> {
    await this.w.clock.advance(ms);
  }

  endsInFlink(runId: number, state: FlinkJobState): void {
    Object.assign(this.#job(runId), { state, endedAt: this.w.clock.now() });
  }

  /** Flink takes a cancel and needs its time. */
  isSlowToCancel(): void {
    this.w.flink.fault = (call) => {
      if (call === 'cancel') throw new AppError('flink.noReply', 'No reply.');
    };
  }

  isAway(): void {
    this.w.flink.deadHosts.add('jobmanager:8081');
  }

  isBack(): void {
    this.w.flink.deadHosts.clear();
    this.w.flink.fault = () => undefined;
  }

  /** Runs whose job lives in Flink. */
  living(): number[] {
    const heads = [...this.w.store.heads.values()];
    return heads.filter((head) => this.w.flink.jobs.get(head.jobId ?? '')?.endedAt === null).map(({ id }) => id);
  }

  /** Runs that somebody asked to end. */
  asked(): number[] {
    return [...this.w.store.heads.values()].filter(({ cancelAskedAt }) => cancelAskedAt !== null).map(({ id }) => id);
  }

  #job(runId: number): object {
    return this.w.flink.jobs.get(this.w.store.heads.get(runId)?.jobId ?? '') ?? {};
  }
}

type Row = readonly [name: string, tell: (s: Story) => Promise<void>, living: readonly number[]];

const tell = (rows: readonly Row[]): void => {
  it.each(rows)('%s', async (_, story, living) => {
    const s = new Story();
    await story(s);
    expect(s.living()).toEqual(living);
  });
};

describe('a kill means the newest live run', () => {
  tell([
    [
      'of the task, and of no other',
      async (s) => {
        await s.submits('1');
        await s.submits('2');
        await s.submits('3', 2);
        expect(await s.kills()).toMatch(
          /Run 2 of task 1 is being cancelled\. No savepoint was taken: .*\. Other runs of the task are still live: 1$/,
        );
      },
      [1, 3],
    ],
    [
      'as Flink shows it: a run that ended long ago, unrecorded, takes no kill',
      async (s) => {
        await s.submits('1');
        await s.submits('2');
        s.endsInFlink(2, 'FINISHED');
        await s.passes(60_000);
        expect(await s.kills()).toMatch(/Run 1 of task 1 is being cancelled\. No savepoint was taken: [^.]*$/);
        expect(s.w.store.heads.get(2)).toMatchObject({ status: 'FINISHED', cancelAskedAt: null });
      },
      [],
    ],
    [
      'and goes past as many as have ended',
      async (s) => {
        for (const x of ['1', '2', '3', '4', '5']) await s.submits(x);
        for (const run of [2, 4, 5]) s.endsInFlink(run, 'FAILED');
        expect(await s.kills()).toMatch(
          /Run 3 of task 1 is being cancelled\. No savepoint was taken: .*\. Other runs of the task are still live: 2, 1$/,
        );
      },
      [1],
    ],
    [
      'and nothing when all have ended in Flink',
      async (s) => {
        await s.submits('1');
        s.endsInFlink(1, 'FINISHED');
        expect(await s.kills()).toBe('Execute Successfully');
        expect(s.w.store.heads.get(1)).toMatchObject({ status: 'FINISHED', error: null });
      },
      [],
    ],
    [
      'while Flink is away the wish is kept, and no older run is ended for it',
      async (s) => {
        await s.submits('1');
        await s.submits('2');
        s.isAway();
        expect(await s.kills()).toMatch(/Run 2 of task 1 is being cancelled/);
        s.isBack();
        await s.w.reconcile();
      },
      [1],
    ],
    [
      'a 404 is no end: the run keeps its kill',
      async (s) => {
        await s.submits('1');
        await s.submits('2');
        s.w.flink.jobs.delete(s.w.store.heads.get(2)?.jobId ?? '');
        expect(await s.kills()).toMatch(/Run 2 of task 1 is being cancelled/);
      },
      [1],
    ],
    [
      'also one whose job nobody has confirmed yet',
      async (s) => {
        await s.submits('1');
        s.w.flink.fault = (call) => {
          if (call === 'fetch' || call === 'job') throw new AppError('flink.noReply', 'No reply.');
        };
        await s.submits('2');
        expect(s.w.store.heads.get(2)?.status).toBe('INITIALIZING');
        expect(await s.kills()).toMatch(/Run 2 of task 1 is being cancelled/);
      },
      [1],
    ],
  ]);
});

describe('a kill that is sent twice', () => {
  tell([
    [
      'is one kill: at the same moment',
      async (s) => {
        await s.submits('1');
        await s.submits('2');
        const both = await s.w.clock.run(Promise.all([s.api.kill(), s.api.kill()]));
        expect(both.map(({ msg }) => /Run (\d+)/.exec(msg)?.[1])).toEqual(['2', '2']);
      },
      [1],
    ],
    [
      'when the first one ends its run between two steps of the second',
      async (s) => {
        await s.submits('1');
        await s.submits('2');
        const { readMarks } = s.w.keys;
        s.w.keys.readMarks = async (caller, taskId) => {
          const marks = await readMarks(caller, taskId);
          s.w.keys.readMarks = readMarks;
          const reading = { ...s.w, secrets: null };
          await cancelTask(reading)({ taskId, mayBeEcho: false }, { caller, budgetMs: 25_000 });
          expect(await getJobInstance(reading)({ id: 2 })).toMatchObject({ status: 'CANCELED' });
          return marks;
        };
        expect((await s.api.cancel()).msg).toMatch(/Run 2 of task 1 was asked to end/);
      },
      [1],
    ],
    [
      'while Flink still ends the job',
      async (s) => {
        await s.submits('1');
        await s.submits('2');
        s.isSlowToCancel();
        await s.kills();
        await s.passes(3_000);
        expect(await s.kills()).toMatch(
          /Run 2 of task 1 was asked to end at .* within 15 seconds applies to the same run/,
        );
        expect(s.asked()).toEqual([2]);
      },
      [1, 2],
    ],
    [
      'after the run has ended and a poll has recorded that',
      async (s) => {
        await s.submits('1');
        await s.submits('2');
        await s.kills();
        await s.passes(3_000);
        expect((await s.api.poll(2)).data).toMatchObject({ status: 'CANCELED' });
        expect(await s.kills()).toMatch(
          /Run 2 .* and has ended \(CANCELED\)\. .*Other runs of the task are still live: 1$/,
        );
      },
      [1],
    ],
    [
      'after the run has ended and was started anew',
      async (s) => {
        await s.submits('1');
        await s.kills();
        await s.api.poll(1);
        expect(await s.submits('1')).toBe(2);
        await s.passes(3_000);
        await s.kills();
      },
      [2],
    ],
    [
      'by cancel, as a client that repeats a GET does: the answer is a success both times',
      async (s) => {
        await s.submits('1');
        const first = await s.api.cancel();
        await s.api.poll(1);
        const second = await s.api.cancel();
        expect([first, second]).toMatchObject([
          { success: true, data: true },
          { success: true, data: true },
        ]);
        expect(second.msg).toMatch(/^Execute Successfully\. Run 1 of task 1 was asked to end at 2026-01-31 12:00:00/);
      },
      [],
    ],
    [
      'first by savepointTask and then by cancel',
      async (s) => {
        await s.submits('1');
        await s.submits('2');
        await s.kills();
        await s.api.cancel();
      },
      [1],
    ],
    [
      'when the first one broke off before the run was asked',
      async (s) => {
        await s.submits('1');
        await s.submits('2');
        const { updateHead } = s.w.store;
        s.w.store.updateHead = () => Promise.reject(new AppError('store.unavailable', 'DynamoDB could not be used.'));
        expect((await s.api.kill()).success).toBe(false);
        s.w.store.updateHead = updateHead;
        expect(await s.kills()).toMatch(/Run 2 of task 1/);
        expect(s.asked()).toEqual([2]);
      },
      [1],
    ],
    [
      '15 seconds later means the next live run, when the first has ended',
      async (s) => {
        await s.submits('1');
        await s.submits('2');
        s.isSlowToCancel();
        await s.kills();
        await s.passes(6_000);
        s.endsInFlink(2, 'CANCELED');
        s.isBack();
        await s.kills();
        await s.passes(6_000);
        await s.kills();
        expect(s.living()).toEqual([1]);
        await s.passes(2_999);
        await s.kills();
        expect(s.living()).toEqual([1]);
        await s.passes(1);
        expect(await s.kills()).toMatch(/Run 1 of task 1 is being cancelled\. No savepoint was taken: [^.]*$/);
        expect(s.w.store.heads.get(2)?.status).toBe('CANCELED');
      },
      [],
    ],
    [
      '15 seconds later means the same run, when that has not ended, and no other',
      async (s) => {
        await s.submits('1');
        await s.submits('2');
        s.isSlowToCancel();
        await s.kills();
        await s.passes(16_000);
        expect(await s.kills()).toMatch(
          /Run 2 of task 1 was asked to end at 2026-01-31 12:00:00 and has not ended yet/,
        );
        s.isAway();
        await s.passes(16_000);
        expect(await s.kills()).toMatch(/Run 2 of task 1/);
        expect(s.asked()).toEqual([2]);
      },
      [1, 2],
    ],
  ]);
});

describe('the cancel after a refused POST submit', () => {
  tell([
    [
      'ends nothing, and says so',
      async (s) => {
        await s.submits('1');
        await s.isRefused();
        const { msg, data } = await s.api.kill();
        expect(data).toMatchObject({ isSuccess: true, jobInfos: [] });
        expect(msg).toMatch(/^Execute Successfully\. A submit of this task was refused/);
      },
      [1],
    ],
    [
      'uses the refusal up: the next one is a kill',
      async (s) => {
        await s.submits('1');
        await s.isRefused();
        await s.kills();
        await s.kills();
      },
      [],
    ],
    [
      'that started nothing because the run failed at once, too',
      async (s) => {
        await s.submits('1');
        s.w.flink.fault = (call, before) => {
          if (call === 'start' && before) throw new AppError('flink.rejected', 'bad SQL');
        };
        expect(await s.api.post({ id: '1', variables: { x: '2' } })).toMatchObject({
          success: false,
          data: { status: 'FAILED' },
        });
        await s.kills();
      },
      [1],
    ],
    [
      'is one of two: two refusals, two cancels, and a third one that is a kill',
      async (s) => {
        await s.submits('1');
        await s.isRefused();
        await s.isRefused();
        await s.kills();
        await s.kills();
        expect(s.living()).toEqual([1]);
        await s.kills();
      },
      [],
    ],
    [
      'and a kill at the same moment: one of them is meant',
      async (s) => {
        await s.submits('1');
        await s.isRefused();
        const both = await s.w.clock.run(Promise.all([s.api.kill(), s.api.kill()]));
        expect(both.filter(({ msg }) => msg.includes('refused'))).toHaveLength(1);
      },
      [],
    ],
    [
      'that comes late, after another submit was accepted, does not end that one',
      async (s) => {
        await s.isRefused();
        await s.passes(1_000);
        await s.submits('1');
        await s.passes(3_000);
        await s.kills();
      },
      [1],
    ],
    [
      'uses the refusal up also when there was no live run',
      async (s) => {
        await s.isRefused();
        await s.kills();
        await s.submits('1');
        await s.kills();
      },
      [],
    ],
    [
      'after 5 seconds is a kill',
      async (s) => {
        await s.submits('1');
        await s.isRefused();
        await s.passes(5_000);
        await s.kills();
      },
      [],
    ],
    [
      'just before 5 seconds is not',
      async (s) => {
        await s.submits('1');
        await s.isRefused();
        await s.passes(4_999);
        await s.kills();
      },
      [1],
    ],
    [
      'of another task is a kill',
      async (s) => {
        await s.submits('1', 2);
        await s.isRefused();
        await s.kills(2);
      },
      [],
    ],
    [
      'sent as the plain cancel is a kill',
      async (s) => {
        await s.submits('1');
        await s.isRefused();
        await s.api.cancel();
      },
      [],
    ],
    [
      'that repeats a kill is taken for the refusal first',
      async (s) => {
        await s.submits('1');
        await s.submits('2');
        s.isSlowToCancel();
        await s.kills();
        expect((await s.api.post({ id: '1', variables: { x: '2' }, isOnline: 'maybe' })).success).toBe(false);
        expect(await s.kills()).toMatch(/was refused/);
        await s.kills();
        expect(s.asked()).toEqual([2]);
      },
      [1, 2],
    ],
  ]);

  it.each<readonly [string, object | string, string]>([
    ['its body is too large, with the id in front', { id: '1', variables: { x: BIG } }, ''],
    [
      'its body is too large, with the id at the end, as DolphinScheduler writes it',
      { variables: { x: BIG }, id: '1' },
      '',
    ],
    ['its body is too large and breaks off', `{"id": "1", "variables": {"x": "${BIG}`, ''],
    ['its body is no JSON', '{"id": 1, "variables": {"x": 2,}}', ''],
    ['its body is no JSON, and another id is inside', '{"variables": {"id": 2, "y": "\\"id\\": 3"}, "id": "1",}', ''],
    ['a field is malformed', { id: 1, variables: 'x=2' }, ''],
    ['a variable is malformed', { id: 1, variables: { x: [2] } }, ''],
    ['it has no body, and the id in the query', '', 'id=1'],
    ['its body has a bad id, and the query a good one', { id: 'one' }, 'id=1'],
    ['its savepoint path is malformed', { id: 1, variables: { x: '2' }, savePointPath: 7 }, ''],
    ['its task has another state', { id: 1, variables: { x: '1' }, savePointPath: 's3://b/other' }, ''],
  ])('ends nothing when %s', async (_, body, query) => {
    const s = new Story();
    await s.submits('1');
    expect((await s.api.post(body, query)).success).toBe(false);
    await s.kills();
    expect(s.living()).toEqual([1]);
    await s.kills();
    expect(s.living()).toEqual([]);
  });

  it('ends nothing when something unexpected went wrong', async () => {
    const s = new Story();
    await s.submits('1');
    Object.assign(s.w.definitions, { task: () => Promise.reject(new TypeError('a slip')) });
    expect((await openapi(s.w).post({ id: '1', variables: { x: '2' } })).msg).toMatch(/unexpected/);
    await s.kills();
    expect(s.living()).toEqual([1]);
  });

  it.each([
    ['a GET that was refused', (s: Story) => s.api.get('id=1')],
    ['a GET with a malformed field', (s: Story) => s.api.get('id=1&isOnline=maybe')],
    ['a POST that was accepted', (s: Story) => s.api.post({ id: 1, variables: { x: '1' } })],
    ['a POST that names no task', (s: Story) => s.api.post({ variables: { x: '1' } })],
    ['a POST whose id is none', (s: Story) => s.api.post({ id: 2147483648 })],
    ['a POST of another task', (s: Story) => s.api.post({ id: 2 })],
    ['a list', (s: Story) => s.api.post('[{"id": 1}]')],
    ['a text', (s: Story) => s.api.post('"id": 1')],
    ['a value', (s: Story) => s.api.post('1')],
    ['a broken body with the id in an inner object', (s: Story) => s.api.post('{"variables": {"id": 1}, x')],
  ])('no refusal explains the cancel after %s', async (_, call) => {
    const s = new Story();
    await s.submits('1');
    await call(s);
    await s.kills();
    expect(s.living()).toEqual([]);
  });

  it('a caller who is not let in leaves no mark', async () => {
    const s = new Story();
    expect((await openapi(s.w, 'refused').post({ id: 1 })).success).toBe(false);
    await s.submits('1');
    await s.kills();
    expect(s.living()).toEqual([]);
  });

  it('the answer of a refusal does not wait for a table that hangs', async () => {
    const s = new Story();
    s.w.keys.markRefusal = () => s.w.clock.sleep(10_000);
    const startedAt = s.w.clock.now();
    await s.isRefused();
    expect(s.w.clock.now() - startedAt).toBeLessThanOrEqual(500);
  });

  it('a table that can keep no mark does not change the answer', async () => {
    const s = new Story();
    s.w.keys.markRefusal = () => Promise.reject(new AppError('store.unavailable', 'DynamoDB could not be used.'));
    expect((await s.api.post({ id: '1' })).msg).toMatch(/\$\{x\}/);
    expect(s.w.log.lines.map(({ message }) => message)).toContain('refusal not recorded');
  });
});

describe('two callers', () => {
  const start = async (): Promise<Story> => {
    const s = new Story();
    await s.submits('1');
    await s.submits('2');
    return s;
  };

  it('a refusal explains a cancel of the same caller only', async () => {
    const s = await start();
    await s.w.keys.markRefusal('airflow', 1, { at: s.w.clock.now(), id: 'r1' });
    expect((await s.w.cancel(true, 'dolphin')).cancelled?.id).toBe(2);
    expect(await s.w.cancel(true, 'airflow')).toMatchObject({ cancelled: null, as: 'echo' });
    expect(s.living()).toEqual([1]);
  });

  it("the second caller's kill means the next run as soon as Flink has ended the first", async () => {
    const s = await start();
    await s.w.cancel(true, 'dolphin');
    expect((await s.w.cancel(true, 'airflow')).cancelled?.id).toBe(1);
    expect(s.living()).toEqual([]);
    expect(s.w.store.heads.get(1)?.cancelAskedBy).toBe('airflow');
  });

  it("the second caller's kill means the run that is being ended until it has ended, and stays the first caller's", async () => {
    const s = await start();
    s.isSlowToCancel();
    await s.w.cancel(true, 'dolphin');
    expect(await s.w.cancel(true, 'airflow')).toMatchObject({ cancelled: { id: 2 }, others: [1], as: 'again' });
    expect(s.w.store.heads.get(2)?.cancelAskedBy).toBe('dolphin');
    expect(s.asked()).toEqual([2]);
  });
});
