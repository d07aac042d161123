/** The constants of docs/internals/protocol.md, section 9, and those of the code are the same: none missing, none else. */
import { expect, it } from 'vitest';
import * as limits from '../../lib/domain/limits.ts';
import { read } from './pages.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  days: 86_400_000,
  KB: 1_024,
  MB: 1_048_576,
};

function valueOf(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)(?: (\w+))?$/.exec(text) ?? [];
  return Number(number) * (UNITS[unit] ?? Number.NaN);
}

const page = read('docs/internals/protocol.md');
const section = page.slice(page.indexOf('\n## 9. '), page.indexOf('\n## 10. '));
const rows = [...section.matchAll(/^\| ([A-Z_, ]+) \| ([^|]+) \|/gm)];
/** A row has several constants side by side: "SWEEP, LOOK" and "50 s, 25 s". */
const documented = rows.flatMap(([, names = '', values = '']) => {
  const texts = values.trim().split(', ');
  return names.split(', ').map((name, place) => [name, valueOf(texts[place] ?? '')] as const);
});

it('are told and kept alike', () => {
  const kept = Object.entries(limits).map(([name, value]) => [name.replace(/_(?:MS|BYTES)$/, ''), value]);
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(kept));
});

it('stand once', () => {
  expect(new Set(documented.map(([name]) => name)).size).toBe(documented.length);
});
