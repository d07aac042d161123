import { nth } from './nth.ts';
import type { SqlStatement } from './split.ts';
import { type KindRow, STATEMENT_KINDS, type StatementRole } from './statement-kinds.ts';
import { isPunctuation, isWord, type Token } from './token.ts';

/**
 * What a statement is. `kind` names it for people ("CREATE TABLE AS"); `unrepeatable`: a re-send must not repeat it;
 * `configure`: the gateway's configure-session takes it; `touches`: as in the table; `refusal`: why it is not run and what to do instead; `needs`: which
 * Flink knows it, where not all do.
 */
export interface StatementKind {
  readonly kind: string;
  readonly role: StatementRole;
  readonly unrepeatable: boolean;
  readonly configure: boolean;
  readonly touches: NonNullable<KindRow['touches']> | null;
  readonly refusal: string | null;
  readonly needs: string | null;
}

interface Pattern {
  readonly row: KindRow;
  readonly steps: readonly Step[];
  readonly needsAs: boolean;
}

/** Words that may follow each other, each one of several; an optional step may match nothing. */
interface Step {
  readonly words: readonly (readonly string[])[];
  readonly optional: boolean;
}

/** By their first keyword, in the order of the table. */
const PATTERNS = new Map<string, Pattern[]>();
for (const pattern of STATEMENT_KINDS.map(toPattern)) {
  for (const word of nth(pattern.steps, 0).words[0] ?? []) PATTERNS.set(word, [...(PATTERNS.get(word) ?? []), pattern]);
}

/** The words with which a statement may begin that some row of the table takes; refused ones among them. */
export function startWords(): string[] {
  return [...PATTERNS.keys()];
}

/**
 * Tells what a statement is by its leading keywords, in any case; comments, hints and opening parentheses are
 * skipped, a backquoted name is never a keyword. A statement that starts with an unknown word is a `statement` and
 * `unrepeatable`: a newer Flink may know it, and Flink says so if not.
 */
export function classify(statement: SqlStatement): StatementKind {
  if (statement.tokens[1]?.kind === 'assign') return facts({ starts: '', role: 'definition', kind: ':=' }, ':=');
  const words = leadingWords(statement.tokens);
  for (const pattern of PATTERNS.get(words[0] ?? '') ?? []) {
    const count = matchLength(pattern, words);
    if (count > 0 && (!pattern.needsAs || hasOuterAs(withoutHints(statement.tokens)))) {
      return facts(pattern.row, words.slice(0, count).join(' '));
    }
  }
  return facts({ starts: '', role: 'statement', unrepeatable: true }, words[0] ?? nth(statement.tokens, 0).text);
}

function facts(row: KindRow, found: string): StatementKind {
  return {
    kind: row.kind ?? found,
    role: row.role,
    unrepeatable: row.unrepeatable ?? false,
    configure: row.configure ?? false,
    touches: row.touches ?? null,
    refusal: row.refusal ?? null,
    needs: row.needs ?? null,
  };
}

// Six keywords are enough for every statement.
const MAX_WORDS = 6;

function leadingWords(tokens: readonly Token[]): string[] {
  const words: string[] = [];
  let isInHint = false;
  for (const token of tokens) {
    if (token.kind === 'hintStart') isInHint = true;
    if (isInHint) {
      isInHint = token.kind !== 'hintEnd';
      continue;
    }
    if (isPunctuation(token, '(') && (words.length === 0 || words[0] === 'EXECUTE')) continue;
    if (token.kind !== 'word' || words.length === MAX_WORDS) break;
    words.push(token.text.toUpperCase());
  }
  return words;
}

function withoutHints(tokens: readonly Token[]): readonly Token[] {
  if (!tokens.some((token) => token.kind === 'hintStart')) return tokens;
  let inside = false;
  return tokens.filter((token) => {
    if (token.kind === 'hintStart') inside = true;
    const kept = !inside;
    if (token.kind === 'hintEnd') inside = false;
    return kept;
  });
}

const QUERY_WORDS = new Set(['SELECT', 'WITH', 'VALUES', 'VALUE', 'TABLE']);

/** Whether an AS outside parentheses begins a query. (Hive's `STORED AS parquet` does not.) */
function hasOuterAs(tokens: readonly Token[]): boolean {
  let depth = 0;
  return tokens.some((token, index) => {
    if (isPunctuation(token, '(')) depth++;
    else if (isPunctuation(token, ')')) depth--;
    return depth === 0 && isWord(token, 'AS') && startsQuery(tokens[index + 1]);
  });
}

function startsQuery(token: Token | undefined): boolean {
  return isPunctuation(token, '(') || (token?.kind === 'word' && QUERY_WORDS.has(token.text.toUpperCase()));
}

/** How many leading words the pattern takes; 0 when it does not fit. */
function matchLength(pattern: Pattern, words: readonly string[]): number {
  let at = 0;
  for (const step of pattern.steps) {
    const fits = step.words.every((either, index) => either.includes(words[at + index] ?? ''));
    if (fits) at += step.words.length;
    else if (!step.optional) return 0;
  }
  return at;
}

function toPattern(row: KindRow): Pattern {
  const [head, tail] = row.starts.split(' … ');
  const steps = [...(head ?? '').matchAll(/\[([^\]]+)\]|(\S+)/g)].map((found) => ({
    words: (found[1] ?? found[0]).split(' ').map((either) => either.split('|')),
    optional: found[1] !== undefined,
  }));
  return { row, steps, needsAs: tail === 'AS' };
}
