/** The text that asks Flink to explain a statement. */
import type { PlannedStatement } from '../plan/plan.ts';
import { dropStart, joinSegments } from '../plan/text-segments.ts';
import { scan } from '../sql/scan.ts';
import { isPunctuation, isWord, type Token } from '../sql/token.ts';

/** The run's text, and the words before the part for Flink's EXPLAIN. */
export interface AskedText {
  readonly text: string;
  readonly explain: string;
}

/** EXPLAIN before the statement, or before what follows its word `after`; a leading EXECUTE makes way for it. */
export function explained(planned: PlannedStatement, { text, explain }: AskedText, after?: string): PlannedStatement {
  const sql = joinSegments(planned.segments, text);
  const tokens = scan(sql).filter(({ kind }) => kind !== 'comment');
  const at = outerWord(tokens, after ?? 'EXECUTE');
  const from = at === 0 || after !== undefined ? (tokens[at + 1]?.start ?? sql.length) : 0;
  return { segments: [explain, ...dropStart(planned.segments, from)], start: planned.start };
}

/** The first such word outside parentheses. */
function outerWord(tokens: readonly Token[], word: string): number {
  let depth = 0;
  return tokens.findIndex((token) => {
    if (isPunctuation(token, '(')) depth += 1;
    if (isPunctuation(token, ')')) depth -= 1;
    return depth === 0 && isWord(token, word);
  });
}
