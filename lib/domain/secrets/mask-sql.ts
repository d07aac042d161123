import { scanOrNull } from '../sql/scan.ts';
import { type Token, valueOf } from '../sql/token.ts';
import { secretSpans } from './secret-spans.ts';
import { sensitiveValues } from './sensitive-literals.ts';
import { maskSpans, type Span } from './text-spans.ts';

/**
 * Any text, as Flink's words: `******` in place of the values of sensitive options, in every notation (`'password' = '…'`,
 * `{password=…}`, `SET x.secret = …`), of passwords in addresses and of what else secret-spans knows.
 */
export function maskSecrets(text: string): string {
  const tokens = scanOrNull(text);
  return maskSpans(text, [...(tokens === null ? [] : secretsOf(tokens)), ...secretSpans(text, false)]);
}

/** The same for one value, of an option or a variable: blanks do not end anything in it. */
export function maskValue(value: string): string {
  const tokens = scanOrNull(value);
  return maskSpans(value, [...(tokens === null ? [] : secretsOf(tokens)), ...secretSpans(value, true)]);
}

/** The same for SQL: text outside of literals and comments is no secret, as the columns in `WHERE token = other`. */
export function maskStatement(text: string): string {
  const tokens = scanOrNull(text);
  return tokens === null ? maskSecrets(text) : maskSpans(text, secretsOf(tokens));
}

/** The ranges of values of sensitive options, without their quotes: [start, end) in the scanned text. */
export function sensitiveLiterals(tokens: readonly Token[]): (readonly [number, number])[] {
  return secretsOf(tokens).map(({ start, end }) => [start, end] as const);
}

function secretsOf(tokens: readonly Token[]): Span[] {
  const sensitive = sensitiveValues(tokens);
  const spans: Span[] = [];
  for (const token of tokens) {
    // Stryker disable next-line ConditionalExpression: to look into the others takes time
    if (sensitive.has(token)) spans.push(...(isReference(token) ? NOTHING : [insideOf(token)]));
    else if (MAY_HOLD_SECRETS.has(token.kind)) spans.push(...partsOf(token));
  }
  return spans;
}

/** Most tokens of a statement are none of these. */
const MAY_HOLD_SECRETS: ReadonlySet<Token['kind']> = new Set(['string', 'raw', 'comment', 'foreign']);

// A reference is no secret, and people need to see it.
function isReference({ text }: Token): boolean {
  return /^'?\$\{[^}]*\}'?$/.test(text);
}

function insideOf({ kind, text, start, end }: Token): Span {
  return kind === 'string' ? { start: start + text.indexOf("'") + 1, end: end - 1 } : { start, end };
}

/** Credentials within a token: a literal may hold an address, a list of options, JSON; a comment anything. */
function partsOf(token: Token): readonly Span[] {
  const { kind, text, start } = token;
  if (kind === 'string') return partsOfLiteral(token);
  if (kind === 'comment' || kind === 'foreign') return moved(secretSpans(text, false), start);
  if (/^'.*'$/s.test(text)) return partsOfLiteral({ ...token, kind: 'string' });
  return kind === 'raw' ? moved(secretSpans(text, true), start) : NOTHING;
}

/** The result for most tokens. */
const NOTHING: readonly Span[] = [];

function moved(spans: readonly Span[], by: number): readonly Span[] {
  if (spans.length === 0) return NOTHING;
  return spans.map(({ start, end }) => ({ start: start + by, end: end + by }));
}

function partsOfLiteral(token: Token): readonly Span[] {
  const spans = secretSpans(valueOf(token), true);
  // Stryker disable next-line ConditionalExpression: for nothing no places are needed, and finding them takes time
  if (spans.length === 0) return NOTHING;
  const { start: from, end } = insideOf(token);
  const written = token.text.slice(from - token.start, -1);
  const unit = token.text.startsWith("'") ? /''|[^]/g : /''|\\[^]|[^]/g;
  const places = [...written.matchAll(unit)].map(({ index }) => from + index);
  return spans.map((span) => ({ start: places[span.start] ?? end, end: places[span.end] ?? end }));
}
