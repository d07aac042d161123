/**
 * Where a job starts from, on a real Flink: a job that counts is stopped or cancelled as a user of Flink's own client would do
 * it, submitted again, and goes on counting. What was restored is asked of the JobManager, what was counted is read in the
 * output of the TaskManager.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import { callHandler, type Envelope } from '../builders/event.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from '../handlers/bed.ts';

const { restUrl, gatewayUrl } = inject('flink');
const RETENTION = 'execution.checkpointing.externalized-checkpoint-retention';
const LATEST = 1;
const EARLIEST = 2;
const CUSTOM = 3;
const A_FEW = 5;
const LOG_REFRESH_MS = 3_500;

let bed: Bed;
let dir: string;

beforeAll(async () => {
  bed = await startBed({ SQL_GATEWAY_URL: gatewayUrl, FLINK_REST: new URL(restUrl).host });
  dir = mkdtempSync(join(tmpdir(), 'dinghy-savepoints-'));
});

afterAll(async () => {
  await bed.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Numbers from 1 on, each with how many there have been: both from the state of the job. */
function countingSql(tag: string, condition = ''): string {
  return `CREATE TEMPORARY TABLE src (id BIGINT, pt AS PROCTIME()) WITH ('connector' = 'datagen', 'rows-per-second' = '20',
  'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '20000');
CREATE TEMPORARY TABLE snk (id BIGINT, n BIGINT) WITH ('connector' = 'print', 'print-identifier' = '${tag}');
INSERT INTO snk SELECT id, COUNT(*) OVER (ORDER BY pt ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM src${condition};`;
}

/** Runs of other days are other work. */
const OF_A_DAY = "day := any;\nSET 'test.day' = '${day}';\n";

/** No window: a repeat after the end of the job is a new run at once. */
async function putCounter(id: number, changes: Partial<TaskDefinition> = {}): Promise<void> {
  const base = {
    id,
    parallelism: 1,
    checkpoint: 300,
    dedupeSeconds: 0,
    statement: `${OF_A_DAY}${countingSql(tagOf(id))}`,
  };
  await bed.putTask(aTask({ ...base, ...changes }));
}

const tagOf = (taskId: number): string => `count-${taskId}-${process.pid}`;

async function getJson(path: string): Promise<Record<string, unknown>> {
  const reply = await fetch(restUrl + path);
  if (reply.status !== 200) throw new Error(`${path}: HTTP ${reply.status}`);
  return (await reply.json()) as Record<string, unknown>;
}

/** What the job of this task has printed, over all its runs: [number, how many], in order. */
async function counted(taskId: number): Promise<[number, number][]> {
  const { taskmanagers } = (await getJson('/taskmanagers')) as { taskmanagers: { id: string }[] };
  const log = await (await fetch(`${restUrl}/taskmanagers/${taskmanagers[0]?.id ?? ''}/log`)).text();
  const rows = log.matchAll(new RegExp(`^${tagOf(taskId)}> \\+I\\[(\\d+), (\\d+)\\]$`, 'gm'));
  return [...rows].map(([, id, n]) => [Number(id), Number(n)]);
}

/** Waits until so many more rows were printed, and gives all of them. */
async function countOn(taskId: number, more = A_FEW): Promise<[number, number][]> {
  const before = (await counted(taskId)).length;
  await expect.poll(async () => (await counted(taskId)).length).toBeGreaterThan(before + more);
  return await counted(taskId);
}

/** All that a job has printed which is over. The JobManager shows a log anew every 3 s only. */
async function printedUntilEnd(taskId: number): Promise<number> {
  await sleep(LOG_REFRESH_MS);
  return (await counted(taskId)).length;
}

/** Waits for rows of the next run. */
async function countBeyond(taskId: number, printed: number): Promise<[number, number][]> {
  await expect.poll(async () => (await counted(taskId)).length).toBeGreaterThan(printed + A_FEW);
  return await counted(taskId);
}

const upTo = (last: number): [number, number][] => Array.from({ length: last }, (_, i) => [i + 1, i + 1]);

async function stateOf(jobId: string): Promise<unknown> {
  return (await getJson(`/jobs/${jobId}`))['state'];
}

interface Checkpoints {
  readonly latest: Record<'completed' | 'savepoint' | 'restored', { external_path: string } | null>;
}

async function checkpointsOf(jobId: string): Promise<Checkpoints['latest']> {
  return ((await getJson(`/jobs/${jobId}/checkpoints`)) as unknown as Checkpoints).latest;
}

const restoredBy = async (jobId: string): Promise<string | null> =>
  (await checkpointsOf(jobId)).restored?.external_path ?? null;

