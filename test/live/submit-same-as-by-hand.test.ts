/**
 * A script that is accepted means what its author wrote: it runs through Dinghy, and by hand in a plain session of the gateway,
 * statement by statement, each INSERT as a job of its own. Both write the same rows.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { TaskParameter } from '../../lib/domain/definition/definitions.ts';
import { type Live, startLive } from './live.ts';

const { restUrl, gatewayUrl } = inject('flink');
let live: Live;
let folder: string;

beforeAll(async () => {
  live = await startLive();
  folder = mkdtempSync(join(tmpdir(), 'dinghy-by-hand-'));
});
afterAll(async () => {
  await live.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Script {
  readonly statements: readonly string[];
  /** Of the request, and what an author writes in their place by hand. */
  readonly values?: Readonly<Record<string, readonly [given: string, byHand: string]>>;
  readonly parameters?: readonly TaskParameter[];
  /** Dinghy's own, before the statements: `name := value;` */
  readonly definitions?: string;
}

const sink = (name: string, columns = 'v STRING'): string =>
  `CREATE TEMPORARY TABLE ${name} (${columns}) WITH ('connector' = 'filesystem', 'path' = 'OUT/${name.replace(/.*\./, '')}', 'format' = 'csv')`;
const ITEMS =
  "CREATE TEMPORARY VIEW items AS SELECT * FROM (VALUES (1, 'a', 10), (2, 'b''c', 20), (3, 'c', 35)) AS t(id, name, price)";
const insert = (expression: string, rest = ''): string =>
  `INSERT INTO out1 SELECT CAST(${expression} AS STRING)${rest}`;
const parameter = (name: string, type: TaskParameter['type'], more: Partial<TaskParameter> = {}): TaskParameter => ({
  ...{ name, type, required: false, default: null, pattern: null, values: null },
  ...more,
});

