/**
 * The trees in a plan as Flink's EXPLAIN writes them, one node a line:
 *
 *   LogicalSink(table=[c.d.t], fields=[id])
 *   +- LogicalProject(id=[$0])
 *      +- LogicalTableScan(table=[[c, d, s]])
 *
 * A query within an expression is a tree of its own between `{` and `}`, with other indents.
 */
import { closingBracket } from './brackets.ts';

export interface PlanNode {
  readonly kind: string;
  readonly attributes: readonly PlanAttribute[];
  readonly inputs: readonly PlanNode[];
}

export interface PlanAttribute {
  readonly name: string;
  /** The text between its brackets. */
  readonly value: string;
}

/** The text is no readable tree. Then only the tables of the plan count, so the error needs no details. */
export class UnreadablePlan extends Error {
  override readonly name = 'UnreadablePlan';
}

interface Growing extends PlanNode {
  readonly inputs: PlanNode[];
}

const STYLES = {
  outer: { indent: /(?:[: ] {2})*(?:[:+]- )?/y, step: 3 },
  inner: { indent: / */y, step: 2 },
} as const;

/** `inner`: within an expression. Trees follow each other with an empty line between. */
export function readTrees(text: string, style: keyof typeof STYLES): PlanNode[] {
  const { indent, step } = STYLES[style];
  const roots: PlanNode[] = [];
  let path: Growing[] = [];
  for (let at = 0; at < text.length;) {
    const start = at + lengthAt(indent, text, at);
    const { node, end } = readNode(text, start);
    const depth = (start - at) / step;
    if (depth > path.length) throw new UnreadablePlan();
    path = [...path.slice(0, depth), node];
    (path[depth - 1]?.inputs ?? roots).push(node);
    at = afterLine(text, end);
  }
  return roots;
}

const NAME = /\w+/y;

function readNode(text: string, start: number): { node: Growing; end: number } {
  const named = start + lengthAt(NAME, text, start);
  if (named === start) throw new UnreadablePlan();
  const node = { kind: text.slice(start, named), inputs: [] };
  if (text[named] !== '(') return { node: { ...node, attributes: [] }, end: named };
  const { attributes, end } = readAttributes(text, named + 1);
  return { node: { ...node, attributes }, end };
}

/** Names are written as they are: one may hold anything, even `=[`. */
function readAttributes(text: string, from: number): { attributes: PlanAttribute[]; end: number } {
  const attributes: PlanAttribute[] = [];
  let at = from;
  while (text[at] !== ')') {
    const { open, close } = valueAfter(text, at);
    attributes.push({ name: text.slice(at, open), value: text.slice(open + 2, close) });
    at = text.startsWith(', ', close + 1) ? close + 3 : close + 1;
    if (at === close + 1 && text[at] !== ')') throw new UnreadablePlan();
  }
  return { attributes, end: at };
}

/** `c=[d]=[$1]` is the value of a column that is called `c=[d]`; a bracket with anything else behind it belongs to a name. */
function valueAfter(text: string, from: number): { open: number; close: number } {
  let open = text.indexOf('=[', from);
  let close = open < 0 ? -1 : closingBracket(text, open + 1);
  while (close >= 0 && !BEHIND_VALUE.has(text[close + 1])) {
    const isName = text.startsWith('=[', close + 1);
    if (isName) open = close + 1;
    close = isName ? closingBracket(text, open + 1) : text.indexOf(']', close + 1);
  }
  if (close < 0) throw new UnreadablePlan();
  return { open, close };
}

const BEHIND_VALUE = new Set<string | undefined>([',', ')']);

function afterLine(text: string, from: number): number {
  let at = text.indexOf('\n', from);
  while (text[at] === '\n') at += 1;
  return at < 0 ? text.length : at;
}

function lengthAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}
