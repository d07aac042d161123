/** What a plan says of the ways between columns, where no recorded plan has such a node, and the answer that is made of it. */
import { describe, expect, it } from 'vitest';
import { describedColumns } from '../../../lib/domain/lineage/describe.ts';
import { type Lineage, lineageOf } from '../../../lib/domain/lineage/lineage.ts';
import type { TableColumn } from '../../../lib/domain/lineage/node-rows.ts';
import { optimizedTrees, syntaxTrees } from '../../../lib/domain/lineage/plan-sections.ts';
import { readPlan } from '../../../lib/domain/lineage/read-plan.ts';
import { shownEdges } from './shown-edges.ts';

type Described = Readonly<Record<string, readonly TableColumn[]>>;

/** "k m:metadata c:computed" */
const columns = (text: string): TableColumn[] =>
  text.split(' ').map((one) => {
    const [name = '', kind = 'stored'] = one.split(':');
    return { name, kind: kind as TableColumn['kind'] };
  });

const explained = (trees: string, optimized = ''): string =>
  `== Abstract Syntax Tree ==\n${trees}\n== Optimized Physical Plan ==\n${optimized}\n== Optimized Execution Plan ==\nSink()\n`;

/** What is written into `t (k, v)` from `s (a, b, c)` and `u (x, y)`, unless it says otherwise. */
const TABLES: Described = { t: columns('k v'), s: columns('a b c'), u: columns('x y') };

function lineage(trees: string, tables: Described = TABLES, optimized = ''): Lineage {
  const known = (name: readonly string[]): readonly TableColumn[] | null => tables[name.at(-1) ?? ''] ?? null;
  return lineageOf([readPlan(explained(trees, optimized))], known, (text) => text);
}

const SINK = 'LogicalSink(table=[default_catalog.default_database.t], fields=[k, v])\n';
const place = (table: string): string => `default_catalog.default_database.${table}`;
const scan = (table: string): string => `LogicalTableScan(table=[[default_catalog, default_database, ${table}]])\n`;
const edges = (nodes: string, tables?: Described): string[] => shownEdges(lineage(SINK + nodes, tables));

describe('a column of DESCRIBE', () => {
  it.each([
    [null, 'stored'],
    ['', 'stored'],
    ['AS `id` * 2', 'computed'],
    ["METADATA FROM 'file.path'", 'metadata'],
    ['METADATA', 'metadata'],
    ["METADATA FROM 'offset' VIRTUAL", 'readOnlyMetadata'],
    ['METADATA VIRTUAL', 'readOnlyMetadata'],
  ])('with %j is %s', (extras, kind) => {
    expect(describedColumns([['id', 'BIGINT', 'TRUE', null, extras, null]])).toEqual([{ name: 'id', kind }]);
  });
});

describe('the parts of EXPLAIN', () => {
  it.each([
    [
      '== Abstract Syntax Tree ==\nA\n\n== Optimized Physical Plan ==\nB\n\n== Optimized Execution Plan ==\nC\n',
      'A\n',
      'B\n',
    ],
    ['Notes\n== Abstract Syntax Tree ==\nA\n\n== Optimized Physical Plan ==\nB\n', 'A\n', 'B\n'],
    ['== Abstract Syntax Tree ==\nA\n', 'A\n', ''],
    ['Something else\n', '', ''],
    ['', '', ''],
  ])('of %j', (text, trees, optimized) => {
    expect([syntaxTrees(text), optimizedTrees(text)]).toEqual([trees, optimized]);
  });
});

