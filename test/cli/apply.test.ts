import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../cli/main.ts';
import { type DefinitionsTable, startDefinitionsTable } from './definitions-table.ts';
import { folder } from './folder.ts';

let db: DefinitionsTable;
let table: string;
beforeAll(async () => void (db = await startDefinitionsTable()));
afterAll(() => db.stop());
beforeEach(async () => void (table = await db.create()));

async function dinghy(...args: string[]) {
  const lines = { out: [] as string[], err: [] as string[] };
  const io = { out: (line: string) => void lines.out.push(line), err: (line: string) => void lines.err.push(line) };
  const env = { AWS_ENDPOINT_URL_DYNAMODB: db.endpoint };
  const code = await main([...args, '--table', table], env, io);
  return { code, out: lines.out.join('\n'), err: lines.err.join('\n') };
}

const applyText = (text: string) => dinghy('apply', folder({ 'm.yaml': text }));
const items = async () => (await db.client.send(new ScanCommand({ TableName: table }))).Items ?? [];
const item = async (pk: string, sk: string) => (await items()).find((it) => it['pk'] === pk && it['sk'] === sk);

const SHOP = `
clusters:
  - {name: main, type: standalone, hosts: "a:8081"}
tasks:
  - {name: child, type: standalone, cluster: main, env: base, statement: SELECT 1}
  - {name: base, dialect: FlinkSqlEnv, statement: SET 'a' = 'b'}
  - {id: 7, name: seven, type: local, statement: SELECT 7}
variables:
  - {name: v, value: x}
`;

describe('apply', () => {
  it('gives out numbers, fills in references and writes what is referred to first', async () => {
    const { code, out, err } = await applyText(SHOP);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')).toEqual([
      'created    variable "v"',
      'created    cluster 1 "main"',
      'created    task 8 "base" (version 1)',
      'created    task 9 "child" (version 1)',
      'created    task 7 "seven" (version 1)',
      '5 created, 0 updated, 0 unchanged.',
    ]);
    expect(await item('TASK#9', 'TASK')).toMatchObject({ schemaVersion: 1, version: 1, clusterId: 1, envId: 8 });
    expect(await item('COUNTER', 'TASK')).toMatchObject({ n: 9 });
  });

  it('changes nothing the second time, and says so', async () => {
    await applyText(SHOP);
    const before = await items();
    const { code, out } = await applyText(SHOP);
    expect(code).toBe(0);
    expect(out).toContain('unchanged  task 9 "child" (version 1)');
    expect(out).toContain('0 created, 0 updated, 5 unchanged.');
    expect(await items()).toEqual(before);
  });

  it('raises the version of a changed task and of no other', async () => {
    await applyText(SHOP);
    const { out } = await applyText(SHOP.replace('SELECT 7', 'SELECT 8'));
    expect(out).toContain('updated    task 7 "seven" (version 1 → 2)');
    expect(out).toContain('0 created, 1 updated, 4 unchanged.');
    expect(await item('TASK#7', 'TASK')).toMatchObject({ version: 2, statement: 'SELECT 8' });
  });

  it('renames by id, and gives the old name away to another', async () => {
    await applyText('tasks:\n  - {id: 1, name: a, type: local, statement: SELECT 1}\n');
    const { out } = await applyText(
      'tasks:\n  - {id: 1, name: b, type: local, statement: SELECT 1}\n  - {name: a, type: local, statement: SELECT 2}\n',
    );
    expect(out).toContain('updated    task 1 "b" (version 1 → 2)');
    expect(out).toContain('created    task 2 "a" (version 1)');
  });

  it('refers to what only the table has', async () => {
    await applyText(SHOP);
    const { code } = await applyText(
      'tasks:\n  - {name: late, type: standalone, cluster: main, statement: SELECT 1}\n',
    );
    expect(code).toBe(0);
    expect(await item('TASK#10', 'TASK')).toMatchObject({ clusterId: 1 });
  });

  it('writes nothing at all when one definition is wrong', async () => {
    const text = `${SHOP}  - {name: w, value: [1]}\n`;
    const { code, err } = await applyText(text);
    expect(code).toBe(1);
    expect(err).toMatch(/m\.yaml:10:22: error: "value" must be text or \{secret: name of the secret\}/);
    expect(err).toContain('Nothing was written.');
    expect(await items()).toEqual([]);
  });

  it.each([
    ['a missing cluster', 'cluster: mian', 'there is no cluster "mian", neither in the manifest nor in the table. Did you mean "main"?'],
    ['a missing cluster id', 'clusterId: 5', 'there is no cluster 5, neither in the manifest nor in the table.'],
    ['an env that is none', 'clusterId: 1, env: seven', 'task "seven" has dialect FlinkSql; "env" must name a task of dialect FlinkSqlEnv.'],
  ])('refuses %s', async (_, reference, expected) => {
    await applyText(SHOP);
    const { code, err } = await applyText(`tasks:\n  - {name: x, type: standalone, ${reference}, statement: SELECT 1}\n`);
    expect(code).toBe(1);
    expect(err).toContain(expected);
    expect(err).toMatch(/m\.yaml:2:\d+: error: /);
  }); // prettier-ignore

  it('refuses a name that another stored definition has', async () => {
    await applyText(SHOP);
    const { err } = await applyText('tasks:\n  - {id: 20, name: seven, type: local, statement: SELECT 1}\n');
    expect(err).toContain('task 7 in the table is already named "seven". Choose another name, or write "id: 7"');
  });

  it('mends an item that cannot be used', async () => {
    await db.client.send(
      new PutCommand({ TableName: table, Item: { pk: 'TASK#7', sk: 'TASK', id: 7, name: 'seven' } }),
    );
    expect((await dinghy('list')).err).toContain('Task 7 cannot be used: its stored field "version" is missing.');
    expect((await applyText(SHOP)).out).toContain('updated    task 7 "seven" (version 0 → 1)');
    expect((await dinghy('list')).err).toBe('');
  });

  it('applies the examples, twice', async () => {
    const first = await dinghy('apply', 'examples');
    expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: '' });
    expect((await dinghy('apply', 'examples')).out).toContain('0 created, 0 updated, 10 unchanged.');
    expect(await item('TASK#1', 'TASK')).toMatchObject({ type: 'local' });
  });
});

