import { findPlaceholders } from '../sql/placeholder.ts';
import { scan } from '../sql/scan.ts';
import type { Token } from '../sql/token.ts';
import type { PlacedText, PlacedValue } from './placed-text.ts';

/** Name of the placeholder -> value of its secret. In memory for one send, nowhere else. */
export type SecretValues = Readonly<Record<string, string>>;

/**
 * Puts the values of secrets in place of the `${name}` that resolveVariables left. Inside `'…'` and backquotes the
 * quote signs of a value are doubled, so that no secret can break the text. Any other `${name}` is text of a value.
 */
export function placeSecrets(original: string, secrets: SecretValues): PlacedText {
  if (Object.keys(secrets).length === 0) return { text: original, original, values: [] };
  const parts: string[] = [];
  const values: PlacedValue[] = [];
  let from = 0;
  let length = 0;
  const add = (part: string): void => {
    parts.push(part);
    length += part.length;
  };
  for (const token of scan(original)) {
    if (token.kind === 'comment') continue;
    for (const found of findPlaceholders(token.text)) {
      const secret = own(secrets, found.name);
      if (secret === undefined) continue;
      const start = token.start + found.start;
      add(original.slice(from, start));
      const value = asWritten(token, secret);
      from = token.start + found.end;
      values.push({ at: length, length: value.length, from: start, to: from });
      add(value);
    }
  }
  return { text: parts.join('') + original.slice(from), original, values };
}

/** For a value that is no SQL any more, as an argument of main(): nothing is doubled, other `${…}` stay. */
export function fillSecrets(value: string, secrets: SecretValues): string {
  const parts: string[] = [];
  let from = 0;
  for (const { name, start, end } of findPlaceholders(value)) {
    const secret = own(secrets, name);
    if (secret === undefined) continue;
    parts.push(value.slice(from, start), secret);
    from = end;
  }
  return parts.join('') + value.slice(from);
}

function asWritten(token: Token, value: string): string {
  if (token.kind === 'name') return value.replaceAll('`', '``');
  if (token.kind !== 'string') return value;
  const doubled = value.replaceAll("'", "''");
  return token.text.startsWith("'") ? doubled : doubled.replaceAll('\\', '\\\\');
}

function own(values: SecretValues, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
