/** Where a command writes its lines: results to `out`, problems to `err`. */
export interface Io {
  out(line: string): void;
  err(line: string): void;
}
