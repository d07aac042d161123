/** What a fresh process pays for loading the packaged submit function, beside a function that does nothing. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from '../test/package/build.ts';
import { type Figure, printFigures } from './figures.ts';
import { median } from './stats.ts';

const FUNCTION = 'submit';
const HANDLER = `handlers/${FUNCTION}.mjs`;
const EMPTY = 'export const handler = async () => ({ statusCode: 200 });\n';
const ROUNDS = 15;
/** In the new process itself: its own start is Node's and the same for both. */
const TIMED = `const from = performance.now();
await import(process.argv[1]);
console.log(performance.now() - from);`;

export function benchColdStart(): Figure[] {
  const built = build();
  try {
    const bundle = built.zips[FUNCTION]?.[HANDLER];
    if (bundle === undefined) throw new Error(`The package of ${FUNCTION} has no ${HANDLER}.`);
    const submit = writeHandler(built.directory, 'submit', bundle);
    const empty = writeHandler(built.directory, 'empty', EMPTY);
    return summed(bundle.length, measure(submit, empty));
  } finally {
    rmSync(built.directory, { recursive: true, force: true });
  }
}

function writeHandler(directory: string, name: string, text: string | Uint8Array): string {
  const file = join(directory, 'bench', name, HANDLER);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

interface LoadTimes {
  readonly submit: number[];
  readonly empty: number[];
}

function measure(submit: string, empty: string): LoadTimes {
  const times: LoadTimes = { submit: [], empty: [] };
  // The first of each reads the file from disk, which a measurement of ours should not depend on.
  [submit, empty].forEach(loadMs);
  for (let round = 0; round < ROUNDS; round++) {
    times.submit.push(loadMs(submit));
    times.empty.push(loadMs(empty));
  }
  return times;
}

function loadMs(file: string): number {
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', TIMED, file], { encoding: 'utf8' });
  return Number(said);
}

function summed(bytes: number, { submit, empty }: LoadTimes): Figure[] {
  const [ofSubmit, ofEmpty] = [median(submit), median(empty)];
  const what = `loading the submit function (${Math.round(bytes / 1024)} KB) in a fresh process`;
  const figure = `${ofSubmit.toFixed(1)} ms; an empty function ${ofEmpty.toFixed(1)} ms`;
  const figures = [{ what, goal: 'none', figure }];
  console.log(`\nLoading the packaged submit function, medians of ${ROUNDS}`);
  printFigures(figures);
  return figures;
}
