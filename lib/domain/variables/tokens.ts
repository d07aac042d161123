/** The law behind values of a request, checked for each text: the tokens around them are the same before and after. */
import { nth } from '../sql/nth.ts';
import type { Token } from '../sql/token.ts';
import type { WrittenSlot } from './refused.ts';

/** The slot whose value changes a token around it; null when there is none. `after`: null when the text can't be read any more. */
export function firstDifference(
  tokens: readonly Token[],
  after: readonly Token[] | null,
  slots: readonly WrittenSlot[],
): WrittenSlot | null {
  let last: WrittenSlot | null = slots[0] ?? null;
  if (after === null) return last;
  let next = 0;
  let shift = 0;
  let at = 0;
  const counts = joinedCounts(tokens);
  for (let index = 0; index < tokens.length;) {
    const run = runAt(tokens, index, nth(counts, index), slots[at]);
    if (run === null) {
      if (!isMoved(nth(tokens, index), after[next], shift)) return last;
      next += 1;
      index += 1;
      continue;
    }
    const start = run.start + shift;
    for (let slot = slots[at]; slot !== undefined && slot.start < run.end; slot = slots[at]) {
      shift += slot.written.length - (slot.end - slot.start);
      last = slot;
      at += 1;
    }
    const found = takeRun(after, next, { ...run, start, end: run.end + shift });
    if (found === null) return last;
    next = found;
    index += run.count;
  }
  return next === after.length ? null : last;
}

export function withWritten(text: string, slots: readonly WrittenSlot[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end, written } of slots) {
    parts.push(text.slice(from, start), written);
    from = end;
  }
  return parts.join('') + text.slice(from);
}

/** Tokens that contain the values of slots; `kind` is null if a value decides it. */
interface Run {
  readonly start: number;
  readonly end: number;
  readonly count: number;
  readonly kind: Token['kind'] | null;
}

function isMoved(token: Token, after: Token | undefined, by: number): boolean {
  return after?.kind === token.kind && after.start === token.start + by && after.text === token.text;
}

const JOINED = new Set(['word', 'number', 'placeholder']);

/** For each token, how many from it on are joined. All at once: a chain of them may be as long as the text. */
function joinedCounts(tokens: readonly Token[]): number[] {
  const counts = tokens.map(() => 1);
  for (let index = tokens.length - 2; index >= 0; index -= 1)
    if (joins(tokens[index], tokens[index + 1])) counts[index] = 1 + nth(counts, index + 1);
  return counts;
}

/** The run that begins at `index`; null if the slot is in none: most tokens are far from any. */
function runAt(tokens: readonly Token[], index: number, count: number, slot: WrittenSlot | undefined): Run | null {
  const [first, last] = [nth(tokens, index), nth(tokens, index + count - 1)];
  if (slot === undefined || slot.start < first.start || slot.start >= last.end) return null;
  const isFree = first.kind === 'placeholder' || first.kind === 'raw' || count > 1;
  return { start: first.start, end: last.end, count, kind: isFree ? null : first.kind };
}

function joins(left: Token | undefined, right: Token | undefined): boolean {
  return left !== undefined && left.end === right?.start && JOINED.has(left.kind) && JOINED.has(right.kind);
}

/** The index after the tokens of the run; null if other tokens are there. */
function takeRun(after: readonly Token[], next: number, run: Run): number | null {
  const first = after[next];
  if (first === undefined || first.start < run.start || first.end > run.end) return null;
  if (run.kind !== null) {
    return first.kind === run.kind && first.start === run.start && first.end === run.end ? next + 1 : null;
  }
  let index = next;
  for (let token = after[index]; token !== undefined && token.end <= run.end; token = after[index]) {
    if (token.kind === 'comment' || token.kind === 'semicolon' || token.kind === 'placeholder') return null;
    index += 1;
  }
  return index;
}
