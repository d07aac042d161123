/** A law: whatever an item holds goes to DynamoDB, and comes back, just as the SDK's own conversion says. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dynamoItems, type Item } from '../../../lib/adapters/dynamo/items.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import { fakeDynamodb } from '../../fakes/fake-dynamodb.ts';

const TableName = 'jobs';
type Values = Record<string, AttributeValue>;

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '0', '007', '1e3', 'NaN', 'true', 'null', '-0', '9007199254740993', '__proto__'),
);
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 0.1, -0.5, 1e-7, 5e-324, 2_147_483_647, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
  fc.double({ min: -1e15, max: 1e15, noNaN: true }),
);
const bytes = fc.uint8Array({ maxLength: 20 });
const set = fc.oneof(
  fc.uniqueArray(text, { minLength: 1, maxLength: 4 }),
  fc.uniqueArray(number, { minLength: 1, maxLength: 4, comparator: 'SameValue' }),
  fc.array(bytes, { minLength: 1, maxLength: 2 }),
);
const leaf = fc.oneof(
  ...[text, number, bytes, fc.boolean(), fc.constantFrom(null, undefined), fc.bigInt({ min: -(10n ** 37n) })],
  set.map((entries) => new Set<unknown>(entries)),
);
const name = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('a', '', 'toString', 'Item', '*', '0'));
const names = name.filter((one) => one !== '__proto__' && one !== 'constructor');
const value = fc.letrec((tie) => ({
  any: fc.oneof({ depthSize: 'small' }, leaf, tie('list'), tie('map')),
  list: fc.array(tie('any'), { maxLength: 4 }),
  map: fc.dictionary(names, tie('any'), { maxKeys: 4 }),
})).any;
const item = fc.dictionary(names, value, { maxKeys: 6 });
/** What can't be stored, beside what can. */
const anything = fc.dictionary(
  names,
  fc.oneof(value, fc.constantFrom(NaN, Infinity, 2 ** 53, -(2 ** 60), Symbol('s'), new Date(0), new Set(), /x/)),
);

const toValues = (plain: Item): Values => marshall(plain, { removeUndefinedValues: true });
const toPlain = (values: Values): Item => unmarshall(values, { wrapNumbers: Number });
/** As JSON sends it. */
const wired = (values: unknown): unknown =>
  JSON.parse(
    JSON.stringify(values, (_name, one: unknown) =>
      one instanceof Uint8Array ? Buffer.from(one).toString('base64') : one,
    ),
  );

/** What a put, an update and a get of these values send. */
async function sent(plain: Item): Promise<unknown[]> {
  const inputs: unknown[] = [];
  const items = dynamoItems(
    fakeDynamodb(({ input }) => {
      inputs.push(input.Item ?? input.ExpressionAttributeValues ?? input.Key);
      return {};
    }),
  );
  await items.put({ TableName, Item: plain });
  await items.update({ TableName, Key: { pk: 'a' }, ExpressionAttributeValues: plain });
  await items.get({ TableName, Key: plain });
  await items.query({ TableName, ExpressionAttributeValues: plain });
  return inputs;
}

/** What each way to read gives of an item that DynamoDB has. */
async function received(values: Values): Promise<unknown[]> {
  const items = dynamoItems(
    fakeDynamodb(({ operation }) => {
      if (operation === 'BatchGetItem') {
        return { Responses: { [TableName]: [values] }, UnprocessedKeys: { [TableName]: { Keys: [values] } } };
      }
      return { Item: values, Attributes: values, Items: [values], LastEvaluatedKey: values };
    }),
  );
  const Key = { pk: 'a' };
  const got = await items.get({ TableName, Key });
  const updated = await items.update({ TableName, Key });
  const [queried, scanned] = [await items.query({ TableName }), await items.scan({ TableName })];
  const all = await items.getAll(TableName, [Key]);
  return [got, updated, ...queried.items, queried.after, ...scanned.items, scanned.after, ...all.items, ...all.left];
}

const stored: fc.Arbitrary<AttributeValue> = fc.letrec<{ any: AttributeValue }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    text.map((S) => ({ S })),
    fc
      .oneof(number.map(String), fc.constantFrom('9'.repeat(38), `1${'0'.repeat(125)}`, '9007199254740993'))
      .map((N) => ({ N })),
    bytes.map((B) => ({ B })),
    fc.boolean().map((BOOL) => ({ BOOL })),
    fc.constant({ NULL: true as const }),
    fc.uniqueArray(text, { minLength: 1 }).map((SS) => ({ SS })),
    fc.uniqueArray(number.map(String), { minLength: 1 }).map((NS) => ({ NS })),
    fc.array(bytes, { minLength: 1, maxLength: 2 }).map((BS) => ({ BS })),
    fc.array(tie('any'), { maxLength: 4 }).map((L) => ({ L })),
    fc.dictionary(names, tie('any'), { maxKeys: 4 }).map((M) => ({ M })),
  ),
})).any;

describe('values on their way to DynamoDB', () => {
  it('are what the SDK makes of them', async () => {
    await fc.assert(
      fc.asyncProperty(item, async (plain) => {
        const expected = wired(toValues(plain));
        expect(await sent(plain)).toEqual([expected, expected, expected, expected]);
      }),
    );
  });

  it('that it refuses are refused in its words, and are no failure of DynamoDB', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (plain) => {
        const conversion = await failure(async () => toValues(plain));
        const sending = await failure(() => sent(plain));
        expect(sending?.message).toEqual(conversion?.message);
        expect(sending).not.toBeInstanceOf(AppError);
      }),
    );
  });
});

async function failure(run: () => Promise<unknown>): Promise<Error | null> {
  try {
    await run();
    return null;
  } catch (error) {
    return error as Error;
  }
}

describe('values on their way back', () => {
  it('are what the SDK makes of them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, stored, { maxKeys: 6 }), async (values) => {
        const expected = toPlain(values);
        const all = await received(values);
        expect(all).toHaveLength(8);
        for (const one of all) expect(one).toEqual(expected);
      }),
    );
  });
});
