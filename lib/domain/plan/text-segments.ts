/** A statement that is sent, as ranges of the text it was taken from (see plan.ts). */
import type { Segment } from './plan.ts';

/**
 * `pieces` say where stretches of `sent` stand in `text`, as [offset in sent, offset in text]; whatever differs from the
 * text there is kept literally, so that joining the segments gives `sent` again whatever the pieces say.
 */
export function toSegments(sent: string, text: string, pieces: readonly (readonly [number, number])[]): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (const [index, [start, from]] of pieces.entries()) {
    if (start > at) segments.push(sent.slice(at, start));
    const end = pieces[index + 1]?.[0] ?? sent.length;
    // Nearly always the whole stretch is the same.
    if (end > start && text.startsWith(sent.slice(start, end), from)) segments.push([from, from + end - start]);
    else for (const segment of alignedSegments(sent, text, { start, end }, from - start)) segments.push(segment);
    at = end;
  }
  if (at < sent.length) segments.push(sent.slice(at));
  return segments;
}

/** A shorter range takes more room than its text: the blanks between the words of a comment that was blanked out. */
const MIN_RANGE = 16;

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** The segments of one stretch of `sent`. Its character at `n` may be that of `text` at `n + shift`. */
function alignedSegments(sent: string, text: string, { start, end }: Stretch, shift: number): Segment[] {
  const segments: Segment[] = [];
  const isSame = (at: number): boolean => sent[at] === text[at + shift];
  const runEnd = (from: number): number => {
    let until = from + 1;
    while (until < end && isSame(until) === isSame(from)) until += 1;
    return until;
  };
  let at = start;
  while (at < end) {
    let until = runEnd(at);
    if (isSame(at)) {
      segments.push([at + shift, until + shift]);
      at = until;
      continue;
    }
    for (let same = until; same < end; same = until) {
      const next = runEnd(same);
      if (next - same >= MIN_RANGE || next === end) break;
      until = runEnd(next);
    }
    segments.push(sent.slice(at, until));
    at = until;
  }
  return segments;
}

export function joinSegments(segments: readonly Segment[], text: string): string {
  return segments.map((segment) => (typeof segment === 'string' ? segment : text.slice(...segment))).join('');
}

/** The segments without the first `count` characters of their text. */
export function dropStart(segments: readonly Segment[], count: number): Segment[] {
  const kept: Segment[] = [];
  let left = count;
  for (const segment of segments) {
    const length = typeof segment === 'string' ? segment.length : segment[1] - segment[0];
    const cut = Math.min(left, length);
    left -= cut;
    if (cut === length) continue;
    kept.push(typeof segment === 'string' ? segment.slice(cut) : [segment[0] + cut, segment[1]]);
  }
  return kept;
}

/** The offset in the text of an offset in the sent statement; in a literal, that of the text nearest before it. */
export function offsetInText(segments: readonly Segment[], offsetInSent: number): number {
  let at = 0;
  let nearest = firstOffset(segments);
  for (const segment of segments) {
    if (typeof segment === 'string') {
      at += segment.length;
      continue;
    }
    const [start, end] = segment;
    if (offsetInSent < at) return nearest;
    if (offsetInSent < at + end - start) return start + offsetInSent - at;
    at += end - start;
    nearest = end;
  }
  return nearest;
}

function firstOffset(segments: readonly Segment[]): number {
  return segments.find((segment) => typeof segment !== 'string')?.[0] ?? 0;
}