/** As `flink savepoint` and `flink stop` do it. A job that is just starting refuses: asked again. */
async function savepoint(jobId: string, how: 'savepoints' | 'stop'): Promise<string> {
  const target = `file://${dir}/savepoints`;
  for (let tries = 0; tries < 50; tries += 1) {
    const body = JSON.stringify(how === 'stop' ? { targetDirectory: target } : { 'target-directory': target });
    const asked = await fetch(`${restUrl}/jobs/${jobId}/${how}`, { method: 'POST', body });
    const trigger = ((await asked.json()) as { 'request-id': string })['request-id'];
    const path = await outcomeOf(jobId, trigger);
    if (path !== null) return path;
    await sleep(200);
  }
  throw new Error(`no savepoint of ${jobId}`);
}

async function outcomeOf(jobId: string, trigger: string): Promise<string | null> {
  for (;;) {
    const { status, operation } = (await getJson(`/jobs/${jobId}/savepoints/${trigger}`)) as {
      status: { id: string };
      operation?: { location?: string };
    };
    if (status.id === 'COMPLETED') return operation?.location ?? null;
    await sleep(50);
  }
}

async function stopWithSavepoint(jobId: string): Promise<string> {
  const path = await savepoint(jobId, 'stop');
  await expect.poll(() => stateOf(jobId)).toBe('FINISHED');
  return path;
}

async function cancel(jobId: string): Promise<void> {
  await fetch(`${restUrl}/jobs/${jobId}?mode=cancel`, { method: 'PATCH' });
  await expect.poll(() => stateOf(jobId)).toBe('CANCELED');
}

interface Started extends Envelope {
  readonly jobId: string;
  readonly jobConfig: Record<string, unknown>;
}

async function submit(id: number, request: Record<string, unknown> = {}): Promise<Started> {
  const answer = await callHandler(bed.submit, { method: 'POST', body: JSON.stringify({ id, ...request }) });
  const { jobId, jobConfig } = (answer.data ?? {}) as unknown as Started;
  return { ...answer, jobId, jobConfig };
}

async function recordedOf(taskId: number): Promise<Record<string, unknown>[]> {
  const items = await bed.jobItems();
  return items.filter(({ pk, sk }) => pk === `TASK#${taskId}` && String(sk).startsWith('SAVEPOINT#'));
}

async function headOf(data: Envelope['data']): Promise<Record<string, unknown>> {
  const found = (await bed.jobItems()).find(({ pk, sk }) => pk === `RUN#${String(data?.['id'])}` && sk === 'HEAD');
  if (found === undefined) throw new Error('no such run');
  return found;
}

describe('a job that was stopped with a savepoint', () => {
  it('goes on counting from where it was by LATEST; the sweep has recorded what it left', async () => {
    await putCounter(301, { savePointStrategy: LATEST });
    const first = await submit(301);
    expect(first.msg).toMatch(/^Execute Successfully\. No savepoint .* the job starts empty$/);
    expect(first.jobConfig).toMatchObject({ savePointStrategy: 'LATEST', savePointPath: null });
    await countOn(301);
    const path = await stopWithSavepoint(first.jobId);
    await bed.reconcile();
    expect(await headOf(first.data)).toMatchObject({ status: 'FINISHED' });
    expect(await recordedOf(301)).toMatchObject([
      { path, kind: 'savepoint', taskId: 301, jobId: first.jobId, runId: first.data?.['id'] },
    ]);
    const printed = await printedUntilEnd(301);

    const second = await submit(301);
    expect(second.msg).toBe('Execute Successfully');
    expect(second.data).toMatchObject({ duplicate: false });
    expect(second.jobConfig).toMatchObject({ savePointStrategy: 'LATEST', savePointPath: path });
    expect(await headOf(second.data)).toMatchObject({ savePointPath: path });
    const rows = await countBeyond(301, printed);
    expect(await restoredBy(second.jobId)).toBe(path);
    expect(rows).toEqual(upTo(rows.length));

    const repeat = await submit(301);
    expect(repeat.data).toMatchObject({ duplicate: true, jobId: second.jobId });
    expect(repeat.jobConfig).toMatchObject({ savePointPath: path });
    await cancel(second.jobId);
  });

  it('does so when nobody has seen its end before the submit', async () => {
    await putCounter(302, { savePointStrategy: LATEST });
    const first = await submit(302);
    await countOn(302);
    const path = await stopWithSavepoint(first.jobId);
    const second = await submit(302);
    // More than the first run can have printed unseen.
    const rows = await countOn(302, 100);
    expect(await restoredBy(second.jobId)).toBe(path);
    expect(rows).toEqual(upTo(rows.length));
    expect(await headOf(first.data)).toMatchObject({ status: 'FINISHED' });
    await cancel(second.jobId);
  });

  it('starts from the first of its savepoints by EARLIEST, and from none of a run with other variables', async () => {
    // Flink shows the last ten checkpoints of a job and its latest savepoint: ten more must not come in between.
    await putCounter(303, { savePointStrategy: EARLIEST, checkpoint: 3_600_000 });
    const first = await submit(303);
    await countOn(303);
    const earliest = await savepoint(first.jobId, 'savepoints');
    await countOn(303);
    const latest = await stopWithSavepoint(first.jobId);
    const printed = await printedUntilEnd(303);
    const second = await submit(303);
    const [next] = (await countBeyond(303, printed)).slice(printed);
    expect(await restoredBy(second.jobId)).toBe(earliest);
    expect((await recordedOf(303)).map((item) => item['path'])).toEqual([earliest, latest]);
    expect(next?.[0]).toBeGreaterThan(A_FEW);
    expect(next?.[0]).toBeLessThanOrEqual(printed);
    expect(next?.[1]).toBe(next?.[0]);

    const other = await submit(303, { variables: { day: 'another' } });
    expect(other.jobConfig).toMatchObject({ savePointStrategy: 'EARLIEST', savePointPath: null });
    await expect.poll(() => stateOf(other.jobId)).toBe('RUNNING');
    expect(await restoredBy(other.jobId)).toBeNull();
    await cancel(second.jobId);
    await cancel(other.jobId);
  });
});

