import { AppError } from '../lib/domain/errors.ts';

/** The AppError that a piece of work fails with. Anything else it does, success included, fails the test. */
export async function appErrorOf(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => new Error('it was expected to fail'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error;
  throw error instanceof Error ? error : new Error(String(error));
}
