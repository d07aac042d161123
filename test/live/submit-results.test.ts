/**
 * Rows of previews and of statements before the job, on a real Flink. What became of the job is asked of the JobManager,
 * what became of the session of the gateway, and what is stored of DynamoDB.
 */
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Answer, type Live, startLive } from './live.ts';

let live: Live;

beforeAll(async () => {
  live = await startLive();
});

afterEach(async () => {
  await live.endJobs();
});

afterAll(async () => {
  await live.stop();
});

/** Of this, a query has 6.5 s: long enough to bring the rows it has. */
const SHORT_MS = 12_000;
const WORDS = "(VALUES ('a'), ('b'), ('a'), ('c'), ('a')) AS t(w)";
const endless = (rate: number): string =>
  `CREATE TEMPORARY TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '${rate}',
     'fields.id.kind' = 'random', 'fields.id.min' = '1', 'fields.id.max' = '9');\n`;

async function select(statement: string, task: Partial<Parameters<Live['submit']>[0] & object> = {}): Promise<Answer> {
  const answer = await live.submit({ statement, ...task });
  expect(answer.msg).toBe('Execute Successfully');
  return answer;
}

const values = ({ result }: Answer): string[][] => result.rowData.map((row) => Object.values(row));
const sorted = (answer: Answer): string[][] => values(answer).sort((a, b) => (a.join() < b.join() ? -1 : 1));

/** Nothing is left of a preview in Flink, and its run says so for good. */
async function expectEnded(answer: Answer, jobState: 'FINISHED' | 'CANCELED'): Promise<void> {
  await expect.poll(async () => (await live.job(answer.jobId)).state).toBe(jobState);
  const session = live.gateway.sent.find(
    ({ executionConfig }) => executionConfig['$internal.pipeline.job-id'] === answer.jobId,
  )?.session;
  expect(await live.hasSession(session ?? '')).toBe(false);
  expect(answer.data).toMatchObject({ status: 'SUCCESS', success: true, error: null });
  expect(await live.poll(answer.runId)).toMatchObject({ status: 'FINISHED', jid: answer.jobId, error: null });
  expect((await live.poll(answer.runId))['finishTime']).not.toBeNull();
}

describe.each([
  ['a streaming query', false],
  ['a batch query', true],
])('%s', (_name, batchModel) => {
  it('gives its rows, and nothing is left of it', async () => {
    const answer = await select(`SELECT UPPER(w) AS word FROM ${WORDS}`, { batchModel });
    expect(answer.result).toMatchObject({ columns: ['word'], total: 5, truncationFlag: false });
    expect(sorted(answer)).toEqual([['A'], ['A'], ['A'], ['B'], ['C']]);
    expect(answer.results).toHaveLength(1);
    expect(answer.results[0]).toMatchObject({ total: 5, limit: 100, truncated: false, rowData: answer.result.rowData });
    await expectEnded(answer, 'FINISHED');
  });

  it('shows the table as it stands at the end when rows take others away', async () => {
    const counts = await select(`SELECT w, COUNT(*) AS n FROM ${WORDS} GROUP BY w`, { batchModel });
    expect(sorted(counts)).toEqual([
      ['a', '3'],
      ['b', '1'],
      ['c', '1'],
    ]);
    const equal = await select(`SELECT n FROM (SELECT w, COUNT(*) AS n FROM ${WORDS} GROUP BY w)`, { batchModel });
    expect(sorted(equal)).toEqual([['1'], ['1'], ['3']]);
  });

  it('without rows is an empty table with its columns', async () => {
    const answer = await select(`SELECT w, 1 AS num FROM ${WORDS} WHERE w = 'nobody'`, { batchModel });
    expect(answer.result).toMatchObject({ columns: ['w', 'num'], rowData: [], total: 0, truncationFlag: false });
    await expectEnded(answer, 'FINISHED');
  });

  it('with just as many rows as it may give is not cut; with one more it is', async () => {
    const all = await select(`SELECT w FROM ${WORDS}`, { batchModel, maxRowNum: 5 });
    expect(all.result).toMatchObject({ total: 5, truncationFlag: false });
    await expectEnded(all, 'FINISHED');
    const cut = await select(`SELECT w FROM ${WORDS}`, { batchModel, maxRowNum: 4 });
    expect(cut.result).toMatchObject({ total: 4, truncationFlag: true });
    expect(cut.results[0]).toMatchObject({ total: 4, limit: 4, truncated: true });
    expect(await live.poll(cut.runId)).toMatchObject({ status: 'FINISHED' });
  });
});

