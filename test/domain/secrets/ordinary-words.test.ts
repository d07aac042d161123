import { describe, expect, it } from 'vitest';
import { isOrdinary, isRandom } from '../../../lib/domain/secrets/ordinary-words.ts';

describe('a word that goes on with a sentence', () => {
  it.each(['is', 'IS', 'is).', 'required', 'REQUIRED.', 'map<string, int>', 'varchar<int>>', '', '***'])(
    '%j is one',
    (word) => expect(isOrdinary(word)).toBe(true),
  );
  it.each(['hunter', 'i.s', 'x<is>', 'Ared', 'i<s', 'is-1'])('%j is none', (word) =>
    expect(isOrdinary(word)).toBe(false),
  );
});

describe('a word that looks like a credential', () => {
  it.each([
    ['aB3dE6gH9jK2mN5p', true],
    ['0123456789abcdef', true],
    ['aB3dE6gH9jK2mN5', false],
    ['abcdefghijklmnop', false],
    ['0123456789012345', false],
    ['_0123456789abcdef', false],
    ['0123456789abcdef_', false],
    ['order_items_2024_q1', false],
  ])('%s: %s', (word, is) => expect(isRandom(word)).toBe(is));
});
