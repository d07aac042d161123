/** Where a command writes its lines: results to `out`, problems to `err`. */
export interface Io {
  out(line: string): void;
  err(line: string): void;
  /** On a terminal: a line that replaces the previous one of its kind. */
  moving?: ((line: string) => void) | undefined;
  /** Nobody reads `out` any more. */
  isGone?: () => boolean;
}