describe('a plan', () => {
  const tablesOf = (trees: string) =>
    readPlan(explained(trees)).writes.map(({ target, fields, sources, root }) => ({
      ...{ target: target?.join('.'), fields, sources: sources.map((name) => name.join('.')), isRead: root !== null },
    }));

  it.each<[string, string, object]>([
    [
      'of a sink of before the new connectors names its table with quotes',
      `LogicalLegacySink(name=[\`c\`.\`d\`.\`t\`], fields=[k, v])\n+- ${scan('s')}`,
      { target: 'c.d.t', fields: ['k', 'v'], sources: [place('s')], isRead: true },
    ],
    [
      'of a query writes nowhere, and has the columns of its first node',
      `LogicalProject(k=[$0], v=[$1])\n+- ${scan('s')}`,
      { target: undefined, fields: ['k', 'v'], sources: [place('s')], isRead: true },
    ],
    [
      'names tables of inner queries before those below, each once',
      `LogicalFilter(condition=[IN($0, {\nLogicalTableScan(table=[[c, d, u]])\n})])\n+- LogicalUnion(all=[true])\n   :- ${scan('s')}   +- ${scan('s')}`,
      { target: undefined, fields: ['condition'], sources: ['c.d.u', place('s')], isRead: true },
    ],
    [
      'that can not be read tells its tables all the same',
      `LogicalSink(table=[c.d.t], fields=[k, v])\n+- LogicalProject(k=[$0\n   +- ${scan('s')}`,
      { target: 'c.d.t', fields: [], sources: [place('s')], isRead: false },
    ],
    [
      'that can not be read and has no sink writes nowhere, whatever a name in it looks like',
      `LogicalProject(LogicalSink(table=[c.d.t]=[$0\n+- ${scan('s')}`,
      { target: undefined, fields: [], sources: [place('s')], isRead: false },
    ],
    ['without a table has none', 'LogicalTableScan\n', { target: undefined, sources: ['..'], isRead: true }],
  ])('%s', (_what, trees, expected) => {
    expect(tablesOf(trees)).toMatchObject([expected]);
  });
});

describe('an answer', () => {
  const tree = `${SINK}+- LogicalProject(k=[$1], v=[||($0, $1)])\n   +- ${scan('s')}`;

  it('numbers tables and relations from 1, and names the columns of described tables, used or not', () => {
    expect(lineage(tree)).toEqual({
      tables: [
        { id: '1', name: 'default_catalog.default_database.s', columns: ['a', 'b', 'c'].map(named) },
        { id: '2', name: 'default_catalog.default_database.t', columns: ['k', 'v'].map(named) },
      ],
      relations: [
        { id: '1', srcTableId: '1', tgtTableId: '2', srcTableColName: 'b', tgtTableColName: 'k' },
        { id: '2', srcTableId: '1', tgtTableId: '2', srcTableColName: 'a', tgtTableColName: 'v' },
        { id: '3', srcTableId: '1', tgtTableId: '2', srcTableColName: 'b', tgtTableColName: 'v' },
      ],
      untold: [],
    });
  });

  it('has those columns of a table that nobody has described that are known to be used, each once', () => {
    const { tables } = lineage(tree, { s: columns('a b c') });
    expect(tables.map((table) => table.columns)).toEqual([['a', 'b', 'c'].map(named), ['k', 'v'].map(named)]);
    const union = `${SINK}+- LogicalUnion(all=[true])\n   :- ${scan('s')}   +- ${scan('w')}`;
    const other = lineage(union, { s: columns('a b') });
    expect(other.tables.map((table) => table.columns)).toEqual([['a', 'b'].map(named), [], ['k', 'v'].map(named)]);
  });

  it('says of which tables the plan does not tell the columns, and into which', () => {
    expect(lineage(tree, { t: columns('k v') })).toMatchObject({
      relations: [{ srcTableColName: null, tgtTableColName: null }],
      untold: [
        "Flink's plan does not show which columns of default_catalog.default_database.s get into default_catalog.default_database.t (k, v).",
      ],
    });
  });

  it('shows names and sentences as an answer may have them', () => {
    const mask = (text: string): string => text.replaceAll('default_', 'x_');
    const told = lineageOf([readPlan(explained(tree))], () => null, mask);
    expect(JSON.stringify(told)).not.toContain('default_');
    expect(told.tables.map(({ name }) => name)).toEqual(['x_catalog.x_database.s', 'x_catalog.x_database.t']);
  });

  it('has one relation of two tables without columns, and none where columns are told', () => {
    const filtered = `+- LogicalProject(k=[$0], v=[$0])\n   +- LogicalJoin(condition=[=($0, $3)], joinType=[semi])\n      :- ${scan('s')}      +- ${scan('u')}`;
    expect(edges(filtered)).toEqual(['s.a > t.k', 's.a > t.v', 'u > t']);
  });
});

const named = (name: string): { name: string; title: string } => ({ name, title: name });

