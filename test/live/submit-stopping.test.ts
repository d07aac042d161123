/** Savepoints, stops and kills through the handlers, on a real Flink. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import { SAME_CANCEL_MS } from '../../lib/domain/limits.ts';
import { callHandler, type Envelope } from '../builders/event.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from '../handlers/bed.ts';

const { restUrl, gatewayUrl } = inject('flink');
const SQL = `CREATE TEMPORARY TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '5');
CREATE TEMPORARY TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO snk SELECT id FROM src;`;

let bed: Bed;
beforeAll(async () => {
  bed = await startBed({ SQL_GATEWAY_URL: gatewayUrl, FLINK_REST: new URL(restUrl).host });
});
afterAll(() => bed.stop());

let taskId = 0;

interface Run {
  readonly taskId: number;
  readonly runId: string;
  readonly jobId: string;
  readonly savePointPath: string | null;
}

/** A job that runs: one that is just starting has no savepoint to give. */
async function running(changes: Partial<TaskDefinition> = {}): Promise<Run> {
  taskId += 1;
  await bed.putTask(
    aTask({ id: taskId, statement: SQL, checkpoint: 500, dedupeSeconds: 0, savePointStrategy: 1, ...changes }),
  );
  const run = await submitted(taskId);
  await expect.poll(() => taskRuns(run.jobId)).toBe(true);
  return run;
}

async function submitted(id: number): Promise<Run> {
  const { data, msg } = await callHandler(bed.submit, { method: 'POST', body: JSON.stringify({ id }) });
  if (data === null) throw new Error(msg);
  const { savePointPath } = data['jobConfig'] as { savePointPath: string | null };
  return { taskId: id, runId: String(data['id']), jobId: String(data['jobId']), savePointPath };
}

async function jobOf(jobId: string): Promise<Record<string, unknown>> {
  return (await (await fetch(`${restUrl}/jobs/${jobId}`)).json()) as Record<string, unknown>;
}

/** The job is one task: its source and its sink are chained. A batch job may have more, which start one after the other. */
async function taskRuns(jobId: string): Promise<boolean> {
  const { state, vertices } = await jobOf(jobId);
  return state === 'RUNNING' && (vertices as { status: string }[]).some(({ status }) => status === 'RUNNING');
}

const stateOf = async (jobId: string): Promise<unknown> => (await jobOf(jobId))['state'];

const ask = (id: number, type: string): Promise<Envelope> =>
  callHandler(bed.control, {
    method: 'POST',
    path: '/openapi/savepointTask',
    body: JSON.stringify({ taskId: String(id), type }),
  });

const pathOf = ({ data }: Envelope): string =>
  String((data?.['jobInfos'] as { savePoint: string | null }[] | undefined)?.[0]?.savePoint);

const pollStatus = async (runId: string): Promise<unknown> =>
  (await callHandler(bed.getJobInstance, { path: '/openapi/getJobInstance', query: `id=${runId}` })).data?.['status'];

/** Where the next run of the task starts from. */
async function startsFrom(id: number): Promise<string | null> {
  const { jobId, runId, savePointPath } = await submitted(id);
  await fetch(`${restUrl}/jobs/${jobId}?mode=cancel`, { method: 'PATCH' });
  await expect.poll(() => pollStatus(runId)).toBe('CANCELED');
  return savePointPath;
}

describe('savepointTask', () => {
  it('trigger: the job goes on, and a later trigger takes another savepoint', async () => {
    const { taskId: id, jobId } = await running();
    const first = await ask(id, 'trigger');
    expect(first).toMatchObject({ code: 0, data: { type: 'trigger', isSuccess: true, jobInfos: [{ status: 'RUN' }] } });
    expect(pathOf(first)).toMatch(/^file:.*savepoint-/);
    expect(pathOf(await ask(id, 'trigger'))).toBe(pathOf(first));
    await sleep(SAME_CANCEL_MS);
    const second = await ask(id, 'TRIGGER');
    expect(pathOf(second)).toMatch(/^file:.*savepoint-/);
    expect(pathOf(second)).not.toBe(pathOf(first));
    expect(await stateOf(jobId)).toBe('RUNNING');
    await ask(id, 'canceljob');
    await expect.poll(() => stateOf(jobId)).toBe('CANCELED');
  });

  it.each([
    ['stop', 'FINISHED', 'STOP'],
    ['cancel', 'CANCELED', 'CANCEL'],
  ] as const)('%s: the job ends %s, and the next run starts from its savepoint', async (type, state, status) => {
    const { taskId: id, jobId, runId } = await running();
    const said = await ask(id, type);
    expect(said).toMatchObject({ code: 0, data: { isSuccess: true, jobInfos: [{ jobId, status }] } });
    await expect.poll(() => pollStatus(runId)).toBe(state);
    expect(await stateOf(jobId)).toBe(state);
    expect(await startsFrom(id)).toBe(pathOf(said));
  });

  it('stop of a job that is a batch job fails, and it goes on', async () => {
    const { taskId: id, jobId } = await running({
      checkpoint: null,
      statement: SQL.replace("'rows-per-second' = '5'", "'rows-per-second' = '5', 'number-of-rows' = '100000'"),
      batchModel: true,
    });
    const said = await ask(id, 'stop');
    expect(said).toMatchObject({ code: 1, data: { isSuccess: false, jobInfos: [{ savePoint: null }] } });
    expect(said.msg).toMatch(/^No savepoint was taken: .+ goes on$/);
    expect(await stateOf(jobId)).toBe('RUNNING');
    expect(await ask(id, 'cancel')).toMatchObject({
      code: 0,
      msg: expect.stringMatching(/No savepoint was taken/) as string,
    });
    await expect.poll(() => stateOf(jobId)).toBe('CANCELED');
  });

  it('cancel into a directory that can not be written kills all the same, and the history says why', async () => {
    const own = { customConfig: { 'execution.checkpointing.savepoint-dir': 'file:///proc/nothing' }, udfRefer: {} };
    const { taskId: id, jobId, runId } = await running({ configJson: own });
    const said = await ask(id, 'cancel');
    expect(said).toMatchObject({ code: 0, msg: expect.stringMatching(/No savepoint was taken/) as string });
    await expect.poll(() => stateOf(jobId)).toBe('CANCELED');
    await expect.poll(() => pollStatus(runId)).toBe('CANCELED');
    const item = (await bed.jobItems()).find(({ pk, sk }) => pk === `RUN#${runId}` && sk === 'HEAD');
    expect(JSON.stringify(item?.['events'])).toContain('the job is cancelled without one');
  });

  it('a stop whose caller leaves is recorded by the reconciler', async () => {
    const { taskId: id, jobId, runId } = await running();
    const asked = { taskId: String(id), type: 'stop' };
    const call = { method: 'POST', path: '/openapi/savepointTask', body: JSON.stringify(asked) } as const;
    // Too little time to see the end of it.
    const { success } = await callHandler(bed.control, call, 3_700);
    expect(success).toBe(true);
    await expect.poll(() => stateOf(jobId)).toBe('FINISHED');
    await bed.reconcile();
    await expect.poll(() => pollStatus(runId)).toBe('FINISHED');
    expect(await startsFrom(id)).toMatch(/savepoint-/);
  });
});

