import { scan } from './scan.ts';
import type { SqlStatement } from './split.ts';
import { isWord } from './token.ts';

/**
 * The statement as Flink takes it: an unquoted SET or RESET without comments (its pattern knows none), Dinky's ADD
 * CUSTOMJAR as ADD JAR. Everything else is unchanged.
 */
export function toSendable(statement: SqlStatement): SqlStatement {
  const [first, second] = statement.tokens;
  if (isWord(first, 'SET') || isWord(first, 'RESET')) return { ...statement, text: stripComments(statement.text) };
  if (second !== undefined && isWord(first, 'ADD') && isWord(second, 'CUSTOMJAR')) {
    // Blanks make up for the shorter keyword, so that columns stay true.
    const at = second.start - statement.start;
    const text = `${statement.text.slice(0, at)}JAR      ${statement.text.slice(at + 'CUSTOMJAR'.length)}`;
    return { ...statement, text };
  }
  return statement;
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
