/** `dinghy keys` over a DynamoDB API: what it prints, what it stores, and what it refuses. */
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../cli/main.ts';
import { accessKeyReader } from '../../lib/adapters/dynamo/access-key-reader.ts';
import { dynamoItems } from '../../lib/adapters/dynamo/items.ts';
import { isApiKey } from '../../lib/domain/access/api-key.ts';
import { createMissingTables, readTables } from '../../local/tables.ts';
import { hashOf } from '../builders/access-key.ts';
import { startTestDynamodb, type TestDynamodb } from '../live/dynamodb.ts';

let dynamodb: TestDynamodb;
let tables = { definitions: '', jobs: '' };
let count = 0;

beforeAll(async () => {
  dynamodb = await startTestDynamodb();
});
afterAll(() => dynamodb.stop());
beforeEach(async () => {
  tables = { definitions: `d-${(count += 1)}`, jobs: `j-${count}` };
  const names = { DefinitionsTable: tables.definitions, JobsTable: tables.jobs };
  await createMissingTables(dynamodb.client, readTables(names));
});

async function dinghy(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const io = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const env = { DEFINITIONS_TABLE: tables.definitions, JOBS_TABLE: tables.jobs };
  const code = await main(['keys', ...args, '--endpoint', dynamodb.endpoint], env, io);
  return { code, out: out.join('\n'), err: err.join('\n') };
}
const reader = () => accessKeyReader(dynamoItems(dynamodb.client), tables);
const find = (secret: string) => reader().find(hashOf(secret));
const items = async (TableName: string) =>
  (await DynamoDBDocumentClient.from(dynamodb.client).send(new ScanCommand({ TableName }))).Items ?? [];

interface Listed {
  readonly name: string;
  readonly id: string;
  readonly secret: string;
  readonly state: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
}
async function list(): Promise<Listed[]> {
  const { out } = await dinghy('list', '--json');
  return (JSON.parse(out) as { keys: Listed[] }).keys;
}

const DAY = 86_400_000;

