/**
 * Whether a task's DDL outlives its session: then a re-send would repeat it (protocol.md section 6, `once`). What lives
 * in a catalog that the task made itself, or in the session's own, is gone with the session.
 */
import { type DdlTarget, ddlTarget } from './sql/ddl-target.ts';
import type { SqlStatement } from './sql/split.ts';
import { isPunctuation, isWord, valueOf } from './sql/token.ts';

const SESSION_CATALOG = 'default_catalog';

export function lastingChanges(statements: readonly SqlStatement[]): boolean {
  return whichLast(statements, () => true).includes(true);
}

/**
 * For each statement whether it changes what outlives the session. `isOwn` says of a CREATE CATALOG whether what is made
 * in it goes with the session.
 */
export function whichLast(
  statements: readonly SqlStatement[],
  isOwn: (createCatalog: SqlStatement) => boolean,
): boolean[] {
  const own = new Set([SESSION_CATALOG]);
  let current = SESSION_CATALOG;
  return statements.map((statement) => {
    current = usedCatalog(statement) ?? current;
    const target = ddlTarget(statement);
    if (target === null) return false;
    if (createsCatalog(target)) {
      const name = target.name[0] ?? '';
      if (isOwn(statement)) own.add(name);
      else own.delete(name);
      return false;
    }
    return !target.temporary && !own.has(target.catalog ?? current);
  });
}

export function createsCatalog(target: DdlTarget): boolean {
  return target.action === 'CREATE' && target.object === 'CATALOG';
}

/** The catalog that `USE CATALOG c` or `USE c.db` turns to; null for any other statement. */
export function usedCatalog({ tokens }: SqlStatement): string | null {
  if (!isWord(tokens[0], 'USE')) return null;
  const name = isWord(tokens[1], 'CATALOG') ? tokens[2] : isPunctuation(tokens[2], '.') ? tokens[1] : undefined;
  return name === undefined ? null : valueOf(name);
}
