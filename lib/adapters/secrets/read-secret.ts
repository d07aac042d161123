import type { SecretName } from '../../domain/definition/secret-name.ts';

/** Reads one secret of one store. Throws AppError secret.*, which never quotes a value. */
export type ReadSecret = (secret: SecretName, signal: AbortSignal) => Promise<string>;