describe('changes', () => {
  const query = `SELECT w, COUNT(*) AS n FROM ${WORDS} GROUP BY w`;

  it('are rows of their own with useChangeLog, op first', async () => {
    const { result } = await select(query, { useChangeLog: true });
    expect(result.columns).toEqual(['op', 'w', 'n']);
    expect(result.rowData.filter(({ w }) => w === 'a')).toEqual([
      { op: '+I', w: 'a', n: '1' },
      { op: '-U', w: 'a', n: '1' },
      { op: '+U', w: 'a', n: '2' },
      { op: '-U', w: 'a', n: '2' },
      { op: '+U', w: 'a', n: '3' },
    ]);
    expect(result.total).toBe(7);
  });

  it('are all inserts in batch mode', async () => {
    const { result } = await select(query, { useChangeLog: true, batchModel: true });
    expect(result.rowData.map(({ op, w, n }) => `${op} ${w} ${n}`).sort()).toEqual(['+I a 3', '+I b 1', '+I c 1']);
  });

  it('leave a column called op its own place', async () => {
    const { result } = await select("SELECT * FROM (VALUES ('x', 'y')) AS t(op, op0)", { useChangeLog: true });
    expect(result.columns).toEqual(['op', 'op1', 'op0']);
    expect(result.rowData).toEqual([{ op: '+I', op1: 'x', op0: 'y' }]);
  });

  it('that delete a row take it away', async () => {
    const lowest = `SELECT n FROM (SELECT n, ROW_NUMBER() OVER (ORDER BY n) AS place FROM (VALUES (5), (4), (3)) AS t(n))
      WHERE place <= 2`;
    expect(sorted(await select(lowest))).toEqual([['3'], ['4']]);
    const { result } = await select(lowest, { useChangeLog: true });
    expect(result.rowData.map(({ op, n }) => `${op} ${n}`)).toEqual(['+I 5', '+I 4', '-D 5', '+I 3']);
  });

  it('that take back a row without another in its place take it away, whatever the kind', async () => {
    const rare = `SELECT w FROM (SELECT w, COUNT(*) AS n FROM ${WORDS} GROUP BY w) WHERE n < 2`;
    expect(sorted(await select(rare))).toEqual([['b'], ['c']]);
    const { result } = await select(rare, { useChangeLog: true });
    expect(result.rowData.filter(({ w }) => w === 'a')).toEqual([
      { op: '+I', w: 'a' },
      { op: '-U', w: 'a' },
    ]);
  });

  it('a row that came too many and was taken back does not cut the table, nor take an equal one with it', async () => {
    // 'a' is there until its second one comes; of the values 1, 1 one stays.
    const few = `SELECT w FROM (SELECT w, COUNT(*) AS n FROM ${WORDS} GROUP BY w) WHERE n < 2`;
    const answer = await select(few, { maxRowNum: 2 });
    expect(answer.result).toMatchObject({ total: 2, truncationFlag: false });
    expect(sorted(answer)).toEqual([['b'], ['c']]);
    const equal = `SELECT 1 AS num FROM (SELECT w, COUNT(*) AS n FROM ${WORDS} GROUP BY w) WHERE n < 2`;
    expect((await select(equal, { maxRowNum: 2 })).result).toMatchObject({
      rowData: [{ num: '1' }, { num: '1' }],
      truncationFlag: false,
    });
  });
});

