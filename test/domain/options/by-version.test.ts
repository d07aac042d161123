/** Options that versions of Flink call by different names (options.md, "Names in older versions of Flink"). */
import { describe, expect, it } from 'vitest';
import { isAtLeast, withNewNames, withOldNames } from '../../../lib/domain/options/by-version.ts';

const NEW = 'execution.state-recovery.claim-mode';
const OLD = 'execution.savepoint-restore-mode';

describe('options about state', () => {
  it.each([
    ['1.19.1', { [NEW]: 'CLAIM', other: 'x' }, { [OLD]: 'CLAIM' }],
    ['1.17', { [NEW]: 'CLAIM', [OLD]: 'LEGACY' }, {}],
    ['1.19.1', { other: 'x' }, {}],
    ['1.20.0', { [NEW]: 'CLAIM' }, {}],
    ['2.0-SNAPSHOT', { [NEW]: 'CLAIM' }, {}],
  ])('for Flink %s: %j are also told as %j', (version, options, old) => {
    expect(withOldNames(options, version)).toStrictEqual(old);
  });
});

describe('the image of Kubernetes', () => {
  it('has one name in all layers', () => {
    expect(withNewNames({ 'kubernetes.container.image': 'a', x: 'y' })).toStrictEqual({
      ...{ 'kubernetes.container.image.ref': 'a', x: 'y' },
    });
    expect(withNewNames({ x: 'y' })).toStrictEqual({ x: 'y' });
  });
});

it.each([
  ['1.20.0', [1, 20], true],
  ['1.19.3', [1, 20], false],
  ['2.0', [1, 20], true],
  ['2', [2, 0], true],
  ['1.9', [1, 10], false],
  ['', [1, 0], false],
  ['nonsense', [1, 0], false],
] as const)('version %s is at least %j: %s', (version, least, is) => {
  expect(isAtLeast(version, least)).toBe(is);
});
