/** The edges from the tables that a statement reads to the table that it writes. */
import { type Known, rowsOf, type TableColumn } from './node-rows.ts';
import type { PlannedWrite } from './read-plan.ts';
import { originsAt } from './rows.ts';
import type { TableName } from './table-name.ts';

/** `to` null: from rows to rows, without columns. `from` null beside `to`: the source column is not known. */
export interface Edge {
  readonly source: TableName;
  readonly target: TableName;
  readonly from: string | null;
  readonly to: string | null;
}

export function edgesOf({ target, fields, sources, root }: PlannedWrite, known: Known): Edge[] {
  if (target === null) return [];
  const ofTables = sources.map((source) => ({ source, target, from: null, to: null }));
  if (root === null) return ofTables;
  const rows = rowsOf(root, known);
  const columns = writtenColumns(known.columnsOf(target)) ?? fields;
  const ofColumns = columns.flatMap((to, place) =>
    [...originsAt(rows, place).values()].map(({ table, column }) => ({ source: table, target, from: column, to })),
  );
  return [...ofColumns, ...ofTables];
}

/** In the order of the query's columns: writable metadata columns come after stored ones. */
function writtenColumns(columns: readonly TableColumn[] | null): string[] | null {
  if (columns === null) return null;
  const ofKind = (wanted: TableColumn['kind']) => columns.filter(({ kind }) => kind === wanted).map(({ name }) => name);
  return [...ofKind('stored'), ...ofKind('metadata')];
}
