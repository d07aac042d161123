/** Calls that stop one run by its number, whatever task it is of, and runs that are of none. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { stopTask } from '../../lib/usecases/cancel-task.ts';
import { submitUnstored } from '../../lib/usecases/submit-unstored.ts';
import { appErrorOf } from '../builders/app-error-of.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type Openapi, openapi } from './openapi.ts';
import { type World, world } from './world.ts';

const SQL = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT 1;";
const TYPES = ['trigger', 'stop', 'cancel', 'canceljob'] as const;
const ENDED = { trigger: 'RUNNING', stop: 'FINISHED', cancel: 'CANCELED', canceljob: 'CANCELED' } as const;

let w: World;
let api: Openapi;
beforeEach(() => {
  w = world({ tasks: [aTask()] });
  api = openapi(w);
});

const head = (id: number): RunHead => w.store.heads.get(id)!;
const stateOf = (id: number): string => w.flink.jobs.get(head(id).jobId ?? '')!.state;
async function execute(name = 'n'): Promise<number> {
  const request = { fields: { statement: SQL, name }, variables: {}, savePointPath: null, key: null };
  const { head: made } = await w.clock.run(submitUnstored(w)(request, { caller: 'anonymous', budgetMs: 25_000 }));
  return made.id;
}

describe.each([
  ['of no stored task', () => execute()],
  ['of a stored task', async () => (await w.submit()).head.id],
])('a run %s', (_, start) => {
  it.each(TYPES)('is found by its number: %s', async (type) => {
    const runId = await start();
    const other = await execute('other');
    const { code, msg, data } = await api.ask('savepointTask', `runId=${runId}&type=${type}`);
    expect(code).toBe(0);
    expect(msg).not.toMatch(/task -/);
    expect(data?.['jobInfos']).toMatchObject([{ jobId: head(runId).jobId }]);
    expect([stateOf(runId), stateOf(other)]).toEqual([ENDED[type], 'RUNNING']);
  });

  it('is ended by cancel, and by every call of its kind', async () => {
    const runId = await start();
    const { code, msg } = await api.cancel(`runId=${runId}`);
    expect({ code, msg }).toEqual({
      code: 0,
      msg: expect.stringMatching(
        new RegExp(`^Execute Successfully. Run ${runId} (?:of task 1 )?is being cancelled$`),
      ) as string,
    });
    expect(stateOf(runId)).toBe('CANCELED');
    expect(head(runId)).toMatchObject({ cancelAskedBy: 'anonymous' });
    for (const [call, query] of [
      ['savepoint', 'savePointType=cancel'],
      ['offLineTask', 'type=cancel'],
    ] as const) {
      expect((await api.ask(call, `runId=${runId}&${query}`)).code).toBe(0);
    }
  });

  it('twice is the same run: nothing else is ended, and the second call says what there is', async () => {
    const runId = await start();
    await api.cancel(`runId=${runId}`);
    await api.poll(runId);
    await w.clock.advance(6_000);
    await api.poll(runId);
    expect(head(runId).status).toBe('CANCELED');
    expect((await api.cancel(`runId=${runId}`)).msg).toBe(
      `Job Instance Not Exist: run ${runId} has ended, so there is nothing to cancel.`,
    );
    expect((await api.ask('savepointTask', `runId=${runId}&type=stop`)).msg).toBe(
      `Job Instance Not Exist: run ${runId} has ended, so there is no savepoint to take and nothing to stop.`,
    );
    expect(await api.ask('savepointTask', `runId=${runId}&type=cancel`)).toMatchObject({
      code: 0,
      data: { jobInfos: [] },
    });
  });
});

describe('a call that names a run', () => {
  it.each([
    ['runId=99', /^Job Instance Not Exist: there is no run 99/],
    ['runId=abc', /^The parameter "runId" is "abc"/],
    ['runId=0', /^The parameter "runId" is "0"/],
    ['runId=1&id=1', /^The request has "id" and "runId"\. Give one of them/],
    ['runId=', /^The parameter "id" is missing/],
    ['', /^The parameter "id" is missing/],
    ['jobId=abc', /^The parameter "jobId" does not name a run.*Give "runId"/],
  ])('%s is refused', async (query, why) => {
    await execute();
    expect(await api.cancel(query)).toMatchObject({ code: 1, msg: expect.stringMatching(why) as string });
    expect(stateOf(1)).toBe('RUNNING');
  });

  it('of a task that the caller may not use is told that there is none, and so is one of no stored task', async () => {
    const [own, unstored] = [(await w.submit()).head.id, await execute()];
    const scope = { caller: 'c', budgetMs: 25_000 };
    const stop = stopTask({ ...w, secrets: null });
    for (const runId of [own, unstored]) {
      const request = { taskId: null, runId, how: 'cancel' } as const;
      const asked = w.clock.run(stop(request, { ...scope, maySee: (taskId) => taskId > 1 }));
      expect((await appErrorOf(asked)).message).toMatch(
        new RegExp(`^Job Instance Not Exist: there is no run ${runId}`),
      );
      expect(stateOf(runId)).toBe('RUNNING');
    }
  });

  it('ends the job that Flink shows as live, and passes over one that has ended meanwhile', async () => {
    const runId = await execute();
    Object.assign(w.flink.jobs.get(head(runId).jobId ?? '')!, { state: 'FINISHED', endedAt: w.clock.now() });
    expect((await api.cancel(`runId=${runId}`)).msg).toMatch(/run 1 has ended/);
    expect(head(runId)).toMatchObject({ status: 'FINISHED', cancelAskedAt: null });
  });

  it('is recorded with Flink out of reach, and carried out by the sweep', async () => {
    const runId = await execute();
    w.flink.deadHosts.add('jobmanager:8081');
    const { code, msg } = await api.cancel(`runId=${runId}`);
    expect({ code, msg }).toEqual({ code: 0, msg: expect.stringMatching(/gets the request later/) as string });
    w.flink.deadHosts.clear();
    await w.clock.advance(60_000);
    await w.reconcile();
    expect(stateOf(runId)).toBe('CANCELED');
  });

  it('in a POST is read from the body', async () => {
    const runId = await execute();
    const stopped = await api.savepointOf({ runId: String(runId), type: 'stop' });
    expect(stopped).toMatchObject({ code: 0 });
    expect(stateOf(runId)).toBe('FINISHED');
  });
});
