/**
 * From a tree of a plan to the rows that it gives. A column counts by its values: what only decides whether there is a row
 * (WHERE, ON, GROUP BY) leaves no trace in it.
 */
import { listItems } from './brackets.ts';
import { operandsOf } from './expression.ts';
import { matchRows } from './match-rows.ts';
import type { PlanAttribute, PlanNode } from './plan-tree.ts';
import {
  allOrigins,
  besides,
  NO_ORIGINS,
  NO_ROWS,
  onTopOfEachOther,
  type Origins,
  originsAt,
  originsFrom,
  originsNamed,
  originsOfRows,
  type RowColumn,
  type Rows,
  withoutColumns,
} from './rows.ts';
import { scannedTable, type TableName } from './table-name.ts';

/** A column as DESCRIBE tells it. */
export interface TableColumn {
  readonly name: string;
  readonly kind: 'stored' | 'metadata' | 'readOnlyMetadata' | 'computed';
}

export interface Known {
  /** Null: not known. */
  readonly columnsOf: (table: TableName) => readonly TableColumn[] | null;
  /** For each MATCH_RECOGNIZE, the expressions of its measures. */
  readonly measures: readonly ReadonlyMap<string, string>[];
}

interface Outside {
  readonly known: Known;
  /** Rows that an inner query sees, by their variable. */
  readonly variables: ReadonlyMap<string, Rows>;
  /** For a variable without a definition: the rows around the query. */
  readonly around: Rows;
}

export function rowsOf(node: PlanNode, known: Known): Rows {
  return rowsIn(node, { known, variables: new Map(), around: NO_ROWS });
}

const attribute = (node: PlanNode, name: string): string =>
  node.attributes.find((one) => one.name === name)?.value ?? '';

function rowsIn(node: PlanNode, outside: Outside): Rows {
  switch (node.kind) {
    case 'LogicalTableScan':
      return scanRows(node, outside);
    case 'LogicalProject':
      return projectRows(node, outside);
    case 'LogicalAggregate':
      return aggregateRows(node, outside);
    case 'LogicalJoin':
      return joinRows(node, inputRows(node, outside));
    case 'LogicalCorrelate':
      return correlateRows(node, outside);
    case 'LogicalUnion':
    case 'LogicalIntersect':
      return onTopOfEachOther(inputRows(node, outside));
    case 'LogicalTableFunctionScan':
      return functionRows(node, outside);
    case 'LogicalMatch':
      return matchRows(node, firstInput(node, outside), outside.known.measures);
    case 'Uncollect':
      return { columns: [], rest: originsOfRows(firstInput(node, outside)) };
    default:
      return PASSING.has(node.kind) ? firstInput(node, outside) : untold(node, outside);
  }
}

/** Nodes with the columns of their first input; an EXCEPT has those of its first query. */
const PASSING = new Set([
  ...['LogicalFilter', 'LogicalSort', 'LogicalWatermarkAssigner', 'LogicalSnapshot', 'LogicalMinus', 'LogicalSink'],
  ...['LogicalExchange', 'LogicalDistribution', 'LogicalQueryHint'],
]);

function inputRows({ inputs }: PlanNode, outside: Outside): Rows[] {
  return inputs.map((input) => rowsIn(input, outside));
}

function firstInput({ inputs: [first] }: PlanNode, outside: Outside): Rows {
  return first === undefined ? NO_ROWS : rowsIn(first, outside);
}

/** For an unknown node: any column of any table below it. VALUES has none. */
function untold(node: PlanNode, outside: Outside): Rows {
  const below = allOrigins(inputRows(node, outside).map(originsOfRows));
  return { columns: [], rest: withoutColumns(below) };
}

function scanRows(node: PlanNode, { known }: Outside): Rows {
  const table = scannedTable(attribute(node, 'table'));
  const columns = known.columnsOf(table);
  if (columns === null) return { columns: [], rest: originsFrom([{ table, column: null }]) };
  const ofKind = (...kinds: TableColumn['kind'][]) => columns.filter(({ kind }) => kinds.includes(kind));
  // Metadata columns come after stored ones, in any order of the table.
  const scanned = [...ofKind('stored'), ...ofKind('metadata', 'readOnlyMetadata')];
  return { columns: scanned.map(({ name }) => ofTable(table, name)), rest: null };
}

function ofTable(table: TableName, name: string): RowColumn {
  return { name, origins: originsFrom([{ table, column: name }]) };
}

