/** Definitions as they are stored: what is said of one that can't be read names it, the field, what was seen, and what to do. */
import { describe, expect, it } from 'vitest';
import { parseDefinition, shown } from '../../../lib/adapters/dynamo/definition-schema.ts';
import type { Kind } from '../../../lib/domain/definition/kinds.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';

const TASK = { pk: 'TASK#3', sk: 'TASK', id: 3, version: 2, name: 'a', type: 'local', statement: 'SELECT 1' };
const VARIABLE = { pk: 'VARIABLES', sk: 'region', name: 'region', value: 'eu' };

describe('a stored definition', () => {
  it.each<[string, Kind, object, string]>([
    [
      'without a field',
      'TASK',
      { ...TASK, statement: undefined },
      'Task 3 cannot be used: its stored field "statement" is missing.',
    ],
    [
      'with a null',
      'TASK',
      { ...TASK, name: null },
      'Task 3 cannot be used: its stored field "name" must be text, not null.',
    ],
    [
      'with another kind of value',
      'TASK',
      { ...TASK, version: 'x' },
      'its stored field "version" must be a whole number from 1 to 2147483647, not "x".',
    ],
    [
      'by its name, if it has no number',
      'VARIABLES',
      { ...VARIABLE, value: 7 },
      'Variable "region" cannot be used: its stored field "value"',
    ],
    [
      'with a field below another one',
      'TASK',
      { ...TASK, parameters: [{ name: 'x', type: 'colour' }] },
      'its stored field "parameters.0.type" must be one of ',
    ],
  ])('%s is refused by name', (_what, kind, item, problem) => {
    const { code, message } = thrownAppError(() => parseDefinition(kind, item as typeof TASK));
    expect(code).toBe('definition.invalid');
    expect(message).toContain(problem);
    expect(message).toMatch(/Correct it with "dinghy apply"\.$/);
  });

  it('of a newer version says so; what is no version says nothing', () => {
    expect(thrownAppError(() => parseDefinition('TASK', { ...TASK, schemaVersion: 9 })).message).toBe(
      'Task 3 was written by a newer Dinghy (schemaVersion 9, this one reads 1). Deploy the newer version.',
    );
    for (const schemaVersion of [1, 0, '9', undefined]) {
      expect(parseDefinition('TASK', { ...TASK, schemaVersion })).toMatchObject({ id: 3, statement: 'SELECT 1' });
    }
  });
});

describe('a value in a message', () => {
  it.each([
    [undefined, 'nothing'],
    [null, 'null'],
    ['a"b', '"a\\"b"'],
    [{ a: [1] }, '{"a":[1]}'],
    ['x'.repeat(98), `"${'x'.repeat(98)}"`],
    ['x'.repeat(99), `"${'x'.repeat(99)}…`],
  ])('%j is %s', (value, text) => {
    expect(shown(value)).toBe(text);
  });
});
