import { countLineBreaks } from '../sql/positions.ts';

/**
 * Lines of a resolved text -> lines of the author's text, as `[resolved line, author's line]` where the distance
 * between the two changes; lines in between count on. Empty when all lines are the same. JSON, and small.
 */
export type LineMap = readonly (readonly [number, number])[];

/** The author's line (from 1) of a line (from 1) of the resolved text. */
export function lineAt(map: LineMap, resolvedLine: number): number {
  let low = 0;
  let high = map.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((map[middle]?.[0] ?? Infinity) <= resolvedLine) low = middle + 1;
    else high = middle;
  }
  const last = map[low - 1];
  return last === undefined ? resolvedLine : last[1] + resolvedLine - last[0];
}

/** What a reader of the resolved text says, with the author's lines. */
export function withAuthorLines(message: string, map: LineMap): string {
  return message.replace(/\bline (\d+)/g, (_all, line: string) => `line ${lineAt(map, Number(line))}`);
}

/** Builds a map while the resolved text grows. Both functions return the text that they get. */
export interface LineMapBuilder {
  copied(text: string): string;
  /** A value in place of a reference: all of it belongs to the reference's line. */
  inserted(text: string): string;
  readonly entries: LineMap;
}

export function createLineMap(): LineMapBuilder {
  const entries: [number, number][] = [];
  let resolved = 1;
  let author = 1;
  return {
    entries,
    copied(text) {
      const breaks = countLineBreaks(text);
      resolved += breaks;
      author += breaks;
      return text;
    },
    inserted(text) {
      for (let breaks = countLineBreaks(text); breaks > 0; breaks--) entries.push([++resolved, author]);
      return text;
    },
  };
}
