/** SHOW FRAGMENTS and SHOW FRAGMENT x: Dinky's statements about variables, answered when the plan is made. */
import { AppError } from '../errors.ts';
import { maskValue } from '../secrets/mask-sql.ts';
import { valueMasker } from '../secrets/mask-values.ts';
import { isSensitiveName } from '../secrets/sensitive-name.ts';
import { maskWords, sensitiveParts, shortParts } from '../secrets/sensitive-ranges.ts';
import { MASK } from '../secrets/text-spans.ts';
import type { SqlStatement } from '../sql/split.ts';
import { valueOf } from '../sql/token.ts';
import type { ResolvedText } from '../variables/resolve.ts';
import type { KnownRows } from './plan.ts';

const MAX_NAMES_SHOWN = 20;

/** Columns are called as in Dinky. `where` is the statement's place, for errors. */
export function showFragments(statement: SqlStatement, resolved: ResolvedText, where: string): KnownRows {
  const { names } = resolved.fragments;
  const [, what, ...rest] = statement.tokens;
  const asked = rest.map(valueOf).join('');
  if (what?.text.toUpperCase() === 'FRAGMENTS') {
    if (asked === '') return { columns: ['variableName'], rows: names.map((name) => [name]) };
    throw new AppError(
      'sql.syntax',
      `SHOW FRAGMENTS (${where}) lists every variable and takes no arguments. Remove what follows it.`,
    );
  }
  return { columns: ['variable'], rows: [[shownValue(asked, statement.start, resolved, where)]] };
}

function shownValue(name: string, offset: number, resolved: ResolvedText, where: string): string {
  const value = resolved.fragments.valueAt(name, offset);
  if (value === null) throw unknown(name, resolved.fragments.names, where);
  if (isSensitiveName(name)) return MASK;
  const secrets = new Set(Object.keys(resolved.secrets));
  const known = sensitiveParts([...resolved.sensitive], secrets).map((part) => ({ value: part, shown: MASK }));
  return maskValue(maskWords(valueMasker(known)(value), shortParts([...resolved.sensitive], secrets)));
}

function unknown(name: string, names: readonly string[], where: string): AppError {
  // A text that is no name may be anything, also a secret.
  if (!/^[\w.$-]{1,200}$/.test(name)) {
    return new AppError('sql.syntax', `SHOW FRAGMENT (${where}) names no variable. Write SHOW FRAGMENT name;`);
  }
  const more = names.length > MAX_NAMES_SHOWN ? ` and ${names.length - MAX_NAMES_SHOWN} more` : '';
  const known = names.length === 0 ? 'There is none' : `There are ${names.slice(0, MAX_NAMES_SHOWN).join(', ')}${more}`;
  return new AppError('variable.missing', `SHOW FRAGMENT (${where}): there is no variable "${name}". ${known}.`);
}
