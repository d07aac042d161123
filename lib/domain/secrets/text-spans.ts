/** Parts of a text that are not to be shown, and the text without them. */
export const MASK = '******';

/** `start` to `end` (exclusive) of a text. `close`: the quote that is missing behind it, because the text was cut. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly close?: string;
}

/** Where this group of a match stands, of a pattern with the flag `d`. None: it took no part in the match. */
export function valueSpans({ indices }: RegExpExecArray, group = 'value'): Span[] {
  // Stryker disable next-line OptionalChaining: a pattern with the flag and a name has both
  const range = indices?.groups?.[group];
  // Stryker disable next-line ConditionalExpression,ArrayDeclaration: so far the group always takes part
  return range === undefined ? [] : [{ start: range[0], end: range[1] }];
}

/** Of a value that ends there. */
export function spanBefore(end: number, value: string): Span {
  return { start: end - value.length, end };
}

/** The text with a mask in place of each span. Spans that overlap get one mask. */
export function maskSpans(text: string, spans: readonly Span[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end, close = '' } of mergedSpans(spans)) {
    parts.push(text.slice(from, start), MASK, close);
    from = end;
  }
  return parts.join('') + text.slice(from);
}

/** In order; those that overlap are one. Those that only touch stay two. */
export function mergedSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) merged.push(span);
    else if (span.end > last.end) merged[merged.length - 1] = { ...span, start: last.start };
  }
  return merged;
}
