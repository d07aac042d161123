/** The columns of a table as DESCRIBE lists them: name, type, null, key, extras, watermark, and comment if there is one. */
import type { TableColumn } from './node-rows.ts';

type Fields = readonly (string | null)[];

export function describedColumns(rows: readonly Fields[]): TableColumn[] {
  return rows.map(([name, , , , extras]) => ({ name: name ?? '', kind: kindOf(extras ?? '') }));
}

function kindOf(extras: string): TableColumn['kind'] {
  if (extras.startsWith('AS ')) return 'computed';
  if (!extras.startsWith('METADATA')) return 'stored';
  return extras.endsWith(' VIRTUAL') ? 'readOnlyMetadata' : 'metadata';
}