const SCRIPTS: Readonly<Record<string, Script>> = {
  'a text in a literal': {
    statements: [sink('out1'), insert("'<${x}>'")],
    values: { x: ["O'Brien; -- /* $5 */ `b` \\n", "O''Brien; -- /* $5 */ `b` \\n"] },
  },
  'a text of other alphabets and line breaks': {
    statements: [sink('out1'), insert("REPLACE('${x}', CHR(10), '|')")],
    values: { x: ['日本\nÜ ß "q"', '日本\nÜ ß "q"'] },
  },
  'a quoted name': {
    statements: [sink('out1'), 'CREATE TEMPORARY VIEW named AS SELECT 7 AS `${x}`', insert('`${x}`', ' FROM named')],
    values: { x: ['a`b c', 'a``b c'] },
  },
  'a number with a point': {
    statements: [sink('out1'), insert('7 / ${x}'), insert('${y}')],
    values: { x: ['2.0', '2.0'], y: ['1.10', '1.10'] },
  },
  'a number with an exponent, and a negative one': {
    statements: [sink('out1'), insert('${x}'), insert('3 - ${y}')],
    values: { x: ['1e5', '1e5'], y: ['-4', '-4'] },
  },
  "a length of time, as Flink's pages write it": {
    statements: [sink('out1'), insert("TIMESTAMP '2026-01-31 23:55:00' + ${x}")],
    values: { x: ["INTERVAL '10' MINUTES", "INTERVAL '10' MINUTES"] },
  },
  'a date in quotes, and as a literal': {
    statements: [sink('out1'), insert("DATE '${x}' + INTERVAL '1' DAY"), insert('${y}')],
    values: { x: ['2026-01-31', '2026-01-31'], y: ["DATE '2024-02-29'", "DATE '2024-02-29'"] },
  },
  'a list of numbers': {
    statements: [sink('out1'), ITEMS, insert('name', ' FROM items WHERE id IN (${x})')],
    values: { x: ['1, 3', '1, 3'] },
  },
  'a list of texts': {
    statements: [sink('out1'), ITEMS, insert('price', ' FROM items WHERE name IN (${x})')],
    values: { x: ["'a', 'b''c'", "'a', 'b''c'"] },
  },
  'names of a table and a column': {
    statements: [sink('out1'), ITEMS, insert('${column}', ' FROM ${table}')],
    values: { column: ['price', 'price'], table: ['`items`', '`items`'] },
  },
  'a part of a name': {
    statements: [
      sink('out1'),
      'CREATE TEMPORARY VIEW orders_2026 AS SELECT 5 AS n',
      insert('n', ' FROM orders_${year}'),
    ],
    values: { year: ['2026', '2026'] },
  },
  'NULL, TRUE and an interval': {
    statements: [
      sink('out1'),
      insert("COALESCE(${x}, 'none')"),
      insert('CASE WHEN ${y} THEN 1 ELSE 2 END'),
      insert("TIMESTAMP '2026-01-31 10:00:00' + ${z}"),
    ],
    values: { x: ['NULL', 'NULL'], y: ['TRUE', 'TRUE'], z: ["INTERVAL '90' MINUTE", "INTERVAL '90' MINUTE"] },
  },
  'parameters of all types': {
    statements: [
      sink('out1'),
      ITEMS,
      insert(
        "'${s}' || CAST(${n} AS STRING) || CAST(DATE '${d}' AS STRING) || CAST(TIMESTAMP '${t}' AS STRING) || ${i}",
        ' FROM items WHERE ${b} AND ${q}',
      ),
    ],
    values: {
      s: ["it's", "it''s"],
      n: ['1.10', '1.10'],
      d: ['2026-01-31', '2026-01-31'],
      t: ['2026-01-31 12:00:00', '2026-01-31 12:00:00'],
      i: ['name', 'name'],
      b: ['true', 'true'],
      q: ["price > 15 OR name = 'a'", "price > 15 OR name = 'a'"],
    },
    parameters: [
      parameter('s', 'string'),
      parameter('n', 'number'),
      parameter('d', 'date'),
      parameter('t', 'timestamp'),
      parameter('i', 'identifier'),
      parameter('b', 'boolean'),
      parameter('q', 'sql', { required: true }),
    ],
  },
  'definitions, nested': {
    definitions: "least := 2;\ncondition := id >= ${least} AND name <> 'x;y';",
    statements: [sink('out1'), ITEMS, insert('name', ' FROM items WHERE ${condition}')],
    values: { condition: ['', "id >= 2 AND name <> 'x;y'"] },
  },
  'SET and RESET between INSERTs': {
    statements: [
      "SET 'table.exec.sink.not-null-enforcer' = 'ERROR'",
      ...[sink('out1'), sink('out2')],
      "INSERT INTO out1 SELECT 'first'",
      "SET 'pipeline.name' = 'both'",
      "INSERT INTO out2 SELECT 'second'",
      "RESET 'pipeline.name'",
      "INSERT INTO out1 SELECT 'third'",
    ],
  },
  'DDL behind an INSERT, on other names': {
    statements: [
      ...[sink('out1'), ITEMS],
      'INSERT INTO out1 SELECT name FROM items',
      sink('out2'),
      'CREATE TEMPORARY VIEW dear AS SELECT name FROM items WHERE price > 15',
      'INSERT INTO out2 SELECT name FROM dear',
      'CREATE TEMPORARY VIEW unused AS SELECT 1 AS n',
      'DROP TEMPORARY VIEW unused',
    ],
  },
  'views on views': {
    statements: [
      ...[sink('out1'), ITEMS],
      'CREATE TEMPORARY VIEW a AS SELECT id, price * 2 AS p FROM items',
      'CREATE TEMPORARY VIEW b AS SELECT SUM(p) AS total FROM a',
      insert('total', ' FROM b'),
    ],
  },
  'a CTE that is called like a table': {
    statements: [
      ...[sink('out1'), ITEMS],
      'INSERT INTO out1 WITH items2 AS (SELECT name FROM items WHERE id > 1), x AS (SELECT name FROM items2) SELECT name FROM x',
    ],
  },
  'USE of a database and a catalog before the INSERT': {
    statements: [
      "CREATE CATALOG mine WITH ('type' = 'generic_in_memory')",
      'CREATE DATABASE mine.shop',
      ...['USE CATALOG mine', 'USE shop'],
      sink('out1').replace('TEMPORARY ', ''),
      'CREATE VIEW here AS SELECT 4 AS n',
      insert('n', ' FROM mine.shop.here'),
      insert('n + 1', ' FROM here'),
    ],
  },
  'a statement set, with a comment in it': {
    statements: [
      ...[sink('out1'), sink('out2'), ITEMS],
      "EXECUTE STATEMENT SET BEGIN INSERT INTO out1 SELECT name FROM items; /* ; */ INSERT INTO out2 SELECT 'x;y' FROM items; END",
    ],
  },
  'a function, and several INSERTs into one table': {
    statements: [
      "CREATE TEMPORARY SYSTEM FUNCTION my_fn AS 'org.apache.flink.table.runtime.functions.table.UnnestRowsFunction'",
      'DROP TEMPORARY SYSTEM FUNCTION my_fn',
      sink('out1', 'v STRING, n INT'),
      "INSERT INTO out1 VALUES ('a', 1), ('b', 2)",
      "INSERT INTO out1 (v) SELECT '${x}'",
      "INSERT INTO out1 SELECT 'c', CHAR_LENGTH('${x}')",
    ],
    values: { x: ["''", "''''"] },
  },
};

