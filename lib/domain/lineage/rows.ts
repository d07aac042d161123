/** The rows that a node of a plan gives: of each column, which columns of tables its values are made of. */
import type { TableName } from './table-name.ts';

/** `column` null: the plan does not tell which one of the table. */
export interface Origin {
  readonly table: TableName;
  readonly column: string | null;
}

/** Each once. */
export type Origins = ReadonlyMap<string, Origin>;

export interface RowColumn {
  readonly name: string;
  readonly origins: Origins;
}

export interface Rows {
  readonly columns: readonly RowColumn[];
  /** The sources of every column after these, if the plan does not show their number; null: there are none. */
  readonly rest: Origins | null;
}

export const NO_ORIGINS: Origins = new Map();
export const NO_ROWS: Rows = { columns: [], rest: NO_ORIGINS };

export function originsFrom(origins: readonly Origin[]): Origins {
  return new Map(origins.map((origin) => [JSON.stringify([origin.table, origin.column]), origin]));
}

export function allOrigins(parts: readonly Origins[]): Origins {
  return new Map(parts.flatMap((part) => [...part]));
}

export function originsAt({ columns, rest }: Rows, place: number): Origins {
  return columns[place]?.origins ?? rest ?? NO_ORIGINS;
}

/** The sources of all columns together. */
export function originsOfRows({ columns, rest }: Rows): Origins {
  return allOrigins([...columns.map(({ origins }) => origins), rest ?? NO_ORIGINS]);
}

/** The sources of the column whose name begins `text` (of several, the longest name). Without one, of any column. */
export function originsNamed(rows: Rows, text: string): Origins {
  const longest = rows.columns
    .filter(({ name }) => text.startsWith(name))
    .reduce<RowColumn | null>((best, one) => (best === null || one.name.length > best.name.length ? one : best), null);
  return longest?.origins ?? rows.rest ?? withoutColumns(originsOfRows(rows));
}

/** Rows that are only known to be made from these tables. */
export function withoutColumns(origins: Origins): Origins {
  return originsFrom([...origins.values()].map(({ table }) => ({ table, column: null })));
}

/** Side by side, as a join has them; a name that is there already gets a number, as Flink gives it. */
export function besides(left: Rows, right: Rows): Rows {
  if (left.rest !== null) return { columns: left.columns, rest: allOrigins([left.rest, originsOfRows(right)]) };
  const taken = new Set(left.columns.map(({ name }) => name));
  const columns = right.columns.map(({ name, origins }) => {
    const free = freeName(name, taken);
    taken.add(free);
    return { name: free, origins };
  });
  return { columns: [...left.columns, ...columns], rest: right.rest };
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let count = 0;
  while (taken.has(`${name}${count}`)) count += 1;
  return `${name}${count}`;
}

/** For a UNION: each column is made from those at its place. */
export function onTopOfEachOther(all: readonly Rows[]): Rows {
  const [first = NO_ROWS] = all;
  const width = Math.max(...all.map(({ columns }) => columns.length), 0);
  const names = Array.from({ length: width }, (_, place) => first.columns[place]?.name ?? '');
  const rests = all.flatMap(({ rest }) => rest ?? []);
  return {
    columns: names.map((name, place) => ({ name, origins: allOrigins(all.map((rows) => originsAt(rows, place))) })),
    rest: rests.length === 0 ? null : allOrigins(rests),
  };
}
