/** The nodes of a job before it runs, as Flink's EXPLAIN JSON_EXECUTION_PLAN lists them, and as a job plan. */
import type { Mask } from '../errors.ts';

export interface StreamNode {
  readonly id: number;
  readonly type: string;
  readonly pact: string;
  readonly contents: string;
  readonly parallelism: number;
  /** Missing for a source. */
  readonly predecessors?: readonly StreamEdge[];
}

interface StreamEdge {
  readonly id: number;
  readonly ship_strategy: string;
  readonly side: string;
}

const TITLE = '== Physical Execution Plan ==';

/** Null: the text has no such part, or not one that can be read. `mask` is for the texts in it: it is applied after reading. */
export function readStreamGraph(explained: string, mask: Mask): StreamNode[] | null {
  const at = explained.lastIndexOf(`\n${TITLE}\n`);
  if (at < 0) return null;
  const parsed = parse(explained.slice(at + TITLE.length + 2));
  const nodes = isRecord(parsed) ? parsed['nodes'] : null;
  return Array.isArray(nodes) ? nodes.filter(isRecord).map((node) => toNode(node, mask)) : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Any error: it is no JSON.
    return null;
  }
}

function toNode(node: Readonly<Record<string, unknown>>, mask: Mask): StreamNode {
  const { predecessors } = node;
  const edges = Array.isArray(predecessors) ? predecessors.filter(isRecord) : [];
  return {
    id: numberOf(node['id']),
    type: mask(textOf(node['type'])),
    pact: textOf(node['pact']),
    contents: mask(textOf(node['contents'])),
    parallelism: numberOf(node['parallelism']),
    ...(edges.length > 0 && { predecessors: edges.map((edge) => toEdge(edge, mask)) }),
  };
}

function toEdge(edge: Readonly<Record<string, unknown>>, mask: Mask): StreamEdge {
  const ship_strategy = mask(textOf(edge['ship_strategy']));
  return { id: numberOf(edge['id']), ship_strategy, side: textOf(edge['side']) };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

export interface PlannedJob {
  readonly name: string;
  readonly type: 'STREAMING' | 'BATCH';
  readonly nodes: readonly StreamNode[];
}

/** The plan of a job in the form of Flink's web interface; its id is known only after the submit. */
export function toJobPlan({ name, type, nodes }: PlannedJob): object {
  // A batch job decides its exchanges only at the submit.
  const exchange = type === 'STREAMING' ? 'pipelined_bounded' : null;
  return { jid: null, name, type, nodes: nodes.toReversed().map((node) => toJobNode(node, exchange)) };
}

function toJobNode({ id, type, contents, parallelism, predecessors }: StreamNode, exchange: string | null): object {
  const inputs = predecessors?.map(({ id: from, ship_strategy }, num) => ({
    num,
    id: String(from),
    ship_strategy,
    exchange,
  }));
  return {
    id: String(id),
    parallelism,
    operator: type,
    operator_strategy: '',
    description: contents,
    ...(inputs !== undefined && { inputs }),
    optimizer_properties: {},
  };
}
