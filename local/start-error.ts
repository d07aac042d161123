/** A problem that the user can solve. It says what to do, and is shown without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
