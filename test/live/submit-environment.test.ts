/**
 * Environment tasks, registered databases and variables on a real Flink: what Flink runs is asked of its JobManager and
 * of its rows, and errors must name the text they are in.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aTask } from '../fakes/memory-definitions.ts';
import { type Live, startLive } from './live.ts';

let live: Live;

beforeAll(async () => {
  live = await startLive();
  await live.bed.putVariable({ name: 'rate', value: '5', note: null });
  await live.bed.putVariable({ name: 'who', value: 'the deployment', note: null });
  await live.bed.putDatabase({
    name: 'generator',
    flinkConfig: "'connector' = 'datagen', 'number-of-rows' = '${rows}'",
    note: null,
  });
  await live.bed.putDatabase({ name: 'who_db', flinkConfig: 'a database', note: null });
});

afterEach(async () => {
  await live.endJobs();
});

afterAll(async () => {
  await live.stop();
});

const ENV_ID = 900;

async function putEnv(statement: string): Promise<number> {
  await live.bed.putTask(aTask({ id: ENV_ID, name: 'shared', dialect: 'FlinkSqlEnv', statement }));
  return ENV_ID;
}

const SOURCE = "CREATE TEMPORARY TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1');";
const SINK = "CREATE TEMPORARY TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');";

/** The one cell of a preview. */
function cell({ result }: { result: { rowData: readonly Readonly<Record<string, string>>[] } }): string | undefined {
  return Object.values(result.rowData[0] ?? {})[0];
}

describe('an environment task', () => {
  it('runs first: its SET, its DDL and its variables are there for the task', async () => {
    const envId = await putEnv(
      `-- what all tasks share\nSET 'pipeline.name' = 'named by \${team}';\n${SOURCE}\nteam := platform;\n${SINK}`,
    );
    const answer = await live.submit({ envId, statement: 'INSERT INTO snk SELECT id FROM src' });
    expect(answer.msg).toBe('Execute Successfully');
    expect(await live.job(answer.jobId)).toMatchObject({ name: 'named by platform' });
    const order = live.gateway.sent.filter(({ session }) => session === live.gateway.sessions.at(-1));
    expect(order.map(({ sql }) => sql.split(' ')[0])).toEqual(['SET', 'CREATE', 'CREATE', 'INSERT']);
  });

  it('gives way to the task: its own SET and its own definitions win', async () => {
    const envId = await putEnv(`SET 'pipeline.name' = 'by env';\nwho := env;\n${SOURCE}${SINK}`);
    const statement = "who := task;\nSET 'pipeline.name' = 'by ${who}';\nINSERT INTO snk SELECT id FROM src";
    const answer = await live.submit({ envId, statement });
    expect(await live.job(answer.jobId)).toMatchObject({ name: 'by task' });
    const inherited = await live.submit({ envId, statement: "SELECT '${who}' AS who" });
    expect(cell(inherited)).toBe('env');
  });

  it('of definitions alone, and its functions and views, serve a query too', async () => {
    const envId = await putEnv('least := 2;\nmost := 3;');
    const answer = await live.submit({
      envId,
      statement: 'SELECT n FROM (VALUES (1), (2), (3), (4)) AS t(n) WHERE n BETWEEN ${least} AND ${most}',
    });
    expect(new Set(answer.result.rowData.map(({ n }) => n))).toEqual(new Set(['2', '3']));
    const views = await putEnv("CREATE TEMPORARY VIEW v AS SELECT * FROM (VALUES ('seen')) AS t(a);");
    expect(cell(await live.submit({ envId: views, statement: 'SELECT a FROM v' }))).toBe('seen');
  });

  it('and the task put their INSERTs into one job', async () => {
    const envId = await putEnv(`${SOURCE}${SINK}\nINSERT INTO snk SELECT id FROM src;`);
    const statement =
      "CREATE TEMPORARY TABLE other (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO other SELECT id + 1 FROM src";
    const answer = await live.submit({ envId, statement });
    const names = (await live.job(answer.jobId)).vertices.map(({ name }) => name).join();
    expect(names).toMatch(/snk/);
    expect(names).toMatch(/other/);
  });
});

