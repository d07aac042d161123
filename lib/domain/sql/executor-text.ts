/**
 * A statement as Flink's script executor reads it (ScriptExecutor of the SQL gateway, 2.0 to 2.3), which runs the script of the
 * application modes. It cuts the script character by character: it knows quotes and comments, but no tokens.
 */
import { AppError } from '../errors.ts';
import { atPlace } from './at-place.ts';
import { sqlLiteral } from './literal.ts';
import { scan } from './scan.ts';
import { stripComments } from './sendable.ts';
import type { SqlStatement } from './split.ts';
import { type Token, valueOf } from './token.ts';

/**
 * The same statement in a spelling that the executor cuts as Flink's grammar does: without comments, the key and value of a
 * SET in quotes, and a string with \' as a plain one.
 *
 * @param where the statement's place, for messages: "line 3"
 * @param isLast nothing follows it in the script: the executor takes the rest
 * @throws AppError sql.refused when there is no such spelling
 */
export function toExecutorText(statement: SqlStatement, where: string, isLast: boolean): SqlStatement {
  const bare = { ...statement, text: stripComments(statement.text) };
  const written = replaceTokens(bare, statement.tokens.flatMap(respelled));
  if (isCutWhole(written, isLast)) return written;
  const why = "Flink's script executor, which runs the tasks of this type, would split this statement";
  const hint = "Remove the quotes from its hints, and write strings as 'it''s', not as E'it\\'s'";
  throw new AppError('sql.refused', atPlace(where, `${why}. ${hint}.`));
}

interface Respelled {
  readonly token: Token;
  readonly text: string;
}

function respelled(token: Token): Respelled[] {
  if (token.kind === 'raw') return [{ token, text: sqlLiteral(token.text) }];
  // The executor takes \' for the end of the string.
  const isEscaped = token.kind === 'string' && !token.text.startsWith("'") && token.text.includes("\\'");
  return isEscaped && HAS_PLAIN_SPELLING.test(token.text) ? [{ token, text: sqlLiteral(valueOf(token)) }] : [];
}

/** Without escapes by number, whose character depends on Flink's version. */
const HAS_PLAIN_SPELLING = /^.'(?:[^\\]|\\[^0-9xuU])*'$/s;

/** `pieces` go on to say where each stretch of the text comes from. */
function replaceTokens(statement: SqlStatement, replaced: readonly Respelled[]): SqlStatement {
  if (replaced.length === 0) return statement;
  const { text, start, pieces } = statement;
  // A statement that was respelled before: its tokens don't stand where they stood.
  if (pieces.length > 1) return statement;
  const parts: string[] = [];
  const moved: (readonly [number, number])[] = [];
  let [from, length] = [0, 0];
  const add = (part: string, origin: number): void => {
    moved.push([length, origin]);
    parts.push(part);
    length += part.length;
  };
  for (const { token, text: spelling } of replaced) {
    add(text.slice(from, token.start - start), start + from);
    add(spelling, token.start);
    from = token.end - start;
  }
  add(text.slice(from), start + from);
  return { ...statement, text: parts.join(''), pieces: moved };
}

type State = 'normal' | "'" | '"' | '`' | 'line' | 'block';

/**
 * Whether the executor finds the end of the statement where it is, and none before it. At the ";" of a statement set it reads on,
 * since Flink's parser says that more must follow.
 */
function isCutWhole({ text, tokens }: SqlStatement, isLast: boolean): boolean {
  const isSet = tokens.some(({ kind }) => kind === 'semicolon');
  const ends = new Set(isSet ? scan(text).flatMap(({ kind, start }) => (kind === 'semicolon' ? [start] : [])) : []);
  let state: State = 'normal';
  for (let at = 0; at < text.length; at += 1) {
    if (state === 'normal' && text[at] === ';' && !ends.has(at)) return false;
    state = nextState(state, text[at - 1], text.charAt(at));
  }
  return isLast || state === 'normal';
}

function nextState(state: State, last: string | undefined, char: string): State {
  switch (state) {
    case 'normal':
      if (char === "'" || char === '"' || char === '`') return char;
      if (char === '-' && last === '-') return 'line';
      return char === '*' && last === '/' ? 'block' : 'normal';
    case 'line':
      return char === '\n' ? 'normal' : 'line';
    case 'block':
      return char === '/' && last === '*' ? 'normal' : 'block';
    default:
      return char === state ? 'normal' : state;
  }
}
