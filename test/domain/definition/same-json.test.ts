/** Equal as data, whatever the order of keys: what makes two requests, or a definition and what is stored, the same. */
import { expect, it } from 'vitest';
import { sameJson, sortedJson } from '../../../lib/domain/definition/same-json.ts';

it.each([
  [
    { a: 1, b: { c: [1, { e: 2, d: 3 }], z: null } },
    { b: { z: null, c: [1, { d: 3, e: 2 }] }, a: 1 },
  ],
  [null, null],
  ['a', 'a'],
  [
    { b: 1, 10: 2, 9: 3 },
    { 9: 3, b: 1, 10: 2 },
  ],
])('%j is the same as %j', (one, other) => {
  expect(sameJson(one, other)).toBe(true);
});

it.each([
  [
    [1, 2],
    [2, 1],
  ],
  [['x'], { 0: 'x' }],
  [{ a: null }, {}],
  [{ a: 1 }, { a: '1' }],
  [[], {}],
  [{ a: { b: 1 } }, { a: { b: 2 } }],
])('%j is not the same as %j', (one, other) => {
  expect(sameJson(one, other)).toBe(false);
});

it('is written in the order of the keys: stored identities were made from this text', () => {
  expect(sortedJson(['me', { type: 'local', b: [{ z: 1, y: null }], B: 'x', a: true }])).toBe(
    '["me",{"B":"x","a":true,"b":[{"y":null,"z":1}],"type":"local"}]',
  );
});
