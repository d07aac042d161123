/** Secrets in memory, by the names that definitions have. They change and go when a test says so. */
import { AppError } from '../../lib/domain/errors.ts';
import type { SecretReader } from '../../lib/domain/ports.ts';

export interface MemorySecrets extends SecretReader {
  readonly values: Map<string, string>;
  /** Every name that was asked for, in order. */
  readonly asked: string[];
  /** Thrown instead of an answer. */
  failure: AppError | null;
}

export function memorySecrets(values: Readonly<Record<string, string>> = {}): MemorySecrets {
  const secrets: MemorySecrets = {
    values: new Map(Object.entries(values)),
    asked: [],
    failure: null,
    read: async (name, signal) => {
      secrets.asked.push(name);
      await Promise.resolve();
      if (secrets.failure !== null) throw secrets.failure;
      if (signal.aborted) throw new AppError('budget.exceeded', `the secret "${name}" was not read in time.`);
      const value = secrets.values.get(name);
      if (value === undefined) throw new AppError('secret.notFound', `the secret "${name}" does not exist. Create it.`);
      return value;
    },
  };
  return secrets;
}
