/**
 * explain on a real Flink: what it says of each kind of statement, and that nothing is started and nothing is left. The
 * JobManager is asked before and after every one of them.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { main } from '../../cli/main.ts';
import { jobManager } from '../../lib/adapters/flink/job-manager.ts';
import { sqlGateway } from '../../lib/adapters/flink/sql-gateway.ts';
import { systemClock } from '../../lib/adapters/system.ts';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import { AppError } from '../../lib/domain/errors.ts';
import type { GatewaySession, SqlGateway } from '../../lib/domain/ports.ts';
import { type ExplainedTask, explainTask } from '../../lib/usecases/explain-task.ts';
import { startDefinitionsTable } from '../cli/definitions-table.ts';
import { folder } from '../cli/folder.ts';
import { readVectors } from '../domain/sql/vectors.ts';
import { keptLog } from '../fakes/fake-ids.ts';
import { aTask, memoryDefinitions } from '../fakes/memory-definitions.ts';

const { restUrl, gatewayUrl } = inject('flink');
const hosts = new URL(restUrl).host;
const BUDGET_MS = 60_000;
const { signal } = new AbortController();
const DDL = `CREATE TABLE src (id BIGINT, v STRING) WITH ('connector' = 'datagen');
CREATE TABLE a (id BIGINT, v STRING) WITH ('connector' = 'blackhole');
CREATE TABLE b (id BIGINT, v STRING) WITH ('connector' = 'blackhole');
`;
const SET = 'INSERT INTO a SELECT * FROM src;\n INSERT INTO b SELECT id, v FROM src;';

let sessions: GatewaySession[];
let jobsBefore: string[];

/** The real one; what it opens is remembered. */
function watched(): SqlGateway {
  const gateway = sqlGateway();
  const open: SqlGateway['open'] = async (...args) => {
    const session = await gateway.open(...args);
    sessions.push(session);
    return session;
  };
  return { ...gateway, open };
}

async function jobs(): Promise<string[]> {
  return [...(await jobManager().overview(hosts, signal)).keys()].sort();
}

beforeEach(async () => {
  sessions = [];
  jobsBefore = await jobs();
});

// Of every test in this file: no job was started, and every session that was opened is closed.
afterEach(async () => {
  expect(await jobs()).toEqual(jobsBefore);
  for (const session of sessions) {
    await expect(session.configure("SET 'a' = 'b'", signal)).rejects.toThrow(/does not exist/);
  }
});

async function explain(
  task: Partial<TaskDefinition> | string,
  variables: Record<string, string> = {},
  ...others: TaskDefinition[]
): Promise<ExplainedTask> {
  const own = aTask(typeof task === 'string' ? { statement: task } : task);
  return await explainTask({
    definitions: memoryDefinitions({ tasks: [own, ...others] }),
    gateway: watched(),
    clock: systemClock(),
    log: keptLog(),
    // Nobody listens there: explain must not mind.
    settings: { sqlGatewayUrl: gatewayUrl, flinkRest: '127.0.0.1:9', flinkConfig: {} },
  })({ task: 1, variables }, { budgetMs: BUDGET_MS });
}

const errors = ({ statements }: ExplainedTask): (string | null)[] => statements.map(({ error }) => error);

