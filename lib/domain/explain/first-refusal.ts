/** Which error of an explain shows that Flink would refuse the statements of a run as well; pure. */
import type { ExplainStatement } from './explain-plan.ts';

export interface AskedStatement extends Pick<ExplainStatement, 'type'> {
  /** False: Flink was not asked about it. */
  readonly checked: boolean;
  readonly error: string | null;
}

/** Null: none does. `problems`: errors before the statements. `statements`: in the author's order. */
export function firstRefusal(problems: readonly string[], statements: readonly AskedStatement[]): string | null {
  const left = statements.findIndex(({ checked, error }) => !checked && error === null);
  const counts = ({ type, error }: AskedStatement, at: number): boolean => {
    if (error === null) return false;
    // The job's statement is last, after all that explain leaves out: it may miss objects that a run finds.
    return left === -1 || (type === 'DDL' && at < left) || isMisspelt(error);
  };
  return problems[0] ?? statements.find(counts)?.error ?? null;
}

/** Flink's parser always refuses it. */
function isMisspelt(error: string): boolean {
  return error.includes('SQL parse failed');
}
