/** A later statement may miss an object because explain did not run its CREATE: Flink can't know, so say it. */
import { placeOf } from '../plan/placed-statement.ts';
import type { ExplainPlan } from './explain-plan.ts';

/** Flink's message; behind it the statements before `at` that were not run and whose object it names. */
export function withWithheld(message: string, plan: ExplainPlan, at: number): string {
  const causes = plan.statements.slice(0, at).flatMap((statement) => {
    const { withheld, kind } = statement;
    const named = withheld !== null && namesObject(message, withheld);
    return named ? [`${kind} ${withheld} (${placeOf(statement)})`] : [];
  });
  if (causes.length === 0) return message;
  return `${message} This may be because explain has not run ${causes.join(', ')}.`;
}

function namesObject(message: string, name: string): boolean {
  return message.split(/[^\p{L}\p{N}_$-]+/u).some((word) => word.toLowerCase() === name.toLowerCase());
}