describe('keys create', () => {
  it('prints the secret alone on standard output, and stores its hash', async () => {
    const made = await dinghy('create', 'nightly', '--tasks', '3,1,2,10-20', '--verbs', 'read,submit', '--by', 'me');
    expect(made.code).toBe(0);
    expect(isApiKey(made.out)).toBe(true);
    expect(await find(made.out)).toMatchObject({
      name: 'nightly',
      tasks: '1-3,10-20',
      verbs: ['submit', 'read'],
      createdBy: 'me',
      expiresAt: null,
      revokedAt: null,
    });
    expect(JSON.stringify([await items(tables.definitions), await items(tables.jobs)])).not.toContain(
      made.out.slice(3, 30),
    );
    expect(made.err).not.toContain(made.out);
  });

  it('says that an address ends up in logs, and asks for a narrow key', async () => {
    const wide = await dinghy('create', 'wide');
    expect(wide.err).toMatch(/DolphinScheduler logs the address/);
    expect(wide.err).toMatch(/This key may do a lot\. Limit it with --tasks and --expires/);
    const narrow = await dinghy('create', 'narrow', '--tasks', '1', '--expires', '90d');
    expect(narrow.err).toMatch(/DolphinScheduler/);
    expect(narrow.err).not.toMatch(/This key may do a lot/);
  });

  it('gives all verbs but adhoc, and all tasks, unless told otherwise', async () => {
    const { out } = await dinghy('create', 'usual');
    expect(await find(out)).toMatchObject({ tasks: '*', verbs: ['submit', 'read', 'control', 'analyse'] });
  });

  it('gives adhoc to whom it is given by name', async () => {
    const { out } = await dinghy('create', 'adhoc', '--verbs', 'adhoc,read');
    expect(await find(out)).toMatchObject({ tasks: '*', verbs: ['read', 'adhoc'] });
  });

  it('counts the life of a key from now', async () => {
    const before = Date.now();
    const { out } = await dinghy('create', 'short', '--expires', '90d');
    const { expiresAt = 0 } = (await find(out)) ?? {};
    expect(expiresAt).toBeGreaterThanOrEqual(before + 90 * DAY);
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 90 * DAY);
  });

  it('prints JSON', async () => {
    const { out } = await dinghy('create', 'json', '--json', '--tasks', '1');
    const { secret, ...rest } = JSON.parse(out) as { secret: string };
    expect(isApiKey(secret)).toBe(true);
    expect(rest).toMatchObject({ name: 'json', tasks: '1', expiresAt: null });
  });

  it('makes two keys of two calls', async () => {
    const [one, two] = [await dinghy('create', 'one'), await dinghy('create', 'two')];
    expect(one.out).not.toBe(two.out);
    expect(new Set((await list()).map(({ id }) => id)).size).toBe(2);
  });

  it.each([
    [['create'], /"keys create" needs the name of a key/],
    [['create', 'a b'], /"a b" can't be used: the name of a key has 1 to 63/],
    [['create', 'x', '--tasks', '1,2', '--verbs', 'submit,adhoc'], /"adhoc".*needs all tasks \(\*\), not 1-2/],
    [['create', 'x', '--tasks', '0'], /"0" is no task/],
    [['create', 'x', '--tasks', ''], /"" is no task/],
    [['create', 'x', '--verbs', 'all'], /"all" is not a verb\. Give one or more of submit/],
    [['create', 'x', '--expires', 'soon'], /--expires is "soon"\. Give minutes, hours or days/],
    [['create', 'x', '--keep', '1h'], /"keys create" does not take --keep/],
    [['revoke', 'x', '--tasks', '1'], /"keys revoke" does not take --tasks/],
    [['creat', 'x'], /unknown action "creat"\. Did you mean "create"\?/],
    [['list', 'x'], /"x" is one word too many/],
    [['revoke', 'nobody'], /there is no key "nobody"/],
    [['rotate', 'nobody'], /there is no key "nobody"/],
    [[], /"keys" needs create\|list\|revoke\|rotate/],
  ])('%j is refused in one line, and stores nothing', async (args, text) => {
    const { code, out, err } = await dinghy(...args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(text);
    expect(err).toMatch(/^[^\n]*$/);
    expect(await items(tables.definitions)).toEqual([]);
  });

  it('refuses the name of a key that works, and takes that of one which does not', async () => {
    await dinghy('create', 'nightly');
    const again = await dinghy('create', 'nightly');
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/there is already a key named "nightly".*dinghy keys rotate nightly/);
    await dinghy('revoke', 'nightly');
    expect((await dinghy('create', 'nightly')).code).toBe(0);
  });
});

