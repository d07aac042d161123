/**
 * Literals of a run's text that hold something hidden, as Flink quotes them: as a whole. So a short secret within an address, or
 * the value of an option, is known without being looked for in every word.
 */
import { scanOrNull } from '../sql/scan.ts';
import { type Token, valueOf } from '../sql/token.ts';
import { sensitiveLiterals } from './mask-sql.ts';
import type { KnownValue } from './mask-values.ts';
import { fillSecrets, type SecretValues } from './place-secrets.ts';
import type { TextRange } from './sensitive-ranges.ts';
import { maskSpans, mergedSpans, type Span } from './text-spans.ts';

export function knownLiterals(text: string, hidden: readonly TextRange[], secrets: SecretValues): KnownValue[] {
  const tokens = scanOrNull(text);
  // A text that can't be read was never sent.
  if (tokens === null) return [];
  const spans = mergedSpans([...hidden, ...sensitiveLiterals(tokens)].map(([start, end]) => ({ start, end })));
  let at = 0;
  return tokens.flatMap((token) => {
    const inside: Span[] = [];
    for (let span = spans[at]; span !== undefined && span.start < token.end; at += 1, span = spans[at]) {
      if (isInside(span, token)) inside.push({ start: span.start - token.start, end: span.end - token.start });
    }
    if (inside.length === 0 && !QUOTED.has(token.kind)) return [];
    if (token.kind === 'comment' || token.kind === 'foreign') return [];
    const value = fillSecrets(valueOf(token), secrets);
    const shown = valueOf({ ...token, text: maskSpans(token.text, inside) });
    return value === shown || value === '' ? [] : [{ value, shown }];
  });
}

/** These may hold references to secrets. */
const QUOTED: ReadonlySet<Token['kind']> = new Set(['string', 'raw', 'name']);

function isInside(span: Span, { start, end }: Token): boolean {
  return span.start >= start && span.end <= end;
}
