/** A stored task and its variables in a query: `id=1&variables.country=NO`. */
import { oneOf, readId, type Request } from './request.ts';

const PREFIX = 'variables.';

export function readTaskQuery({ query }: Request): { task: number; variables: Record<string, string> } {
  return { task: readId('id', oneOf(query, 'id')), variables: variablesIn(query) };
}

export function variablesIn(query: URLSearchParams): Record<string, string> {
  const names = [...new Set(query.keys())].filter((name) => name.startsWith(PREFIX));
  return Object.fromEntries(names.map((name) => [name.slice(PREFIX.length), oneOf(query, name) ?? '']));
}
