/** Gives a fake store the binding of the real ones: a bound call ends with the signal, however long the fake takes. */
import { setMaxListeners } from 'node:events';
import { AppError } from '../../lib/domain/errors.ts';
import type { Bindable } from '../../lib/domain/ports.ts';

type Call = (...args: unknown[]) => unknown;

/** What a test puts in the place of a method later is met by bound calls too. */
export function bindable<Port extends Bindable<Port>, Calls extends Omit<Port, 'within'> = Omit<Port, 'within'>>(
  calls: Calls,
): Calls & Bindable<Port> {
  const within = (signal: AbortSignal): Port => {
    setMaxListeners(0, signal);
    const names = Object.keys(calls).filter((name) => typeof (calls as Record<string, unknown>)[name] === 'function');
    const bound = names.map((name) => {
      const call = (...args: unknown[]): Promise<unknown> =>
        orOutOfTime(signal, async () => (calls as unknown as Record<string, Call>)[name]!(...args));
      return [name, call] as const;
    });
    return { ...Object.fromEntries(bound), within } as unknown as Port;
  };
  return Object.assign(calls, { within });
}

export async function orOutOfTime<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw outOfTime();
  let giveUp = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    giveUp = () => reject(outOfTime());
    signal.addEventListener('abort', giveUp);
  });
  return await Promise.race([call(), ended]).finally(() => signal.removeEventListener('abort', giveUp));
}

function outOfTime(): AppError {
  return new AppError('store.unavailable', 'DynamoDB did not answer within the time of the request. Try again.');
}
