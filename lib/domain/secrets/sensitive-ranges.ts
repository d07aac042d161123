/**
 * Where a run's text holds plain values that no answer may show: those of variables with the name of a secret, and of
 * options with such a name. Kept as ranges of the text, so that nothing is stored twice.
 */
import { findPlaceholders } from '../sql/placeholder.ts';
import { maskStatement } from './mask-sql.ts';
import { MIN_LITERAL_LENGTH, MIN_MASKED_LENGTH } from './mask-values.ts';
import { MASK, maskSpans } from './text-spans.ts';

/** [start, end) in the run's text. */
export type TextRange = readonly [number, number];

/**
 * @param values of variables, as resolveVariables gives them
 * @param literals where values of options with a sensitive name stand in the text. Short ones are words like `none` and
 * `basic`: masked where they stand, but not everywhere
 * @param known.strings where the text has literals: in them alone a short value of a variable is looked for, as a word of its own
 * @param known.secrets names of the run's secrets: `${name}` stands for one of them, and any other is a part of the value
 */
export function sensitiveRanges(
  text: string,
  values: readonly string[],
  literals: readonly TextRange[],
  // Stryker disable next-line ArrayDeclaration: what is no range has no words
  { strings = [], secrets }: { readonly strings?: Iterable<TextRange>; readonly secrets?: Names } = {},
): TextRange[] {
  const long = literals.filter(([start, end]) => end - start >= MIN_LITERAL_LENGTH);
  const short = shortParts(values, secrets);
  const words =
    // Stryker disable next-line ConditionalExpression: without short values none is found, but slowly
    short.length === 0 ? [] : [...strings].flatMap(([start, end]) => wordsOf(text.slice(start, end), short, start));
  const found = [...sensitiveParts(values, secrets).flatMap((part) => occurrences(text, part)), ...long, ...words];
  const distinct = new Map(found.map((range) => [range.join(), range]));
  return [...distinct.values()].sort(([a], [b]) => a - b);
}

type Names = ReadonlySet<string>;

/** What of such values is worth hiding: not their quotes, and not a reference to a secret. Without `secrets` any may be one. */
export function sensitiveParts(values: readonly string[], secrets?: Names): string[] {
  return partsOf(values, secrets).filter((part) => part.trim().length >= MIN_MASKED_LENGTH);
}

/** Those that are too short to be looked for everywhere. */
export function shortParts(values: readonly string[], secrets?: Names): string[] {
  return partsOf(values, secrets).filter((part) => part.trim() !== '' && part.trim().length < MIN_MASKED_LENGTH);
}

/** A text with masks in place of short values that are words of their own in it. */
export function maskWords(text: string, short: readonly string[]): string {
  return maskSpans(
    text,
    wordsOf(text, short, 0).map(([start, end]) => ({ start, end })),
  );
}

const LETTER = /[\p{L}\p{N}_]/u;

function wordsOf(text: string, short: readonly string[], from: number): TextRange[] {
  const isInWord = (at: number): boolean => LETTER.test(text.charAt(at - 1)) && LETTER.test(text.charAt(at));
  return short
    .flatMap((part) => occurrences(text, part))
    .filter(([start, end]) => !isInWord(start) && !isInWord(end))
    .map(([start, end]) => [start + from, end + from]);
}

function partsOf(values: readonly string[], secrets: Names | undefined): string[] {
  const parts = values.flatMap((value) => {
    const inner = /^'(.*)'$/s.exec(value)?.[1] ?? value;
    let from = 0;
    const references = findPlaceholders(inner).filter(({ name }) => secrets?.has(name) ?? true);
    const between = references.map(({ start, end }) => {
      const part = inner.slice(from, start);
      from = end;
      return part;
    });
    return [...between, inner.slice(from)];
  });
  return [...new Set(parts)];
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
