/** The columns in an expression of a plan: `||($1, $cor0.name, $SCALAR_QUERY({ … }))`. */
import { closingBracket, PLAN_STRING } from './brackets.ts';
import { type PlanNode, readTrees } from './plan-tree.ts';

export type Operand =
  /** The column of the node's input with this place, from 0. */
  | { readonly kind: 'column'; readonly place: number }
  /** A column of a row outside: `after` begins with its name, and nothing tells where that ends. */
  | { readonly kind: 'outer'; readonly variable: string; readonly after: string }
  /** Only whether it has rows counts for EXISTS. */
  | { readonly kind: 'query'; readonly exists: boolean; readonly roots: readonly PlanNode[] };

const OPERAND = new RegExp(
  String.raw`${PLAN_STRING}|(?<![\w$])(\$cor\d+)\.|(?<![\w$])\$(\d+)(?!\w)|(\w*)\(\{\n|\{\n`,
  'g',
);

const LONGEST_NAME = 300;

export function operandsOf(expression: string): Operand[] {
  const operands: Operand[] = [];
  const pattern = new RegExp(OPERAND);
  for (let found = pattern.exec(expression); found !== null; found = pattern.exec(expression)) {
    const [text, variable, place, called] = found;
    const end = found.index + text.length;
    if (place !== undefined) operands.push({ kind: 'column', place: Number(place) });
    if (variable !== undefined) {
      operands.push({ kind: 'outer', variable, after: expression.slice(end, end + LONGEST_NAME) });
    }
    if (!text.endsWith('{\n')) continue;
    const close = closingBracket(expression, end - 2);
    const inner = expression.slice(end, close < 0 ? undefined : close);
    operands.push({ kind: 'query', exists: called === 'EXISTS', roots: readTrees(inner, 'inner') });
    pattern.lastIndex = close < 0 ? expression.length : close;
  }
  return operands;
}
