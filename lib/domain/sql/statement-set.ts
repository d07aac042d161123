import type { AppError } from '../errors.ts';
import { classify } from './kind.ts';
import { nth } from './nth.ts';
import { createPositions } from './positions.ts';
import { syntax, unclosed } from './read-token.ts';
import { opensBlock, type SqlStatement, statementOf } from './split.ts';
import { isWord, type Token } from './token.ts';

const HEAD = 'EXECUTE STATEMENT SET\nBEGIN\n';

/**
 * Makes one statement of each authored `BEGIN STATEMENT SET; …; END;`: its text is `EXECUTE STATEMENT SET BEGIN …
 * END`, its place that of BEGIN. A set of one CREATE TABLE AS is that statement: the block of EXECUTE STATEMENT SET takes
 * none. Other statements stay as they are, in order.
 *
 * @param script the text that the statements were split from
 * @throws AppError sql.syntax for a block without END, an END without block, a block in a block, anything but INSERT
 * inside (a CREATE TABLE AS among others too), and an empty block
 */
export function foldStatementSets(script: string, statements: readonly SqlStatement[]): SqlStatement[] {
  const folded: SqlStatement[] = [];
  let begin: SqlStatement | null = null;
  let members: SqlStatement[] = [];
  for (const statement of statements) {
    if (isBegin(script, statement)) {
      if (begin !== null) throw nested(script, begin, statement);
      begin = statement;
    } else if (isEnd(statement)) {
      folded.push(closeSet(script, begin, members, statement));
      begin = null;
      members = [];
    } else if (begin === null) {
      folded.push(statement);
    } else {
      members.push(checkMember(script, statement, members[0]));
    }
  }
  if (begin !== null) throw neverEnds(script, begin);
  return folded;
}

/**
 * One statement set of INSERTs: sends them as one job. Place and extent are those of the first to the last member;
 * a leading EXECUTE (`EXECUTE INSERT …`) is left out, which a set does not take.
 */
export function joinStatementSet(members: readonly SqlStatement[]): SqlStatement {
  const parts = [HEAD];
  const pieces: (readonly [number, number])[] = [];
  const tokens = headTokens(nth(members, 0).start);
  let length = HEAD.length;
  for (const member of members) {
    const skipped = isWord(member.tokens[0], 'EXECUTE') ? nth(member.tokens, 1).start - member.start : 0;
    for (const [at, from] of member.pieces) {
      pieces.push(at === 0 ? [length, from + skipped] : [length + at - skipped, from]);
    }
    const text = `${member.text.slice(skipped)};\n`;
    parts.push(text);
    length += text.length;
    for (const token of memberTokens(member, skipped)) tokens.push(token);
  }
  const { start, line, column } = nth(members, 0);
  const end = nth(members, -1).end;
  tokens.push({ kind: 'word', text: 'END', start: end, end });
  return { start, end, line, column, text: `${parts.join('')}END`, tokens, pieces };
}

/** The INSERTs inside a statement that holds `STATEMENT SET BEGIN … END`; none for any other statement. */
export function membersOf(script: string, statement: SqlStatement): SqlStatement[] {
  const { tokens } = statement;
  const begin = tokens.findIndex((_, index) => opensBlock(tokens, index));
  if (begin === -1) return [];
  const toPosition = createPositions(script);
  const members: SqlStatement[] = [];
  let current: Token[] = [];
  for (const token of tokens.slice(begin + 1)) {
    if (token.kind !== 'semicolon') current.push(token);
    else {
      members.push(statementOf(script, current, toPosition));
      current = [];
    }
  }
  return members;
}

/** Whether a statement is `BEGIN STATEMENT SET`. Throws if something follows it instead of its `;`. */
function isBegin(script: string, { tokens }: SqlStatement): boolean {
  if (!['BEGIN', 'STATEMENT', 'SET'].every((word, index) => isWord(tokens[index], word))) return false;
  const behind = tokens[3];
  if (behind === undefined) return true;
  const what = `BEGIN STATEMENT SET without its ;, before ${behind.text}`;
  throw syntax(script, behind.start, what, 'Put a ; between them, or write EXECUTE STATEMENT SET BEGIN … END.');
}

function isEnd(statement: SqlStatement): boolean {
  return statement.tokens.length === 1 && isWord(statement.tokens[0], 'END');
}

function closeSet(
  script: string,
  begin: SqlStatement | null,
  members: SqlStatement[],
  end: SqlStatement,
): SqlStatement {
  if (begin === null) {
    const advice =
      'Begin with EXECUTE STATEMENT SET BEGIN (no ; behind it) or BEGIN STATEMENT SET; or delete this END.';
    throw syntax(script, end.start, 'An END without its BEGIN STATEMENT SET', advice);
  }
  if (members.length === 0) {
    throw syntax(script, begin.start, 'An empty statement set', 'Put at least one INSERT between BEGIN and END.');
  }
  const { start, line, column } = begin;
  const set = isTableAs(nth(members, 0)) ? nth(members, 0) : joinStatementSet(members);
  return { ...set, start, line, column, end: end.end };
}

/** `leader`: the first member of the set, which alone can be a CREATE TABLE AS; undefined when this one is the first. */
function checkMember(script: string, member: SqlStatement, leader: SqlStatement | undefined): SqlStatement {
  const tableAs = [member, leader].find((either) => either !== undefined && isTableAs(either));
  if (tableAs !== undefined && leader !== undefined) throw tableAsAmongOthers(script, tableAs);
  const first = isWord(member.tokens[0], 'EXECUTE') ? member.tokens[1] : member.tokens[0];
  if (tableAs !== undefined || isWord(first, 'INSERT') || isWord(first, 'UPSERT')) return member;
  const what = `A statement set accepts only INSERT statements, not "${member.text.slice(0, 30)}"`;
  throw syntax(script, member.start, what, 'Move this statement before BEGIN STATEMENT SET or after END.');
}

/** Looks at an INSERT's first word alone: a set may hold thousands of them, one of which is long. */
function isTableAs(statement: SqlStatement): boolean {
  const [first] = statement.tokens;
  if (!isWord(first, 'CREATE') && !isWord(first, 'REPLACE')) return false;
  return ['CREATE TABLE AS', 'REPLACE TABLE AS'].includes(classify(statement).kind);
}

function tableAsAmongOthers(script: string, tableAs: SqlStatement): AppError {
  const what = `${classify(tableAs).kind} among other statements of a statement set`;
  return syntax(
    script,
    tableAs.start,
    what,
    'Create the table before BEGIN STATEMENT SET, and fill it with INSERT INTO.',
  );
}

function headTokens(at: number): Token[] {
  return ['EXECUTE', 'STATEMENT', 'SET', 'BEGIN'].map((text) => ({ kind: 'word', text, start: at, end: at }));
}

function memberTokens(member: SqlStatement, skipped: number): Token[] {
  const separator: Token = { kind: 'semicolon', text: ';', start: member.end, end: member.end };
  return [...member.tokens.slice(skipped > 0 ? 1 : 0), separator];
}

function nested(script: string, begin: SqlStatement, inner: SqlStatement): AppError {
  const what = `A BEGIN STATEMENT SET inside the one of line ${begin.line}`;
  return syntax(script, inner.start, what, 'End the first with END; before this one begins.');
}

function neverEnds(script: string, begin: SqlStatement): AppError {
  return unclosed(script, begin.start, 'The statement set', 'Add END; after the ; of its last INSERT.');
}
