/**
 * Waits for all of them, also when one fails, and then fails with the first failure: a promise that is left behind would
 * go on when a frozen Lambda process thaws (protocol.md section 3.9).
 */
export async function sideBySide<T extends readonly unknown[]>(
  ...work: { readonly [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  const settled = await Promise.allSettled(work);
  const failed = settled.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return settled.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as unknown as T;
}