describe('keys list', () => {
  it('says what to do where there is none', async () => {
    expect((await dinghy('list')).out).toMatch(/There is no key\. Make one/);
  });

  it('shows scope, state and use, and no secret', async () => {
    const { out: secret } = await dinghy('create', 'nightly', '--tasks', '1', '--verbs', 'read', '--by', 'me');
    const [{ id, secret: fingerprint } = { id: '', secret: '' }] = await list();
    await reader().noteUse(id, Date.UTC(2026, 0, 31, 12, 0, 0));
    const { code, out } = await dinghy('list', '--zone', 'Europe/Berlin');
    expect(code).toBe(0);
    const [, row = ''] = out.split('\n');
    for (const cell of ['nightly', id, fingerprint, 'active', 'read', 'never', '2026-01-31 13:00:00', 'me']) {
      expect(row).toContain(cell);
    }
    expect(hashOf(secret).startsWith(fingerprint)).toBe(true);
    expect(out).not.toContain(secret.slice(3, 20));
  });

  it('names an item that can not be read, with exit code 1', async () => {
    await dinghy('create', 'good');
    const Item = { pk: 'APIKEY', sk: 'ab'.repeat(32), schemaVersion: 1, keyId: 'x' };
    await dynamoItems(dynamodb.client).put({ TableName: tables.definitions, Item });
    const { code, out, err } = await dinghy('list');
    expect(code).toBe(1);
    expect(out).toContain('good');
    expect(err).toMatch(/warning: The API key APIKEY, (ab){32} can't be read/);
  });
});

describe('keys revoke', () => {
  it('ends a key by its name, once', async () => {
    const { out: secret } = await dinghy('create', 'nightly');
    const { code, out } = await dinghy('revoke', 'nightly');
    expect(code).toBe(0);
    expect(out).toMatch(/Revoked: key nightly.*\nIt stops working within 60 seconds/);
    expect((await find(secret))?.revokedAt).not.toBeNull();
    expect((await dinghy('revoke', 'nightly')).out).toBe('"nightly" is already revoked.');
    expect((await list())[0]?.state).toBe('revoked');
  });

  it('ends a key by its id, and no other', async () => {
    await dinghy('create', 'one');
    await dinghy('create', 'two');
    const [one] = await list();
    await dinghy('revoke', one?.id ?? '');
    expect((await list()).map(({ name, state }) => [name, state])).toEqual([
      ['one', 'revoked'],
      ['two', 'active'],
    ]);
  });
});

describe('keys rotate', () => {
  it('gives the same caller a new secret, and lets the old one go on for a day', async () => {
    const { out: old } = await dinghy('create', 'nightly', '--tasks', '1-3', '--verbs', 'submit', '--by', 'me');
    const before = Date.now();
    const { code, out, err } = await dinghy('rotate', 'nightly', '--by', 'you');
    expect(code).toBe(0);
    const [was, is] = [await find(old), await find(out)];
    expect(is).toMatchObject({
      id: was?.id,
      name: 'nightly',
      tasks: '1-3',
      verbs: ['submit'],
      createdBy: 'you',
      expiresAt: null,
    });
    expect(was?.expiresAt).toBeGreaterThanOrEqual(before + DAY);
    expect(was?.expiresAt).toBeLessThanOrEqual(Date.now() + DAY);
    expect(err).toMatch(/The old secret \([0-9a-f]{8}\) ends at .* UTC at the latest/);
  });

  it('ends the old one at once with --keep 0m', async () => {
    const { out: old } = await dinghy('create', 'nightly');
    await dinghy('rotate', 'nightly', '--keep', '0m');
    expect((await find(old))?.expiresAt).toBeLessThanOrEqual(Date.now());
    expect((await list()).map(({ state }) => state)).toEqual(['expired', 'active']);
  });

  it('makes no life longer: an old secret that ends earlier stays so, the new one lives as long', async () => {
    const { out: old } = await dinghy('create', 'nightly', '--expires', '1h');
    const end = (await find(old))?.expiresAt;
    const { out } = await dinghy('rotate', 'nightly', '--keep', '5d');
    expect((await find(old))?.expiresAt).toBe(end);
    const made = await find(out);
    expect((made?.expiresAt ?? 0) - (made?.createdAt ?? 0)).toBe(3_600_000);
  });

  it('leaves one secret to be revoked by its fingerprint', async () => {
    await dinghy('create', 'nightly');
    await dinghy('rotate', 'nightly');
    const [old] = await list();
    await dinghy('revoke', old?.secret ?? '');
    expect((await list()).map(({ state }) => state)).toEqual(['revoked', 'active']);
    await dinghy('rotate', 'nightly');
    await dinghy('revoke', 'nightly');
    expect(new Set((await list()).map(({ state }) => state))).toEqual(new Set(['revoked']));
  });

  it('gives none for a key that was revoked', async () => {
    await dinghy('create', 'nightly');
    await dinghy('revoke', 'nightly');
    const { code, err } = await dinghy('rotate', 'nightly');
    expect(code).toBe(1);
    expect(err).toMatch(/expired or revoked/);
    expect(await list()).toHaveLength(1);
  });
});