/** The first node above a scan has the columns that the table computes: to its readers they are its own. */
function declaredRows({ inputs: [input], attributes }: PlanNode, { known }: Outside): Rows | null {
  if (input?.kind !== 'LogicalTableScan') return null;
  const table = scannedTable(attribute(input, 'table'));
  const columns = known.columnsOf(table);
  if (columns === null || columns.every(({ kind }) => kind === 'stored')) return null;
  const same = columns.length === attributes.length && columns.every(({ name }, at) => attributes[at]?.name === name);
  return same ? { columns: columns.map(({ name }) => ofTable(table, name)), rest: null } : null;
}

function projectRows(node: PlanNode, outside: Outside): Rows {
  const declared = declaredRows(node, outside);
  if (declared !== null) return declared;
  const input = firstInput(node, outside);
  const columns = node.attributes.filter((one) => !isNoColumn(one));
  return {
    columns: columns.map(({ name, value }) => ({ name, origins: originsIn(value, input, outside) })),
    rest: null,
  };
}

function isNoColumn({ name, value }: PlanAttribute): boolean {
  return (name === 'variablesSet' && value.startsWith('[$cor')) || (name === 'hints' && value.startsWith('[['));
}

function originsIn(expression: string, input: Rows, outside: Outside): Origins {
  const inner: Outside = { ...outside, around: input };
  return allOrigins(
    operandsOf(expression).map((operand): Origins => {
      switch (operand.kind) {
        case 'column':
          return originsAt(input, operand.place);
        case 'outer':
          return originsNamed(outside.variables.get(operand.variable) ?? outside.around, operand.after);
        case 'query':
          return operand.exists
            ? NO_ORIGINS
            : allOrigins(operand.roots.map((root) => originsOfRows(rowsIn(root, inner))));
      }
    }),
  );
}

function aggregateRows(node: PlanNode, outside: Outside): Rows {
  const input = firstInput(node, outside);
  const [group, ...rest] = node.attributes;
  const keys = [...(group?.value ?? '').matchAll(/\d+/g)].map(([place]) => Number(place));
  const calls = rest.filter(({ name, value }) => !(name === 'groups' && value.startsWith('[{')));
  return {
    columns: [
      ...keys.map((place) => ({ name: input.columns[place]?.name ?? '', origins: originsAt(input, place) })),
      ...calls.map(({ name, value }) => ({ name, origins: originsIn(value, input, outside) })),
    ],
    rest: null,
  };
}

const ONE_SIDED = new Set(['semi', 'anti']);

function joinRows(node: PlanNode, [left = NO_ROWS, right = NO_ROWS]: readonly Rows[]): Rows {
  return ONE_SIDED.has(attribute(node, 'joinType')) ? left : besides(left, right);
}

function correlateRows(node: PlanNode, outside: Outside): Rows {
  const [leftNode, rightNode] = node.inputs;
  if (leftNode === undefined || rightNode === undefined) return NO_ROWS;
  const left = rowsIn(leftNode, outside);
  const variables = new Map([...outside.variables, [attribute(node, 'correlation'), left]]);
  return joinRows(node, [left, rowsIn(rightNode, { ...outside, variables })]);
}

const WINDOWS = /^(?:TUMBLE|HOP|CUMULATE|SESSION)\(/;

function functionRows(node: PlanNode, outside: Outside): Rows {
  const invocation = attribute(node, 'invocation');
  const names = fieldsOf(attribute(node, 'rowType'));
  const [input, ...more] = inputRows(node, outside);
  if (input === undefined) {
    const origins = originsIn(invocation, NO_ROWS, outside);
    return { columns: names.map((name) => ({ name, origins })), rest: null };
  }
  if (more.length > 0 || input.rest !== null || !WINDOWS.test(invocation)) return untold(node, outside);
  // A window adds its bounds to the columns of its input.
  const time = timeOf(invocation, input, outside);
  const added = names.slice(input.columns.length).map((name) => ({ name, origins: time }));
  return { columns: [...input.columns, ...added], rest: null };
}

/** The time column. The plan has its name or its number, depending on the version. */
function timeOf(invocation: string, input: Rows, outside: Outside): Origins {
  const [, described = ''] = /\bDESCRIPTOR\(((?:[^')]|'(?:[^']|'')*')*)\)/.exec(invocation) ?? [];
  const [, quoted] = /'((?:[^']|'')*)'/.exec(described) ?? [];
  if (quoted === undefined) return originsIn(described, input, outside);
  const name = quoted.replaceAll("''", "'");
  return input.columns.find((column) => column.name === name)?.origins ?? NO_ORIGINS;
}

/** `RecordType(BIGINT id, TIMESTAMP(3) *ROWTIME* ts) NOT NULL` */
function fieldsOf(rowType: string): string[] {
  const [, fields = ''] = /^RecordType(?::\w+)?\((.*)\)[^)]*$/s.exec(rowType) ?? [];
  return listItems(fields).map((field) => field.slice(field.lastIndexOf(' ') + 1));
}
