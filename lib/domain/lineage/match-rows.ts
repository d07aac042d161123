/** MATCH_RECOGNIZE: its syntax tree does not say how its measures are computed, the optimized plan does. */
import { closingBracket, listItems, PLAN_STRING } from './brackets.ts';
import type { PlanNode } from './plan-tree.ts';
import {
  allOrigins,
  NO_ORIGINS,
  type Origins,
  originsAt,
  originsNamed,
  originsOfRows,
  type Rows,
  withoutColumns,
} from './rows.ts';

const STRINGS = new RegExp(PLAN_STRING, 'g');
const MEASURES = /\bMatch\((?:[^\n]*?, )?measures=\[/g;

/** For each Match of an optimized plan: the expression of each measure, by the measure's name. */
export function measuresIn(optimized: string): ReadonlyMap<string, string>[] {
  return [...optimized.matchAll(MEASURES)].map(({ 0: found, index }) => {
    const open = index + found.length - 1;
    const close = closingBracket(optimized, open);
    return new Map(listItems(optimized.slice(open + 1, close)).map(toMeasure));
  });
}

function toMeasure(text: string): [string, string] {
  const at = text.lastIndexOf(' AS ');
  return [text.slice(at + ' AS '.length), text.slice(0, at)];
}

export function matchRows(node: PlanNode, input: Rows, known: readonly ReadonlyMap<string, string>[]): Rows {
  const listOf = (name: string): string[] => {
    const value = node.attributes.find((one) => one.name === name)?.value ?? '';
    return listItems(value.replace(/^\[|\]$/g, ''));
  };
  const keys = listOf('partition').map((place) => originsAt(input, Number(place)));
  const names = listOf('outputFields');
  const measured = names.slice(keys.length);
  const measures = known.find((one) => one.size === measured.length && measured.every((name) => one.has(name)));
  const columns = names.map((name, place) => ({
    name,
    origins: keys[place] ?? originsOfMeasure(measures?.get(name), input),
  }));
  return { columns, rest: null };
}

/** `FINAL(LAST(B.amount, 0))` */
function originsOfMeasure(measure: string | undefined, input: Rows): Origins {
  if (measure === undefined) return withoutColumns(originsOfRows(input));
  const fields = [...measure.replace(STRINGS, '').matchAll(/(?:\w|\*)\./g)].map(({ input: text, 0: dot, index }) =>
    text.slice(index + dot.length),
  );
  return allOrigins(fields.map((field) => originsNamed({ columns: input.columns, rest: NO_ORIGINS }, field)));
}
