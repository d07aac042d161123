/** A statement together with where its author's text begins in the run's text. */
import type { ResolvedText } from '../variables/resolve.ts';
import type { ReadStatement } from './read-script.ts';

export interface PlacedStatement extends ReadStatement {
  readonly offset: number;
  readonly envId: number | null;
  /** The variables that its author's text sees. */
  readonly resolved: ResolvedText;
}

/** Values that replace variables move the columns, but not the lines. */
export function hasMovedColumns({ used }: ResolvedText): boolean {
  return used.length > 0;
}

/** For messages: "line 3, column 5"; without the column where it is not the author's. */
export function exactPlaceOf(placed: PlacedStatement): string {
  return hasMovedColumns(placed.resolved) ? placeOf(placed) : `${placeOf(placed)}, column ${placed.statement.column}`;
}

/** For messages: "line 3", "environment task 7, line 2". */
export function placeOf({ line, envId }: Pick<PlacedStatement, 'line' | 'envId'>): string {
  return envId === null ? `line ${line}` : `environment task ${envId}, line ${line}`;
}
