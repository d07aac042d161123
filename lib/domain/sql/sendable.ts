import { scan } from './scan.ts';
import type { SqlStatement } from './split.ts';
import { isWord } from './token.ts';

/**
 * The statement as Flink takes it: an unquoted SET or RESET without comments (its pattern knows none), its key in quotes
 * where that pattern would cut the value; Dinky's ADD CUSTOMJAR as ADD JAR. Everything else is unchanged.
 */
export function toSendable(statement: SqlStatement): SqlStatement {
  const [first, second] = statement.tokens;
  if (isWord(first, 'SET') || isWord(first, 'RESET'))
    return quoteKey({ ...statement, text: stripComments(statement.text) });
  if (second !== undefined && isWord(first, 'ADD') && isWord(second, 'CUSTOMJAR')) {
    // Blanks make up for the shorter keyword, so that columns stay true.
    const at = second.start - statement.start;
    const text = `${statement.text.slice(0, at)}JAR      ${statement.text.slice(at + 'CUSTOMJAR'.length)}`;
    return { ...statement, text };
  }
  return statement;
}

// The pattern behind `SET key = 'value'` ends the value at its second quote sign; the grammar, which wants the key in
// quotes as well, knows a doubled one. A secret gets its quote signs doubled when it is put in place.
function quoteKey(statement: SqlStatement): SqlStatement {
  const [, key, , value] = statement.tokens;
  if (key?.kind !== 'raw' || value?.kind !== 'string' || !/''|\$\{/.test(value.text.slice(1, -1))) return statement;
  const { text, start } = statement;
  const [from, to] = [key.start - start, key.end - start];
  const pieces = [[0, start] as const, [from + 1, key.start] as const, [to + 2, key.end] as const];
  return { ...statement, text: `${text.slice(0, from)}'${text.slice(from, to)}'${text.slice(to)}`, pieces };
}

/** Puts blanks in place of comments; line breaks stay, and so does every offset. */
export function stripComments(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (const token of scan(text)) {
    if (token.kind !== 'comment') continue;
    parts.push(text.slice(from, token.start), token.text.replace(/[^\r\n]/g, ' '));
    from = token.end;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(from);
}
