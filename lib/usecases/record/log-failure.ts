/** For work that must not stop other work: an AppError is a warning; any other error is a bug and needs its stack. */
import { AppError } from '../../domain/errors.ts';
import type { Log } from '../../domain/ports.ts';

export function logFailure(log: Log, message: string, fields: Readonly<Record<string, unknown>>, error: unknown): void {
  if (error instanceof AppError) log.warn(message, { ...fields, error: error.message });
  else log.error(message, { ...fields, error: stackOf(error) });
}

export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
