/** What the parts have measured: printed at once, and a table of it for docs/internals/benchmarks.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Figure {
  /** As "handler / by hand, typical, Flink 2.3.0". */
  readonly what: string;
  /** As "1.05" or "8 ms". */
  readonly goal: string;
  /** With its range of 95 % where it has one. */
  readonly figure: string;
}

const PAGE = join(import.meta.dirname, '..', 'docs', 'internals', 'benchmarks.md');
const BEGIN = '<!-- figures: written by npm run bench -- --write -->';
const END = '<!-- end of figures -->';

export function printFigures(figures: readonly Figure[]): void {
  const width = Math.max(...figures.map(({ what }) => what.length));
  for (const { what, goal, figure } of figures) console.log(`  ${what.padEnd(width)}  ${figure}  (goal ${goal})`);
}

/** `machine`: one line that says when and where. What the same machine has measured on the same day stays in the table. */
export function writeFigures(machine: string, figures: readonly Figure[]): void {
  const page = readFileSync(PAGE, 'utf8');
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for figures: "${BEGIN}" and "${END}".`);
  const rows = rowsWith(page.slice(from, to), machine, figures);
  const table = ['| what | goal | figure |', '| --- | --- | --- |', ...rows].join('\n');
  writeFileSync(PAGE, `${page.slice(0, from)}${BEGIN}\n\n${machine}\n\n${table}\n\n${page.slice(to)}`);
}

function rowsWith(written: string, machine: string, figures: readonly Figure[]): string[] {
  const earlier = written.split('\n').includes(machine) ? written.split('\n').filter(isRow).map(rowOf) : [];
  const rows = new Map([...earlier, ...figures.map(({ what, ...rest }) => [what, rest] as const)]);
  return [...rows].map(([what, { goal, figure }]) => `| ${what} | ${goal} | ${figure} |`);
}

const isRow = (line: string): boolean => /^\| (?!what \||---)/.test(line);

function rowOf(line: string): readonly [string, Omit<Figure, 'what'>] {
  const [, what = '', goal = '', figure = ''] = line.split('|').map((cell) => cell.trim());
  return [what, { goal, figure }];
}

/** "1.071 (1.045 to 1.098)" */
export function withRange(value: number, [low, high]: readonly [number, number], digits = 3): string {
  return `${value.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}
