/** One row, as a gateway gives it. */
export interface Cell {
  readonly op: '+I' | '-U' | '+U' | '-D';
  readonly fields: readonly (string | null)[];
}
