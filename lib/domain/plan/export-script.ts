/** A run as one SQL script that a person can read, keep or run elsewhere: options, functions, statements; secrets masked. */
import { maskOptions } from '../secrets/mask-output.ts';
import { redactionFor } from '../secrets/redaction.ts';
import { shownStatement, type TextRange } from '../secrets/sensitive-ranges.ts';
import { sqlLiteral } from '../sql/literal.ts';
import type { PlannedStatement, RunPlan } from './plan.ts';
import type { RunBody } from './run-body.ts';
import { joinSegments } from './text-segments.ts';

type Exported = Pick<RunBody, 'statement'> & { readonly plan: Pick<RunPlan, 'properties' | 'steps' | 'sensitive'> };

/** `functions`: of the task's udfRefer, as a submit creates them. */
export function exportScript(run: Exported, functions: readonly PlannedStatement[]): string {
  const { statement, plan } = run;
  const { maskValues } = redactionFor(run, {});
  const options = Object.entries(maskOptions(plan.properties)).map(
    ([key, value]) => `SET ${sqlLiteral(key)} = ${sqlLiteral(maskValues(value))};`,
  );
  const created = functions.map(({ segments }) => `${joinSegments(segments, '')};`);
  const at = created.length === 0 ? 0 : afterJars(run);
  const jars = shownPart(statement, plan.sensitive, [0, at]).trim();
  const rest = shownPart(statement, plan.sensitive, [at, statement.length]).trim();
  return [...options, jars, ...created, rest].filter((line) => line !== '').join('\n');
}

/** Where the statements end that come before the functions: classes are in the jars that they add. */
function afterJars({ statement, plan }: Exported): number {
  const isFunction = ({ segments: [first] }: PlannedStatement): boolean => typeof first === 'string';
  const added = plan.steps.slice(0, Math.max(0, plan.steps.findIndex(isFunction)));
  const last = added.at(-1)?.segments.findLast((segment) => typeof segment !== 'string');
  return last === undefined ? 0 : statement.indexOf(';', last[1]) + 1;
}

function shownPart(text: string, sensitive: readonly TextRange[], [from, to]: TextRange): string {
  const inside = sensitive.filter(([start, end]) => start >= from && end <= to);
  return shownStatement(text.slice(from, to), inside.map(([start, end]) => [start - from, end - from])); // prettier-ignore
}