describe('a query that does not end', () => {
  it('is ended at the limit of rows', async () => {
    const answer = await select(`${endless(1000)}SELECT id FROM src`, { maxRowNum: 7 });
    expect(answer.result).toMatchObject({ total: 7, truncationFlag: true });
    await expectEnded(answer, 'CANCELED');
  });

  it('is ended when its rows are as many as it may give and nothing more comes', async () => {
    const statement = `${endless(1000)}SELECT DISTINCT id FROM src`;
    const answer = await select(statement, { maxRowNum: 9 });
    expect(sorted(answer)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((n) => [n]));
    expect(answer.result.truncationFlag).toBe(true);
    await expectEnded(answer, 'CANCELED');
  });

  it('gives its rows as they come, although checkpoints are a minute apart', async () => {
    const statement = `SET 'execution.checkpointing.mode' = 'EXACTLY_ONCE';
      SET 'execution.checkpointing.unaligned.enabled' = 'true';
      ${endless(1000)}SELECT id FROM src`;
    const answer = await live.submit({ statement, checkpoint: 60_000, maxRowNum: 5 }, { remainingMs: SHORT_MS });
    expect(answer.msg).toBe('Execute Successfully');
    expect(answer.result.total).toBe(5);
    expect(await live.ofJob(answer.jobId, 'checkpoints/config')).toMatchObject({ interval: 60_000 });
    await expectEnded(answer, 'CANCELED');
  });

  it('gives the rows so far when the time is up', async () => {
    const statement = `${endless(1000)}SELECT DISTINCT id FROM src`;
    const answer = await live.submit({ statement }, { remainingMs: SHORT_MS });
    expect(answer.msg).toBe('Execute Successfully');
    expect(sorted(answer)).toHaveLength(9);
    expect(answer.result.truncationFlag).toBe(true);
    await expectEnded(answer, 'CANCELED');
  });

  it('and never brings a row is answered with none, and with why', async () => {
    const statement = `${endless(1)}SELECT id FROM src WHERE id > 100`;
    const answer = await live.submit({ statement }, { remainingMs: SHORT_MS });
    expect(answer.msg).toMatch(/^Execute Successfully\. No row arrived within the time of the request/);
    expect(answer.result).toMatchObject({ columns: ['id'], rowData: [], total: 0, truncationFlag: true });
    await expectEnded(answer, 'CANCELED');
  });
});

/** Cells as they must look: by the SQL standard's literals where there are some, else as Flink documents its casts to text. */
const FRACTION_OF_TIME = inject('flink').version.startsWith('1.') ? '' : '.123';
const CELLS: readonly (readonly [type: string, expression: string, cell: string])[] = [
  ['BOOLEAN', 'TRUE', 'TRUE'],
  ['BOOLEAN', 'FALSE', 'FALSE'],
  ['TINYINT', '-128', '-128'],
  ['SMALLINT', '32767', '32767'],
  ['INT', '-2147483648', '-2147483648'],
  ['BIGINT', '9223372036854775807', '9223372036854775807'],
  ['BIGINT', '-9223372036854775808', '-9223372036854775808'],
  ['DECIMAL(38, 18)', "'12345678901234567890.123456789012345678'", '12345678901234567890.123456789012345678'],
  ['DECIMAL(38, 0)', "'-99999999999999999999999999999999999999'", '-99999999999999999999999999999999999999'],
  ['DECIMAL(10, 2)', "'1.10'", '1.10'],
  ['FLOAT', '1.5', '1.5'],
  ['DOUBLE', '0.1', '0.1'],
  ['DOUBLE', '1E300', '1.0E300'],
  ['DOUBLE', "'4.9E-324'", '4.9E-324'],
  ['DOUBLE', "'NaN'", 'NaN'],
  ['DOUBLE', "'Infinity'", 'Infinity'],
  ['CHAR(5)', "'ab'", 'ab   '],
  ['VARCHAR(20)', "'it''s \"a\" \\\\ b'", 'it\'s "a" \\\\ b'],
  ['STRING', "'line 1\nline 2'", 'line 1\nline 2'],
  ['STRING', "'é 中 \u{1F600}'", 'é 中 \u{1F600}'],
  ['STRING', "''", ''],
  ['BINARY(4)', "x'00ff'", "x'00ff0000'"],
  ['VARBINARY(5)', "x'00ff61'", "x'00ff61'"],
  ['BYTES', "x''", "x''"],
  ['DATE', "'2024-02-29'", '2024-02-29'],
  ['TIME(0)', "'23:59:59'", '23:59:59'],
  ['TIME(3)', "TIME '23:59:59.123'", `23:59:59${FRACTION_OF_TIME}`],
  ['TIMESTAMP(0)', "'2024-02-29 12:34:56'", '2024-02-29 12:34:56'],
  ['TIMESTAMP(3)', "'2024-02-29 12:34:56.7'", '2024-02-29 12:34:56.700'],
  ['TIMESTAMP(9)', "'1969-12-31 23:59:59.123456789'", '1969-12-31 23:59:59.123456789'],
  ['INTERVAL YEAR TO MONTH', "INTERVAL '1-2' YEAR TO MONTH", '+1-02'],
  ['INTERVAL YEAR TO MONTH', "INTERVAL '-11' MONTH", '-0-11'],
  ['INTERVAL DAY TO SECOND(3)', "INTERVAL '3 04:05:06.789' DAY TO SECOND", '+3 04:05:06.789'],
  ['INTERVAL DAY TO SECOND(3)', "INTERVAL '-1.5' SECOND", '-0 00:00:01.500'],
  ['ARRAY<INT>', 'ARRAY[1, 2]', '[1, 2]'],
  ['ARRAY<STRING>', "ARRAY['a', CAST(NULL AS STRING), 'b, c']", '[a, NULL, b, c]'],
  ['MAP<STRING, DECIMAL(4, 2)>', "MAP['k', 1.50]", '{k=1.50}'],
  [
    'ROW<a BIGINT, b ROW<c BOOLEAN, d DATE>>',
    "ROW(9223372036854775807, ROW(TRUE, DATE '2024-01-01'))",
    '(9223372036854775807, (TRUE, 2024-01-01))',
  ],
  ['ARRAY<ROW<a INT, b STRING>>', "ARRAY[ROW(1, 'x'), ROW(2, CAST(NULL AS STRING))]", '[(1, x), (2, NULL)]'],
];

