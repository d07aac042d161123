/** Where a command writes its lines: results to `out`, problems to `err`. */
export interface Io {
  out(line: string): void;
  err(line: string): void;
  /** Of a terminal: a line in place of the one before, until another one is printed. */
  moving?: ((line: string) => void) | undefined;
  /** Nobody reads `out` any more. */
  isGone?: () => boolean;
}
