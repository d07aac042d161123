/** Equal as data: the order of keys does not matter, because DynamoDB keeps none. */
export function sameJson(a: unknown, b: unknown): boolean {
  return sortedJson(a) === sortedJson(b);
}

/** One text for each value, in any order of its keys. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const fields = new Map<string, unknown>(Object.entries(value));
  return Object.fromEntries([...fields.keys()].sort().map((key) => [key, sorted(fields.get(key))]));
}
