/** The place of a row in an index that is sorted by the number of the run. */
import { MAX_ID } from '../../domain/limits.ts';
import type { Item } from './items.ts';

/**
 * As a number to go on from. DynamoDB sees to it that `id` is a number; what is too large or too small to be a run's stands
 * at the end of the index, and is taken for the end.
 */
export function placeOf({ id }: Item): number {
  return Math.min(MAX_ID + 1, Math.max(0, Number(id)));
}
