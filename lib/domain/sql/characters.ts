/** Which characters Flink's tokens are made of. One table for all UTF-16 units, because it is asked for each character of a text. */

const LETTER = 1;
const DIGIT = 2;
const BLANK = 3;

/** The characters that Flink's parser skips between tokens: `\s` has more. */
export const BLANKS = ' \t\r\n\f';

// The letters of Flink's own tokens, found by asking its lexer for each character. They leave out letters that Unicode has
// (Hangul, for one): such names need backquotes.
const LETTERS =
  'AZ az __ $$ \u00c0\u00d6 \u00d8\u00f6 \u00f8\u1fff \u2d00\u2d25 \u3040\u318f \u3300\u337f \u3400\u3d2d \u4e00\u9fff \uf900\ufaff';

const KINDS = new Uint8Array(0x10000);
for (const range of LETTERS.split(' ')) KINDS.fill(LETTER, range.charCodeAt(0), range.charCodeAt(1) + 1);
KINDS.fill(DIGIT, 0x30, 0x3a);
for (const blank of BLANKS) KINDS[blank.charCodeAt(0)] = BLANK;

/** The sign `$` among them, as in Flink. */
export function isLetter(code: number): boolean {
  return KINDS[code] === LETTER;
}

export function isDigit(code: number): boolean {
  return KINDS[code] === DIGIT;
}

function isBlank(code: number): boolean {
  return KINDS[code] === BLANK;
}

/** The offset of the first character that is no blank. */
export function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** The offset behind a word that begins at `from`, or before it. */
export function wordEnd(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (!isLetter(code) && !isDigit(code)) break;
    if (code === DOLLAR && text.charCodeAt(at + 1) === BRACE) break;
  }
  return at;
}

const DOLLAR = 0x24;
const BRACE = 0x7b;