describe('diff, list, show', () => {
  it('diff shows what apply would change, and changes nothing', async () => {
    await applyText(SHOP);
    const before = await items();
    const changed = SHOP.replace('SELECT 7', 'SELECT 8').replace('name: child', 'name: kid');
    const { code, out } = await dinghy('diff', folder({ 'm.yaml': changed }));
    expect(code).toBe(0);
    expect(out).toContain('~ task 7 "seven"\n    statement: "SELECT 7" → "SELECT 8"');
    expect(out).toContain('+ task new "kid"');
    expect(out).toContain('2 of 5 would change.');
    expect(await items()).toEqual(before);
  });

  it('diff shows SQL of several lines line by line, hides what is unchanged, and masks', async () => {
    const manifest = (lines: readonly string[]) =>
      JSON.stringify({
        tasks: [
          { id: 1, name: 'a', type: 'local', statement: lines.join('\n') },
          { id: 2, name: 'b', type: 'local', statement: 'SELECT 2' },
        ],
      });
    const old = ['SET a = 1;', 'SET b = 2;', 'SET c = 3;', 'SET d = 4;', "SET 'x.token' = 'hunter2';", 'SELECT 1'];
    await applyText(manifest(old));
    const changed = old.with(5, 'SELECT 2').with(4, "SET 'x.token' = 'hunter3';").concat('UNION SELECT 3');
    const { out } = await dinghy('diff', folder({ 'm.yaml': manifest(changed) }));
    expect(out.split('\n')).toEqual([
      '~ task 1 "a"',
      '    statement:',
      '      …',
      '        SET d = 4;',
      "        SET 'x.token' = '******';",
      '      - SELECT 1',
      '      + SELECT 2',
      '      + UNION SELECT 3',
      '1 of 2 would change.',
    ]);
  });

  it('diff --exit-code says whether something would change', async () => {
    await applyText(SHOP);
    const diff = async (text: string, ...options: string[]) =>
      (await dinghy('diff', folder({ 'm.yaml': text }), ...options)).code;
    expect(await diff(SHOP, '--exit-code')).toBe(0);
    expect(await diff(SHOP.replace('SELECT 7', 'SELECT 8'), '--exit-code')).toBe(2);
    expect(await diff(SHOP.replace('SELECT 7', 'SELECT 8'))).toBe(0);
    expect(await diff(SHOP.replace('SELECT 7', 'SELCT 8'), '--exit-code')).toBe(1);
  });

  it('diff names what no file has, and prints JSON', async () => {
    await applyText(SHOP);
    const path = folder({ 'm.yaml': 'tasks:\n  - {id: 7, name: seven, type: local, statement: SELECT 8}\n  - {name: n, type: local, statement: SELECT 1}\n' }); // prettier-ignore
    const { out } = await dinghy('diff', path);
    expect(out).toContain('Only in the table: variable "v", cluster 1 "main", task 8 "base", task 9 "child".');
    expect(JSON.parse((await dinghy('diff', path, '--json', '--exit-code')).out)).toEqual({
      changes: [
        ...[
          {
            change: 'update',
            kind: 'task',
            id: 7,
            name: 'seven',
            fields: [{ field: 'statement', from: 'SELECT 7', to: 'SELECT 8' }],
          },
        ],
        ...[{ change: 'create', kind: 'task', id: null, name: 'n', fields: [] }],
      ],
      unchanged: 0,
      others: [
        ...[
          { kind: 'variable', id: null, name: 'v' },
          { kind: 'cluster', id: 1, name: 'main' },
        ],
        ...[
          { kind: 'task', id: 8, name: 'base' },
          { kind: 'task', id: 9, name: 'child' },
        ],
      ],
    });
  });

  it('lists by kind, aligned or as JSON', async () => {
    await applyText(SHOP);
    const { out } = await dinghy('list', 'task');
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['TASK', 'NAME', 'VERSION', 'DIALECT', 'TYPE', 'ENABLED', 'NOTE'],
      ['7', 'seven', '1', 'FlinkSql', 'local', 'yes'],
      ['8', 'base', '1', 'FlinkSqlEnv', 'local', 'yes'],
      ['9', 'child', '1', 'FlinkSql', 'standalone', 'yes'],
    ]);
    const json = JSON.parse((await dinghy('list', '--json')).out) as Record<string, unknown[]>;
    expect(json).toMatchObject({ clusters: [{ id: 1, name: 'main' }], variables: [{ name: 'v' }], databases: [] });
  });

  it('shows a manifest that apply takes back unchanged', async () => {
    await applyText(SHOP);
    const { out } = await dinghy('show', 'task', 'child');
    expect(out).toMatch(/^# version 1\ntasks:\n/);
    expect((await applyText(out)).out).toContain('unchanged  task 9 "child"');
  });

  it('masks what looks like a secret', async () => {
    await applyText(
      'variables:\n  - {name: api_token, value: hunter2}\nclusters:\n  - {name: c, type: standalone, hosts: "a:1", config: {x.password: hunter2}}\n',
    );
    const shown = [await dinghy('list'), await dinghy('list', '--json'), await dinghy('show', 'variable', 'api_token'), await dinghy('show', 'cluster', '1')]; // prettier-ignore
    expect(shown.map(({ out }) => out).join('\n')).not.toContain('hunter2');
  });

  it('masks what stands in SQL and in URLs, in diff too, and takes no mask back', async () => {
    const manifest = (value: string): string =>
      [
        'databases:',
        `  - {name: shop, flinkConfig: "'connector' = 'jdbc', 'password' = '${value}'"}`,
        'clusters:',
        `  - {name: c, type: standalone, hosts: "a:1", sqlGateway: "http://u:${value}@gw:8083"}`,
        'tasks:',
        `  - {id: 5, name: t, type: local, statement: "SET 'x.token' = '${value}'; SHOW TABLES"}`,
      ].join('\n');
    await applyText(manifest('hunter2'));
    const shown = [
      ...[await dinghy('list'), await dinghy('list', '--json'), await dinghy('show', 'database', 'shop')],
      ...[await dinghy('show', 'cluster', 'c'), await dinghy('show', 'task', '5')],
      await dinghy('diff', folder({ 'm.yaml': manifest('hunter3') })),
    ];
    const all = shown.map(({ out }) => out).join('\n');
    expect(all).not.toMatch(/hunter[23]/);
    expect(all).toContain("'password' = '******'");
    const back = await applyText(shown[4]?.out ?? '');
    expect(back.code).toBe(1);
    expect(back.err).toContain('****** is what list and show print');
  });

  it('a diff shows a short change of SQL and of a URL with a mask for the secret in it', async () => {
    const manifest = (value: string, mode: string): string =>
      [
        'databases:',
        `  - {name: shop, flinkConfig: "'mode' = '${mode}', 'password' = '${value}'"}`,
        'clusters:',
        `  - {name: c, type: standalone, hosts: "a:1", sqlGateway: "http://u:${value}@${mode}:8083"}`,
      ].join('\n');
    await applyText(manifest('hunter2', 'old'));
    const { out } = await dinghy('diff', folder({ 'm.yaml': manifest('hunter3', 'new') }));
    expect(out.split('\n')).toEqual([
      '~ database "shop"',
      `    flinkConfig: "'mode' = 'old', 'password' = '******'" → "'mode' = 'new', 'password' = '******'"`,
      '~ cluster 1 "c"',
      '    sqlGateway: "http://******@old:8083" → "http://******@new:8083"',
      '2 of 2 would change.',
    ]);
  });

  it('stores schedules, says in a diff which ones change, and shows no password of theirs', async () => {
    const manifest = (...lines: string[]): string =>
      ['tasks:', '  - name: a', '    type: local', '    statement: SELECT 1', '    schedules:', ...lines, ''].join(
        '\n',
      );
    const hourly = '      - {name: hourly, rate: 1 hour, variables: {my_password: hunter2}}';
    await applyText(manifest(hourly, '      - {name: nightly, cron: 0 2 * * ? *}', '      - {name: old, rate: 1 day}'));
    expect((await item('TASK#1', 'TASK'))?.['schedules']).toMatchObject([{ name: 'hourly' }, {}, { name: 'old' }]);
    const now = manifest(hourly, '      - {name: nightly, cron: 0 3 * * ? *}', '      - {name: new, rate: 1 day}');
    const { out } = await dinghy('diff', folder({ 'm.yaml': now }));
    expect(out).toContain('    schedules: ~ nightly, + new, - old');
    const shown = await dinghy('show', 'task', '1');
    expect(shown.out).toContain('nightly');
    expect(shown.out).not.toContain('hunter2');
  });

  it('a diff names a change of nothing but a secret, and does not show it', async () => {
    const manifest = (value: string): string =>
      `variables:\n  - {name: api_token, value: ${value}}\ndatabases:\n  - {name: d, flinkConfig: "'password' = '${value}'"}\n`;
    await applyText(manifest('hunter2'));
    const { out } = await dinghy('diff', folder({ 'm.yaml': manifest('hunter3') }));
    expect(out.split('\n')).toEqual([
      '~ variable "api_token"',
      '    value changed',
      '~ database "d"',
      '    flinkConfig changed',
      '2 of 2 would change.',
    ]);
  });

  it('says what there is when it finds nothing', async () => {
    await applyText(SHOP);
    expect(await dinghy('show', 'task', 'sevn')).toEqual({
      code: 1,
      out: '',
      err: 'dinghy: there is no task "sevn". Did you mean "seven"? See dinghy list tasks.',
    });
  });
});

describe('A table that is not there', () => {
  it('is one line', async () => {
    table = 'no-such-table';
    const { code, err } = await dinghy('list');
    expect(code).toBe(1);
    expect(err.split('\n')).toHaveLength(1);
    expect(err).toContain('dinghy: The DynamoDB table "no-such-table" does not exist.');
  });
});
