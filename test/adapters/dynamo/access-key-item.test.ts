/** API keys and principals as items: what is read of them, and that each field that is damaged lets nobody in. */
import { describe, expect, it } from 'vitest';
import { fromAccessKeyItem, toAccessKeyItem } from '../../../lib/adapters/dynamo/access-key-item.ts';
import { accessKeyReader } from '../../../lib/adapters/dynamo/access-key-reader.ts';
import { accessKeyRegistry } from '../../../lib/adapters/dynamo/access-key-registry.ts';
import type { Items, QueryInput } from '../../../lib/adapters/dynamo/items.ts';
import type { GetInput } from '../../../lib/adapters/dynamo/reads-together.ts';
import { aKey } from '../../builders/access-key.ts';
import { appErrorOf, thrownAppError } from '../../builders/app-error-of.ts';

describe('a key', () => {
  it('is read as it was written, and says which version of items it is of', () => {
    const key = aKey(1, { tasks: '1-3', verbs: ['adhoc'], expiresAt: 5, revokedAt: 4 });
    const item = toAccessKeyItem(key);
    expect(item).toMatchObject({ pk: 'APIKEY', sk: key.hash, keyId: key.id, schemaVersion: 1 });
    expect(item).not.toHaveProperty('id');
    expect([fromAccessKeyItem(item), fromAccessKeyItem(toAccessKeyItem(aKey(2)))]).toEqual([key, aKey(2)]);
    const { schemaVersion: _, ...old } = item;
    expect(fromAccessKeyItem(old)).toEqual(key);
    expect(fromAccessKeyItem({ ...item, schemaVersion: '9' })).toEqual(key);
  });

  it.each([
    ['sk', 'ab'.repeat(31), /"sk" must be a SHA-256/],
    ['sk', `${'ab'.repeat(32)}0`, /"sk" must be a SHA-256/],
    ['sk', `x${'ab'.repeat(32)}`, /"sk" must be a SHA-256/],
    ['keyId', 'nightly', /"keyId" must be 12 hex digits/],
    ['keyId', '0000000000010', /"keyId" must be 12 hex digits/],
    ['keyId', 'x000000000001', /"keyId" must be 12 hex digits/],
    ['createdBy', 7, /"createdBy" must be text/],
    ['name', undefined, /"name" is missing/],
    ['tasks', 'all', /"tasks" must be \* or ids of tasks/],
    ['tasks', '', /"tasks" must be \* or ids of tasks/],
    ['verbs', 'submit', /"verbs" must be some of/],
    ['verbs', ['everything'], /"verbs.0" must be some of/],
    ['tasks', undefined, /"tasks" is missing/],
    ['tasks', 7, /"tasks" must be \* or ids of tasks/],
    ['verbs', undefined, /"verbs" is missing/],
    ['expiresAt', 'never', /"expiresAt" must be a whole number/],
    ['expiresAt', undefined, /"expiresAt" is missing/],
    ['revokedAt', undefined, /"revokedAt" is missing/],
    ['revokedAt', true, /"revokedAt" must be a whole number/],
    ['schemaVersion', 2, /a newer Dinghy wrote it \(schemaVersion 2, this one reads 1\)/],
  ])('whose field %s is %j can not be read', (field, value, problem) => {
    const { hash, id: keyId, ...fields } = aKey(1);
    const item = Object.entries({ pk: 'APIKEY', sk: hash, keyId, ...fields, [field]: value });
    const at = field === 'sk' ? String(value) : hash;
    const { code, message } = thrownAppError(() =>
      fromAccessKeyItem(Object.fromEntries(item.filter(([, one]) => one !== undefined))),
    );
    expect(code).toBe('store.invalid');
    expect(message).toMatch(problem);
    expect(message).toContain(`The API key APIKEY, ${at} can't be read: `);
    expect(message).toContain('It is refused until you correct or delete the item.');
  });

  it.each([
    ['x'.repeat(500), 'x'.repeat(80)],
    [undefined, '?'],
    [7, '?'],
  ])('with %j in the place of its hash is named all the same', (sk, shown) => {
    const { message } = thrownAppError(() => fromAccessKeyItem({ pk: 'APIKEY', sk }));
    const why = sk === undefined ? 'is missing' : 'must be a SHA-256';
    expect(message).toContain(`The API key APIKEY, ${shown} can't be read: its field "sk" ${why}. `);
  });
});

