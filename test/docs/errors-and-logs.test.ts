/** docs/operate tells every error code and every line that the log may have. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { AppError, ERROR_CODES, type ErrorCode } from '../../lib/domain/errors.ts';
import { COUNTED_LINES, METRIC_UNITS } from '../../lib/domain/metrics.ts';
import { read, ROOT } from './pages.ts';

type Parts = Record<string, { readonly Properties: { readonly AlarmName?: string } }>;

const codes = Object.keys(ERROR_CODES) as ErrorCode[];

it('troubleshooting.md has every error code once, and says whether a repeat may help', () => {
  const page = read('docs/operate/troubleshooting.md');
  const section = page.slice(page.indexOf('## Error codes'), page.indexOf('## Another JobManager'));
  const rows = [...section.matchAll(/^\| (`[^|]+) \| (yes|no) \|$/gm)];
  const told = rows.flatMap(([, names = '', later]) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, code = '']) => [code, later] as const),
  );
  expect(told.length).toBe(codes.length);
  expect(Object.fromEntries(told)).toEqual(
    Object.fromEntries(codes.map((code) => [code, new AppError(code, 'x').retryable ? 'yes' : 'no'])),
  );
});

/** Every text of `log.warn('…')` and its like; a text in a constant is found by its use as one. */
const sources = readdirSync(new URL('lib', ROOT), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => read(`lib/${name}`));
const TEXT = String.raw`('[^']+'|"[^"]+")`;
const LOGGED = [
  String.raw`\blog\.(?:debug|info|warn|error)\(\s*${TEXT}`,
  String.raw`\blogFailure\([^,]+,\s*${TEXT}`,
  String.raw`\bPASSED_OVER = ${TEXT}`,
].map((pattern) => new RegExp(pattern, 'g'));
const logged = sources.flatMap((source) =>
  LOGGED.flatMap((pattern) => [...source.matchAll(pattern)].map(([, text = '']) => text.slice(1, -1))),
);

it('monitoring.md has every line of the log', () => {
  const page = read('docs/operate/monitoring.md');
  const section = page.slice(page.indexOf('| message | level |'), page.indexOf('## What it costs'));
  const told = [...section.matchAll(/^\| (`[^|]+) \| /gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text),
  );
  const isLike = (text: string, row: string) => (row.endsWith(' …') ? text.startsWith(row.slice(0, -2)) : text === row);
  expect(logged.filter((text) => !told.some((row) => isLike(text, row)))).toEqual([]);
  expect(told.filter((row) => !logged.some((text) => isLike(text, row)))).toEqual([]);
  expect(logged.length).toBeGreaterThan(30);
});

it('every line that counts as a metric is one that the log may have', () => {
  expect(COUNTED_LINES.filter((text) => !logged.includes(text))).toEqual([]);
  expect(COUNTED_LINES.length).toBeGreaterThan(5);
});

it('monitoring.md has every metric and every alarm', async () => {
  const page = read('docs/operate/monitoring.md');
  const section = page.slice(page.indexOf('## Metrics and alarms'), page.indexOf('## The reconciler'));
  const rows = [...section.matchAll(/^\| (`[^|]+) \| /gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text),
  );
  const { default: parts } = (await import(new URL('serverless/alarms.cjs', ROOT).href)) as { default: Parts };
  const alarms = Object.values(parts).flatMap(({ Properties: { AlarmName } }) => AlarmName?.split('}-').at(-1) ?? []);
  expect(rows.sort()).toEqual([...Object.keys(METRIC_UNITS), ...alarms].sort());
  expect(alarms.length).toBeGreaterThan(5);
});

it('alarms and the dashboard name metrics that there are', () => {
  const source = read('serverless/alarms.cjs');
  const named = [...source.matchAll(/(?:counted|ours)\(([^)]*)\)/g)].flatMap(([, names = '']) =>
    [...names.matchAll(/'(\w+)'/g)].map(([, name = '']) => name),
  );
  expect(named.filter((name) => !(name in METRIC_UNITS))).toEqual([]);
  expect(named.length).toBeGreaterThan(10);
});
