/** A text with the values of secrets in place, and the way back from its positions to the text without them. */
import { createOffsets, createPositions } from '../sql/positions.ts';

/** `length` characters of a value at `at` of the placed text replace `from` to `to` of the original text. */
export interface PlacedValue {
  readonly at: number;
  readonly length: number;
  readonly from: number;
  readonly to: number;
}

export interface PlacedText {
  readonly text: string;
  readonly original: string;
  readonly values: readonly PlacedValue[];
}

/** "line 3, column 14" and "From line 1, column 8 to line 1, column 11", as Flink's parser and validator write them. */
export const PLACE = /\bline (\d+), column (\d+)/g;

/** Flink's message about the placed text as it would be about the original: a value may hold line breaks. */
export function withOriginalPlaces(message: string, placed: PlacedText): string {
  // Stryker disable next-line ConditionalExpression: without values each place is its own, found slowly
  if (placed.values.length === 0) return message;
  const offsetAt = createOffsets(placed.text);
  const placeAt = createPositions(placed.original);
  return message.replace(PLACE, (_all, line: string, column: string) => {
    const offset = offsetAt({ line: Number(line), column: Number(column) });
    const place = placeAt(originalOffset(placed.values, offset));
    return `line ${place.line}, column ${place.column}`;
  });
}

/** All of a value belongs to where its placeholder begins. */
function originalOffset(values: readonly PlacedValue[], offset: number): number {
  const before = values.findLast(({ at }) => at <= offset);
  if (before === undefined) return offset;
  const after = offset - before.at - before.length;
  return after < 0 ? before.from : before.to + after;
}
