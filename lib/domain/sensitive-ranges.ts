/**
 * Where a run's text holds plain values that no answer may show: those of variables with the name of a secret, and of
 * options with such a name. Kept as ranges of the text, so that nothing is stored twice.
 */
import { LEAST_MASKED_LENGTH } from './known-values.ts';
import { MASK } from './text-spans.ts';
import { maskStatement } from './sql/mask.ts';
import { findPlaceholders } from './sql/placeholder.ts';

/** [start, end) in the run's text. */
export type TextRange = readonly [number, number];

/** Short values of options are words like `none` and `basic`: masked where they stand, but not everywhere. */
const LEAST_LITERAL_LENGTH = 8;

/**
 * @param values of variables, as resolveVariables gives them
 * @param literals where values of options with a sensitive name stand in the text
 */
export function sensitiveRanges(text: string, values: readonly string[], literals: readonly TextRange[]): TextRange[] {
  const long = literals.filter(([start, end]) => end - start >= LEAST_LITERAL_LENGTH);
  const found = [...sensitiveParts(values).flatMap((part) => occurrences(text, part)), ...long];
  const distinct = new Map(found.map((range) => [range.join(), range]));
  return [...distinct.values()].sort(([a], [b]) => a - b);
}

/** What of such values is worth hiding: not their quotes, and not a reference to a secret. */
export function sensitiveParts(values: readonly string[]): string[] {
  const parts = values.flatMap((value) => {
    const inner = /^'(.*)'$/s.exec(value)?.[1] ?? value;
    let from = 0;
    const between = findPlaceholders(inner).map(({ start, end }) => {
      const part = inner.slice(from, start);
      from = end;
      return part;
    });
    return [...between, inner.slice(from)];
  });
  return [...new Set(parts.filter((part) => part.trim().length >= LEAST_MASKED_LENGTH))];
}

/** The text as an answer may show it. */
export function shownStatement(text: string, ranges: readonly TextRange[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const [start, end] of ranges) {
    if (start >= from) parts.push(text.slice(from, start), MASK);
    from = Math.max(from, end);
  }
  return maskStatement(parts.join('') + text.slice(from));
}

function occurrences(text: string, part: string): TextRange[] {
  const found: TextRange[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) {
    found.push([at, at + part.length]);
  }
  return found;
}
