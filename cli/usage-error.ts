import { CommandError } from './command-error.ts';
import { EXIT } from './exit-code.ts';

/** A mistake in how the command was called. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';

  constructor(message: string, options?: ErrorOptions) {
    super(EXIT.usage, message, options);
  }
}
