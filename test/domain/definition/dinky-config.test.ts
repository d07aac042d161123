/** Options and functions as Dinky keeps them, read into maps; what is in no known shape is left for its schema to refuse. */
import { describe, expect, it } from 'vitest';
import { taskConfig, toMap } from '../../../lib/domain/definition/dinky-config.ts';

describe('the options and functions of a task', () => {
  it.each<[string, unknown, unknown]>([
    [
      'maps stay maps',
      { customConfig: { a: '1' }, udfRefer: { f: 'a.F' } },
      { customConfig: { a: '1' }, udfRefer: { f: 'a.F' } },
    ],
    ['a list of options alone', [{ key: 'a', value: '1' }], { customConfig: { a: '1' } }],
    [
      'lists of both',
      { customConfig: [{ key: 'a', value: '1' }], udfRefer: [{ name: 'f', className: 'a.F' }] },
      { customConfig: { a: '1' }, udfRefer: { f: 'a.F' } },
    ],
    [
      'functions in udfConfig',
      { udfConfig: { templateId: 1, udfRefers: [{ name: 'f', className: 'a.F' }] } },
      { udfRefer: { f: 'a.F' } },
    ],
    ['udfConfig that is a list itself', { udfConfig: [{ name: 'f', className: 'a.F' }] }, { udfRefer: { f: 'a.F' } }],
    [
      'a function without a name',
      { udfRefer: [{ className: 'com.shop.UpperCase' }] },
      { udfRefer: { upperCase: 'com.shop.UpperCase' } },
    ],
    ['one with an empty name', { udfRefer: [{ name: '', className: 'Upper' }] }, { udfRefer: { upper: 'Upper' } }],
    ['one whose name is null', { udfRefer: [{ name: null, className: 'a.B' }] }, { udfRefer: { b: 'a.B' } }],
    ['one that keeps its name', { udfRefer: [{ name: 'Mine', className: 'a.B' }] }, { udfRefer: { Mine: 'a.B' } }],
    ['a class that is no text', { udfRefer: [{ className: 5 }] }, { udfRefer: [{ className: 5 }] }],
    ['fields that are null', { customConfig: null, udfRefer: null, other: 1 }, { other: 1 }],
    ['other fields', { other: { x: 1 } }, { other: { x: 1 } }],
  ])('%s', (_what, written, read) => {
    expect(taskConfig(written)).toStrictEqual(read);
  });

  it.each([7, 'text', null, undefined])('that are %j are left as they were written', (parsed) => {
    expect(taskConfig(parsed, 'as written')).toBe('as written');
  });
});

describe('a list of names and values', () => {
  it.each<[string, unknown, unknown]>([
    [
      'by key or by name',
      [
        { key: 'a', value: '1' },
        { name: 'b', value: 2 },
      ],
      { a: '1', b: 2 },
    ],
    [
      'without rows that nobody has filled in',
      [{ key: '', value: '' }, { key: null, value: '' }, null, {}, { key: 'a', value: '' }],
      { a: '' },
    ],
    [
      'the same twice',
      [
        { key: 'a', value: '1' },
        { key: 'a', value: '1' },
      ],
      { a: '1' },
    ],
    [
      'two values for one name',
      [
        { key: 'a', value: '1' },
        { key: 'a', value: '2' },
      ],
      { a: ['1', '2'] },
    ],
    [
      'two values for a secret',
      [
        { key: 'my.password', value: 'planted-1' },
        { key: 'my.password', value: 'planted-2' },
      ],
      { 'my.password': ['******', '******'] },
    ],
    ['one value for a secret', [{ key: 'my.password', value: 'planted-1' }], { 'my.password': 'planted-1' }],
  ])('is a map: %s', (_what, list, map) => {
    expect(toMap(list, 'value')).toStrictEqual(map);
  });

  it.each<[string, unknown[]]>([
    ['a text', ['a=1']],
    ['a list', [[1, 2]]],
    ['a row without a value', [{ key: 'a' }]],
    ['a row without a name', [{ value: '1' }]],
    ['a name that is no text', [{ key: 5, value: '1' }]],
    [
      'one of many',
      [
        { key: 'a', value: '1' },
        { key: 'b', other: '1' },
      ],
    ],
  ])('with %s in it is left as it is', (_what, list) => {
    expect(toMap(list, 'value')).toBe(list);
  });
});
