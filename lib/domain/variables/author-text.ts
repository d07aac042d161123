import { AppError } from '../errors.ts';
import { nth } from '../sql/nth.ts';
import { findPlaceholders, markFinder, type Placeholder, unreadablePlaceholder } from '../sql/placeholder.ts';
import { createPositions } from '../sql/positions.ts';
import { unreadableVariable } from '../sql/read-token.ts';
import { scan } from '../sql/scan.ts';
import type { ScannedText, Token } from '../sql/token.ts';

/** A `name := value;` of the text. `value` is raw, without comments; offsets are in the text, `end` after its `;`. */
export interface RawDefinition {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

/** A `${name}` outside definitions and comments; offsets are in the text. */
export interface Reference extends Placeholder {
  readonly line: number;
}

/** The author's text, taken apart. */
export interface AuthorText extends ScannedText {
  readonly definitions: readonly RawDefinition[];
  readonly references: readonly Reference[];
}

/** Finds definitions and references. Throws sql.syntax, see scan; also for a `${…}` without a name. */
export function readAuthorText(text: string): AuthorText {
  const tokens = scan(text);
  const toPosition = createPositions(text);
  const definitions: RawDefinition[] = [];
  const references: Reference[] = [];
  const hasMark = markFinder(text);
  for (let index = 0; index < tokens.length; index++) {
    const token = nth(tokens, index);
    const isMarked = hasMark(token.start, token.end);
    if (isMarked) checkReadable(text, token);
    if (tokens[index + 1]?.kind === 'assign' && token.kind === 'word') {
      if (!beginsStatement(tokens, index)) throw inMidStatement(token, toPosition(token.start).line);
      const last = lastOfDefinition(tokens, index);
      definitions.push(definition(text, tokens.slice(index, last + 1), toPosition(token.start).line));
      for (const part of tokens.slice(index, last + 1)) checkReadable(text, part);
      index = last;
    } else if (isMarked && token.kind !== 'comment' && token.kind !== 'foreign') {
      for (const found of findPlaceholders(token.text)) {
        const start = token.start + found.start;
        references.push({ ...found, start, end: token.start + found.end, line: toPosition(start).line });
      }
    }
  }
  return { text, tokens, definitions, references };
}

/** In literals, names and values too: left as it is, the text would go on its way without a word. */
function checkReadable(text: string, { kind, start, text: written }: Token): void {
  if (kind === 'comment' || kind === 'foreign') return;
  const at = unreadablePlaceholder(written);
  if (at !== null) throw unreadableVariable(text, start + at);
}

function beginsStatement(tokens: readonly Token[], index: number): boolean {
  let before = index - 1;
  while (tokens[before]?.kind === 'comment') before--;
  return before < 0 || nth(tokens, before).kind === 'semicolon';
}

function inMidStatement({ text }: Token, line: number): AppError {
  const what = `The definition "${text} :=" of line ${line} is inside another statement`;
  return new AppError('sql.syntax', `${what}. End the one before it with a semicolon.`);
}

function lastOfDefinition(tokens: readonly Token[], from: number): number {
  let at = from;
  while (at + 1 < tokens.length && nth(tokens, at).kind !== 'semicolon') at++;
  return at;
}

function definition(text: string, tokens: readonly Token[], line: number): RawDefinition {
  const start = nth(tokens, 0).start;
  const end = nth(tokens, -1).end;
  const pieces = tokens.filter((token) => token.kind === 'raw').map((token) => token.text);
  if (pieces.length === 0) {
    const advice = `Write ${nth(tokens, 0).text} := value; (a pair of quotes '' for an empty string).`;
    throw new AppError('sql.syntax', `The variable "${nth(tokens, 0).text}" of line ${line} has no value. ${advice}`);
  }
  return { name: nth(tokens, 0).text, value: pieces.join(' '), start, end: Math.min(end, text.length), line };
}
