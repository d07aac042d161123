/** Dinky's own form for arguments that no literal can hold: this, and the text in Base64. */
export const BASE64_ARGS = 'base64@';

const ESCAPED = String.raw`\\["'\\\s]`;

/** One after the other: white space, `'…'`, `"…"`, an escaped character, any other character. */
const PIECE = new RegExp(String.raw`(\s+)|'([^']*)'|"((?:${ESCAPED}|(?!${ESCAPED})[^"])*)"|(${ESCAPED})|([^"'])`, 'gy');

/**
 * Splits the arguments of a program as a shell does: at white space, but not inside quotes, whose signs go away. Inside
 * `'…'` everything is text. Elsewhere a backslash takes the meaning from a quote, a blank or another backslash; before any
 * other character it is itself, so that `C:\data` stays what it is.
 *
 * Null: a quote that was opened is not closed.
 */
export function splitArgs(text: string): string[] | null {
  const args: string[] = [];
  let current: string | null = null;
  let readTo = 0;
  for (const [piece, blank, single, double, escaped] of text.matchAll(PIECE)) {
    readTo += piece.length;
    if (blank === undefined) {
      current = (current ?? '') + (single ?? withoutEscapes(double ?? escaped ?? piece));
      continue;
    }
    if (current !== null) args.push(current);
    current = null;
  }
  if (readTo < text.length) return null;
  return current === null ? args : [...args, current];
}

function withoutEscapes(text: string): string {
  return text.replace(new RegExp(ESCAPED, 'g'), (escaped) => escaped.slice(1));
}

/** The argument as a text that splitArgs reads as it was. */
export function quotedArg(arg: string): string {
  const isPlain = /^[^\s"'\\]+$/.test(arg) && !arg.startsWith(BASE64_ARGS);
  return isPlain ? arg : `"${arg.replace(/[\\"]/g, '\\$&')}"`;
}
