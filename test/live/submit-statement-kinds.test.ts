/**
 * What the table of statement kinds says of Flink, asked of Flink: which statements its configure-session takes, and what
 * a person is told of statements that only some versions run.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sqlGateway } from '../../lib/adapters/flink/sql-gateway.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { classify } from '../../lib/domain/sql/kind.ts';
import { splitScript } from '../../lib/domain/sql/split.ts';
import { callHandler } from '../builders/event.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from '../handlers/bed.ts';

const { restUrl, gatewayUrl, version } = inject('flink');
const signal = AbortSignal.timeout(150_000);
const NOT_THERE = 'Unsupported statement for configuring session';
const IS_2 = version.startsWith('2.');
let bed: Bed;

beforeAll(async () => {
  bed = await startBed({ SQL_GATEWAY_URL: gatewayUrl, FLINK_REST: new URL(restUrl).host });
});

afterAll(() => bed.stop());

const TABLE = "CREATE TABLE t (a INT) WITH ('connector' = 'datagen')";

/** What configure-session says of the last of these statements; '' when it takes it. */
async function configured(...statements: readonly string[]): Promise<string> {
  const session = await sqlGateway().open(gatewayUrl, {}, signal);
  try {
    for (const statement of statements) await session.configure(statement, signal);
    return '';
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  } finally {
    await session.close(signal);
  }
}

const kindOf = (sql: string) => classify(splitScript(sql)[0]!);

describe('configure-session takes what the table marks with `configure`', () => {
  it.each([
    ["SET 'a' = 'b'"],
    ['SET a = b'],
    ['RESET'],
    ["RESET 'a'"],
    ["CREATE CATALOG c WITH ('type' = 'generic_in_memory')"],
    ["CREATE TEMPORARY CATALOG c WITH ('type' = 'generic_in_memory')"],
    ["CREATE CATALOG c WITH ('type' = 'generic_in_memory')", "ALTER CATALOG c SET ('property-version' = '1')"],
    ["CREATE CATALOG c WITH ('type' = 'generic_in_memory')", 'DROP CATALOG c'],
    ['CREATE DATABASE d'],
    ['CREATE DATABASE d', "ALTER DATABASE d SET ('k' = 'v')"],
    ['CREATE DATABASE d', 'DROP DATABASE d'],
    [TABLE],
    [TABLE, "CREATE TABLE u WITH ('connector' = 'print') LIKE t (EXCLUDING OPTIONS)"],
    [TABLE, 'ALTER TABLE t RENAME TO u'],
    [TABLE, 'ALTER TABLE t ADD b INT'],
    [TABLE, 'DROP TABLE t'],
    ['CREATE VIEW v AS SELECT 1 AS a'],
    ['CREATE VIEW v AS SELECT 1 AS a', 'ALTER VIEW v AS SELECT 2 AS a'],
    ['CREATE TEMPORARY VIEW v AS SELECT 1 AS a', 'DROP TEMPORARY VIEW v'],
    ["CREATE FUNCTION f AS 'a.B'"],
    ["CREATE FUNCTION f AS 'a.B'", "ALTER FUNCTION f AS 'a.C'"],
    ["CREATE FUNCTION f AS 'a.B'", 'DROP FUNCTION f'],
    ['USE CATALOG default_catalog'],
    ['USE default_catalog.default_database'],
    ['USE MODULES core'],
    ['UNLOAD MODULE core'],
    ['UNLOAD MODULE core', 'LOAD MODULE core'],
  ])('%s %s', async (...sql) => {
    expect(sql.map((statement) => kindOf(statement).configure)).toEqual(sql.map(() => true));
    expect(await configured(...sql)).toBe('');
  });

  it('a jar too, though this one is not there', async () => {
    expect(kindOf("ADD JAR '/nope.jar'").configure).toBe(true);
    expect(await configured("ADD JAR '/nope.jar'")).toMatch(/nope\.jar\] not found/);
  });

  it.each([
    'SHOW TABLES',
    'DESCRIBE t',
    'EXPLAIN SELECT 1',
    'SELECT 1',
    'INSERT INTO t SELECT 1',
    'CREATE TABLE u AS SELECT 1',
  ])('and not %s', async (statement) => {
    expect(kindOf(statement).configure).toBe(false);
    expect(await configured(TABLE, statement)).toContain(NOT_THERE);
  });
});

describe('statements of some versions: run, or refused with the version that is needed', () => {
  const MODEL = "CREATE MODEL m INPUT (a INT) OUTPUT (b INT) WITH ('provider' = 'openai', 'api-key' = 'hunter2')";
  const MATERIALIZED = "MATERIALIZED TABLE m FRESHNESS = INTERVAL '1' HOUR AS SELECT 1 AS a";

  it.each([
    [MODEL, IS_2 ? /^Execute Successfully$/ : /Unsupported query.*Models need Flink 2\.0/],
    [
      "CREATE MODEL m WITH ('provider' = 'openai', 'api-key' = 'hunter2') AS SELECT 1",
      /Unsupported query.*No Flink up to 2\.3 runs CREATE MODEL AS/,
    ],
    ["CREATE CONNECTION c WITH ('password' = 'hunter2')", /No Flink up to 2\.3 runs statements about connections/],
    [`CREATE ${MATERIALIZED}`, /workflow scheduler must be configured/],
    [
      `CREATE OR ALTER ${MATERIALIZED}`,
      IS_2 ? /workflow scheduler/ : /CREATE OR ALTER MATERIALIZED TABLE needs Flink 2\.3/,
    ],
    ["REMOVE JAR '/x.jar'", /^Line 2: REMOVE JAR can't be run/],
  ])('%s', async (statement, expected) => {
    await bed.putTask(aTask({ id: 1, statement: `\n${statement};`, dedupeSeconds: 0 }));
    const { msg, data } = await callHandler(bed.submit, { query: 'id=1' });
    expect(msg).toMatch(expected);
    if (msg !== 'Execute Successfully') expect(msg.toLowerCase()).toContain('line 2');
    // The frozen body holds what is sent; nothing else may hold the secret, least of all an error.
    const besides = (await bed.jobItems()).filter(({ sk }) => !String(sk).startsWith('BODY'));
    expect(JSON.stringify([msg, data, besides])).not.toContain('hunter2');
  });
});