describe.each([
  ['streaming', false],
  ['batch', true],
])('cells of a %s query', (_name, batchModel) => {
  it('of every type are text that has lost nothing', async () => {
    // Interval and TIME literals have their type; a cast of them is not supported everywhere.
    const typed = CELLS.map(([type, expression], n) =>
      expression.startsWith('INTERVAL') ? `${expression} AS c${n}` : `CAST(${expression} AS ${type}) AS c${n}`,
    );
    const { result } = await select(`SELECT ${typed.join(',\n')}`, { batchModel });
    const seen = CELLS.map(([type], n) => [type, result.rowData[0]?.[`c${n}`]]);
    expect(seen).toEqual(CELLS.map(([type, , cell]) => [type, cell]));
  });

  it('of every type without a value are empty', async () => {
    const types = [...new Set(CELLS.map(([type]) => type))].filter((type) => !type.startsWith('INTERVAL'));
    const nulls = types.map((type, n) => `CAST(NULL AS ${type}) AS c${n}`);
    const { result } = await select(`SELECT ${nulls.join(', ')}`, { batchModel });
    expect(result.rowData).toEqual([Object.fromEntries(types.map((_type, n) => [`c${n}`, '']))]);
  });

  it('of a MULTISET say how often each value is there', async () => {
    const { result } = await select("SELECT COLLECT(w) AS ws FROM (VALUES ('a'), ('a')) AS t(w)", { batchModel });
    expect(result.rowData).toEqual([{ ws: '{a=2}' }]);
  });

  it.each([
    ['UTC', '2024-07-01 12:00:00.123', '1970-01-01 00:00:00'],
    ['Asia/Kolkata', '2024-07-01 17:30:00.123', '1970-01-01 05:30:00'],
    ['America/New_York', '2024-07-01 08:00:00.123', '1969-12-31 19:00:00'],
  ])(
    'of TIMESTAMP_LTZ are the wall clock of table.local-time-zone, %s, which the answer names',
    async (zone, ms, s) => {
      const query =
        'SELECT TO_TIMESTAMP_LTZ(1719835200123, 3) AS ms, CAST(TO_TIMESTAMP_LTZ(0, 0) AS TIMESTAMP_LTZ(0)) AS s';
      const statement = `SET 'table.local-time-zone' = '${zone}'; ${query}`;
      const answer = await select(statement, { batchModel });
      expect(answer.result.rowData).toEqual([{ ms, s }]);
      expect(answer.data['jobConfig']).toMatchObject({ configJson: { 'table.local-time-zone': zone } });
    },
  );

  it('of a VARIANT are its JSON, where Flink has that type', async () => {
    const query = `SELECT PARSE_JSON('{"n": 9007199254740993, "list": [1, null]}') AS v`;
    if (!inject('flink').version.startsWith('2.')) {
      const { msg, data } = await live.submit({ statement: query, batchModel });
      expect([data['status'], msg]).toEqual(['FAILED', expect.stringMatching(/line 1.*PARSE_JSON/)]);
      return;
    }
    const { result } = await select(query, { batchModel });
    expect(JSON.stringify(result.rowData)).toBe(JSON.stringify([{ v: '{"list":[1,null],"n":9007199254740993}' }]));
  });
});

