/**
 * The text of an API key: "dk_", 32 random bytes in base 62, and a check sum over them. The check sum tells a mistyped key
 * without a read of the table, and lets a scanner of sources report a leaked key without asking anybody.
 */
import { toBase62 } from './base62.ts';
import { crc32 } from './crc32.ts';

const PREFIX = 'dk_';
export const KEY_BYTES = 32;
/** The shortest that have room for 256 and for 32 bits. */
const SECRET_LENGTH = 43;
const SUM_LENGTH = 6;

/** @param random 32 random bytes */
export function toApiKey(random: Uint8Array): string {
  if (random.length !== KEY_BYTES) throw new Error(`An API key is made of ${KEY_BYTES} bytes, not ${random.length}.`);
  const value = random.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const secret = toBase62(value, SECRET_LENGTH);
  return `${PREFIX}${secret}${sumOf(secret)}`;
}

const FORMAT = /^dk_[0-9A-Za-z]{49}$/;

export function isApiKey(text: string): boolean {
  return FORMAT.test(text) && sumOf(text.slice(PREFIX.length, -SUM_LENGTH)) === text.slice(-SUM_LENGTH);
}

function sumOf(secret: string): string {
  return toBase62(BigInt(crc32(secret)), SUM_LENGTH);
}

/** Longer than any word, shorter than a key: one that was incomplete or mistyped is nobody's business either. */
const LIKE_A_KEY = /dk_[0-9A-Za-z]{20,}/;
const LIKE_KEYS = new RegExp(LIKE_A_KEY.source, 'g');

export function mentionsApiKey(text: string): boolean {
  return LIKE_A_KEY.test(text);
}

/** For texts that go to a log or a caller and may quote a request. */
export function hideApiKeys(text: string): string {
  return text.includes(PREFIX) ? text.replace(LIKE_KEYS, `${PREFIX}******`) : text;
}
