import { AppError } from '../errors.ts';
import { nth } from './nth.ts';
import { createPositions, type Position } from './positions.ts';
import { syntax, unclosed } from './read-token.ts';
import { scan } from './scan.ts';
import { isWord, type Token } from './token.ts';

/**
 * One statement of a script.
 *
 * `text` is what can be sent: from the first token to the last, without the separator. `start` and `end` (exclusive)
 * are offsets in the script, `line` and `column` the place of its first token there. `tokens` leaves out comments.
 * `pieces` says where `text` comes from: `[offset in text, offset in the script]` for each stretch taken over.
 */
export interface SqlStatement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly line: number;
  readonly column: number;
  readonly tokens: readonly Token[];
  readonly pieces: readonly (readonly [number, number])[];
}

/** The tokens of a statement under construction, and the superfluous `;` inside its block. */
interface Draft {
  readonly tokens: Token[];
  readonly dropped: number[];
  block: Token | null;
}

/**
 * Cuts a script (its variables already in place) at the `;` between its statements. A statement that holds
 * `STATEMENT SET BEGIN … END` ends only after END; `BEGIN STATEMENT SET;` and `END;` are statements of their own,
 * see foldStatementSets. Empty statements are left out, inside a block as well.
 *
 * @param known the tokens of the text, where they were read already
 * @throws AppError sql.empty when there is nothing to run; sql.syntax from scan, and for a block that is empty or
 * never ends
 */
export function splitScript(text: string, known: readonly Token[] | null = null): SqlStatement[] {
  const toPosition = createPositions(text);
  const statements: SqlStatement[] = [];
  let draft = newDraft();
  const finish = (): void => {
    if (draft.tokens.length > 0) statements.push(toStatement(text, draft, toPosition));
    draft = newDraft();
  };
  for (const token of known ?? scan(text)) {
    if (token.kind === 'comment') continue;
    if (token.kind === 'semicolon' && draft.block === null) finish();
    else addToken(text, draft, token);
  }
  if (draft.block !== null) throw neverEnds(text, draft.block);
  finish();
  if (statements.length === 0) throw nothingToRun();
  return statements;
}

/** The statement that a stretch of tokens of a script makes. */
export function statementOf(
  text: string,
  tokens: readonly Token[],
  toPosition: (at: number) => Position,
): SqlStatement {
  const start = nth(tokens, 0).start;
  const end = nth(tokens, -1).end;
  return { start, end, text: text.slice(start, end), ...toPosition(start), tokens, pieces: [[0, start]] };
}

/** Whether the token at `index` is the BEGIN of a block that belongs to its statement. */
export function opensBlock(tokens: readonly Token[], index: number): boolean {
  if (!isWord(tokens[index], 'BEGIN')) return false;
  if (!isWord(tokens[index - 1], 'SET') || !isWord(tokens[index - 2], 'STATEMENT')) return false;
  return ['EXECUTE', 'EXPLAIN', 'COMPILE'].some((keyword) => isWord(tokens[0], keyword));
}

function addToken(text: string, draft: Draft, token: Token): void {
  const last = draft.tokens.at(-1);
  const atMemberStart = draft.block !== null && (last === draft.block || last?.kind === 'semicolon');
  if (atMemberStart && token.kind === 'semicolon') {
    draft.dropped.push(token.start);
    return;
  }
  if (atMemberStart && isWord(token, 'END')) {
    if (last === draft.block) {
      throw syntax(text, draft.block.start, 'An empty statement set', 'Put at least one INSERT between BEGIN and END.');
    }
    draft.block = null;
  }
  draft.tokens.push(token);
  if (draft.block === null && opensBlock(draft.tokens, draft.tokens.length - 1)) draft.block = token;
}

// Blanks take the place of a superfluous `;`: every offset, line and column stays true.
function toStatement(text: string, draft: Draft, toPosition: (at: number) => Position): SqlStatement {
  const statement = statementOf(text, draft.tokens, toPosition);
  if (draft.dropped.length === 0) return statement;
  const parts: string[] = [];
  let from = statement.start;
  for (const at of draft.dropped) {
    parts.push(text.slice(from, at));
    from = at + 1;
  }
  parts.push(text.slice(from, statement.end));
  return { ...statement, text: parts.join(' ') };
}

function newDraft(): Draft {
  return { tokens: [], dropped: [], block: null };
}

function neverEnds(text: string, block: Token): AppError {
  return unclosed(text, block.start, 'The statement set', 'Add END; after the ; of its last INSERT.');
}

function nothingToRun(): AppError {
  return new AppError(
    'sql.empty',
    'There is nothing to run: the SQL text contains no statement, only white space, comments or definitions. Write at least one statement.',
  );
}