describe('columns are found at their places', () => {
  it.each<[string, string, Described, string[]]>([
    [
      'metadata behind what is stored, wherever a table that is read has it',
      `+- LogicalProject(k=[$0], v=[||($1, ||($2, $3))])\n   +- ${scan('s')}`,
      { t: columns('k v'), s: columns('m:metadata a r:readOnlyMetadata c:computed b') },
      ['s.a > t.k', 's.b > t.v', 's.m > t.v', 's.r > t.v'],
    ],
    [
      'and wherever a table that is written has it: what it computes and what is read only is not written',
      `+- LogicalProject(a=[$0], b=[$1], m=[$2])\n   +- ${scan('s')}`,
      { t: columns('m:metadata k r:readOnlyMetadata c:computed v'), s: columns('a b c') },
      ['s.a > t.k', 's.b > t.v', 's.c > t.m'],
    ],
    [
      'what a table computes is its own column',
      `+- LogicalProject(k=[$0], v=[$1])\n   +- LogicalProject(a=[$0], twice=[*($0, 2)])\n      +- ${scan('s')}`,
      { t: columns('k v'), s: columns('a twice:computed') },
      ['s.a > t.k', 's.twice > t.v'],
    ],
    [
      'but a query with other names, other columns or fewer of them is not the table',
      `+- LogicalUnion(all=[true])
   :- LogicalProject(a=[$1], twice=[$1], c=[$0])
   :  +- ${scan('s')}   :- LogicalProject(a=[$1], twice=[$1], b=[$1], a0=[$0])
   :  +- ${scan('s')}   :- LogicalProject(a=[$1])
   :  +- ${scan('s')}   +- LogicalProject(a=[$1], b=[$1])
      +- ${scan('s')}`,
      { t: columns('k v'), s: columns('a twice:computed b') },
      ['s.b > t.k', 's.b > t.v'],
    ],
    [
      'a table without computed columns is read by its places, whatever a query calls them',
      `+- LogicalProject(a=[$1], b=[$0])\n   +- ${scan('s')}`,
      { t: columns('k v'), s: columns('a b') },
      ['s.b > t.k', 's.a > t.v'].sort(),
    ],
    [
      'hints and variables of a node are no columns, but columns may be called so',
      `+- LogicalProject(variablesSet=[[$cor0]], hints=[[[ALIAS inheritPath:[]]]], hints=[$1], variablesSet=[$0])\n   +- ${scan('s')}`,
      TABLES,
      ['s.a > t.v', 's.b > t.k'],
    ],
    [
      'keys with two digits, grouping sets that are no column, and a sum that is called as they are',
      `+- LogicalAggregate(group=[{0, 10}], groups=[[{0, 10}, {0}]])\n   +- ${scan('s')}`,
      { t: columns('k v'), s: columns('c0 c1 c2 c3 c4 c5 c6 c7 c8 c9 c10') },
      ['s.c0 > t.k', 's.c10 > t.v'],
    ],
    [
      'a sum that is called as grouping sets are',
      `+- LogicalAggregate(group=[{2}], groups=[SUM($1)])\n   +- ${scan('s')}`,
      TABLES,
      ['s.b > t.v', 's.c > t.k'],
    ],
    [
      'behind a table that nobody has described: of it and of those beside it, nobody knows which',
      `+- LogicalProject(k=[$0], v=[$7])\n   +- LogicalJoin(condition=[true], joinType=[inner])\n      :- ${scan('w')}      +- ${scan('u')}`,
      TABLES,
      ['u.x > t.k', 'u.x > t.v', 'u.y > t.k', 'u.y > t.v', 'w > t'],
    ],
    [
      'of a union, whose inputs may know more or less of them',
      `+- LogicalProject(k=[$1], v=[$7])\n   +- LogicalUnion(all=[true])\n      :- ${scan('s')}      +- ${scan('w')}`,
      TABLES,
      ['s.b > t.k', 'w > t'],
    ],
    [
      'and of what stands beside a union',
      `+- LogicalProject(k=[$1], v=[$3])\n   +- LogicalJoin(condition=[true], joinType=[inner])\n      :- LogicalUnion(all=[true])\n      :  :- ${scan('s')}      :  +- ${scan('s')}      +- ${scan('u')}`,
      TABLES,
      ['s.b > t.k', 'u.x > t.v'],
    ],
    ...(['semi', 'anti'] as const).map((joinType): [string, string, Described, string[]] => [
      `of a ${joinType} join, which has those of its first input alone`,
      `+- LogicalProject(k=[$0], v=[$7])\n   +- LogicalJoin(condition=[true], joinType=[${joinType}])\n      :- ${scan('w')}      +- ${scan('u')}`,
      TABLES,
      ['u > t', 'w > t'],
    ]),
    [
      'of an array that is unnested: all of it, at each place',
      `+- LogicalProject(k=[$0], v=[$4])
   +- LogicalCorrelate(correlation=[$cor0], joinType=[inner], requiredColumns=[{1}])
      :- ${scan('s')}      +- Uncollect
         +- LogicalProject(b=[$cor0.b])
            +- LogicalValues(tuples=[[{ 0 }]])
`,
      TABLES,
      ['s.a > t.k', 's.b > t.v'],
    ],
    [
      'of a node that nobody knows: of any table below it',
      `+- LogicalProject(k=[$0], v=[7])\n   +- LogicalNews(of=[$0])\n      :- ${scan('s')}      +- ${scan('u')}`,
      TABLES,
      ['s > t', 'u > t'],
    ],
  ])('%s', (_what, nodes, tables, expected) => {
    expect(edges(nodes, tables)).toEqual(expected);
  });

  it.each([
    'LogicalProject(k=[$0], v=[$1])',
    'LogicalFilter(condition=[true])',
    'Uncollect',
    'LogicalUnion(all=[true])',
  ])('and there are none below %s without an input', (node) => {
    expect(lineage(`${SINK}+- ${node}\n`)).toMatchObject({ relations: [], untold: [] });
  });

  it('nor of a lateral join that has no second input, or none at all', () => {
    const correlate = '+- LogicalCorrelate(correlation=[$cor0], joinType=[inner], requiredColumns=[{1}])\n';
    expect(edges(correlate)).toEqual([]);
    expect(edges(`${correlate}   +- ${scan('s')}`)).toEqual(['s > t']);
  });
});

