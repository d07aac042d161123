/** Trees are read as they were written, whatever names and literals are in them; a text that is no tree says so. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closingBracket, listItems } from '../../../lib/domain/lineage/brackets.ts';
import { operandsOf } from '../../../lib/domain/lineage/expression.ts';
import { type PlanNode, readTrees, UnreadablePlan } from '../../../lib/domain/lineage/plan-tree.ts';
import { quotedName, scannedTable, writtenTable } from '../../../lib/domain/lineage/table-name.ts';

const literal = fc
  .string({ unit: fc.constantFrom('a', "'", '[', ']', '{', '}', '(', ')', '=', ',', ' ', '\n', '$1', 'ü') })
  .map((text) => `_UTF-16LE'${text.replaceAll("'", "''")}'`);
const operand = fc.oneof(
  literal,
  fc.nat(99).map((place) => `$${place}`),
  fc.constant('$cor0.a b'),
);
const expression = fc.array(operand, { maxLength: 3 }).map((parts) => `F(${parts.join(', ')})`);
const name = fc.constantFrom('a', 'a b', 'it, is', "it's", 'c=[d]', '$f0', 'EXPR$0', 'x]y');
const attribute = fc.record({ name, value: expression });

const { tree } = fc.letrec<{ tree: PlanNode }>((tie) => ({
  tree: fc.record({
    kind: fc.constantFrom('LogicalProject', 'LogicalJoin', 'Uncollect'),
    attributes: fc.array(attribute, { maxLength: 3 }),
    inputs: fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(tie('tree'), { maxLength: 3 })),
  }),
}));

const written = ({ kind, attributes }: PlanNode): string =>
  `${kind}${attributes.length === 0 ? '' : `(${attributes.map((one) => `${one.name}=[${one.value}]`).join(', ')})`}\n`;

/** As Flink draws them. */
function outer(node: PlanNode, first = '', below = ''): string {
  const last = node.inputs.length - 1;
  const inputs = node.inputs.map((input, at) =>
    at === last ? outer(input, `${below}+- `, `${below}   `) : outer(input, `${below}:- `, `${below}:  `),
  );
  return first + written(node) + inputs.join('');
}

const inner = (node: PlanNode, depth = 0): string =>
  ' '.repeat(2 * depth) + written(node) + node.inputs.map((input) => inner(input, depth + 1)).join('');

describe('trees', () => {
  it('are read as they are written, one after the other', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 3 }), (trees) => {
        expect(readTrees(trees.map((one) => outer(one)).join('\n'), 'outer')).toEqual(trees);
        expect(readTrees(trees.map((one) => inner(one)).join(''), 'inner')).toEqual(trees);
      }),
    );
  });

  it('of a statement set of any length are read without a deep stack', () => {
    const line = 'LogicalSink(table=[c.d.t])\n+- LogicalValues(tuples=[[{ 1 }]])\n\n';
    expect(readTrees(line.repeat(5_000), 'outer')).toHaveLength(5_000);
  });

  it.each([
    ...['(x=[1])', 'LogicalProject(x=[1', 'LogicalProject(x)', 'LogicalProject(x=[1],y=[2])', 'A\n      +- B', 'ü'],
    ...['LogicalProject(x), y)', 'A(,', 'A(, x', 'A(x=[1])\n+- B(y=[2'],
  ])('%j is none', (text) => {
    expect(() => readTrees(text, 'outer')).toThrow(UnreadablePlan);
  });

  it.each<[string, PlanNode['attributes']]>([
    ['A(fields=[x]y, z])', [{ name: 'fields', value: 'x]y, z' }]],
    [
      'A(fields=[x]y], b=[$1])',
      [
        { name: 'fields', value: 'x]y' },
        { name: 'b', value: '$1' },
      ],
    ],
    [
      'A(c=[d]=[$1], e=[$2])',
      [
        { name: 'c=[d]', value: '$1' },
        { name: 'e', value: '$2' },
      ],
    ],
    ['A()', []],
    ['A', []],
  ])('%s has what is between its brackets', (text, attributes) => {
    expect(readTrees(text, 'outer')).toEqual([{ kind: 'A', attributes, inputs: [] }]);
  });

  it('have no part in what is behind a node on its line', () => {
    const [root, ...more] = readTrees('A(x=[1]): rowcount = 1.0, cost = {B}\n\n\n+- B: rowcount\n', 'outer');
    expect([root?.kind, root?.inputs.map(({ kind }) => kind), more]).toEqual(['A', ['B'], []]);
  });

  it('or not is known of any text at all', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('A', '(', ')', '=[', ']', '{\n', '\n', '+- ', ' ', "_UTF-16LE'") }),
        (text) => {
          try {
            readTrees(text, 'outer');
          } catch (error) {
            expect(error).toBeInstanceOf(UnreadablePlan);
          }
        },
      ),
    );
  });
});

