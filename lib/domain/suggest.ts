/** ' Did you mean "x"?' when one of the known words is close to the one written; else nothing. */
export function didYouMean(written: string, known: readonly string[]): string {
  const ranked = known
    .map((word) => ({ word, far: distance(written.toLowerCase(), word.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const [best] = ranked;
  return best && best.far <= maxDistance(written) ? ` Did you mean "${best.word}"?` : '';
}

const maxDistance = (written: string): number => (written.length < 4 ? 1 : Math.max(2, Math.floor(written.length / 3)));

/** Levenshtein's: the fewest letters to add, drop or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