describe('what runs through Dinghy writes what the script writes by hand', () => {
  it.each(Object.entries(SCRIPTS))('%s', async (name, script) => {
    const [ours, theirs] = ['dinghy', 'hand'].map((who) => join(folder, name.replaceAll(/\W+/g, '-'), who)) as [
      string,
      string,
    ];
    await Promise.all([throughDinghy(script, ours), byHand(script, theirs)]);
    const written = rowsBelow(theirs);
    expect(Object.values(written).flat().length).toBeGreaterThan(0);
    expect(rowsBelow(ours)).toEqual(written);
  });
});

const at = (text: string, out: string): string => text.replaceAll('OUT', () => `file://${out}`);

async function throughDinghy(
  { statements, values = {}, parameters, definitions = '' }: Script,
  out: string,
): Promise<void> {
  const given = Object.entries(values).map(([name, [value]]) => [name, value] as const);
  const asked = definitions === '' ? Object.fromEntries(given) : {};
  const statement = at(`${definitions}\n${statements.join(';\n')};`, out);
  const task = { statement, batchModel: true, ...(parameters && { parameters }) };
  const { msg, success, jobId } = await live.submit(task, { variables: asked });
  if (!success) throw new Error(msg);
  for (;;) {
    const { state } = await live.job(jobId);
    if (state === 'FINISHED') return;
    expect(state).not.toMatch(/FAILED|CANCELED/);
    await sleep(100);
  }
}

/** As somebody does it with curl: a session, one statement after the other, each waited for. */
async function byHand({ statements, values = {} }: Script, out: string): Promise<void> {
  const properties = { 'execution.runtime-mode': 'batch', 'table.dml-sync': 'true', ...remote() };
  const { sessionHandle } = await ask('/sessions', { properties });
  for (const statement of statements) {
    const written = Object.entries(values).reduce((text, [name, [, typed]]) => text.replaceAll(`\${${name}}`, () => typed), statement); // prettier-ignore
    const path = `/sessions/${sessionHandle ?? ''}`;
    const { operationHandle } = await ask(`${path}/statements`, { statement: at(written, out) });
    let next: string | null = `${path}/operations/${operationHandle ?? ''}/result/0`;
    while (next !== null) {
      const { resultType, nextResultUri } = await ask(next);
      if (resultType === 'NOT_READY') await sleep(50);
      next = resultType === 'EOS' ? null : (nextResultUri ?? next).replace(/^\/v\d+/, '');
    }
  }
}

function remote(): Record<string, string> {
  const { hostname, port } = new URL(restUrl);
  return { 'execution.target': 'remote', 'rest.address': hostname, 'rest.port': port };
}

async function ask(path: string, body?: object): Promise<Record<string, string>> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const reply = await fetch(gatewayUrl + path, { headers: { 'content-type': 'application/json' }, ...init });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${path}: ${text.slice(0, 2_000)}`);
  return JSON.parse(text) as Record<string, string>;
}

/** The lines of each table that was written, in order. */
function rowsBelow(out: string): Record<string, string[]> {
  const tables = existsSync(out) ? readdirSync(out).sort() : [];
  return Object.fromEntries(tables.map((table) => [table, linesBelow(join(out, table))]));
}

function linesBelow(path: string): string[] {
  const files = readdirSync(path, { recursive: true, withFileTypes: true });
  const written = files.filter((entry) => entry.isFile() && !/(?:^|\/)[._]/.test(entry.name) && !/\/[._]/.test(entry.parentPath.slice(path.length))); // prettier-ignore
  return written
    .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .sort();
}
