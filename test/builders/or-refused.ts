import { expect } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';

/** The result, or null when the text was refused; any other error fails the test. */
export function orRefused<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).message).toMatch(/line \d+, column \d+|nothing to run/);
    return null;
  }
}