describe('names of columns', () => {
  it('that are the same, or odd, lose no cell', async () => {
    const { result } = await select(
      "SELECT a, a, a AS `a.b`, a AS `sp ace`, a AS `qu``o\"te`, a AS `ünï`, a AS `2`, a AS `1` FROM (VALUES ('x')) AS t(a)",
    );
    expect(result.columns).toEqual(['a', 'a0', 'a.b', 'sp ace', 'qu`o"te', 'ünï', '2', '1']);
    expect(Object.keys(result.rowData[0] ?? {})).toHaveLength(8);
    expect(new Set(Object.values(result.rowData[0] ?? {}))).toEqual(new Set(['x']));
  });

  it('without names are those that Flink gives', async () => {
    const { result } = await select('SELECT 1 + 1, UPPER(w) FROM (VALUES (CAST(NULL AS STRING))) AS t(w)');
    expect(result.columns).toEqual(['EXPR$0', 'EXPR$1']);
    expect(result.rowData).toEqual([{ EXPR$0: '2', EXPR$1: '' }]);
  });
});

describe('more than an item holds', () => {
  const generated = (rows: number, bytes: number): string =>
    `CREATE TEMPORARY TABLE big (text STRING) WITH ('connector' = 'datagen', 'number-of-rows' = '${rows}', 'rows-per-second' = '100000', 'fields.text.length' = '${bytes}');
     SELECT text FROM big`;

  it.each([false, true])('is cut, marked, stored, and answered as stored (batch: %s)', async (batchModel) => {
    const answer = await select(generated(1_000, 1_000), { batchModel, maxRowNum: 5_000 });
    const { total, rowData } = answer.result;
    expect(answer.result.truncationFlag).toBe(true);
    expect(answer.results[0]).toMatchObject({ total, truncated: true });
    // 360 KB in rows of 1,000 letters and {"text":""}.
    expect(total).toBe(Math.floor((360 * 1024) / 1_011));
    expect(rowData).toHaveLength(total);
    const stored = await live.item(answer.runId, 'RESULT');
    expect((stored['results'] as { rowData: unknown[] }[])[0]?.rowData).toEqual(rowData);
    expect(await live.poll(answer.runId)).toMatchObject({ status: 'FINISHED' });
  });

  it('in its first row says so', async () => {
    const answer = await live.submit(`SELECT REPEAT('x', 400000) AS text FROM ${WORDS}`);
    expect(answer.msg).toMatch(/^Execute Successfully\. Its first row does not fit/);
    expect(answer.result).toMatchObject({ rowData: [], total: 0, truncationFlag: true });
  });

  it('with letters of several bytes fits too', async () => {
    const answer = await select(
      `CREATE TEMPORARY TABLE src (n INT) WITH ('connector' = 'datagen', 'number-of-rows' = '400', 'rows-per-second' = '100000');
       SELECT REPEAT('é', 500) AS a, REPEAT('\u{1F600}', 250) AS b FROM src`,
      { maxRowNum: 1_000 },
    );
    // {"a":"","b":""} and twice 1,000 bytes.
    expect(answer.result).toMatchObject({ total: Math.floor((360 * 1024) / 2_015), truncationFlag: true });
    expect((await live.item(answer.runId, 'RESULT'))['results']).toHaveLength(1);
  });
});

