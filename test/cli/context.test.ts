/** `dinghy context`, and what the other commands take from the context in use. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toApiKey } from '../../lib/domain/access/api-key.ts';
import { instance } from './api-answers.ts';
import { type ApiDouble, apiDouble, dinghy as anyDinghy } from './api-double.ts';
import { folder } from './folder.ts';
import { stackOptions } from './stack-folder.ts';

const KEY = toApiKey(new Uint8Array(32).fill(7));
const OTHER_KEY = toApiKey(new Uint8Array(32).fill(9));

let home: string;
let api: ApiDouble | undefined;
beforeEach(() => {
  home = folder({ key: `${KEY}\n` });
});
afterEach(async () => {
  await api?.stop();
  api = undefined;
});

const file = () => join(home, '.config', 'dinghy', 'contexts.json');
const dinghy = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => anyDinghy(args, { HOME: home, ...env });
const add = (name: string, ...options: string[]) => dinghy(['context', 'add', name, ...options]);

describe('dinghy context', () => {
  it('keeps the first one as the one in use, for its owner alone', async () => {
    const { code, out, err } = await add(
      'prod',
      '--url',
      'https://dinghy.example.com/',
      '--table',
      't',
      '--region',
      'eu-central-1',
    );
    expect({ code, err }).toEqual({ code: 0, err: [] });
    expect(out).toEqual([
      'Context prod was added: url https://dinghy.example.com, table t, region eu-central-1. It is used.',
    ]);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(join(file(), '..')).mode & 0o777).toBe(0o700);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({
      used: 'prod',
      contexts: { prod: { url: 'https://dinghy.example.com', table: 't', region: 'eu-central-1' } },
    });
  });

  it('lists them, changes which one is used, and removes them', async () => {
    await add('prod', '--url', 'https://p');
    expect((await add('dev', '--table', 'd')).out[0]).toContain('Use it: dinghy context use dev');
    expect((await dinghy(['context', 'use', 'dev'])).out).toEqual(['Context dev is used: table d.']);
    expect((await dinghy(['context', 'list'])).out).toEqual([
      'USED  CONTEXT  WHERE',
      '      prod     url https://p',
      '*     dev      table d',
    ]);
    expect((await dinghy(['context', 'remove', 'dev'])).out).toEqual(['Context dev was removed. None is used now.']);
    const { out } = await dinghy(['context', 'list', '--json']);
    expect(JSON.parse(out.join('\n'))).toEqual({ used: null, contexts: { prod: { url: 'https://p' } }, file: file() });
  });

  it('is where XDG_CONFIG_HOME says', async () => {
    const other = folder({});
    await dinghy(['context', 'add', 'a', '--table', 't'], { XDG_CONFIG_HOME: other });
    expect([existsSync(join(other, 'dinghy', 'contexts.json')), existsSync(file())]).toEqual([true, false]);
  });

  it.each([
    [['context', 'add'], '"context add" needs the name of a context.'],
    [['context', 'add', 'a'], 'a context needs a place: --url URL'],
    [['context', 'add', 'a b', '--table', 't'], '"a b" can\'t be the name of a context'],
    [['context', 'add', 'a', '--url', 'here'], '--url "here" is not a URL'],
    [['context', 'add', 'a', '--url', 'https://me:secret@x'], 'is more than an address'],
    [['context', 'add', 'a', '--table', 't', '--key-file', 'f'], '--key-file needs --url.'],
    [['context', 'use', 'prdo'], 'there is no context "prdo". Did you mean "prod"? There are prod.'],
    [['context', 'remove', 'x'], 'there is no context "x".'],
    [['context', 'use', 'prod', '--table', 't'], '"context use" does not take --table.'],
    [['context', 'lsit'], 'unknown action "lsit". Did you mean "list"?'],
    [['list', '--context', 'prdo'], 'there is no context "prdo".'],
    [
      ['list', '--context', 'prod'],
      '"list" can\'t use context "prod": it needs a context with tables (--table, --jobs-table)',
    ],
    [['list', '--context', 'prod', '--local'], '--local and --context lead to different places.'],
  ])('%j: one line', async (args, problem) => {
    await add('prod', '--url', 'https://p');
    const { code, out, err } = await dinghy(args);
    expect({ code, out, err }).toEqual({ code: 1, out: [], err: [expect.stringContaining(problem)] });
    expect(err[0]).not.toContain('secret');
  });

  it('with a file of something else says which', async () => {
    await add('prod', '--url', 'https://p');
    for (const text of ['{', '[]', '{"used":null,"contexts":{"a":{"uri":"x"}}}']) {
      writeFileSync(file(), text);
      const { code, err } = await dinghy(['context', 'list']);
      expect({ code, err }).toEqual({ code: 1, err: [expect.stringContaining(`${file()} does not hold contexts`)] });
    }
  });
});

describe('another command', () => {
  const status = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const ended = await dinghy(['status', '1', ...args], env);
    return { ...ended, key: api?.asked.at(-1)?.headers.authorization };
  };
  beforeEach(async () => {
    api = await apiDouble(() => ({ data: instance('RUNNING') }));
    await add('prod', '--url', api.url, '--key-file', join(home, 'key'));
  });

  it('acts where the context in use says, with its key', async () => {
    expect(await status([])).toMatchObject({ code: 0, key: `Bearer ${KEY}` });
    const { out } = await dinghy(['cancel', '1']);
    expect(out[0]).toMatch(new RegExp(`^At prod \\(${api!.url}\\): `));
  });

  it('tells the next command with the context', async () => {
    await api?.stop();
    api = await apiDouble(() => ({ data: null }));
    await add('prod', '--url', api.url);
    expect((await status([])).out).toEqual(['Task 1 has never run. Start it: dinghy submit 1 --context prod']);
  });

  it.each<[string, string[], NodeJS.ProcessEnv]>([
    ['a flag', ['--url', 'http://127.0.0.1:9'], {}],
    ['a variable', [], { DINGHY_URL: 'http://127.0.0.1:9' }],
  ])('%s wins, and the key of the context is sent nowhere else', async (_what, args, env) => {
    const elsewhere = await apiDouble(() => ({ data: null }));
    const named = (text: string) => text.replace('http://127.0.0.1:9', elsewhere.url);
    const variables = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, named(value ?? '')]));
    expect(await status(args.map(named), variables)).toMatchObject({ code: 0 });
    expect(elsewhere.asked[0]?.headers).not.toHaveProperty('authorization');
    expect(api?.asked).toEqual([]);
    await elsewhere.stop();
  });

  it('a context that is asked for wins over variables', async () => {
    const env = { DINGHY_URL: 'http://127.0.0.1:9', DINGHY_KEY: OTHER_KEY };
    expect(await status(['--context', 'prod'], env)).toMatchObject({ code: 0, key: `Bearer ${KEY}` });
    expect(await status([], { DINGHY_KEY: OTHER_KEY })).toMatchObject({ key: `Bearer ${OTHER_KEY}` });
  });

  it('the variable DINGHY_CONTEXT is asked before the one in use', async () => {
    await add('dev', '--url', 'http://127.0.0.1:9');
    await dinghy(['context', 'use', 'dev']);
    expect(await status([], { DINGHY_CONTEXT: 'prod' })).toMatchObject({ code: 0 });
    expect(await status([])).toMatchObject({ code: 1 });
  });

  it('the local stack is another place', async () => {
    const { code, out } = await dinghy(['cancel', '1', ...stackOptions({ apiUrl: api!.url })]);
    expect({ code, out: out[0] }).toEqual({ code: 0, out: expect.stringContaining('(the local stack)') });
    expect(api?.asked[0]?.headers).not.toHaveProperty('authorization');
  });

  it('without a context is told what there is', async () => {
    await dinghy(['context', 'remove', 'prod']);
    expect((await status([])).err[0]).toContain('or see dinghy context --help.');
  });

  it('that writes into tables says where', async () => {
    await add('tables', '--table', 't', '--endpoint', 'http://127.0.0.1:9', '--region', 'eu-west-1');
    const manifest = folder({ 'm.yaml': 'variables:\n  - {name: a, value: b}\n' });
    const { code, err } = await dinghy(['apply', manifest, '--context', 'tables']);
    expect(code).toBe(1);
    expect(err[0]).toBe('At tables: table t, region eu-west-1, endpoint http://127.0.0.1:9.');
    expect(err[1]).toContain('DynamoDB could not be used');
  });

  it('takes all tables of a context or none', async () => {
    await add('tables', '--table', 't', '--endpoint', 'http://127.0.0.1:9');
    await dinghy(['context', 'use', 'tables']);
    const elsewhere = ['--jobs-table', 'j', '--endpoint', 'http://127.0.0.1:8', '--region', 'x'];
    expect((await dinghy(['runs', ...elsewhere])).err[0]).toContain('127.0.0.1:8');
    expect((await dinghy(['list'], { JOBS_TABLE: 'j' })).err[0]).toContain('no table is given.');
  });
});
