/**
 * Whether a task's DDL outlives its session: then a re-send would repeat it (protocol.md section 6, `once`). What lives
 * in the session's own catalog, or in one that the task made itself and that is kept in memory, is gone with the session.
 */
import { type DdlTarget, ddlTarget } from '../sql/ddl-target.ts';
import { nth } from '../sql/nth.ts';
import type { SqlStatement } from '../sql/split.ts';
import { isPunctuation, isWord, valueOf } from '../sql/token.ts';
import { withOption } from '../sql/with-options.ts';

const SESSION_CATALOG = 'default_catalog';

/**
 * nothing: all of it is gone with the session; repeatable: what lasts is made only where it is not there yet, in a catalog
 * that the task makes itself; once: a second time would do harm, or fail.
 */
export type Lasting = 'nothing' | 'repeatable' | 'once';

export function lastingChanges(statements: readonly SqlStatement[]): Lasting {
  const elsewhere = whichLast(statements, () => true);
  const kept = whichLast(statements, isInMemory).map((lasts, at): Lasting => {
    // Stryker disable next-line StringLiteral: what is neither of the two below is nothing
    if (!lasts) return 'nothing';
    // Stryker disable next-line OptionalChaining: what lasts is DDL
    return elsewhere[at] === false && ddlTarget(nth(statements, at))?.ifNotExists === true ? 'repeatable' : 'once';
  });
  return (['once', 'repeatable'] as const).find((which) => kept.includes(which)) ?? 'nothing';
}

/** Catalogs of other types store objects outside of Flink, even if the task creates the catalog. */
export function isInMemory(createCatalog: SqlStatement): boolean {
  return withOption(createCatalog, 'type') === 'generic_in_memory';
}

/**
 * For each statement whether it changes something that outlives the session. `isOwn` says of a CREATE CATALOG whether what is made
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