describe('columns by name', () => {
  /** A lateral query that takes this name of the rows outside, which are those of `left`. */
  const lateral = (left: string, name: string): string =>
    `+- LogicalProject(k=[0], v=[$9])
   +- LogicalCorrelate(correlation=[$cor0], joinType=[inner], requiredColumns=[{1}])
      :- ${left.trimEnd().replaceAll('\n', '\n      :  ')}
      +- Uncollect
         +- LogicalProject(x=[$cor0.${name}])
            +- LogicalValues(tuples=[[{ 0 }]])
`;
  const window = (time: string): string =>
    `LogicalTableFunctionScan(invocation=[TUMBLE(${time}, 60000:INTERVAL MINUTE)], rowType=[RecordType(BIGINT a, TIMESTAMP(3) b, MAP<STRING, BIGINT> c, TIMESTAMP(3) window_start, TIMESTAMP(3) *ROWTIME* window_time) NOT NULL])\n+- ${scan('s')}`;
  const keyed = `LogicalAggregate(group=[{1, 2}], total=[SUM($0)])\n+- ${scan('s')}`;
  const thrice = `LogicalJoin(condition=[true], joinType=[left])\n:- LogicalJoin(condition=[true], joinType=[left])\n:  :- ${scan('s')}:  +- ${scan('s2')}+- ${scan('s3')}`;
  const united = `LogicalUnion(all=[true])\n:- ${scan('s')}+- ${scan('s3')}`;
  const twice = `LogicalJoin(condition=[true], joinType=[left])\n:- ${scan('s')}+- ${scan('s2')}`;

  it.each<[string, string, string, string]>([
    ['the key of an aggregate', keyed, 'c', 's.c > t.v'],
    ['its sum', keyed, 'total', 's.a > t.v'],
    ['a bound of a window', window('DESCRIPTOR($1)'), 'window_start', 's.b > t.v'],
    ['the time of a window', window("DESCRIPTOR(_UTF-16LE'b')"), 'window_time', 's.b > t.v'],
    ['a column beside it', window('DESCRIPTOR($1)'), 'c', 's.c > t.v'],
    ['a name that is there twice, by its number', twice, 'a0', 's2.a > t.v'],
    ['a name that is there three times', thrice, 'a1', 's3.a > t.v'],
    ['a name of a union, as its first input has it', united, 'b', 's.b > t.v, s3.c > t.v'],
    ['the longest name that fits', twice, 'ab', 's2.ab > t.v'],
  ])('%s', (_what, left, name, expected) => {
    const tables = { ...TABLES, s2: columns('a ab'), s3: columns('a c') };
    expect(edges(lateral(left, name), tables).filter((edge) => edge.endsWith('> t.v'))).toEqual(expected.split(', '));
  });
});