describe('restartTask', () => {
  const restart = (query: string, path = 'restartTask'): Promise<Envelope> =>
    callHandler(bed.submit, { path: `/openapi/${path}`, query });
  const restoredBy = async (jobId: string): Promise<unknown> => {
    const { latest } = (await (await fetch(`${restUrl}/jobs/${jobId}/checkpoints`)).json()) as {
      latest: { restored: { external_path: string } | null };
    };
    return latest.restored?.external_path;
  };

  it('stops the job with a savepoint, and starts another one that is restored from it', async () => {
    const old = await running();
    const { code, msg, data } = await restart(`id=${old.taskId}`);
    expect({ code, msg }).toEqual({ code: 0, msg: 'Successfully' });
    const { savePointPath } = data?.['jobConfig'] as { savePointPath: string };
    expect(savePointPath).toMatch(/^file:.*savepoint-/);
    expect(await stateOf(old.jobId)).toBe('FINISHED');
    const jobId = String(data?.['jobId']);
    expect(jobId).not.toBe(old.jobId);
    await expect.poll(() => restoredBy(jobId)).toBe(savePointPath);
    // From that path once more, by the name that 0.x clients know.
    const query = `id=${old.taskId}&savePointPath=${encodeURIComponent(savePointPath)}`;
    const again = await restart(query, 'selectSavePointReOnLineTask');
    expect(again).toMatchObject({ code: 0, data: { jobConfig: { savePointPath } } });
    await expect.poll(() => stateOf(jobId)).toBe('CANCELED');
    await expect.poll(() => restoredBy(String(again.data?.['jobId']))).toBe(savePointPath);
    await ask(old.taskId, 'canceljob');
  });

  it.each([
    ['names no table', SQL.replace('INSERT INTO snk', 'INSERT INTO nope'), /line 3: .*nope/],
    ['is misspelt', SQL.replace('FROM src', 'FORM src'), /line 3, column \d+/],
    ['has a column too many', SQL.replace('SELECT id', 'SELECT id, id'), /line 3: .*different number of columns/i],
    ['has an option that no connector knows', SQL.replace("'blackhole'", "'blackhole', 'no' = 'way'"), /'?no'?/],
  ])('by a statement that %s is refused with its line, and the job goes on', async (_what, statement, reason) => {
    const { taskId: id, jobId, runId } = await running();
    await bed.putTask(aTask({ id, statement, checkpoint: 500, dedupeSeconds: 0 }));
    const said = await restart(`id=${id}`);
    expect(said).toMatchObject({ code: 1, data: null });
    expect(said.msg).toMatch(/^Task \d+ can't be restarted, and nothing was stopped: Flink refuses the new statements/);
    expect(said.msg).toMatch(reason);
    expect(await stateOf(jobId)).toBe('RUNNING');
    expect(await pollStatus(runId)).toBe('RUNNING');
    const mended = SQL.replace('SELECT id', 'SELECT id + 1');
    await bed.putTask(aTask({ id, statement: mended, checkpoint: 500, dedupeSeconds: 0 }));
    const { code, data } = await restart(`id=${id}`);
    expect(code).toBe(0);
    expect(await stateOf(jobId)).toBe('FINISHED');
    const now = String(data?.['jobId']);
    await expect.poll(() => restoredBy(now)).toMatch(/savepoint-/);
    await ask(id, 'canceljob');
  });

  it('of a job that gives no savepoint is refused, and the job goes on', async () => {
    const own = { customConfig: { 'execution.checkpointing.savepoint-dir': 'file:///proc/nothing' }, udfRefer: {} };
    const { taskId: id, jobId, runId } = await running({ configJson: own });
    const said = await restart(`id=${id}`);
    expect(said.code).toBe(1);
    expect(said.msg).toMatch(new RegExp(`not restarted: .*Run ${runId} goes on`));
    expect(await stateOf(jobId)).toBe('RUNNING');
    expect(await submitted(id)).toMatchObject({ runId });
    await ask(id, 'canceljob');
  });
});
