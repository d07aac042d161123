/** The values of a run's secrets, as they are read for one send. */
import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../lib/domain/errors.ts';
import { isSecretGone, readSecrets } from '../../../lib/usecases/connect/read-secrets.ts';
import { memorySecrets } from '../../fakes/memory-secrets.ts';

const { signal } = new AbortController();
const PLAN = { secrets: { user: 'env:A', password: 'env:B', again: 'env:B' } };

describe('the values of secrets', () => {
  it('are given by variable, and each secret is read once', async () => {
    const secrets = memorySecrets({ 'env:A': 'ada', 'env:B': '' });
    expect(await readSecrets(secrets, PLAN, signal)).toEqual({ user: 'ada', password: '', again: '' });
    expect(secrets.asked).toEqual(['env:A', 'env:B']);
  });

  it('are none where no variable has one, also for a function that may read none', async () => {
    expect(await readSecrets(null, { secrets: {} }, signal)).toEqual({});
  });

  it('are refused by a function that may read none, and by a store, with the name of the variable', async () => {
    await expect(readSecrets(null, PLAN, signal)).rejects.toMatchObject({
      code: 'secret.refused',
      message: 'The variable ${user} has no value: this function reads no secrets.',
    });
    const failure = new AppError('secret.unavailable', 'Slow down.');
    const secrets = Object.assign(memorySecrets(), { failure });
    await expect(readSecrets(secrets, PLAN, signal)).rejects.toMatchObject({
      code: 'secret.unavailable',
      message: 'The variable ${user} has no value: Slow down.',
      cause: failure,
    });
  });

  it('bring a bug of the store to light', async () => {
    const bug = new TypeError('x is undefined');
    await expect(readSecrets({ read: () => Promise.reject(bug) }, PLAN, signal)).rejects.toBe(bug);
  });
});

it.each<[ErrorCode, boolean]>([
  ['secret.notFound', true],
  ['secret.refused', true],
  ['secret.unavailable', false],
  ['budget.exceeded', false],
])('a secret that fails with %s is gone: %s', (code, gone) => {
  expect(isSecretGone(new AppError(code, 'Said so.'))).toBe(gone);
});
