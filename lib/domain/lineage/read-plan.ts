/** The tables that a plan of Flink writes and reads, before the columns of the tables are known. */
import { operandsOf } from './expression.ts';
import { measuresIn } from './match-rows.ts';
import { optimizedTrees, syntaxTrees } from './plan-sections.ts';
import { type PlanNode, readTrees, UnreadablePlan } from './plan-tree.ts';
import { scannedTable, type TableName, uniqueTables, writtenTable } from './table-name.ts';

/** One table that is written, or one query. */
export interface PlannedWrite {
  /** Null: it writes into no table. */
  readonly target: TableName | null;
  /** Names of the columns as the query has them. */
  readonly fields: readonly string[];
  readonly sources: readonly TableName[];
  /** Null: the plan can't be read; only its tables are known. */
  readonly root: PlanNode | null;
}

export interface ReadPlan {
  readonly writes: readonly PlannedWrite[];
  readonly measures: readonly ReadonlyMap<string, string>[];
}

export function readPlan(explained: string): ReadPlan {
  const trees = syntaxTrees(explained).split(/\n\n(?=Logical\w+\()/);
  return { writes: trees.flatMap(readWrites), measures: measuresIn(optimizedTrees(explained)) };
}

/** One that can't be read leaves the others as they are. */
function readWrites(text: string): PlannedWrite[] {
  try {
    return readTrees(text, 'outer').map(toWrite);
  } catch (error) {
    if (error instanceof UnreadablePlan) return [toUnread(text)];
    throw error;
  }
}

const SINKS = new Set(['LogicalSink', 'LogicalLegacySink']);

function toWrite(root: PlanNode): PlannedWrite {
  const valueOf = (name: string): string => root.attributes.find((one) => one.name === name)?.value ?? '';
  const target = SINKS.has(root.kind) ? writtenTable(valueOf('table') || valueOf('name').replaceAll('`', '')) : null;
  const fields = target === null ? root.attributes.map(({ name }) => name) : valueOf('fields').split(', ');
  return { target, fields, sources: uniqueTables(tablesBelow(root)), root };
}

function tablesBelow(node: PlanNode): TableName[] {
  const own = node.kind === 'LogicalTableScan' ? [scannedTable(node.attributes[0]?.value ?? '')] : [];
  const queries = node.attributes
    .flatMap(({ value }) => operandsOf(value))
    .flatMap((operand) => (operand.kind === 'query' ? operand.roots : []));
  return [...own, ...[...queries, ...node.inputs].flatMap(tablesBelow)];
}

function toUnread(text: string): PlannedWrite {
  const sink = /^LogicalSink\(table=\[([^\]]*)\]/.exec(text)?.[1];
  const scans = [...text.matchAll(/LogicalTableScan\(table=\[(\[[^\]]*\])/g)].map(([, table = '']) =>
    scannedTable(table),
  );
  return {
    target: sink === undefined ? null : writtenTable(sink),
    fields: [],
    sources: uniqueTables(scans),
    root: null,
  };
}
