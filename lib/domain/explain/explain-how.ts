/**
 * How one statement is checked without starting anything and without leaving anything behind: run in the session where
 * it changes nothing else, planned by Flink's EXPLAIN where that takes it, else left alone, and why.
 */
import type { PlacedStatement as Placed } from '../plan/placed-statement.ts';
import { findPlaceholders } from '../sql/placeholder.ts';
import { readSetting } from '../sql/setting.ts';

/**
 * - `configure`: run in the session, which it changes; `run`: an operation that changes the session or only reads
 * - `explain`: Flink's EXPLAIN of it, or of what follows its word `after`; before Flink 2.0 of what follows `olderAfter`
 * - `asWritten`: it is an EXPLAIN already
 * - `notRun`: Flink is not asked; `refused`: a submit would refuse it
 */
export type ExplainHow =
  | { readonly kind: 'configure' | 'run' | 'asWritten'; readonly note: string | null }
  | { readonly kind: 'explain'; readonly after?: string; readonly olderAfter?: string; readonly note: string | null }
  | { readonly kind: 'notRun'; readonly note: string }
  | { readonly kind: 'refused'; readonly error: string };

/** `lasting`: it changes something that outlives the session. */
export function explainHow(placed: Placed, lasting: boolean): ExplainHow {
  const { kind } = placed;
  const note = secretsNote(placed);
  switch (kind.role) {
    case 'insert':
    case 'statementSet':
    case 'preview':
      return { kind: 'explain', note };
    case 'job':
      return jobHow(kind.kind, note);
    case 'rows':
      return rowsHow(kind.kind, note);
    case 'session':
      return lasting ? notRun('it changes something that outlives the session') : sessionHow(placed, note);
    case 'jar':
      return notRun('only the main() of a jar knows its plan');
    case 'fragments':
      return notRun('Dinghy itself answers it');
    default:
      return notRun('it would take effect at once');
  }
}

function rowsHow(kind: string, note: string | null): ExplainHow {
  if (kind === 'COMPILE PLAN') return { kind: 'explain', after: 'FOR', note: joined('the file is not written', note) };
  return { kind: kind === 'EXPLAIN' ? 'asWritten' : 'run', note };
}

function sessionHow({ kind, statement }: Placed, note: string | null): ExplainHow {
  const lists = readSetting(statement)?.action === 'list';
  return { kind: kind.configure && !lists ? 'configure' : 'run', note };
}

/** Statements that start a job. */
function jobHow(kind: string, note: string | null): ExplainHow {
  switch (kind) {
    case 'CREATE TABLE AS':
    case 'REPLACE TABLE AS':
      return { kind: 'explain', olderAfter: 'AS', note: joined('the table is not created', note) };
    case 'COMPILE AND EXECUTE PLAN':
      return { kind: 'explain', after: 'FOR', note: joined('the file is not written', note) };
    default:
      return notRun(`Flink's EXPLAIN does not support ${kind}`);
  }
}

function joined(first: string, second: string | null): string {
  return second === null ? first : `${first}; ${second}`;
}

function notRun(because: string): ExplainHow {
  return { kind: 'notRun', note: `not run by explain, because ${because}` };
}

function secretsNote({ statement }: Placed): string | null {
  const names = statement.tokens.flatMap(({ text }) => findPlaceholders(text).map(({ name }) => `\${${name}}`));
  if (names.length === 0) return null;
  return `explain reads no secrets: ${[...new Set(names)].join(', ')} was sent in place of the value`;
}
