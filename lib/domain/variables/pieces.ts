/** Values of variables while it is not yet known where in the text they land. */

/**
 * `request`: a value of the request, which is data. `sql`: a value of the request that the task takes as SQL. `secret`: the
 * name of a secret, which stays in the text as `${name}`.
 */
export type Slot =
  | { readonly kind: 'request' | 'sql'; readonly name: string; readonly value: string }
  | { readonly kind: 'secret'; readonly name: string; readonly secret: string };

/** Text that definitions bring, or a slot. */
export type Piece = string | Slot;

/** The value as people read it, where it is no part of a statement. */
export function plainText(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : slotText(piece))).join('');
}

export function slotText(slot: Slot): string {
  return slot.kind === 'secret' ? reference(slot.name) : slot.value;
}

/** `${name}`. */
export function reference(name: string): string {
  return `\${${name}}`;
}

export function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece : slotText(piece)).length, 0);
}