describe('MATCH_RECOGNIZE', () => {
  const match = (outputFields: string): string =>
    `${SINK}+- LogicalMatch(partition=[[1]], order=[[2 ASC-nulls-first]], outputFields=[[${outputFields}]], allRows=[false])\n   +- ${scan('s')}`;
  const told = (outputFields: string, measures: readonly string[]): string[] =>
    shownEdges(lineage(match(outputFields), TABLES, measures.map(optimized).join('')));
  const optimized = (measures: string): string =>
    `+- Match(partitionBy=[b], orderBy=[c ASC], measures=[${measures}], rowsPerMatch=[ONE ROW PER MATCH])\n`;

  it.each<[string, string, string[], string[]]>([
    ['has its keys and its measures', 'b, top', ['FINAL(LAST(B.a, 0)) AS top'], ['s.a > t.v', 's.b > t.k']],
    [
      'has its measures by their names, wherever they stand',
      'b, top, low',
      ['LAST(B.a, 0) AS top, LAST(B.a, 0) AS high', 'LAST(B.a, 0) AS low, LAST(B.c, 0) AS top'],
      ['s.b > t.k', 's.c > t.v'],
    ],
    [
      'may call a measure as a column of a row is written',
      'b, p.c',
      ['LAST(B.a, 0) AS p.c'],
      ['s.a > t.v', 's.b > t.k'],
    ],
    ['may have measures of any row', 'b, top', ['FINAL(LAST(*.c, 0)) AS top'], ['s.b > t.k', 's.c > t.v']],
    [
      'takes those with its names, where there are several',
      'b, top',
      ['LAST(B.a, 0) AS low', 'LAST(B.a, 0) AS top, LAST(B.b, 0) AS low', 'LAST(B.c, 0) AS top'],
      ['s.b > t.k', 's.c > t.v'],
    ],
    [
      'takes no literal for a column',
      'b, top',
      ["||(_UTF-16LE'A.c, B.b', LAST(B.a, 0)) AS top"],
      ['s.a > t.v', 's.b > t.k'],
    ],
    ['whose measures nobody tells has only its table', 'b, top', [], ['s.b > t.k']],
    ['with other measures than are told has only its table', 'b, top', ['LAST(B.a, 0) AS low'], ['s.b > t.k']],
    [
      'has a list in brackets for a column with brackets',
      'b, m[1]',
      ['LAST(B.a, 0) AS m[1]'],
      ['s.a > t.v', 's.b > t.k'],
    ],
  ])('%s', (_what, outputFields, measures, expected) => {
    expect(told(outputFields, measures)).toEqual(expected);
  });

  it('says of which column nobody tells how it is measured', () => {
    const { untold } = lineage(match('b, top'));
    expect(untold).toEqual([`Flink's plan does not show which columns of ${place('s')} get into ${place('t')} (v).`]);
  });

  it('without a list of columns has none', () => {
    expect(shownEdges(lineage(`${SINK}+- LogicalMatch(partition=[[1]])\n   +- ${scan('s')}`))).toEqual(['s > t']);
  });
});

describe('a table function', () => {
  const call = (invocation: string, inputs: string): string =>
    `+- LogicalProject(k=[$0], v=[$3])\n   +- LogicalTableFunctionScan(invocation=[${invocation}], rowType=[RecordType(BIGINT a, BIGINT b, BIGINT c, TIMESTAMP(3) window_start)])\n${inputs}`;
  const one = `      +- ${scan('s')}`;
  const two = `      :- ${scan('s')}      +- ${scan('u')}`;

  it.each<[string, string, string[]]>([
    [
      'that is a window keeps the columns of its input',
      call('HOP(DESCRIPTOR($2), 1, 2)', one),
      ['s.a > t.k', 's.c > t.v'],
    ],
    ['with another name takes any column', call('DETECT(DESCRIPTOR($2))', one), ['s > t']],
    ['with a name that ends like a window takes any column', call('MY_HOP(DESCRIPTOR($2), 1)', one), ['s > t']],
    ['of two tables takes any column of both', call('TUMBLE(DESCRIPTOR($2), 1)', two), ['s > t', 'u > t']],
    [
      'over a table that nobody has described takes any',
      call('TUMBLE(DESCRIPTOR($2), 1)', `      +- ${scan('w')}`),
      ['w > t'],
    ],
    ['whose column of time is not there has none', call("TUMBLE(DESCRIPTOR(_UTF-16LE'z'), 1)", one), ['s.a > t.k']],
    ['without a time has none', call('TUMBLE(1)', one), ['s.a > t.k']],
    [
      'may have a name with an apostrophe for its time',
      call("TUMBLE(DESCRIPTOR(_UTF-16LE'it''s'), 1)", `      +- ${scan('q')}`),
      ['q.a > t.k', "q.it's > t.v"],
    ],
  ])('%s', (_what, nodes, expected) => {
    expect(edges(nodes, { ...TABLES, q: columns("a b it's") })).toEqual(expected);
  });
});
