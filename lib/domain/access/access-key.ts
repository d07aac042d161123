/** An API key as it is stored: with the SHA-256 of its secret, not the secret. Times are UTC milliseconds. */
import type { Verb } from './verbs.ts';

/** The rights of a caller. */
export interface Grant {
  /** In the form of task-scope.ts. */
  readonly tasks: string;
  readonly verbs: readonly Verb[];
}

export interface AccessKey extends Grant {
  /** SHA-256 of the secret, in hex. */
  readonly hash: string;
  /** A rotation keeps id and name: it is the same caller with a new secret. */
  readonly id: string;
  readonly name: string;
  readonly createdBy: string;
  readonly createdAt: number;
  /** Null: never. */
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
}

export type KeyState = 'active' | 'expired' | 'revoked';

export function keyState({ expiresAt, revokedAt }: AccessKey, now: number): KeyState {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Null: it can be used. */
export function keyNameProblem(name: string): string | null {
  if (NAME.test(name)) return null;
  return 'the name of a key has 1 to 63 letters, digits, ".", "_" and "-", and begins with a letter or a digit';
}
