import type { Lineage } from '../../../lib/domain/lineage/lineage.ts';

/** As queries.ts writes them, in order; names without the default place. */
export function shownEdges({ tables, relations }: Pick<Lineage, 'tables' | 'relations'>): string[] {
  const nameOf = (id: string): string => {
    const table = tables.find((one) => one.id === id);
    if (table === undefined) throw new Error(`a relation of a table that is not there: ${id}`);
    return table.name.replace(/^default_catalog\.default_database\./, '');
  };
  const end = (id: string, column: string | null): string => nameOf(id) + (column === null ? '' : `.${column}`);
  return relations
    .map((one) => `${end(one.srcTableId, one.srcTableColName)} > ${end(one.tgtTableId, one.tgtTableColName)}`)
    .sort();
}
