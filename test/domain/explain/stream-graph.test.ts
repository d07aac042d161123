/** The nodes of a job as Flink's EXPLAIN JSON_EXECUTION_PLAN lists them: read whatever is in them, and as a job plan. */
import { describe, expect, it } from 'vitest';
import { readStreamGraph, toJobPlan } from '../../../lib/domain/explain/stream-graph.ts';

const NODES = [
  { id: 1, type: 'Source: src[1]', pact: 'Data Source', contents: '[1]:TableSourceScan(planted)', parallelism: 2 },
  { id: 2, type: 'Source: other[2]', pact: 'Data Source', contents: '[2]:TableSourceScan(x)', parallelism: 1 },
  {
    ...{ id: 5, type: 'Join[3]', pact: 'Operator', contents: '[3]:Join(planted)', parallelism: 4 },
    predecessors: [
      { id: 1, ship_strategy: 'HASH planted', side: 'second' },
      { id: 2, ship_strategy: 'FORWARD', side: 'second' },
    ],
  },
];
const explained = (json: string): string => `== Abstract Syntax Tree ==\nx\n\n== Physical Execution Plan ==\n${json}`;
const masked = (text: string): string => text.replaceAll('planted', '******');
const read = (value: unknown) => readStreamGraph(explained(JSON.stringify(value)), masked);

describe('the nodes of a job', () => {
  it('are read with what Flink says of them, masked', () => {
    const [first, second, join] = NODES;
    expect(read({ nodes: NODES })).toEqual([
      { ...first, contents: '[1]:TableSourceScan(******)' },
      second,
      {
        ...join,
        contents: '[3]:Join(******)',
        predecessors: [
          { id: 1, ship_strategy: 'HASH ******', side: 'second' },
          { id: 2, ship_strategy: 'FORWARD', side: 'second' },
        ],
      },
    ]);
    expect(read({ nodes: [{ ...first, type: 'Source: planted[1]' }] })?.[0]?.type).toBe('Source: ******[1]');
  });

  it('stand behind the last title: a literal of the plan may hold another', () => {
    const text = `\n== Physical Execution Plan ==\nno json\n${explained(JSON.stringify({ nodes: [] }))}`;
    expect(readStreamGraph(text, masked)).toEqual([]);
  });

  it.each([
    ['no such part', '== Abstract Syntax Tree ==\n{"nodes": []}'],
    ['the title within a line', 'x == Physical Execution Plan ==\n{"nodes": []}'],
    ['no text at all', ''],
    ['no JSON', explained('{"nodes": [')],
    ['no nodes', explained('{"vertices": []}')],
    ['nodes that are no list', explained('{"nodes": {"id": 1}}')],
    ['a list', explained('[{"nodes": []}]')],
    ['null', explained('null')],
    ['a text', explained('"nodes"')],
  ])('are none where there is %s', (_what, text) => {
    expect(readStreamGraph(text, masked)).toBeNull();
  });

  it('are read as far as they are what they should be', () => {
    const nothing = { id: 0, type: '', pact: '', contents: '', parallelism: 0 };
    expect(read({ nodes: [null, 7, 'x', [{ id: 1 }], {}] })).toEqual([nothing]);
    const odd = { id: '1', type: 1, pact: null, contents: ['planted'], parallelism: '2' };
    expect(read({ nodes: [{ ...odd, predecessors: { id: 1 } }] })).toEqual([nothing]);
    expect(read({ nodes: [{ id: 3, predecessors: [] }] })).toEqual([{ ...nothing, id: 3 }]);
    expect(read({ nodes: [{ id: 3, predecessors: [null, [1], 'x', {}, { id: 1, side: 'first' }] }] })).toEqual([
      {
        ...nothing,
        id: 3,
        predecessors: [
          { id: 0, ship_strategy: '', side: '' },
          { id: 1, ship_strategy: '', side: 'first' },
        ],
      },
    ]);
  });
});

describe('the plan of a job', () => {
  const plan = (type: 'STREAMING' | 'BATCH') => toJobPlan({ name: 'orders', type, nodes: NODES });
  const source = (id: string, parallelism: number, operator: string, description: string) => ({
    ...{ id, parallelism, operator, description, operator_strategy: '', optimizer_properties: {} },
  });

  it('has its nodes as Flink shows them, the last operator first, under no id yet', () => {
    expect(plan('STREAMING')).toEqual({
      ...{ jid: null, name: 'orders', type: 'STREAMING' },
      nodes: [
        {
          ...source('5', 4, 'Join[3]', '[3]:Join(planted)'),
          inputs: [
            { num: 0, id: '1', ship_strategy: 'HASH planted', exchange: 'pipelined_bounded' },
            { num: 1, id: '2', ship_strategy: 'FORWARD', exchange: 'pipelined_bounded' },
          ],
        },
        source('2', 1, 'Source: other[2]', '[2]:TableSourceScan(x)'),
        source('1', 2, 'Source: src[1]', '[1]:TableSourceScan(planted)'),
      ],
    });
  });

  it('says nothing of the exchanges of a batch job, which are decided later', () => {
    const { nodes } = plan('BATCH') as { nodes: { inputs?: { exchange: unknown }[] }[] };
    expect(nodes[0]?.inputs?.map(({ exchange }) => exchange)).toEqual([null, null]);
  });
});
