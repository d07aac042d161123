import { isSpelled, type Keywords } from './keywords.ts';

/**
 * What a piece of SQL text is.
 *
 * - `word`: keyword or unquoted name; `name`: backquoted; `string`: `'…'` or `E'…'`
 * - `hintStart`, `hintEnd`: the two ends of a hint, with ordinary tokens between them
 * - `placeholder`: `${name}` outside literals
 * - `assign`: the `:=` of a definition
 * - `raw`: text the grammar never sees: the key or value of an unquoted SET or RESET, the value of a definition
 * - `foreign`: text that is no SQL, behind words that Dinghy refuses by name; variables in it are left alone
 */
export type TokenKind =
  | 'word'
  | 'name'
  | 'string'
  | 'number'
  | 'comment'
  | 'hintStart'
  | 'hintEnd'
  | 'placeholder'
  | 'semicolon'
  | 'assign'
  | 'punctuation'
  | 'raw'
  | 'foreign';

/** `start` and `end` (exclusive) are offsets in the scanned text; `text` is the text between them. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A text that was read, for those who meet the same text again. */
export interface ScannedText {
  readonly text: string;
  readonly tokens: readonly Token[];
}

/** Whether a token is this keyword, in any case. A backquoted name is never a keyword. */
export function isWord(token: Token | undefined, keyword: string): boolean {
  return token?.kind === 'word' && isSpelled(token.text, keyword);
}

/** Whether a token is one of these keywords, in any case. */
export function isAnyWord(token: Token | undefined, keywords: Keywords<unknown>): boolean {
  return token?.kind === 'word' && keywords.find(token.text) !== undefined;
}

/** Whether a token is this punctuation. */
export function isPunctuation(token: Token | undefined, text: string): boolean {
  return token?.kind === 'punctuation' && token.text === text;
}

/** The text that a string or backquoted name means; any other token means itself. */
export function valueOf(token: Token): string {
  if (token.kind === 'name') return token.text.slice(1, -1).replaceAll('``', '`');
  if (token.kind !== 'string') return token.text;
  if (token.text.startsWith("'")) {
    const inside = token.text.slice(1, -1);
    return inside.includes("''") ? inside.replaceAll("''", "'") : inside;
  }
  return token.text.slice(2, -1).replace(/''|\\(.)/gs, (both, escaped?: string) => unescape(both, escaped));
}

function unescape(both: string, escaped: string | undefined): string {
  if (escaped === undefined) return both.charAt(0);
  return { n: '\n', t: '\t', r: '\r', f: '\f', b: '\b' }[escaped] ?? escaped;
}
