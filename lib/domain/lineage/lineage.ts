/** Which columns of which tables get into which others: as the wire has it, from plans and the columns of their tables. */
import type { Mask } from '../errors.ts';
import { type Edge, edgesOf } from './edges.ts';
import type { Known, TableColumn } from './node-rows.ts';
import type { ReadPlan } from './read-plan.ts';
import { type TableName, uniqueTables } from './table-name.ts';

export interface Lineage {
  readonly tables: readonly LineageTable[];
  readonly relations: readonly LineageRelation[];
  /** Facts that the plans do not show, each a sentence. */
  readonly untold: readonly string[];
}

interface LineageTable {
  readonly id: string;
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly title: string }[];
}

/** Without columns: rows of the one table decide which rows the other gets, but no value is known to get there. */
interface LineageRelation {
  readonly id: string;
  readonly srcTableId: string;
  readonly tgtTableId: string;
  readonly srcTableColName: string | null;
  readonly tgtTableColName: string | null;
}

/** `shown`: a name as an answer may have it. */
export function lineageOf(plans: readonly ReadPlan[], columnsOf: Known['columnsOf'], shown: Mask): Lineage {
  const writes = plans.flatMap((plan) => plan.writes);
  const edges = plans.flatMap(({ writes: some, measures }) =>
    some.flatMap((write) => edgesOf(write, { columnsOf, measures })),
  );
  const told = unique(edges.filter(({ from }) => from !== null));
  const pairs = new Set(told.map(pairOf));
  const bare = unique(edges.map((edge) => ({ ...edge, from: null, to: null }))).filter(
    (one) => !pairs.has(pairOf(one)),
  );
  const tables = uniqueTables(
    writes.flatMap(({ sources, target }) => [...sources, ...(target === null ? [] : [target])]),
  );
  const ids = new Map(tables.map((table, at) => [JSON.stringify(table), String(at + 1)]));
  const idOf = (table: TableName): string => ids.get(JSON.stringify(table)) ?? '';
  const nameOf = (column: string | null): string | null => (column === null ? null : shown(column));
  return {
    tables: tables.map((table) => ({
      id: idOf(table),
      name: shown(table.join('.')),
      columns: namesIn(table, columnsOf(table), told).map((name) => ({ name: shown(name), title: shown(name) })),
    })),
    relations: [...told, ...bare].map(({ source, target, from, to }, at) => ({
      id: String(at + 1),
      srcTableId: idOf(source),
      tgtTableId: idOf(target),
      srcTableColName: nameOf(from),
      tgtTableColName: nameOf(to),
    })),
    untold: untoldIn(plans, edges).map(shown),
  };
}

/** For a table without a description: the columns that are known to be written. */
function namesIn(table: TableName, columns: readonly TableColumn[] | null, told: readonly Edge[]): string[] {
  if (columns !== null) return columns.map(({ name }) => name);
  const key = JSON.stringify(table);
  return [...new Set(told.flatMap(({ target, to }) => (JSON.stringify(target) === key ? (to ?? []) : [])))];
}

function unique(edges: readonly Edge[]): Edge[] {
  return [...new Map(edges.map((edge) => [JSON.stringify(edge), edge])).values()];
}

const pairOf = ({ source, target }: Edge): string => JSON.stringify([source, target]);

function untoldIn(plans: readonly ReadPlan[], edges: readonly Edge[]): string[] {
  const written = plans
    .flatMap(({ writes }) => writes)
    .flatMap(({ target, root }) => (target === null ? [] : [{ name: target.join('.'), isRead: root !== null }]));
  if (written.length === 0) return ['No statement writes into a table, so there are no relations.'];
  const unread = written.filter(({ isRead }) => !isRead);
  return [
    ...unread.map(({ name }) => `Flink's plan for writing into ${name} can't be read: only its tables are listed.`),
    ...unclearTargets(edges),
  ];
}

function unclearTargets(edges: readonly Edge[]): string[] {
  const columns = new Map<string, Set<string>>();
  for (const { source, target, from, to } of edges) {
    if (from !== null || to === null) continue;
    const key = `Flink's plan does not show which columns of ${source.join('.')} get into ${target.join('.')}`;
    columns.set(key, (columns.get(key) ?? new Set()).add(to));
  }
  return [...columns].map(([what, names]) => `${what} (${[...names].join(', ')}).`);
}
