/** A statement together with where its author's text begins in the run's text. */
import type { ReadStatement } from './read-script.ts';
import type { ResolvedText } from './variables.ts';

export interface PlacedStatement extends ReadStatement {
  readonly offset: number;
  readonly envId: number | null;
  /** The variables that its author's text sees. */
  readonly resolved: ResolvedText;
}

/** For messages: "line 3", "environment task 7, line 2". */
export function placeOf({ line, envId }: Pick<PlacedStatement, 'line' | 'envId'>): string {
  return envId === null ? `line ${line}` : `environment task ${envId}, line ${line}`;
}
