/** Texts cut to a size in bytes, as the table counts them. */
const encoder = new TextEncoder();
const MARK = '…';

export function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

/** Never in the middle of a character. Half a pair, which some cut has left before, is no text: it is replaced. */
export function cutText(text: string, maxBytes: number): string {
  const whole = text.replace(/\p{Surrogate}/gu, '\uFFFD');
  if (bytesOf(whole) <= maxBytes) return whole;
  const { read } = encoder.encodeInto(whole, new Uint8Array(Math.max(0, maxBytes - bytesOf(MARK))));
  return whole.slice(0, read) + MARK;
}
