/**
 * What the command prints does not depend on a secret that somebody has written into a definition, whatever the value is: each
 * command is run with a planted value of 1 to 40 characters and with a mark in its place, and says the same both times.
 */
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../cli/main.ts';
import { systemClock } from '../../lib/adapters/system.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { anyText, EXACT, KEYS, MARK, plainText } from '../domain/planted-values.ts';
import { type FakeFlink, fakeFlink } from '../fakes/fake-flink.ts';
import { type GatewayServer, startGatewayServer } from '../fakes/gateway-server.ts';
import { type DefinitionsTable, startDefinitionsTable } from './definitions-table.ts';
import { folder } from './folder.ts';

let db: DefinitionsTable;
let flink: FakeFlink;
let gateway: GatewayServer;

beforeAll(async () => void (db = await startDefinitionsTable()));
afterAll(() => db.stop());
beforeEach(async () => {
  flink = fakeFlink(systemClock());
  flink.planningMs = 0;
  gateway = await startGatewayServer(flink);
});
afterEach(() => gateway.stop());

interface Case {
  readonly manifest: Record<string, unknown>;
  /** Of explain. */
  readonly options?: readonly string[];
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const task = (statement: string, more: object = {}): Case => ({
  manifest: { tasks: [{ id: 4, name: 'planted', type: 'local', fragment: true, statement, ...more }] },
});
const withTask = (more: object, statement = 'SELECT 1', ofTask: object = {}): Case => ({
  manifest: { ...task(statement, ofTask).manifest, ...more },
});
const jaas = (value: string): string => `a.B required username="u" password="${value.replace(/[\\"]/g, '\\$&')}";`;

const inOption = (key: string, value: string): Case =>
  task(`CREATE TABLE a (id INT) WITH ('connector' = 'datagen', '${key}' = ${quoted(value)}); SELECT id FROM a`);

/** Where people write secrets, whatever they hold. */
const ANY: Readonly<Record<string, (key: string, value: string) => Case>> = {
  'an option of a table': inOption,
  'an option within an EXPLAIN': (key, value) =>
    task(`EXPLAIN SELECT * FROM a /*+ OPTIONS('${key}' = ${quoted(value)}) */`),
  'a SET': (key, value) => task(`SET '${key}' = ${quoted(value)}; SELECT 1`),
  'a comment': (key, value) => task(`/* '${key}' = ${quoted(value.replaceAll('*/', '*'))} */ SELECT 1`),
  'a definition': (_key, value) =>
    task(`db_password := ${quoted(value)};\nSELECT \${db_password}; SHOW FRAGMENT db_password`),
  'JAAS in a literal': (_key, value) => task(`SELECT ${quoted(jaas(value))}`),
  'JSON in a literal': (key, value) => task(`SELECT ${quoted(JSON.stringify({ a: 1, [key]: value, b: 2 }))}`),
  'a query of an address': (_key, value) =>
    task(`SELECT 'jdbc:mysql://h/d?user=u&password=${encodeURIComponent(value).replaceAll("'", '%27')}&ssl=true'`),
  'an address': (_key, value) => task(`SELECT 'mongodb://u:${encodeURIComponent(value).replaceAll("'", '%27')}@h/d'`),
  'an option of the task': (key, value) => task('SELECT 1', { configJson: { customConfig: { [key]: value } } }),
  'an option of a cluster': (key, value) =>
    withTask({ clusters: [{ id: 1, name: 'c', type: 'standalone', hosts: 'jm:1', config: { [key]: value } }] }),
  'a variable': (_key, value) =>
    withTask({ variables: [{ name: 'shop_password', value: quoted(value) }] }, 'SELECT ${shop_password}'),
  'a database': (key, value) =>
    withTask(
      { databases: [{ name: 'shop', flinkConfig: `'a' = 'b', '${key}' = ${quoted(value)}` }] },
      'CREATE TABLE t (a INT) WITH (${shop}); SELECT a FROM t',
    ),
  'a variable of the request': (_key, value) => ({
    ...task("SELECT '${call_password}'"),
    options: ['--variable', `call_password=${value}`],
  }),
  'a parameter that has a default': (_key, value) =>
    task("SELECT '${call_password}'", { parameters: [{ name: 'call_password', type: 'string', default: value }] }),
  'a parameter that has values': (_key, value) =>
    task("SELECT '${call_password}'", {
      parameters: [{ name: 'call_password', type: 'string', values: [value, 'zzz'] }],
    }),
  'a parameter that the request gives wrong': (_key, value) => ({
    ...task("SELECT '${call_password}'", { parameters: [{ name: 'call_password', type: 'number' }] }),
    options: ['--variable', `call_password=x${value}`],
  }),
  'a parameter that does not fit its pattern': (_key, value) => ({
    ...task("SELECT '${call_password}'", { parameters: [{ name: 'call_password', type: 'string', pattern: 'no' }] }),
    options: ['--variable', `call_password=x${value}`],
  }),
  'a value of the request outside of quotes': (_key, value) => ({
    ...task('SELECT ${call_password}'),
    // Two words, so that whatever follows makes no list of values of it.
    options: ['--variable', `call_password=x x ${value}`],
  }),
  'the gateway of a cluster': (_key, value) =>
    withTask(
      {
        clusters: [
          {
            id: 1,
            name: 'c',
            type: 'standalone',
            hosts: 'jm:1',
            sqlGateway: `http://me:${encodeURIComponent(value)}@127.0.0.1:9`,
          },
        ],
      },
      'SELECT 1',
      { type: 'standalone', clusterId: 1 },
    ),
  'a savepoint path': (_key, value) =>
    task('INSERT INTO a SELECT 1', { savePointStrategy: 3, savePointPath: `s3://me:${encodeURIComponent(value)}@b/c` }),
};

/** What is wrong with a statement in whose middle a secret stands. */
const BROKEN: Readonly<Record<string, (key: string, value: string) => string>> = {
  'a literal that is not closed': (key, value) => `SELECT '${key}', WITH ('${key}' = '${value.replaceAll("'", '')}`,
  'a literal that is closed too early': (key, value) =>
    `CREATE TABLE a (i INT) WITH ('${key}' = '${value.replaceAll("'", '')}' ', 'a' = 'b')`,
  'a comment that is not closed': (key, value) => `SET '${key}' = ${quoted(value)}; /* SELECT 1`,
  'a variable that is none': (key, value) => `SET '${key}' = '\${no name}'; SET '${key}' = ${quoted(value)}; SELECT 1`,
  'two jobs': (key, value) => `SET '${key}' = ${quoted(value)}; SELECT 1; INSERT INTO a SELECT 1`,
  'an option that a task may not set': (key, value) => `SET 'rest.${key}' = ${quoted(value)}; SELECT 1`,
  'a jar': (key, value) =>
    `SET '${key}' = ${quoted(value)}; EXECUTE JAR WITH ('uri' = 'x', 'args' = '--${key} ${value.replaceAll("'", '')}')`,
  'an unknown option of a jar': (key, value) =>
    `EXECUTE JAR WITH ('uri' = 's3://a/b.jar', '${key}' = ${quoted(value)})`,
  'double quotes': (key, value) => `SET "${key}" = ${quoted(value)}; SELECT 1`,
  'a SET without quotes': (key, value) => `SET ${key} = a b${value.replace(/[^\w ]/g, '')}; SELECT 1`,
  'a SHOW FRAGMENT of nothing': (key, value) => `SHOW FRAGMENT x WITH ('${key}' = ${quoted(value)})`,
  'an ADD FILE': (key, value) =>
    `ADD FILE 'https://u:${encodeURIComponent(value).replaceAll("'", '')}@h/x'; SET '${key}' = 'a'`,
};

/** Manifests that YAML, or the reader of manifests, does not take. */
const YAML: Readonly<Record<string, (value: string) => string>> = {
  'an alias': (value) => `variables:\n  - name: shop_password\n    value: *${value}\n`,
  'an anchor': (value) => `variables:\n  - name: shop_password\n    value: &${value} *nobody\n`,
  'a tag': (value) => `variables:\n  - name: shop_password\n    value: !${value} x\n`,
  'a reserved sign': (value) => `variables:\n  - name: shop_password\n    value: @${value}\n`,
  'a quote that is not closed': (value) => `variables:\n  - name: shop_password\n    value: "${value}\n`,
  'text behind a quote': (value) => `variables:\n  - name: shop_password\n    value: "a" ${value}\n`,
  'a map in a line': (value) => `variables:\n  - name: shop_password\n    value: a: ${value}\n`,
  'a list that is not closed': (value) => `variables:\n  - name: shop_password\n    value: [${value}\n`,
  'an escape that is none': (value) => `variables:\n  - name: shop_password\n    value: "\\q${value}"\n`,
  'a list': (value) => `variables:\n  - name: shop_password\n    value: [x${value}]\n`,
  'a map': (value) => `variables:\n  - name: shop_password\n    value: { a: x${value} }\n`,
  'a secret that is a list': (value) => `variables:\n  - name: shop_password\n    value: { secret: [x${value}] }\n`,
  'a note that is a list': (value) => `variables:\n  - name: a\n    value: b\n    note: { password: x${value} }\n`,
  'an option that is a list': (value) =>
    `clusters:\n  - name: a\n    type: standalone\n    hosts: a:1\n    config: { password: [x${value}] }\n`,
  'options that are a text': (value) =>
    `clusters:\n  - name: a\n    type: standalone\n    hosts: a:1\n    config: 'password=x${value}'\n`,
  'options of a task that are a text': (value) =>
    `tasks:\n  - name: a\n    type: local\n    statement: SELECT 1\n    configJson: '{"password":"x${value}"'\n`,
  'an unknown field': (value) => `databases:\n  - name: a\n    flinkConfig: "'a' = 'b'"\n    password: x${value}\n`,
  'options twice': (value) =>
    `clusters:\n  - name: a\n    type: standalone\n    hosts: a:1\n    config: [{ key: password, value: x${value} }, { key: password, value: y${value} }]\n`,
  'a list of options that is wrong': (value) =>
    `clusters:\n  - name: a\n    type: standalone\n    hosts: a:1\n    config: [{ key: password, val: x${value} }]\n`,
  'hosts with a password': (value) =>
    `clusters:\n  - name: a\n    type: standalone\n    hosts: http://me:x${value}@h:1\n`,
  'a gateway that is none': (value) =>
    `clusters:\n  - name: a\n    type: standalone\n    hosts: a:1\n    sqlGateway: htp://me:x${value}@h:1\n`,
  'a path that is none': (value) =>
    `tasks:\n  - name: a\n    type: local\n    statement: SELECT 1\n    savePointStrategy: 3\n    savePointPath: s3:/me:x${value}@h\n`,
};

async function dinghy(table: string, ...args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  const env = { DEFINITIONS_TABLE: table, AWS_ENDPOINT_URL_DYNAMODB: db.endpoint };
  const code = await main(args, env, { out: say, err: say });
  return `${args[0] ?? ''}: ${code}\n${lines.join('\n')}`;
}

const explainArgs = (options: readonly string[]): readonly string[] => [
  ...['explain', '4', '--sql-gateway', gateway.url, '--flink-rest', 'jm:8081'],
  ...options,
];

/** Times are not of interest here. */
const withoutTimes = (text: string): string => text.replace(/"explain(?:edAt|TimeMs)": \d+/g, '');

/** A place says how long a value is, and the quotes around a mask that it has some; that is no secret. */
const withoutPlaces = (text: string): string =>
  text.replace(/(?:column |m\.yaml:\d+:)\d+/g, '').replaceAll("'******'", '******');

async function outputOf(make: (value: string) => Case, value: string): Promise<string> {
  const table = await db.create();
  const written = (some: string): string => JSON.stringify(make(some).manifest, null, 1);
  const path = folder({ 'm.yaml': written('bAsE') });
  const parts = [await dinghy(table, 'validate', path), await dinghy(table, 'apply', path)];
  const changed = folder({ 'm.yaml': written(value) });
  const { options = [] } = make(value);
  for (const args of [
    ['validate', changed],
    ['diff', changed],
    ['diff', changed, '--json'],
    ['apply', changed],
  ])
    parts.push(await dinghy(table, ...args));
  parts.push(await dinghy(table, ...explainArgs(options), '--plan'));
  parts.push(withoutTimes(await dinghy(table, ...explainArgs(options), '--json')));
  for (const args of [['list'], ['list', '--json'], ['show', 'task', '4']]) parts.push(await dinghy(table, ...args));
  const text = withoutPlaces(parts.join('\n').replaceAll(path, 'PATH').replaceAll(changed, 'PATH'));
  for (const one of [path, changed]) rmSync(one, { recursive: true });
  return text;
}

async function expectSame(make: (value: string) => Case, value: string): Promise<void> {
  const shown = await outputOf(make, MARK);
  expect(shown).not.toContain(MARK);
  expect(await outputOf(make, value)).toBe(shown);
}

/** Flink's words about any statement that it is sent with the value in it. */
function flinkSays(print: (key: string, value: string) => string, key: string, value: string): void {
  flink.fault = (call, before) => {
    if (before && (call === 'configure' || call === 'start')) throw new AppError('flink.rejected', print(key, value));
  };
}

/** Each is a dozen commands. */
const RUNS = { numRuns: 4 };
/** Not a reference, nothing that stands around it in any case; and on one line, since line numbers are told. */
const isPlanted = (value: string): boolean =>
  !value.includes('${') &&
  !value.startsWith("'") &&
  !/[\r\n]/.test(value) &&
  !['a', 'b', 'u', 'y', 'z', 'id'].includes(value.trim()) &&
  value.trim() !== '';

describe('validate, diff, apply, list, show and explain say nothing of a planted value', () => {
  it.each(Object.entries(ANY))('in %s', async (_where, make) => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...KEYS), anyText, async (key, value) => {
        fc.pre(isPlanted(value));
        await expectSame((some) => make(key, some), value);
      }),
      RUNS,
    );
  });

  it.each(Object.entries(EXACT))('when Flink quotes it in %s', async (_what, print) => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...KEYS), fc.oneof(plainText, anyText), async (key, value) => {
        fc.pre(isPlanted(value) && !print(key, MARK).includes(value.trim()));
        const make = (some: string): Case => inOption(key, some);
        flinkSays(print, key, MARK);
        const shown = await outputOf(make, MARK);
        expect(shown).not.toContain(MARK);
        flinkSays(print, key, value);
        expect(await outputOf(make, value)).toBe(shown);
      }),
      RUNS,
    );
  });

  it.each(Object.entries(BROKEN))('in a statement with %s', async (_what, make) => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...KEYS), anyText, async (key, value) => {
        fc.pre(isPlanted(value));
        await expectSame((some) => task(make(key, some)), value);
      }),
      RUNS,
    );
  });
});

describe('validate says nothing of a value in a manifest that is wrong', () => {
  const name = fc.string({ unit: fc.constantFrom(...Array.from('abcXYZ0189')), minLength: 1, maxLength: 40 });

  it.each(Object.entries(YAML))('%s', async (_what, make) => {
    await fc.assert(
      fc.asyncProperty(name, async (value) => {
        const outputs = [MARK, value].map(async (some) => {
          const path = folder({ 'm.yaml': make(some) });
          const text = await dinghy('none', 'validate', path);
          rmSync(path, { recursive: true });
          return withoutPlaces(text.replaceAll(path, 'PATH'));
        });
        const [shown, other] = await Promise.all(outputs);
        expect(shown).not.toContain(MARK);
        expect(other).toBe(shown);
      }),
      { numRuns: 5 },
    );
  });
});