describe('a good task', () => {
  it('of two INSERTs has one plan with both sinks', async () => {
    const explained = await explain(`${DDL}${SET}`);
    expect(errors(explained)).toEqual(Array(5).fill(null));
    expect(explained).toMatchObject({ ok: true, problems: [] });
    const plan = explained.statements[3]?.plan ?? '';
    expect(plan).toMatch(/^== Abstract Syntax Tree ==/);
    expect(plan).toMatch(/LogicalSink\(table=\[default_catalog\.default_database\.a\]/);
    expect(plan).toMatch(/LogicalSink\(table=\[default_catalog\.default_database\.b\]/);
    expect(explained.statements[4]).toMatchObject({ ok: true, checked: true, plan: null });
    expect(sessions).toHaveLength(1);
  });

  it.each([
    ['both spellings of a statement set', `EXECUTE STATEMENT SET BEGIN\n ${SET}\nEND`],
    ['both spellings of a statement set', `BEGIN STATEMENT SET;\n ${SET}\nEND`],
    ['INSERT', 'INSERT INTO a SELECT * FROM src'],
    ['EXECUTE INSERT', 'EXECUTE INSERT INTO a SELECT * FROM src'],
    ['SELECT', 'SELECT * FROM src'],
    ['EXECUTE SELECT', 'EXECUTE SELECT * FROM src'],
    ['parentheses', '(SELECT id FROM src) UNION ALL (SELECT id FROM src)'],
    ['WITH', 'WITH x AS (SELECT * FROM src) SELECT * FROM x'],
    ['VALUES', 'VALUES (1, 2)'],
    ['COMPILE AND EXECUTE PLAN', "COMPILE AND EXECUTE PLAN '/nowhere/p.json' FOR INSERT INTO a SELECT * FROM src"],
    ['COMPILE PLAN', `COMPILE PLAN '/nowhere/p.json' FOR STATEMENT SET BEGIN ${SET} END`],
    ['CREATE TABLE AS', "CREATE TABLE c WITH ('connector' = 'blackhole') AS SELECT * FROM src"],
    ['EXPLAIN', 'EXPLAIN CHANGELOG_MODE SELECT * FROM src'],
  ])('%s has a plan', async (_name, statement) => {
    const explained = await explain(`${DDL}${statement}`);
    expect(errors(explained)).toEqual([null, null, null, null]);
    expect(explained.statements[3]?.plan).toMatch(/== Abstract Syntax Tree ==[\s\S]*== Optimized/);
    expect(explained.ok).toBe(true);
  });

  it('of what only changes the session or reads is run in it', async () => {
    const explained = await explain(`SET 'parallelism.default' = '3';
      SET;
      CREATE CATALOG mem WITH ('type' = 'generic_in_memory');
      USE CATALOG mem;
      CREATE DATABASE d;
      USE d;
      CREATE TABLE t (id BIGINT) WITH ('connector' = 'datagen');
      CREATE VIEW w AS SELECT id + 1 AS id FROM t;
      CREATE TEMPORARY SYSTEM FUNCTION shout AS 'org.apache.flink.table.functions.NoSuchClass';
      SHOW TABLES;
      DESCRIBE w;
      SHOW CREATE TABLE t;
      ALTER TABLE t SET ('rows-per-second' = '3');
      DROP VIEW w;
      UNLOAD MODULE core;
      LOAD MODULE core;
      RESET;
      SELECT * FROM mem.d.t`);
    const wrong = explained.statements.filter(
      ({ ok, checked, kind }) => (!ok && kind !== 'CREATE FUNCTION') || !checked,
    );
    expect(wrong).toEqual([]);
  });
});

describe('what is not run', () => {
  it.each([
    ['DELETE FROM a WHERE id = 1'],
    ['UPDATE a SET id = 1'],
    ["EXECUTE PLAN '/nowhere/p.json'"],
    ['CALL sys.compact()'],
    ['TRUNCATE TABLE a'],
    ['ANALYZE TABLE a COMPUTE STATISTICS'],
    ["STOP JOB '00000000000000000000000000000000'"],
    ["CREATE MATERIALIZED TABLE m FRESHNESS = INTERVAL '1' MINUTE AS SELECT * FROM src"],
    ['CREATE TABLE other.db.t (id BIGINT)'],
  ])('%s', async (statement) => {
    const explained = await explain(`${DDL}${statement}`);
    expect(explained.ok).toBe(true);
    expect(explained.statements[3]).toMatchObject({ checked: false, plan: null, error: null });
    expect(explained.statements[3]?.note).toMatch(/^not run by explain, because /);
  });

  it('a catalog is not written to the store of a gateway that keeps them', async () => {
    const store = mkdtempSync(join(tmpdir(), 'dinghy-catalogs-'));
    const customConfig = { 'table.catalog-store.kind': 'file', 'table.catalog-store.file.path': store };
    const statement = "CREATE CATALOG kept WITH ('type' = 'generic_in_memory');\nUSE CATALOG kept";
    const explained = await explain({ statement, configJson: { customConfig, udfRefer: {} } });
    expect(readdirSync(store)).toEqual([]);
    expect(explained.statements[0]).toMatchObject({ ok: true, checked: false });
    expect(errors(explained)[1]).toMatch(/kept.* This may be because explain has not run CREATE CATALOG kept/);
    rmSync(store, { recursive: true });
  });

  it('is named where Flink misses it', async () => {
    const explained = await explain('CREATE TABLE other.db.orders (id BIGINT);\nSELECT * FROM orders');
    expect(errors(explained)[1]).toMatch(
      /line 2.*'orders' not found.* This may be because explain has not run CREATE TABLE orders \(line 1\)\.$/,
    );
  });
});

describe('every kind of statement', () => {
  const kinds = readVectors<[string, string, string]>('kinds').map(([sql]) => sql);

  it('is answered or refused, and none of them starts a job', async () => {
    const answers: Record<string, string> = {};
    for (const sql of kinds) {
      const explained = await explain(sql).catch((error: unknown) => error);
      if (explained instanceof AppError) answers[sql] = explained.code;
      else answers[sql] = (explained as ExplainedTask).statements.map(({ ok }) => (ok ? 'ok' : 'error')).join();
      expect(await jobs()).toEqual(jobsBefore);
    }
    const codes = new Set(Object.values(answers));
    // SHOW FRAGMENT of a variable that the task has not.
    const known = ['ok', 'error', 'sql.empty', 'sql.syntax', 'variable.missing'];
    expect([...codes].filter((code) => !known.includes(code))).toEqual([]);
    expect(answers['SELECT 1']).toBe('ok');
    expect(answers['TABLE t']).toBe('error');
  });
});

describe('mistakes', () => {
  it('in the second INSERT have its line', async () => {
    const explained = await explain(`${DDL}INSERT INTO a SELECT * FROM src;\n\nINSERT INTO nope SELECT * FROM src;`);
    expect(errors(explained).slice(0, 4)).toEqual([null, null, null, null]);
    expect(explained.statements[3]?.plan).toContain('LogicalSink');
    expect(explained.statements[4]).toMatchObject({ line: 6, ok: false });
    expect(explained.statements[4]?.error).toMatch(/^line 6: .*nope/);
  });

  it.each([
    ['a column', 'INSERT INTO a\n  SELECT id, nope FROM src', /line 5, column 14.*Column 'nope' not found/],
    ['a keyword', 'INSERT INTO a SELECT id, v FRM src WHERE', /line 4, column \d\d/],
    ['a type', 'INSERT INTO a SELECT v, id FROM src', /line 4: .*schema|line 4: .*type/i],
    ['an EXECUTE INSERT', 'EXECUTE  INSERT INTO a SELECT id, nope FROM src', /line 4, column 35.*'nope'/],
    ['a query', 'SELECT nope FROM src', /line 4, column 8.*'nope'/],
    ['a table', 'SELECT * FROM nope', /line 4, column 15.*'nope'/],
    ['SHOW', 'SHOW CREATE TABLE nope', /line 4: .*nope/],
    ['DDL', "CREATE TABLE a (id BIGINT) WITH ('connector' = 'blackhole')", /line 4: .*already exist/i],
    [
      'a connector',
      "CREATE TEMPORARY TABLE c (id BIGINT) WITH ('connector' = 'x');\nSELECT * FROM c",
      /^line 5 \(see CREATE TABLE c in line 4\): .*'x'/,
    ],
    [
      'a set',
      `EXECUTE STATEMENT SET BEGIN\n INSERT INTO a SELECT * FROM src;\n INSERT INTO nope SELECT 1; END`,
      /line 6: .*nope/,
    ],
    [
      'a set, folded',
      `BEGIN STATEMENT SET;\n INSERT INTO a SELECT * FROM src;\n INSERT INTO b SELECT nope, v FROM src; END`,
      /line 6, column 23.*'nope'/,
    ],
    ['CREATE TABLE AS', 'CREATE TABLE c AS\n SELECT nope FROM src', /line 5, column 9.*'nope'/],
    ['COMPILE PLAN', "COMPILE PLAN 'p' FOR INSERT INTO a SELECT id, nope FROM src", /line 4, column 47.*'nope'/],
  ])('in %s have line and column where Flink gives them', async (_name, statement, message) => {
    const explained = await explain(`${DDL}${statement}`);
    expect(explained.ok).toBe(false);
    expect(errors(explained).slice(0, 3)).toEqual([null, null, null]);
    expect(errors(explained).at(-1)).toMatch(message);
    expect(errors(explained).at(-1)).not.toMatch(/\bat org\.|Exception/);
  });

  it('in the environment task name it', async () => {
    const env = aTask({ id: 9, name: 'shared', dialect: 'FlinkSqlEnv', statement: `${DDL}\nDESCRIBE nope;` });
    const explained = await explain({ envId: 9, statement: 'INSERT INTO a SELECT * FROM src' }, {}, env);
    expect(errors(explained)[3]).toMatch(/^environment task 9, line 5: .*nope/);
    expect(explained.statements[4]).toMatchObject({ line: 1, envId: null, ok: true });
  });

  it('in a second job leave the first explained', async () => {
    const explained = await explain(`${DDL}SELECT * FROM src;\nINSERT INTO a SELECT * FROM src`);
    expect(explained.statements[3]?.plan).toContain('LogicalTableScan');
    expect(explained.statements[4]?.error).toMatch(/^Both SELECT .* and INSERT INTO .* would start a job/);
  });

  it('in variables name each that is missing', async () => {
    const missing = explain(`${DDL}INSERT INTO \${sink}\nSELECT \${columns} FROM src`);
    await expect(missing).rejects.toThrow(/\$\{sink\} \(line 4\), \$\{columns\} \(line 5\)/);
    const explained = await explain(`${DDL}INSERT INTO \${sink} SELECT * FROM src`, { sink: 'a' });
    expect(explained.ok).toBe(true);
  });

  it('in functions by class name belong to the task', async () => {
    const udfRefer = { f: 'a.NoSuchClass' };
    const explained = await explain({ statement: 'SELECT f(1)', configJson: { customConfig: {}, udfRefer } });
    expect(explained.ok).toBe(false);
    expect(JSON.stringify(explained)).toContain('NoSuchClass');
  });

  it('no gateway is one clear error', async () => {
    const cluster = { id: 1, name: 'c', type: 'standalone', hosts, sqlGateway: 'http://127.0.0.1:9' };
    const definitions = memoryDefinitions({
      tasks: [aTask({ type: 'standalone', clusterId: 1 })],
      clusters: [{ ...cluster, config: {}, note: null, enabled: true }],
    });
    const settings = { sqlGatewayUrl: null, flinkRest: null, flinkConfig: {} };
    const deps = { definitions, gateway: watched(), clock: systemClock(), log: keptLog(), settings };
    const error: unknown = await explainTask(deps)({ task: 1, variables: {} }, { budgetMs: BUDGET_MS }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).message).toMatch(/^The SQL gateway \(http:\/\/127\.0\.0\.1:9\) is out of reach: /);
  });
});

describe('what is shown', () => {
  it("is Flink's plan with the hints in it, but for sensitive options", async () => {
    const shown = await explain(`${DDL}SELECT * FROM src /*+ OPTIONS('rows-per-second' = '37') */`);
    expect(shown.statements[3]?.plan).toContain('options:{rows-per-second=37}');
    // No connector at hand has an option with a sensitive name: a column of datagen is given one.
    const column = "CREATE TABLE s (password STRING) WITH ('connector' = 'datagen');\n";
    const hint = "SELECT 1 FROM s /*+ OPTIONS('fields.password.length' = '4711') */";
    const masked = await explain(column + hint);
    expect(errors(masked)).toEqual([null, null]);
    expect(masked.statements[1]?.plan).toContain('options:{fields.password.length=******}');
    expect(JSON.stringify(masked)).not.toContain('4711');
  });
});

describe('dinghy explain', () => {
  it('checks a task that was applied', async () => {
    const db = await startDefinitionsTable();
    const where = ['--table', await db.create(), '--endpoint', db.endpoint];
    const out: string[] = [];
    const io = { out: (line: string) => void out.push(line), err: (line: string) => void out.push(line) };
    const text = `${DDL}INSERT INTO a SELECT * FROM src;\nINSERT INTO \${sink} SELECT * FROM src;`;
    const manifest = JSON.stringify({ tasks: [{ id: 1, name: 'one', type: 'local', statement: text }] });
    expect(await main(['apply', folder({ 'm.yaml': manifest }), ...where], {}, io)).toBe(0);
    out.length = 0;
    const flink = ['--sql-gateway', gatewayUrl, '--flink-rest', '127.0.0.1:9'];
    const check = (sink: string) => main(['explain', '1', '--variable', `sink=${sink}`, ...flink, ...where], {}, io);
    expect(await check('b')).toBe(0);
    expect(out.at(-1)).toBe('Task 1 (one): no error. Nothing was started.');
    expect(await check('nope')).toBe(1);
    expect(out.find((line) => line.includes('error: '))).toMatch(/^5 +INSERT INTO +error: line 5: .*nope/);
    await db.stop();
  });
});