describe('a key that is made', () => {
  it('and whose place is taken by one that is gone by then is not taken for made', async () => {
    const items = { put: () => Promise.resolve(false), get: () => Promise.resolve(undefined) } as unknown as Items;
    const registry = accessKeyRegistry(items, { definitions: 'definitions', jobs: 'jobs' });
    expect(await appErrorOf(registry.create(aKey(1)))).toMatchObject({ code: 'store.invalid' });
  });
});

describe('the list', () => {
  it('asks for the keys alone, strongly consistent, page after page', async () => {
    const asked: QueryInput[] = [];
    const toItem = (n: number) => {
      const { hash, id: keyId, ...fields } = aKey(n);
      return { pk: 'APIKEY', sk: hash, keyId, ...fields };
    };
    const after = { pk: 'APIKEY', sk: aKey(1).hash };
    const items = {
      query: (input: QueryInput) => {
        asked.push(input);
        return Promise.resolve(asked.length === 1 ? { items: [toItem(1)], after } : { items: [toItem(2)] });
      },
    } as unknown as Items;
    const { keys } = await accessKeyRegistry(items, { definitions: 'definitions', jobs: 'jobs' }).list();
    expect(keys).toEqual([aKey(1), aKey(2)]);
    const first = {
      TableName: 'definitions',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': 'APIKEY' },
      ConsistentRead: true,
    };
    expect(asked).toStrictEqual([first, { ...first, ExclusiveStartKey: after }]);
  });
});

describe('a principal of the definitions', () => {
  const NAME = 'arn:aws:iam::1:user/a';
  const item = { pk: 'PRINCIPALS', sk: NAME, name: NAME, kind: 'iam', tasks: '1-3', verbs: ['submit'] };
  const grantOf = async (change: Record<string, unknown>, kind: 'iam' | 'jwt' = 'iam', name = NAME) => {
    const Item = Object.fromEntries(Object.entries({ ...item, ...change }).filter(([, one]) => one !== undefined));
    const items = {
      get: ({ TableName, Key, ConsistentRead }: GetInput) => {
        expect([TableName, Key?.['pk'], ConsistentRead]).toEqual(['definitions', 'PRINCIPALS', true]);
        return Promise.resolve(Key?.['sk'] === NAME ? Item : undefined);
      },
    } as unknown as Items;
    return await accessKeyReader(items, { definitions: 'definitions', jobs: 'jobs' }).grantOf(kind, name);
  };

  it.each([[{}], [{ enabled: true }]])('may do what its entry says (%j)', async (change) => {
    expect(await grantOf(change)).toEqual({ tasks: '1-3', verbs: ['submit'] });
  });

  it('may do nothing where it is switched off, is of another kind, or is somebody else', async () => {
    expect(await grantOf({ enabled: false })).toBeNull();
    expect(await grantOf({}, 'jwt')).toBeNull();
    expect(await grantOf({ kind: 'jwt' })).toBeNull();
    expect(await grantOf({}, 'iam', `${NAME}b`)).toBeNull();
  });

  it.each([
    ['tasks', 'all'],
    ['tasks', undefined],
    ['verbs', ['everything']],
    ['verbs', undefined],
    ['kind', undefined],
    ['kind', 7],
    ['enabled', 'no'],
  ])('whose field %s is %j lets nobody in', async (field, value) => {
    expect(await appErrorOf(grantOf({ [field]: value }))).toMatchObject({
      code: 'store.invalid',
      message: `The principal "${NAME}" can't be read. See dinghy list.`,
    });
  });
});
