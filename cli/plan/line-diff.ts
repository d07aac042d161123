/** Compares two texts line by line: removed and added lines, with a little context. */

/** Lines begin with "-", "+" or " "; "…" stands for equal lines. */
export type DiffLine = string;

const AROUND = 2;
/** With more pairs of lines, the change is shown as a whole. */
const MOST_PAIRS = 4_000_000;

export function lineDiff(before: string, after: string): DiffLine[] {
  const [old, now] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  const head = sameAtStart(old, now);
  const tail = sameAtEnd(old.slice(head), now.slice(head));
  const middle = compared(old.slice(head, old.length - tail), now.slice(head, now.length - tail));
  const same = (lines: readonly string[]): DiffLine[] => lines.map((line) => `  ${line}`);
  return folded([...same(old.slice(0, head)), ...middle, ...same(old.slice(old.length - tail))]);
}

function sameAtStart(old: readonly string[], now: readonly string[]): number {
  let count = 0;
  while (count < Math.min(old.length, now.length) && old[count] === now[count]) count += 1;
  return count;
}

const sameAtEnd = (old: readonly string[], now: readonly string[]): number =>
  sameAtStart(old.toReversed(), now.toReversed());

/** By the longest common subsequence of lines. */
function compared(old: readonly string[], now: readonly string[]): DiffLine[] {
  const whole = [...old.map((line) => `- ${line}`), ...now.map((line) => `+ ${line}`)];
  if (old.length * now.length > MOST_PAIRS) return whole;
  const kept = keptFrom(old, now);
  const lines: DiffLine[] = [];
  for (let [at, to] = [0, 0]; at < old.length || to < now.length;) {
    const [oldLine, newLine] = [old[at], now[to]];
    if (oldLine !== undefined && oldLine === newLine) {
      lines.push(`  ${oldLine}`);
      [at, to] = [at + 1, to + 1];
    } else if (newLine === undefined || (oldLine !== undefined && kept(at + 1, to) >= kept(at, to + 1))) {
      lines.push(`- ${oldLine ?? ''}`);
      at += 1;
    } else {
      lines.push(`+ ${newLine}`);
      to += 1;
    }
  }
  return lines;
}

/** How many lines both have in common from these two places on. */
function keptFrom(old: readonly string[], now: readonly string[]): (at: number, to: number) => number {
  const width = now.length + 1;
  const counts = new Uint32Array((old.length + 1) * width);
  const count = (at: number, to: number): number => counts[at * width + to] ?? 0;
  for (let at = old.length - 1; at >= 0; at -= 1)
    for (let to = now.length - 1; to >= 0; to -= 1) {
      const best = Math.max(count(at + 1, to), count(at, to + 1));
      counts[at * width + to] = old[at] === now[to] ? count(at + 1, to + 1) + 1 : best;
    }
  return count;
}

/** Leaves out lines that are far from any change. */
function folded(lines: readonly DiffLine[]): DiffLine[] {
  const changed = lines.flatMap((line, at) => (line.startsWith('  ') ? [] : [at]));
  const isNear = (at: number): boolean => changed.some((place) => Math.abs(place - at) <= AROUND);
  const shown: DiffLine[] = [];
  lines.forEach((line, at) => {
    if (isNear(at)) shown.push(line);
    else if (shown.at(-1) !== '…') shown.push('…');
  });
  return shown;
}
