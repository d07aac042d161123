import { secretSpans } from '../secret-spans.ts';
import { type Span, maskSpans } from '../text-spans.ts';
import { scanOrNull } from './scan.ts';
import { isSensitiveName } from './sensitive-name.ts';
import { isPunctuation, valueOf, type Token } from './token.ts';

/**
 * Any text, as Flink's words: `******` in place of the values of sensitive options, in every notation (`'password' = '…'`,
 * `{password=…}`, `SET x.secret = …`), of passwords in addresses and of what else secret-spans knows.
 */
export function maskSecrets(text: string): string {
  const tokens = scanOrNull(text);
  return maskSpans(text, [...(tokens === null ? [] : secretsOf(tokens)), ...secretSpans(text, false)]);
}

/** The same for one value, of an option or a variable: blanks end nothing in it. */
export function maskValue(value: string): string {
  const tokens = scanOrNull(value);
  return maskSpans(value, [...(tokens === null ? [] : secretsOf(tokens)), ...secretSpans(value, true)]);
}

/** The same for SQL: what stands outside of literals and comments is no secret, as the columns in `WHERE token = other`. */
export function maskStatement(text: string): string {
  const tokens = scanOrNull(text);
  return tokens === null ? maskSecrets(text) : maskSpans(text, secretsOf(tokens));
}

/** Where the values of sensitive options stand, without their quotes: [start, end) in the text that was scanned. */
export function sensitiveLiterals(tokens: readonly Token[]): (readonly [number, number])[] {
  return secretsOf(tokens).map(({ start, end }) => [start, end]);
}

function secretsOf(tokens: readonly Token[]): Span[] {
  const sensitive = new Set(sensitiveValues(tokens));
  return tokens.flatMap((token) => {
    if (sensitive.has(token)) return isReference(token) ? [] : [insideOf(token)];
    return partsOf(token);
  });
}

function sensitiveValues(tokens: readonly Token[]): Token[] {
  const significant = tokens.filter((token) => token.kind !== 'comment');
  let isContinued = false;
  return significant.filter((value, index) => {
    isContinued = isValue(value) && (isContinued ? !isKey(significant, index) : isBehindKey(significant, index));
    return isContinued;
  });
}

const isValue = ({ kind }: Token): boolean => kind === 'string' || kind === 'raw';

const SIGNS = ['=', '=>', '<>', '!='];

function isSign(token: Token | undefined): boolean {
  return token?.kind === 'assign' || SIGNS.some((sign) => isPunctuation(token, sign));
}

/** Two literals in a row are one text to Flink, unless the second is a key. */
function isKey(tokens: readonly Token[], index: number): boolean {
  return isSign(tokens[index + 1]);
}

function isBehindKey(tokens: readonly Token[], index: number): boolean {
  let at = index;
  // `_UTF8'…'`, `U&'…'`: the letters before a literal belong to it.
  while (isPrefix(tokens[at - 1], tokens[at])) at -= 1;
  const key = tokens[at - 2];
  return isSign(tokens[at - 1]) && key !== undefined && isSensitiveName(valueOf(key));
}

function isPrefix(before: Token | undefined, next: Token | undefined): boolean {
  return before?.end === next?.start && (before?.kind === 'word' || isPunctuation(before, '&'));
}

// A reference is no secret, and it is what a person needs to see.
function isReference({ text }: Token): boolean {
  return /^'?\$\{[^}]*\}'?$/.test(text);
}

function insideOf({ kind, text, start, end }: Token): Span {
  return kind === 'raw' ? { start, end } : { start: start + text.indexOf("'") + 1, end: end - 1 };
}

/** Credentials within a token: a literal may hold an address, a list of options, JSON; a comment anything. */
function partsOf(token: Token): Span[] {
  const { kind, text, start } = token;
  if (kind === 'comment' || kind === 'foreign') return moved(secretSpans(text, false), start);
  if (kind === 'string' || (kind === 'raw' && /^'.*'$/s.test(text)))
    return partsOfLiteral({ ...token, kind: 'string' });
  return kind === 'raw' ? moved(secretSpans(text, true), start) : [];
}

function moved(spans: readonly Span[], by: number): Span[] {
  return spans.map(({ start, end }) => ({ start: start + by, end: end + by }));
}

function partsOfLiteral(token: Token): Span[] {
  const { start: from, end } = insideOf(token);
  const written = token.text.slice(from - token.start, end - token.start);
  const spans = secretSpans(valueOf(token), true);
  if (spans.length === 0 || valueOf(token) === written) return moved(spans, from);
  const UNIT = from - token.start > 1 ? /''|\\[^]|[^]/g : /''|[^]/g;
  const places = [...written.matchAll(UNIT)].map(({ index }) => from + index);
  return spans.map((span) => ({ start: places[span.start] ?? end, end: places[span.end] ?? end }));
}
