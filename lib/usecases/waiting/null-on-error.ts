import { AppError } from '../../domain/errors.ts';

/** For what one can do without: null where the answer failed. A bug comes to light. */
export async function nullOnError<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return null;
  }
}
