import { AppError } from '../../lib/domain/errors.ts';

/** The AppError that a piece of work fails with. Anything else it does, success included, fails the test. */
export async function appErrorOf(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => new Error('it was expected to fail'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error;
  throw error instanceof Error ? error : new Error(String(error));
}

/** The same for work that is no promise. */
export function thrownAppError(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was expected to fail');
}
