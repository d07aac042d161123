import { nth } from './nth.ts';

/** A place in a text. Both count from 1; columns count UTF-16 units, as Flink's parser does. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Answers many questions about one text; costs one pass. */
export function createPositions(text: string): (offset: number) => Position {
  const starts = lineStarts(text);
  return (offset) => {
    const line = lastAtOrBefore(starts, offset);
    return { line: line + 1, column: offset - nth(starts, line) + 1 };
  };
}

/** The place of an offset; for a single question, as an error text asks. */
function positionAt(text: string, offset: number): Position {
  return createPositions(text.slice(0, offset) + breakTail(text, offset))(offset);
}

/** The other way round; a place beyond its line or the text becomes the nearest offset. */
export function createOffsets(text: string): (place: Position) => number {
  const starts = lineStarts(text);
  return ({ line, column }) => {
    const start = nth(starts, Math.min(Math.max(line, 1), starts.length) - 1);
    return Math.min(start + Math.max(column, 1) - 1, text.length);
  };
}

/** The offset of a place; for a single question. */
export function offsetOf(text: string, place: Position): number {
  return createOffsets(text)(place);
}

/** How many line breaks a text has. */
export function countLineBreaks(text: string): number {
  let count = 0;
  eachLineStart(text, () => (count += 1));
  return count;
}

/** For error texts: "line 3, column 14". */
export function placeOf(text: string, offset: number): string {
  const { line, column } = positionAt(text, offset);
  return `line ${line}, column ${column}`;
}

// An offset between CR and LF is before the line break: a cut there would make the CR a break of its own.
function breakTail(text: string, offset: number): string {
  return text[offset - 1] === '\r' && text[offset] === '\n' ? '\n' : '';
}

// CRLF is one line break; a lone CR is one too, because Flink's parser counts it.
function eachLineStart(text: string, found: (at: number) => void): void {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED || (code === CARRIAGE_RETURN && text.charCodeAt(at + 1) !== LINE_FEED)) found(at + 1);
  }
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

function lineStarts(text: string): number[] {
  const starts = [0];
  eachLineStart(text, (at) => starts.push(at));
  return starts;
}

function lastAtOrBefore(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (nth(starts, middle) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
