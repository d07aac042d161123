/** How long to wait before each next look: soon at first, then ever less often. */
export function growingPauses(firstMs: number, longestMs: number): () => number {
  let nextMs = firstMs;
  return () => {
    const pauseMs = nextMs;
    nextMs = Math.min(longestMs, nextMs * 2);
    return pauseMs;
  };
}