describe('the checkpoint of a job that was cancelled', () => {
  it('is found by LATEST where it is retained, before an older savepoint', async () => {
    const configJson = { customConfig: { [RETENTION]: 'RETAIN_ON_CANCELLATION' }, udfRefer: {} };
    await putCounter(311, { savePointStrategy: LATEST, configJson });
    const first = await submit(311);
    await countOn(311);
    const older = await savepoint(first.jobId, 'savepoints');
    await countOn(311, 20);
    await cancel(first.jobId);
    await bed.reconcile();
    const recorded = await recordedOf(311);
    const checkpoint = recorded.find(({ kind }) => kind === 'checkpoint');
    expect(recorded.map(({ kind }) => kind)).toEqual(['savepoint', 'checkpoint']);
    expect(existsSync(String(checkpoint?.['path']).replace(/^file:/, ''))).toBe(true);
    expect(Number(checkpoint?.['completedAt'])).toBeGreaterThan(
      Number(recorded.find(({ path }) => path === older)?.['completedAt']),
    );
    const printed = await printedUntilEnd(311);

    const second = await submit(311);
    const [next] = (await countBeyond(311, printed)).slice(printed);
    expect(await restoredBy(second.jobId)).toBe(checkpoint?.['path']);
    // What was printed after the checkpoint is printed again; what came before it is not.
    expect(next?.[0]).toBeGreaterThan(A_FEW);
    expect(next?.[0]).toBeLessThanOrEqual(printed + 1);
    expect(next?.[1]).toBe(next?.[0]);
    await cancel(second.jobId);
  });

  it('is found by LATEST after a failure where it is retained for that', async () => {
    const customConfig = { [RETENTION]: 'DELETE_ON_CANCELLATION', 'restart-strategy.type': 'none' };
    // Fails at number 60, 3 s after the start.
    const statement = countingSql(tagOf(313), ' WHERE 1 / (60 - id) >= 0 OR id > 0');
    await putCounter(313, { savePointStrategy: LATEST, statement, configJson: { customConfig, udfRefer: {} } });
    const first = await submit(313);
    await expect.poll(() => stateOf(first.jobId)).toBe('FAILED');
    await bed.reconcile();
    expect(await headOf(first.data)).toMatchObject({ status: 'FAILED' });
    const [checkpoint, ...others] = await recordedOf(313);
    expect([checkpoint?.['kind'], others]).toEqual(['checkpoint', []]);
    const path = String(checkpoint?.['path']);
    expect(existsSync(path.replace(/^file:/, ''))).toBe(true);
    const second = await submit(313);
    await expect.poll(() => restoredBy(second.jobId)).toBe(path);
    await cancel(second.jobId);
  });

  it('is not recorded where Flink deletes it: LATEST is the savepoint', async () => {
    await putCounter(312, { savePointStrategy: LATEST });
    const first = await submit(312);
    await countOn(312);
    const path = await savepoint(first.jobId, 'savepoints');
    await countOn(312, 20);
    const checkpoint = (await checkpointsOf(first.jobId)).completed?.external_path ?? '';
    expect(checkpoint).toMatch(/^file:/);
    await cancel(first.jobId);
    await bed.reconcile();
    expect(await recordedOf(312)).toMatchObject([{ path, kind: 'savepoint' }]);
    await expect.poll(() => existsSync(checkpoint.replace(/^file:/, ''))).toBe(false);
    const second = await submit(312);
    await countOn(312);
    expect(await restoredBy(second.jobId)).toBe(path);
    await cancel(second.jobId);
  });
});

