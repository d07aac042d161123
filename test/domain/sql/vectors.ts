import { readFileSync } from 'node:fs';

/** Reads test/vectors/sql/<name>.jsonl: one JSON array per line. */
export function readVectors<Row extends readonly unknown[]>(name: string): Row[] {
  const file = new URL(`../../vectors/sql/${name}.jsonl`, import.meta.url);
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}