describe('statements before the job', () => {
  it('that have rows give them in results[], in order, the preview last', async () => {
    const answer = await select(`CREATE TEMPORARY TABLE orders (
        id BIGINT NOT NULL, placed TIMESTAMP(3), note STRING COMMENT 'free text', PRIMARY KEY (id) NOT ENFORCED
      ) WITH ('connector' = 'datagen', 'rows-per-second' = '3');
      SHOW TABLES; SHOW CREATE TABLE orders; DESCRIBE orders; EXPLAIN SELECT id FROM orders;
      SELECT 'last' AS which;`);
    const [tables, create, describe, explain, last] = answer.results;
    expect(answer.results).toHaveLength(5);
    expect(tables).toMatchObject({ columns: ['table name'], rowData: [{ 'table name': 'orders' }], total: 1 });
    expect(create?.columns).toEqual(['result']);
    expect(create?.rowData[0]?.['result']).toMatch(/^CREATE TEMPORARY TABLE .*`orders` \(\n\s+`id` BIGINT NOT NULL,/);
    expect(create?.rowData[0]?.['result']).toContain("'rows-per-second' = '3'");
    expect(describe?.columns.slice(0, 3)).toEqual(['name', 'type', 'null']);
    expect(describe?.rowData.map((row) => [row['name'], row['type'], row['null']])).toEqual([
      ['id', 'BIGINT', 'FALSE'],
      ['placed', 'TIMESTAMP(3)', 'TRUE'],
      ['note', 'STRING', 'TRUE'],
    ]);
    expect(explain?.columns).toEqual(['result']);
    expect(explain?.rowData[0]?.['result']).toContain('== Abstract Syntax Tree ==');
    expect(last?.rowData).toEqual([{ which: 'last' }]);
    expect(answer.result.rowData).toEqual([{ which: 'last' }]);
  });

  it('alone are a run without a job, FINISHED, whose rows are stored', async () => {
    const answer = await select('SHOW CATALOGS; SHOW DATABASES;');
    expect(answer.data).toMatchObject({ status: 'SUCCESS', jobId: null, result: null });
    expect(answer.results.map(({ rowData }) => rowData)).toEqual([
      [{ 'catalog name': 'default_catalog' }],
      [{ 'database name': 'default_database' }],
    ]);
    expect(await live.poll(answer.runId)).toMatchObject({ status: 'FINISHED', jid: null });
    expect((await live.item(answer.runId, 'RESULT'))['results']).toHaveLength(2);
    expect(await live.hasSession(live.gateway.sessions.at(-1) ?? '')).toBe(false);
  });

  it('that ask the cluster ask the one the task runs on', async () => {
    const running = await select(`${endless(1)}CREATE TEMPORARY TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');
      INSERT INTO snk SELECT id FROM src;`);
    const { results } = await select('SHOW JOBS');
    expect(results[0]?.rowData.map((row) => row['job id'])).toContain(running.jobId);
    const stopped = await select(`STOP JOB '${running.jobId}'`);
    expect(stopped.data).toMatchObject({ status: 'SUCCESS', results: null });
    await expect.poll(async () => (await live.job(running.jobId)).state).toBe('CANCELED');
  });

  it('that do something and have something to tell: where a savepoint is', async () => {
    const running = await select(`${endless(1)}CREATE TEMPORARY TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');
      INSERT INTO snk SELECT id FROM src;`);
    const states = async (): Promise<string> =>
      (await live.job(running.jobId)).vertices.map(({ status }) => status).join();
    await expect.poll(states).toMatch(/^(RUNNING,?)+$/);
    const { results } = await select(`STOP JOB '${running.jobId}' WITH SAVEPOINT`);
    const { latest } = (await live.ofJob(running.jobId, 'checkpoints')) as {
      latest: { savepoint: { external_path: string } };
    };
    expect(results.map(({ rowData }) => rowData)).toEqual([[{ 'savepoint path': latest.savepoint.external_path }]]);
  });
});
