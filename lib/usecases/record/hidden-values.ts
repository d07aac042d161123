/** The values that a run hides, read again when Flink is asked about it later than the submit. */
import { AppError } from '../../domain/errors.ts';
import type { RunBody } from '../../domain/plan/run-body.ts';
import type { SecretReader } from '../../domain/ports.ts';
import { type Redaction, redactionFor } from '../../domain/secrets/redaction.ts';
import { readSecrets } from '../connect/read-secrets.ts';

/** `secrets` null: this function may read none. An error: the hidden values can't be read here, or not now. */
export async function hiddenValues(
  secrets: SecretReader | null,
  body: RunBody,
  signal: AbortSignal,
): Promise<Redaction | AppError> {
  try {
    return redactionFor(body, await readSecrets(secrets, body.plan, signal));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error;
  }
}
