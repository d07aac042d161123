import { AppError } from '../errors.ts';

/** The item at an index that is known to exist; negative counts from the end. A miss is a bug: AppError internal. */
export function nth<T>(items: readonly T[], index: number): T {
  const item = items[index < 0 ? items.length + index : index];
  if (item === undefined)
    throw new AppError('internal', `No item ${index} among ${items.length}. This is a bug in Dinghy.`);
  return item;
}
