/** Something the person at the keyboard can put right. The first line says what and how; it is shown without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