describe('a path that somebody gives', () => {
  it('is taken before what is recorded: by CUSTOM, and first of all from the request', async () => {
    await putCounter(321, { savePointStrategy: LATEST });
    const first = await submit(321);
    await countOn(321);
    const older = await savepoint(first.jobId, 'savepoints');
    await countOn(321);
    const newer = await stopWithSavepoint(first.jobId);

    const asked = await submit(321, { savePointPath: older });
    expect(asked.jobConfig).toMatchObject({ savePointStrategy: 'CUSTOM', savePointPath: older });
    await expect.poll(() => restoredBy(asked.jobId)).toBe(older);
    await cancel(asked.jobId);
    await bed.reconcile();

    await putCounter(321, { savePointStrategy: CUSTOM, savePointPath: newer, version: 2 });
    const custom = await submit(321);
    expect(custom.jobConfig).toMatchObject({ savePointStrategy: 'CUSTOM', savePointPath: newer });
    await expect.poll(() => restoredBy(custom.jobId)).toBe(newer);
    const refused = await submit(321, { savePointPath: older });
    expect(refused.msg).toMatch(/is live and started from .*; this request asks for/);
    await cancel(custom.jobId);
  });

  it('that is not there fails the run with the reason that Flink gives, in answer and record', async () => {
    await putCounter(322, { savePointStrategy: CUSTOM, savePointPath: `file:${dir}/nowhere/savepoint-1` });
    const { msg, data, jobId } = await submit(322);
    expect(msg).toMatch(/^Run \d+ of task 322 failed: .*nowhere\/savepoint-1/);
    expect(await stateOf(jobId)).toBe('FAILED');
    const head = await headOf(data);
    expect(head).toMatchObject({ status: 'FAILED', submitStatus: 'FAILED' });
    expect(head['error']).toMatch(/nowhere\/savepoint-1/);
  });

  it('that can not be one is refused before anything runs', async () => {
    await putCounter(323);
    const { msg, data } = await submit(323, { savePointPath: 'savepoint-1' });
    expect(msg).toMatch(/"savePointPath" is "savepoint-1": it is not absolute/);
    expect(data).toBeNull();
    expect((await bed.jobItems()).filter(({ taskId }) => taskId === 323)).toEqual([]);
  });
});

describe("Flink's own options about the state", () => {
  it('reach it from the task: what nothing claims is ignored only when it says so', async () => {
    await putCounter(331);
    const first = await submit(331);
    await countOn(331);
    const path = await stopWithSavepoint(first.jobId);
    const other = { statement: countingSql(tagOf(332)).replace(/COUNT\(\*\) OVER[^)]*\)/, '0'), parallelism: 1 };
    await bed.putTask(aTask({ id: 332, ...other }));
    const refused = await submit(332, { savePointPath: path });
    expect(refused.msg).toContain(path);
    expect(refused.msg).toMatch(/failed: Failed to rollback .*set allowNonRestoredState: true in the task/);
    expect(refused.msg).not.toMatch(/--allow|the CLI/);

    const customConfig = { 'execution.state-recovery.ignore-unclaimed-state': 'true' };
    for (const how of [{ allowNonRestoredState: true }, { configJson: { customConfig, udfRefer: {} } }]) {
      await bed.putTask(aTask({ id: 333, ...other, ...how, dedupeSeconds: 0 }));
      const taken = await submit(333, { savePointPath: path });
      expect(taken.msg).toBe('Execute Successfully');
      await expect.poll(() => restoredBy(taken.jobId)).toBe(path);
      await cancel(taken.jobId);
    }
  });

  it('reach it from the task: a savepoint that the job claims is its own, and Flink deletes it', async () => {
    await putCounter(341);
    const first = await submit(341);
    await countOn(341);
    const path = await stopWithSavepoint(first.jobId);
    expect(existsSync(path.replace(/^file:/, ''))).toBe(true);
    const customConfig = { 'execution.state-recovery.claim-mode': 'CLAIM' };
    await putCounter(341, { configJson: { customConfig, udfRefer: {} }, version: 2 });
    const second = await submit(341, { savePointPath: path });
    await expect.poll(() => existsSync(path.replace(/^file:/, ''))).toBe(false);
    await cancel(second.jobId);
  });
});
