/** Options and functions in the shapes in which Dinky writes them -> maps. A shape that is not known passes through. */
import { isSensitiveName } from '../secrets/sensitive-name.ts';
import { MASK } from '../secrets/text-spans.ts';

/**
 * Dinky keeps options as a list of {key, value}, functions as a list of {name, className} in `udfRefer` or
 * `udfConfig.udfRefers`; Dinky 0.7 all of it as JSON in a text, which is the list of options alone.
 */
export function taskConfig(parsed: unknown, written: unknown = parsed): unknown {
  const value = Array.isArray(parsed) ? { customConfig: parsed } : parsed;
  if (!isRecord(value)) return written;
  const { customConfig, udfRefer, udfConfig, ...rest } = value;
  const refers = udfRefer ?? (isRecord(udfConfig) ? udfConfig['udfRefers'] : udfConfig);
  return {
    ...rest,
    ...(customConfig != null && { customConfig: toMap(customConfig, 'value') }),
    ...(refers != null && { udfRefer: toMap(withNames(refers), 'className') }),
  };
}

/** A function without a name is called like its class, the first letter small: so does Dinky. */
function withNames(refers: unknown): unknown {
  if (!Array.isArray(refers)) return refers;
  return refers.map((item: unknown) => {
    if (!isRecord(item) || typeof item['className'] !== 'string') return item;
    if (item['name'] != null && item['name'] !== '') return item;
    const simple = item['className'].replace(/^.*\./s, '');
    return { ...item, name: simple.charAt(0).toLowerCase() + simple.slice(1) };
  });
}

/** [{key|name, value}] -> {name: value}; a map stays one. Rows that nobody has filled in say nothing. */
export function toMap(value: unknown, valueField: string): unknown {
  if (!Array.isArray(value)) return value;
  const pairs = value
    .filter((item) => !isEmptyRow(item))
    .map((item: unknown) => {
      if (!isRecord(item)) return null;
      const name = item['key'] ?? item['name'];
      return typeof name === 'string' && valueField in item ? ([name, item[valueField]] as const) : null;
    });
  return pairs.includes(null) ? value : Object.fromEntries(withDoubles(pairs as [string, unknown][]));
}

/** A name with two values gets the list of both, which its schema refuses: nobody knows which one is meant. */
function withDoubles(pairs: readonly [string, unknown][]): Map<string, unknown> {
  const map = new Map<string, unknown>();
  for (const [name, value] of pairs) {
    const other = map.get(name);
    const values = isSensitiveName(name) ? [MASK, MASK] : [other, value];
    map.set(name, map.has(name) && other !== value ? values : value);
  }
  return map;
}

function isEmptyRow(item: unknown): boolean {
  return item === null || (isRecord(item) && Object.values(item).every((field) => field === null || field === ''));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
