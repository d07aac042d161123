/**
 * What is wrong with the first word of a statement. A submit does not ask: Flink says so by itself. Who checks a text before it
 * runs does, and only says what is certain on every Flink from 1.17 to 2.3, whichever dialect it speaks.
 */
import { didYouMean } from '../suggest.ts';
import { isSpelled } from './keywords.ts';
import { startWords } from './kind.ts';
import type { SqlStatement } from './split.ts';
import { isPunctuation, isWord, type Token } from './token.ts';

/** Words of Hive's dialect that begin no statement of Flink's own: `table.sql-dialect` may be set anywhere. */
const HIVE =
  'ABORT COMMIT DFS EXPORT FROM GRANT KILL LIST LOCK MAP MSCK PREPARE REDUCE RELOAD REPL REVOKE ROLLBACK START UNLOCK';

const STARTS = startWords();
const KNOWN = [...STARTS, ...HIVE.split(' ')];

/** A sentence for the author, or null: it may be a statement. */
export function unknownStart({ tokens }: SqlStatement): string | null {
  const first = firstOf(tokens);
  if (first === null) return null;
  if (isPrompt(tokens)) return `"Flink SQL>" is the prompt of Flink's SQL client. Delete it from the text.`;
  const { text } = first;
  if (KNOWN.some((word) => isSpelled(text, word))) return null;
  return `No Flink knows a statement that begins with ${text}.${didYouMean(text, STARTS)}`;
}

/** Null where it is no plain word: part of a variable, a definition, or what only Flink can judge. */
function firstOf(tokens: readonly Token[]): Token | null {
  const [first, second] = tokens.slice(tokens.findIndex((token) => !isPunctuation(token, '(')));
  if (first?.kind !== 'word' || second?.kind === 'assign') return null;
  const isGlued = second?.kind === 'placeholder' && second.start === first.end;
  return isGlued ? null : first;
}

function isPrompt([first, second, third]: readonly Token[]): boolean {
  return isWord(first, 'FLINK') && isWord(second, 'SQL') && isPunctuation(third, '>');
}
