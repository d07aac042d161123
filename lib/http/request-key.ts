/** The caller's own name for a request: the header Idempotency-Key. */
import { invalid, type Request } from './request.ts';

const MAX_KEY_LENGTH = 255;

/** Null: there is none. */
export function readKey({ headers }: Request): string | null {
  const key = headers['idempotency-key']?.trim() ?? '';
  if (key === '') return null;
  if (key.length <= MAX_KEY_LENGTH) return key;
  throw invalid(`The Idempotency-Key has ${key.length} characters; at most ${MAX_KEY_LENGTH} are allowed.`);
}
