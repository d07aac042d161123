/** Patterns that are tried at one place of a text. They need the flag `y`. */

/** The offset behind the match; null when there is none. */
export function matchEnd(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

/** What Flink's parser skips between tokens: `\s` has more. */
export const BLANKS = ' \t\r\n\f';

const ANY_BLANKS = new RegExp(`[${BLANKS}]*`, 'y');

/** The offset of the first character that is no blank. */
export function skipBlanks(text: string, at: number): number {
  return matchEnd(ANY_BLANKS, text, at) ?? at;
}
