/**
 * Submits through the handlers on a real Flink and a real DynamoDB API. What happened is asked of Flink's JobManager and
 * of DynamoDB, never concluded from our own answer.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Call, callHandler } from '../builders/event.ts';
import { aTask, INSERT_SQL } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from '../handlers/bed.ts';

const { restUrl, gatewayUrl } = inject('flink');
const DDL = `CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1');
CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');
CREATE TABLE snk2 (id BIGINT) WITH ('connector' = 'blackhole');
`;
let bed: Bed;

beforeAll(async () => {
  bed = await startBed({ SQL_GATEWAY_URL: gatewayUrl, FLINK_REST: new URL(restUrl).host });
});

afterAll(async () => {
  await bed.stop();
});

interface FlinkJob {
  readonly state: string;
  readonly name: string;
  readonly vertices: readonly { readonly name: string; readonly parallelism: number }[];
}

async function jobOf(jobId: unknown): Promise<FlinkJob> {
  const reply = await fetch(`${restUrl}/jobs/${String(jobId)}`);
  expect(reply.status).toBe(200);
  return (await reply.json()) as FlinkJob;
}

/** A submit that is expected to go well: its data. */
async function submitted(call: Call): Promise<Record<string, unknown>> {
  const { data, msg } = await callHandler(bed.submit, call);
  expect(msg).toBe('Execute Successfully');
  return data ?? {};
}

async function cancel(jobId: unknown): Promise<void> {
  await fetch(`${restUrl}/jobs/${String(jobId)}?mode=cancel`, { method: 'PATCH' });
}

