/** Names of tables, as plans write them and as SQL does. */

/** Catalog, database, name. */
export type TableName = readonly string[];

/** The text after the name in the list of a scan: `metadata=[file.path]`. */
const BEHIND_NAME =
  /, (?:metadata|project|filter|limit|partitions|watermark|watermarkEmitStrategy|aggregates|source)(?:=\[|: \[).*$/s;

/** `[c, d, t]`; a table may have a comma in its name. */
export function scannedTable(value: string): TableName {
  const inner = value.replace(/^\[/, '').replace(/\]$/, '').replace(BEHIND_NAME, '');
  const [catalog = '', database = '', ...name] = inner.split(', ');
  return [catalog, database, name.join(', ')];
}

/** `c.d.t`; a table may have a dot in its name. */
export function writtenTable(value: string): TableName {
  const [catalog = '', database = '', ...name] = value.split('.');
  return [catalog, database, name.join('.')];
}

export function quotedName(name: TableName): string {
  return name.map((part) => `\`${part.replaceAll('`', '``')}\``).join('.');
}

export function uniqueTables(tables: readonly TableName[]): TableName[] {
  return [...new Map(tables.map((table) => [JSON.stringify(table), table])).values()];
}
