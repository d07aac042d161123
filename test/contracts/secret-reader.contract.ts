/** What every store of secrets must do; run on the one in memory and on each real adapter. */
import { describe, expect, it } from 'vitest';
import type { SecretReader } from '../../lib/domain/ports.ts';

export interface SecretsUnderTest {
  readonly secrets: SecretReader;
  /** Puts a secret, and gives the name by which a definition means it. */
  put(value: string): Promise<string>;
  /** The name of a secret that is not there. */
  readonly missing: string;
  /** True: nobody is asked for a value, so that there is nothing to give up. */
  readonly asksNobody?: true;
  stop(): Promise<void>;
}

const never = new AbortController().signal;

export function secretReaderContract(name: string, make: () => Promise<SecretsUnderTest>): void {
  const withStore = async (test: (s: SecretsUnderTest) => Promise<void>): Promise<void> => {
    const store = await make();
    try {
      await test(store);
    } finally {
      await store.stop();
    }
  };

  describe(`secrets: ${name}`, () => {
    it('gives a value letter by letter', () =>
      withStore(async ({ secrets, put }) => {
        const value = `it's "1" \\ ünï`;
        const secret = await put(value);
        expect(await secrets.read(secret, never)).toBe(value);
      }));

    it('gives the value of now, not that of before', () =>
      withStore(async ({ secrets, put }) => {
        const secret = await put('first');
        expect(await secrets.read(secret, never)).toBe('first');
        expect(await put('second')).toBe(secret);
        expect(await secrets.read(secret, never)).toBe('second');
      }));

    it('says of a secret that is not there which one it is, and what to do', () =>
      withStore(async ({ secrets, missing }) => {
        const error = (await secrets.read(missing, never).catch((thrown: unknown) => thrown)) as Error;
        expect(error).toMatchObject({ name: 'AppError', code: 'secret.notFound' });
        expect(error.message).toContain(missing.replace(/^\w+:/, ''));
        expect(error.message).toMatch(/does not exist.*(Create|Add|Set|Write)/s);
      }));

    it('gives up when its caller does', () =>
      withStore(async ({ secrets, put, asksNobody }) => {
        const secret = await put('late');
        const outcome = await secrets.read(secret, AbortSignal.abort()).catch((error: unknown) => error);
        expect(outcome).toEqual(asksNobody === true ? 'late' : expect.objectContaining({ name: 'AppError' }));
      }));
  });
}
