import { Keywords, keywords } from './keywords.ts';
import { nth } from './nth.ts';
import type { SqlStatement } from './split.ts';
import { isAnyWord, isPunctuation, isWord, type Token, valueOf } from './token.ts';

/**
 * What a CREATE, ALTER or DROP touches, as far as its text shows it.
 *
 * `name` is the qualified name in parts. `catalog` is the catalog that the text names, null when it names none (the
 * session's current catalog is meant). A temporary object lives in the session alone, whatever catalog it names.
 */
export interface DdlTarget {
  readonly action: 'CREATE' | 'ALTER' | 'DROP' | 'REPLACE';
  readonly object: string;
  readonly temporary: boolean;
  readonly name: readonly string[];
  readonly catalog: string | null;
  /** IF NOT EXISTS: it changes nothing that is there. */
  readonly ifNotExists: boolean;
}

const ACTIONS = new Keywords<DdlTarget['action']>([
  ['CREATE', 'CREATE'],
  ['ALTER', 'ALTER'],
  ['DROP', 'DROP'],
  ['REPLACE', 'REPLACE'],
]);
const OBJECTS = keywords('CATALOG DATABASE TABLE VIEW FUNCTION MODEL CONNECTION');
const MODIFIERS = keywords('OR REPLACE ALTER TEMPORARY SYSTEM MATERIALIZED');

// How many parts a name has when its first part is a catalog.
const CATALOG_PARTS: Readonly<Record<string, number>> = { CATALOG: 1, DATABASE: 2 };

/** Null for a statement that is no DDL. */
export function ddlTarget(statement: SqlStatement): DdlTarget | null {
  const { tokens } = statement;
  const action = tokens[0]?.kind === 'word' ? ACTIONS.find(tokens[0].text) : undefined;
  if (action === undefined) return null;
  const at = tokens.findIndex((token, index) => index > 0 && !isAnyWord(token, MODIFIERS));
  if (!isAnyWord(tokens[at], OBJECTS)) return null;
  const object = nth(tokens, at).text.toUpperCase();
  const temporary = canBeTemporary(object) && tokens.slice(1, at).some((token) => isWord(token, 'TEMPORARY'));
  const nameAt = afterExistence(tokens, at + 1);
  const name = readName(tokens, nameAt);
  const catalog = name.length >= (CATALOG_PARTS[object] ?? 3) ? nth(name, 0) : null;
  return { action, object, temporary, name, catalog, ifNotExists: nameAt === at + 4 };
}

// The grammar takes CREATE TEMPORARY CATALOG and DATABASE; the word changes nothing there.
function canBeTemporary(object: string): boolean {
  return CATALOG_PARTS[object] === undefined;
}

/** Behind IF EXISTS or IF NOT EXISTS. IF alone is a name: it is no reserved word. */
function afterExistence(tokens: readonly Token[], at: number): number {
  if (!isWord(tokens[at], 'IF')) return at;
  if (isWord(tokens[at + 1], 'EXISTS')) return at + 2;
  return isWord(tokens[at + 1], 'NOT') && isWord(tokens[at + 2], 'EXISTS') ? at + 3 : at;
}

function readName(tokens: readonly Token[], from: number): string[] {
  let at = from;
  const name: string[] = [];
  while (tokens[at]?.kind === 'word' || tokens[at]?.kind === 'name') {
    name.push(valueOf(nth(tokens, at)));
    if (!isPunctuation(tokens[at + 1], '.')) break;
    at += 2;
  }
  return name;
}
