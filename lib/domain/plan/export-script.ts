/** A run as one SQL script that a person can read, keep or run elsewhere: options, functions, statements; secrets masked. */
import { maskOptions } from '../secrets/mask-output.ts';
import { redactionFor } from '../secrets/redaction.ts';
import { shownStatement, type TextRange } from '../secrets/sensitive-ranges.ts';
import { sqlLiteral } from '../sql/literal.ts';
import { scan } from '../sql/scan.ts';
import { isWord } from '../sql/token.ts';
import type { PlannedStatement, RunPlan } from './plan.ts';
import type { RunBody } from './run-body.ts';
import { joinSegments } from './text-segments.ts';

type Exported = Pick<RunBody, 'statement'> & {
  readonly plan: Pick<RunPlan, 'properties' | 'sensitive' | 'sources'>;
};

/** `functions`: of the task's udfRefer, as a submit creates them. */
export function exportScript(run: Exported, functions: readonly PlannedStatement[]): string {
  const { maskValues } = redactionFor(run, {});
  const options = Object.entries(maskOptions(run.plan.properties)).map(
    ([key, value]) => `SET ${sqlLiteral(key)} = ${sqlLiteral(maskValues(value))};`,
  );
  const created = functions.map(({ segments }) => `${joinSegments(segments, '')};`);
  const at = created.length === 0 ? 0 : afterJars(run);
  const parts = partsOf(run, at);
  const above = parts.filter(([, end]) => end <= at).map((part) => closedPart(run, part));
  const below = parts.slice(above.length).map((part, index, all) => {
    return index < all.length - 1 ? closedPart(run, part) : shownPart(run, part);
  });
  return [...options, ...above, ...created, ...below].filter((line) => line !== '').join('\n');
}

/** The end of the last ADD JAR: the functions' classes are in the jars. 0: there is none. */
function afterJars(run: Exported): number {
  const ends = partsOf(run, 0).map(([from, to]) => {
    const tokens = scan(run.statement.slice(from, to)).filter(({ kind }) => kind !== 'comment');
    const isStart = (at: number): boolean => at === 0 || tokens[at - 1]?.kind === 'semicolon';
    const last = tokens.findLastIndex((token, at) => isWord(token, 'ADD') && isStart(at));
    if (last < 0) return 0;
    const semicolon = tokens.slice(last).find(({ kind }) => kind === 'semicolon');
    return semicolon === undefined ? to : from + semicolon.end;
  });
  return Math.max(...ends);
}

/** The run's text, cut between its sources and where the functions are made. */
function partsOf({ statement, plan }: Exported, at: number): TextRange[] {
  const cuts = new Set([at, ...plan.sources.map(({ start }) => start), statement.length]);
  const sorted = [...cuts].sort((a, b) => a - b);
  return sorted.map((end, index) => [sorted[index - 1] ?? 0, end]);
}

/** Adds the missing `;` of its last statement, which may end with the author's text. */
function closedPart(run: Exported, part: TextRange): string {
  const tokens = scan(run.statement.slice(...part));
  const last = tokens.findLast(({ kind }) => kind !== 'comment');
  if (last === undefined || last.kind === 'semicolon') return shownPart(run, part);
  return shownPart(run, part) + (tokens.at(-1) === last ? ';' : '\n;');
}

/** A value may be SQL that goes over the end of the part. */
function shownPart({ statement, plan }: Exported, [from, to]: TextRange): string {
  const inside = plan.sensitive.map(
    ([start, end]) => [Math.max(start, from) - from, Math.min(end, to) - from] as const,
  );
  return shownStatement(
    statement.slice(from, to),
    inside.filter(([start, end]) => start < end),
  ).trim();
}