describe('submitTask on a real Flink', () => {
  it('starts the very job it answers, and the record equals the answer', async () => {
    await bed.putTask(aTask({ id: 1, name: 'first', statement: INSERT_SQL, parallelism: 2 }));
    const { data, msg } = await callHandler(bed.submit, { query: 'id=1' });
    expect(msg).toBe('Execute Successfully');
    expect(data).toMatchObject({ status: 'SUCCESS', success: true, error: null, duplicate: false });
    const job = await jobOf(data?.['jobId']);
    expect(job.name).toBe('first');
    expect(job.vertices[0]?.parallelism).toBe(2);

    const head = (await bed.jobItems()).find(
      (item) => item['pk'] === `RUN#${String(data?.['id'])}` && item['sk'] === 'HEAD',
    );
    expect(head).toMatchObject({
      jobId: data?.['jobId'],
      submitStatus: 'SUCCESS',
      taskId: 1,
      taskVersion: 1,
      active: `LIVE#${Number(data?.['id']) % 16}`,
    });
    const polled = await callHandler(bed.getJobInstance, {
      path: '/openapi/getJobInstance',
      query: `id=${String(data?.['jobInstanceId'])}`,
    });
    expect(polled.data).toMatchObject({ jid: data?.['jobId'], status: 'RUNNING', name: 'first', finishTime: null });
    await cancel(data?.['jobId']);
  });

  it('answers a repeat with the same job', async () => {
    await bed.putTask(aTask({ id: 2, statement: INSERT_SQL }));
    const both = await Promise.all(
      [1, 2, 3].map(() => callHandler(bed.submit, { method: 'POST', body: '{"id": "2"}' })),
    );
    const jobIds = new Set(both.map(({ data }) => data?.['jobId']));
    expect(jobIds.size).toBe(1);
    expect(both.filter(({ data }) => data?.['duplicate'] === true)).toHaveLength(2);
    const overview = (await (await fetch(`${restUrl}/jobs/overview`)).json()) as {
      jobs: { jid: string; name: string; state: string }[];
    };
    expect(overview.jobs.filter(({ name, state }) => name === 'demo' && state === 'RUNNING')).toHaveLength(1);
    await cancel([...jobIds][0]);
  });

  it('starts one job for several INSERTs', async () => {
    await bed.putTask(
      aTask({ id: 3, statement: `${DDL}INSERT INTO snk SELECT id FROM src; INSERT INTO snk2 SELECT id + 1 FROM src` }),
    );
    const data = await submitted({ query: 'id=3' });
    const job = await jobOf(data?.['jobId']);
    expect(job.vertices.map(({ name }) => name).join()).toMatch(/snk.*snk2|snk2.*snk/s);
    await cancel(data?.['jobId']);
  });

  it('gives the rows of SHOW, DESCRIBE and of a bounded query', async () => {
    const statement = `${DDL}SHOW TABLES; DESCRIBE snk; SELECT * FROM (VALUES (9007199254740993, 'x'), (2, CAST(NULL AS STRING))) AS t(a, b);`;
    await bed.putTask(aTask({ id: 4, statement }));
    const data = await submitted({ query: 'id=4' });
    const results = data?.['results'] as { columns: string[]; rowData: Record<string, string>[] }[];
    expect(results[0]?.rowData.map((row) => row['table name'])).toEqual(['snk', 'snk2', 'src']);
    expect(results[1]?.columns.slice(0, 2)).toEqual(['name', 'type']);
    expect(data?.['result']).toMatchObject({ columns: ['a', 'b'], total: 2, truncationFlag: false, destroyed: false });
    const rows = (data?.['result'] as { rowData: Record<string, string>[] }).rowData;
    expect(rows).toContainEqual({ a: '9007199254740993', b: 'x' });
    expect(rows).toContainEqual({ a: '2', b: '' });
    expect(data).toMatchObject({ status: 'SUCCESS' });
  });

  it('ends the job of a preview that would go on for ever', async () => {
    await bed.putTask(aTask({ id: 5, maxRowNum: 3, statement: `${DDL.replace("'1'", "'1000'")}SELECT id FROM src;` }));
    const data = await submitted({ query: 'id=5' });
    expect(data?.['result']).toMatchObject({ total: 3, truncationFlag: true });
    await expect.poll(async () => (await jobOf(data?.['jobId'])).state).toBe('CANCELED');
    const polled = await callHandler(bed.getJobInstance, { query: `id=${String(data?.['id'])}` });
    expect(polled.data).toMatchObject({ status: 'FINISHED' });
  });

  it('follows a batch job to its end', async () => {
    const statement = `${DDL}INSERT INTO snk SELECT * FROM (VALUES (CAST(1 AS BIGINT)), (2)) AS t(id)`;
    await bed.putTask(aTask({ id: 6, batchModel: true, statement }));
    const data = await submitted({ query: 'id=6' });
    expect(data).toMatchObject({ status: 'SUCCESS' });
    const status = async (): Promise<unknown> =>
      (await callHandler(bed.getJobInstance, { query: `id=${String(data?.['id'])}` })).data?.['status'];
    await expect.poll(status, { interval: 1_000 }).toBe('FINISHED');
    expect((await jobOf(data?.['jobId'])).state).toBe('FINISHED');
  });

  it('puts variables in place and runs SET in order', async () => {
    const statement =
      "SET 'pipeline.name' = '${who}';\nrate := 7;\n" +
      DDL.replace("'1'", "'${rate}'") +
      'INSERT INTO snk SELECT id FROM src WHERE id > ${least};';
    await bed.putTask(aTask({ id: 7, statement }));
    const body = JSON.stringify({ id: 7, variables: { who: 'by variable', least: 5 } });
    const data = await submitted({ method: 'POST', body });
    expect((await jobOf(data?.['jobId'])).name).toBe('by variable');
    expect(data?.['statement']).toContain("'rows-per-second' = '7'");
    expect(data?.['statement']).toContain('WHERE id > 5');
    await cancel(data?.['jobId']);
  });

  it('runs an authored statement set, both spellings', async () => {
    const inserts = 'INSERT INTO snk SELECT id FROM src; INSERT INTO snk2 SELECT id FROM src;';
    await bed.putTask(aTask({ id: 8, statement: `${DDL}EXECUTE STATEMENT SET BEGIN ${inserts} END;` }));
    await bed.putTask(aTask({ id: 9, statement: `${DDL}BEGIN STATEMENT SET; ${inserts} END;` }));
    for (const id of [8, 9]) {
      const data = await submitted({ query: `id=${id}` });
      expect((await jobOf(data?.['jobId'])).vertices.length).toBeGreaterThan(0);
      await cancel(data?.['jobId']);
    }
  });

  it('runs a statement set of one CREATE TABLE AS, which is that one job', async () => {
    const tableAs = "CREATE TABLE made WITH ('connector' = 'blackhole') AS SELECT id FROM src;";
    await bed.putTask(aTask({ id: 12, statement: `${DDL}BEGIN STATEMENT SET; ${tableAs} END;` }));
    const data = await submitted({ query: 'id=12' });
    expect((await jobOf(data?.['jobId'])).vertices.map(({ name }) => name).join()).toContain('made');
    await cancel(data?.['jobId']);
  });

  it('finishes a task without a job at once', async () => {
    await bed.putTask(aTask({ id: 10, statement: DDL }));
    const data = await submitted({ query: 'id=10' });
    expect(data).toMatchObject({ status: 'SUCCESS', jobId: null, result: null, results: null });
    const polled = await callHandler(bed.getJobInstance, { query: `id=${String(data?.['jobInstanceId'])}` });
    expect(polled.data).toMatchObject({ status: 'FINISHED', jid: null });
  });

  it('is started by an EventBridge event', async () => {
    await bed.putTask(aTask({ id: 11, statement: INSERT_SQL }));
    const data = (await bed.scheduled({ taskId: 11 })) as Record<string, unknown>;
    expect((await jobOf(data['jobId'])).name).toBe('demo');
    await cancel(data['jobId']);
  });
});