describe('an error names the text it is in', () => {
  const OWN = 'INSERT INTO snk\nSELECT nope FROM src';

  it.each([
    [
      'its DDL is refused',
      `\n\n${SOURCE}\n\n${SOURCE}`,
      'SELECT 1',
      /environment task 900, line 5: .*src.*already exists/,
    ],
    ['its SQL does not parse', `\nCREATE TABEL t (a INT);`, 'SELECT 1', /environment task 900[,:] .*line 2/],
    [
      'a view of it asks for a column that is not there',
      `${SOURCE}\nCREATE TEMPORARY VIEW v AS\n  SELECT nope FROM src;`,
      'SELECT 1',
      /environment task 900: .*line 3, column 10.*'nope'/,
    ],
  ])('the environment task, when %s', async (_name, env, statement, expected) => {
    const envId = await putEnv(env);
    const { msg, data } = await live.submit({ envId, statement });
    expect(msg).toMatch(expected);
    expect(data).toMatchObject({ status: 'FAILED', success: false });
  });

  it.each([
    ['a column is not there', OWN, /line 2, column 8.*'nope'/],
    ['a table is not there', '\nINSERT INTO snk SELECT id FROM nowhere', /line 2, column \d+.*'?nowhere'?.*not found/],
    ['it does not parse', '-- mine\nINSERT INTO snk SELECT id FRM src WHERE', /line 2, column \d+/],
    ['its DDL is refused', `-- mine\n\n${SOURCE}\nSELECT 1`, /failed: line 3: .*src.*already exists/],
  ])("the task's own, when %s, though an environment task stands before it", async (_name, statement, expected) => {
    const envId = await putEnv(`${SOURCE}\n\n\n\n${SINK}\n\n`);
    const { msg } = await live.submit({ envId, statement });
    expect(msg).toMatch(expected);
    expect(msg).not.toMatch(/environment/);
  });

  it('the text of the INSERT that is wrong, when INSERTs of both are one job', async () => {
    const envId = await putEnv(`${SOURCE}${SINK}\nINSERT INTO snk SELECT id FROM src;`);
    const { msg } = await live.submit({ envId, statement: 'INSERT INTO snk\nSELECT nope FROM src' });
    expect(msg).toMatch(/line 2, column 8.*'nope'/);
    expect(msg).not.toMatch(/environment/);
    const missing = await live.submit({ envId, statement: 'INSERT INTO nowhere SELECT id FROM src' });
    expect(missing.msg).toMatch(/failed: line 1: .*nowhere/);
  });

  it("gives the author's line with variables of several lines above it, in both texts", async () => {
    const envId = await putEnv(`cols := id,\n  id AS id2;\n${SOURCE}${SINK}`);
    const statement = 'CREATE TEMPORARY VIEW v AS SELECT ${cols} FROM src;\nINSERT INTO snk\nSELECT nope FROM v';
    expect((await live.submit({ envId, statement })).msg).toMatch(/line 3\b.*'nope'/);
  });
});

describe('a registered database', () => {
  const statement = 'CREATE TEMPORARY TABLE t (a INT) WITH (${generator}); SELECT COUNT(*) AS n FROM t';

  it('is its Flink options, by its name, within WITH, for a task that has fragment on', async () => {
    const answer = await live.submit({ statement, fragment: true, batchModel: true }, { variables: { rows: '17' } });
    expect(answer.msg).toBe('Execute Successfully');
    expect(cell(answer)).toBe('17');
    expect(answer.data['statement']).toContain("WITH ('connector' = 'datagen', 'number-of-rows' = '17')");
  });

  it('can stand beside options of the table', async () => {
    const own = statement.replace(
      '${generator}',
      "${generator}, 'fields.a.kind' = 'sequence', 'fields.a.start' = '1', 'fields.a.end' = '9'",
    );
    const answer = await live.submit(
      { statement: own, fragment: true, batchModel: true },
      { variables: { rows: '4' } },
    );
    expect(answer.msg).toBe('Execute Successfully');
    expect(cell(answer)).toBe('4');
  });

  it('is not there for a task that has it off', async () => {
    const { msg, success } = await live.submit({ statement });
    expect(success).toBe(false);
    expect(msg).toMatch(/\$\{generator\} \(line 1\).*fragment/);
  });
});

describe('variables, low to high', () => {
  const asked = "SELECT '${who}' AS who";

  it.each([
    ['the deployment', {}, asked, {}],
    ['the task', {}, `who := the task;\n${asked}`, {}],
    ['the request', {}, `who := the task;\n${asked}`, { who: 'the request' }],
  ])('%s', async (expected, task, statement, variables) => {
    const answer = await live.submit({ ...task, statement, fragment: true }, { variables });
    expect(answer.msg).toBe('Execute Successfully');
    expect(cell(answer)).toBe(expected);
  });

  it('a database wins over a variable of the deployment, an environment task over both, the request over all', async () => {
    await live.bed.putDatabase({ name: 'who', flinkConfig: 'a database', note: null });
    expect(cell(await live.submit({ statement: asked, fragment: true }))).toBe('a database');
    const envId = await putEnv('who := the environment;');
    expect(cell(await live.submit({ envId, statement: asked, fragment: true }))).toBe('the environment');
    const variables = { who: 'the request' };
    expect(cell(await live.submit({ envId, statement: asked, fragment: true }, { variables }))).toBe('the request');
  });

  it('stand in numbers, names, strings and hints', async () => {
    const statement = `${SOURCE}${SINK}
      INSERT INTO \${to} SELECT id FROM src /*+ OPTIONS('rows-per-second' = '\${rate}') */ WHERE id > \${least};`;
    const variables = { to: 'snk', least: '7' };
    const answer = await live.submit({ statement, fragment: true }, { variables });
    expect(answer.msg).toBe('Execute Successfully');
    const sent = live.gateway.sent.findLast(({ sql }) => sql.startsWith('INSERT INTO snk'))?.sql;
    expect(sent).toContain("OPTIONS('rows-per-second' = '5')");
    expect(sent).toContain('WHERE id > 7');
    expect((await live.job(answer.jobId)).state).toMatch(/CREATED|RUNNING/);
  });

  it('of the request are another run, and a repeat of them the same one', async () => {
    const id = 950;
    await live.bed.putTask(aTask({ id, statement: `${SOURCE}${SINK} INSERT INTO snk SELECT id + \${n} FROM src` }));
    const submit = (n: string) => live.resubmit(id, { n });
    const [one, again, other] = [await submit('1'), await submit('1'), await submit('2')];
    expect(again.jobId).toBe(one.jobId);
    expect(other.jobId).not.toBe(one.jobId);
    for (const jobId of [one.jobId, other.jobId]) expect((await live.job(jobId)).state).toMatch(/CREATED|RUNNING/);
  });
});
