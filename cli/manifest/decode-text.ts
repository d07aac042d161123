/** The bytes of a file -> its text, or why Dinghy can't read it. */

export type Decoded =
  { readonly text: string } | { readonly problem: string; readonly line: number; readonly column: number };

const ADVICE = 'Save the file as UTF-8.';
const MARK = '\ufeff';

/** `allowMark`: drop a byte-order mark, as YAML does; else it is an error, because Flink reads it as part of a word. */
export function decodeText(bytes: Uint8Array, { allowMark }: { readonly allowMark: boolean }): Decoded {
  const wide = wideEncoding(bytes);
  if (wide !== null) return { problem: `not UTF-8 but ${wide}. ${ADVICE}`, line: 1, column: 1 };
  const text = decode(bytes, 'utf-8');
  if (text === null) return badByte(bytes);
  if (!text.startsWith(MARK)) return { text };
  if (allowMark) return { text: text.slice(1) };
  const problem =
    'begins with a byte-order mark (U+FEFF), which Flink reads as part of the first word. Save the file without it.';
  return { problem, line: 1, column: 1 };
}

/** Null: the bytes are not valid in this encoding. */
function decode(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Any error: they can't be decoded.
    return null;
  }
}

/** By its byte-order mark, or by the zeros that every second byte of ASCII letters is then. */
function wideEncoding(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'UTF-16 (little-endian)';
  if (first === 0xfe && second === 0xff) return 'UTF-16 (big-endian)';
  if (bytes.length < 4 || bytes.length % 2 !== 0) return null;
  if (shareOfZeros(bytes, 0) > MOST) return 'UTF-16 (big-endian)';
  return shareOfZeros(bytes, 1) > MOST ? 'UTF-16 (little-endian)' : null;
}

const MOST = 0.5;

function shareOfZeros(bytes: Uint8Array, from: number): number {
  let zeros = 0;
  for (let at = from; at < bytes.length; at += 2) if (bytes[at] === 0) zeros += 1;
  return zeros / (bytes.length / 2);
}

function badByte(bytes: Uint8Array): Decoded {
  const at = firstBad(bytes);
  const before = (decode(bytes.subarray(0, at), 'utf-8') ?? '').split('\n');
  const guess = guessOf(bytes);
  const hex = (bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  const perhaps = guess === null ? '' : `, perhaps ${guess}`;
  return {
    problem: `not UTF-8${perhaps}: invalid byte 0x${hex}. ${ADVICE}`,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
  };
}

/** The place of the first invalid character. */
function firstBad(bytes: Uint8Array): number {
  let at = longestBeginning(bytes);
  while (at > 0 && decode(bytes.subarray(0, at), 'utf-8') === null) at -= 1;
  return at;
}

/** Its length. */
function longestBeginning(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isBeginning(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

/** Whether valid UTF-8 may follow these bytes. */
function isBeginning(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    // Any error: it is none.
    return false;
  }
}

/** In GBK most characters have two high bytes; in Latin-1 a high byte is mostly alone among ASCII letters. */
function guessOf(bytes: Uint8Array): string | null {
  const runs = [
    ...Buffer.from(bytes)
      .toString('latin1')
      .matchAll(/[\x80-\xff]+/g),
  ].map(([run]) => run.length);
  const chinese = decode(bytes, 'gb18030');
  if (chinese !== null && runs.every((length) => length % 2 === 0) && /\p{Script=Han}/u.test(chinese)) return 'GBK';
  return runs.every((length) => length === 1) ? 'Windows-1252 or ISO 8859-1' : null;
}