describe('operands', () => {
  it('are found outside of literals and names alone', () => {
    const text = "||(||($12, _UTF-16LE'$1 {\n'), $cor3.na me), $SUM0($4) OVER (PARTITION BY $1.EXPR$0), CAST(X'ff')";
    expect(operandsOf(text)).toEqual([
      { kind: 'column', place: 12 },
      { kind: 'outer', variable: '$cor3', after: expect.stringMatching(/^na me\)/) as string },
      { kind: 'column', place: 4 },
      { kind: 'column', place: 1 },
    ]);
  });

  it('are queries, with what is behind them', () => {
    const query =
      '{\nLogicalProject(a=[EXISTS({\nLogicalTableScan(table=[[c, d, t]])\n})])\n  LogicalTableScan(table=[[c, d, u]])\n}';
    const found = operandsOf(`AND(IN($0, ${query}), NOT(EXISTS(${query})), $5)`);
    expect(found.map((one) => (one.kind === 'query' ? one.exists : one.kind))).toEqual([
      'column',
      false,
      true,
      'column',
    ]);
    const [, first] = found;
    expect(first?.kind === 'query' ? first.roots.map(({ kind, inputs }) => [kind, inputs.length]) : null).toEqual([
      ['LogicalProject', 1],
    ]);
  });
});

describe('a query that never ends', () => {
  it('goes on to the end of its expression, and the columns before it are there', () => {
    expect(operandsOf('IN($0, {\nLogicalTableScan(table=[[c, d, t]])\n')).toMatchObject([
      { kind: 'column', place: 0 },
      { kind: 'query', exists: false, roots: [{ kind: 'LogicalTableScan' }] },
    ]);
  });
});

describe('brackets', () => {
  it.each([
    ['(a)', 2],
    ['[({})]b', 5],
    ["[_UTF-16LE']']", 13],
    ["[it's]", 5],
    ['(a', -1],
  ])('of %s close at %i', (text, place) => {
    expect(closingBracket(text, 0)).toBe(place);
  });
});

describe('lists and names', () => {
  it('are parted at their own commas', () => {
    expect(listItems("BIGINT a, MAP(x, y) b, _UTF-16LE', ' c,d")).toEqual([
      'BIGINT a',
      'MAP(x, y) b',
      "_UTF-16LE', ' c,d",
    ]);
    expect(listItems('a[1, 2], {b, c}, f(d, e)')).toEqual(['a[1, 2]', '{b, c}', 'f(d, e)']);
    expect(listItems('')).toEqual([]);
  });

  it.each([
    ['[c, d, t]', ['c', 'd', 't']],
    ['[c, d, it, is]', ['c', 'd', 'it, is']],
    ['[c, d, files, metadata=[file.path]]', ['c', 'd', 'files']],
    ['[c, d, t, source: [X]]', ['c', 'd', 't']],
    ['[c, d, a[b]c]', ['c', 'd', 'a[b]c']],
  ])('%s', (text, table) => {
    expect(scannedTable(text)).toEqual(table);
  });

  it('are quoted as SQL wants it', () => {
    expect(quotedName(['c', 'my db', 'a`b'])).toBe('`c`.`my db`.`a``b`');
  });

  it('of a sink may have dots', () => {
    expect(writtenTable('c.d.t.u')).toEqual(['c', 'd', 't.u']);
  });
});
