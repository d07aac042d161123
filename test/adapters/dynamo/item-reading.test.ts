/** What is said of an item that can't be read: which it is, which attribute, what must be there and what was seen. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { Item } from '../../../lib/adapters/dynamo/items.ts';
import {
  between,
  isMap,
  mapField,
  oneOf,
  orNull,
  type Quoting,
  readEach,
  readItem,
  textField,
  textsField,
  unreadable,
} from '../../../lib/adapters/dynamo/read-item.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';

const KEY = { pk: 'RUN#21', sk: 'HEAD' };
const HINT =
  'Correct the item or restore it from a backup (docs/operate/troubleshooting.md, "Items that can\'t be read").';

function problemOf(schema: v.GenericSchema, item: Item, quoting?: Quoting): string {
  const { code, message } = thrownAppError(() => readItem(schema, { ...KEY, ...item }, quoting));
  expect(code).toBe('store.invalid');
  const start = "The item RUN#21, HEAD of the Jobs table can't be read: ";
  expect([message.slice(0, start.length), message.slice(-HINT.length)]).toEqual([start, HINT]);
  return message.slice(start.length, -HINT.length - 1);
}

const noValue = v.object({ a: v.custom(() => false, 'what nothing is') });

describe('what was seen', () => {
  const LONG = 'x'.repeat(61);

  it.each<[unknown, string, string]>([
    ['', 'an empty text', 'an empty text'],
    ['b"c', 'the text "b\\"c"', 'a text'],
    ['x'.repeat(60), `the text "${'x'.repeat(60)}"`, 'a text'],
    [LONG, `the text "${'x'.repeat(60)}…"`, 'a text'],
    [7, 'the number 7', 'a number'],
    [true, 'true', 'true or false'],
    [false, 'false', 'true or false'],
    [null, 'null', 'null'],
    [['hunter2'], 'a list', 'a list'],
    [{ b: 'hunter2' }, 'a map', 'a map'],
    [new Set(['hunter2']), 'a set or bytes', 'a set or bytes'],
    [new Uint8Array([1]), 'a set or bytes', 'a set or bytes'],
  ])('%j is named, and hidden where it may hold a secret', (a, shown, hidden) => {
    expect(problemOf(noValue, { a })).toBe(`its attribute "a" must be what nothing is, not ${shown}.`);
    expect(problemOf(noValue, { a }, 'hidden')).toBe(`its attribute "a" must be what nothing is, not ${hidden}.`);
  });

  it('is nothing', () => {
    expect(problemOf(v.object({ a: textField }), {})).toBe('its attribute "a" is missing.');
    expect(problemOf(v.object({ a: textField }), { a: undefined })).toBe('its attribute "a" is missing.');
  });
});

describe('the place', () => {
  it('is the whole way to it, by names and numbers', () => {
    const schema = v.object({ a: v.array(v.object({ b: textField }), 'a list') });
    expect(problemOf(schema, { a: [{ b: 'x' }, { b: 7 }] })).toBe(
      'its attribute "a.1.b" must be text, not the number 7.',
    );
    expect(problemOf(schema, { a: [7] })).toBe('its attribute "a.0" must be a map, not the number 7.');
  });

  it('has no name in a set, nor where the item itself does not fit', () => {
    const set = v.object({ a: v.set(textField, 'a set') });
    expect(problemOf(set, { a: new Set([7]) })).toBe('its attribute "a" must be text, not the number 7.');
    expect(
      problemOf(
        v.custom(() => false, 'another item'),
        {},
      ),
    ).toBe('it must be another item, not a map.');
  });

  it('is cut when it is long, as is the key', () => {
    const name = 'n'.repeat(150);
    const missing = v.object({ [name]: textField, [`${name}n`]: textField });
    expect(problemOf(missing, {})).toBe(`its attribute "${name}" is missing.`);
    expect(problemOf(missing, { [name]: 'x' })).toBe(`its attribute "${name}…" is missing.`);
    const { message } = unreadable({ pk: 'p'.repeat(151), sk: 7 }, 'no');
    expect(message).toMatch(/^The item p{150}…, \? of the Jobs table can't be read: no\. Correct/);
  });

  it("is told in our words, not in valibot's, which quote what was found", () => {
    expect(problemOf(v.object({ a: v.object({}) }), { a: 'hunter2' }, 'hidden')).toBe(
      'its attribute "a" must be a map, not a text.',
    );
    expect(problemOf(v.object({ a: v.literal('jar') }), { a: 'x' })).toBe(
      'its attribute "a" must be "jar", not the text "x".',
    );
    expect(
      problemOf(
        v.object({
          a: v.pipe(
            textField,
            v.check(() => false),
          ),
        }),
        { a: 'hunter2' },
        'hidden',
      ),
    ).toBe('its attribute "a" must be of another kind, not a text.');
  });
});

describe('an item of a newer version', () => {
  const hintOf = (schemaVersion: unknown): string => unreadable({ ...KEY, schemaVersion }, 'no').message;

  it('is told to be one', () => {
    expect(hintOf(2)).toContain(
      'no. A newer Dinghy wrote it (schemaVersion 2, this one reads 1): deploy that version (',
    );
  });

  it.each([0, 1, '2', null, undefined])('is none with schemaVersion %j', (schemaVersion) => {
    expect(hintOf(schemaVersion)).toContain(`no. ${HINT}`);
  });
});

describe('several items', () => {
  const numbers: Item[] = [1, 2, 3].map((n) => ({ ...KEY, n }));

  it('are read each by itself', () => {
    const read = (item: Item): unknown => {
      if (item['n'] === 2) throw unreadable(item, 'it is 2');
      return item['n'];
    };
    const { read: found, unreadable: problems } = readEach(numbers, read);
    expect(found).toEqual([1, 3]);
    expect(problems).toEqual([{ item: numbers[1], problem: expect.stringContaining('it is 2') }]);
  });

  it.each([new Error('a bug'), new AppError('store.unavailable', 'no answer')])('are no excuse for %s', (error) => {
    const read = (): never => {
      throw error;
    };
    expect(() => readEach(numbers, read)).toThrow(error);
  });
});

describe('fields', () => {
  it.each([
    [3, true],
    [5, true],
    [2, false],
    [6, false],
    [3.5, false],
    ['3', false],
    [NaN, false],
  ])('of whole numbers from 3 to 5 hold %j: %s', (value, holds) => {
    expect(v.is(between(3, 5), value)).toBe(holds);
    if (!holds) {
      const message = /^its attribute "a" must be a whole number from 3 to 5, not /;
      expect(problemOf(v.object({ a: between(3, 5) }), { a: value })).toMatch(message);
    }
  });

  it('that may be absent are null', () => {
    const read = (item: Item): unknown => readItem(v.object({ a: orNull(textField) }), { ...KEY, ...item });
    expect([read({}), read({ a: null }), read({ a: 'x' })]).toEqual([{ a: null }, { a: null }, { a: 'x' }]);
  });

  it('of a few names tell them', () => {
    const names = oneOf<'x' | 'y'>({ x: null, y: null });
    expect(['x', 'y', 'z', 'toString'].map((name) => v.is(names, name))).toEqual([true, true, false, false]);
    expect(problemOf(v.object({ a: names }), { a: 'z' })).toContain('must be one of x, y, not the text "z"');
  });

  it('are maps of texts only where every value is a text', () => {
    const named = { constructor: 'x', b: '' };
    expect(readItem(v.object({ a: textsField, b: mapField }), { a: named, b: named })).toEqual({ a: named, b: named });
    for (const a of [{ b: 'x', c: 7 }, { b: null }, ['x'], 'x', null]) expect(v.is(textsField, a)).toBe(false);
    expect(v.is(textsField, {})).toBe(true);
  });

  it.each<[unknown, boolean]>([
    [{}, true],
    [{ a: 1 }, true],
    [null, false],
    [undefined, false],
    ['x', false],
    [7, false],
    [[], false],
    [new Set(), false],
    [new Uint8Array(), false],
    [(): void => undefined, false],
  ])('%j is a map: %s', (value, expected) => expect(isMap(value)).toBe(expected));
});