describe('submitTask: what Flink refuses', () => {
  it("says why bad SQL was refused, at the author's line, and records the run", async () => {
    await bed.putTask(aTask({ id: 20, statement: `${DDL}\n-- a comment\nINSERT INTO snk\nSELECT nope FROM src;` }));
    const { msg, data, datas } = await callHandler(bed.submit, { query: 'id=20' });
    expect(msg).toMatch(/^Run \d+ of task 20 failed: .*line 7, column 8.*Column 'nope' not found/);
    expect(data).toMatchObject({ status: 'FAILED', success: false, jobInstanceId: data?.['id'] });
    expect(datas).toEqual(data);
    const unknown = await fetch(`${restUrl}/jobs/${String(data?.['jobId'])}`);
    expect(unknown.status).toBe(404);
  });

  it('says which table a statement set misses', async () => {
    await bed.putTask(
      aTask({ id: 21, statement: `${DDL}INSERT INTO snk SELECT id FROM src;\nINSERT INTO nope SELECT id FROM src;` }),
    );
    const { msg } = await callHandler(bed.submit, { query: 'id=21' });
    expect(msg).toMatch(/Cannot find table .*nope/);
  });

  it('says why a DDL was refused, and its line', async () => {
    await bed.putTask(
      aTask({
        id: 22,
        statement: `${DDL}CREATE TABLE src (id BIGINT) WITH ('connector' = 'blackhole');\nINSERT INTO snk SELECT id FROM src`,
      }),
    );
    const { msg } = await callHandler(bed.submit, { query: 'id=22' });
    expect(msg).toMatch(/line 4: .*src.*already exist/i);
  });

  it("maps a parse error to the author's line and column", async () => {
    await bed.putTask(aTask({ id: 23, statement: `${DDL}INSERT INTO snk SELECT id FRM src WHERE` }));
    const { msg } = await callHandler(bed.submit, { query: 'id=23' });
    expect(msg).toMatch(/line 4, column \d+/);
    expect(msg).not.toMatch(/line 1, column/);
  });

  it("gives Flink's reason for a savepoint path that is not there", async () => {
    await bed.putTask(aTask({ id: 24, statement: INSERT_SQL }));
    const { msg, data } = await callHandler(bed.submit, {
      method: 'POST',
      body: '{"id":24,"savePointPath":"file:/nowhere/savepoint-1"}',
    });
    expect(msg).toMatch(/Run \d+ of task 24 failed: .*nowhere\/savepoint-1/);
    expect(data).toMatchObject({ status: 'FAILED' });
    expect((await jobOf(data?.['jobId'])).state).toBe('FAILED');
  });

  it('reports an error while a query runs', async () => {
    await bed.putTask(aTask({ id: 25, statement: 'SELECT 1 / (a - a) FROM (VALUES (1), (2)) AS t(a);' }));
    const { msg, data } = await callHandler(bed.submit, { query: 'id=25' });
    expect(msg).toMatch(/failed: .*(zero)/i);
    expect(data).toMatchObject({ status: 'FAILED' });
  });
});
