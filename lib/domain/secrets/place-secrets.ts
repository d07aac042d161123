import { escapeSign } from '../sql/escape-sign.ts';
import { nth } from '../sql/nth.ts';
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
  // Stryker disable next-line ConditionalExpression: without secrets none is found either, but slowly
  if (Object.keys(secrets).length === 0) return { text: original, original, values: [] };
  const parts: string[] = [];
  const values: PlacedValue[] = [];
  let from = 0;
  let length = 0;
  const add = (part: string): void => {
    parts.push(part);
    length += part.length;
  };
  const tokens = scan(original).filter(({ kind }) => kind !== 'comment');
  for (const [index, token] of tokens.entries()) {
    for (const found of findPlaceholders(token.text)) {
      const secret = own(secrets, found.name);
      if (secret === undefined) continue;
      const start = token.start + found.start;
      add(original.slice(from, start));
      const value = asWritten(tokens, index, secret);
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

function asWritten(tokens: readonly Token[], index: number, value: string): string {
  const { kind } = nth(tokens, index);
  if (kind === 'name') return value.replaceAll('`', '``');
  if (kind !== 'string') return value;
  const doubled = value.replaceAll("'", "''");
  const escape = escapeSign(tokens, index);
  return escape === null ? doubled : doubled.replaceAll(escape, escape + escape);
}

function own(values: SecretValues, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
