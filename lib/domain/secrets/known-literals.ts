/**
 * Literals of a run's text that hold something hidden, as Flink quotes them: as a whole. So a short secret within an address, or
 * the value of an option, is known without being looked for in every word.
 */
import { AppError } from '../errors.ts';
import { scan } from '../sql/scan.ts';
import { type Token, valueOf } from '../sql/token.ts';
import { sensitiveLiterals } from './mask-sql.ts';
import type { KnownValue } from './mask-values.ts';
import { fillSecrets, type SecretValues } from './place-secrets.ts';
import type { TextRange } from './sensitive-ranges.ts';
import { maskSpans, mergedSpans, type Span } from './text-spans.ts';

export function knownLiterals(text: string, hidden: readonly TextRange[], secrets: SecretValues): KnownValue[] {
  const tokens = scanOrNothing(text);
  const spans = mergedSpans([...hidden, ...sensitiveLiterals(tokens)].map(([start, end]) => ({ start, end })));
  let at = 0;
  return tokens.flatMap((token) => {
    while (at < spans.length && (spans[at]?.end ?? 0) <= token.start) at += 1;
    if (!['string', 'raw', 'name'].includes(token.kind)) return [];
    const value = fillSecrets(valueOf(token), secrets);
    const shown = valueOf({ ...token, text: maskSpans(token.text, spansOf(token, spans, at)) });
    return value === shown || value === '' ? [] : [{ value, shown }];
  });
}

function spansOf({ start: from, end: to }: Token, spans: readonly Span[], at: number): Span[] {
  const inside: Span[] = [];
  for (let next = at, span = spans[next]; span !== undefined && span.start < to; next += 1, span = spans[next]) {
    if (span.start >= from && span.end <= to) inside.push({ start: span.start - from, end: span.end - from });
  }
  return inside;
}

/** A text that can't be read was never sent. */
function scanOrNothing(text: string): readonly Token[] {
  try {
    return scan(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [];
  }
}
