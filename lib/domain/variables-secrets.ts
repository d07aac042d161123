import { AppError } from './errors.ts';
import { findPlaceholders } from './sql/placeholder.ts';
import { scan } from './sql/scan.ts';
import type { Token } from './sql/token.ts';

/**
 * Puts the values of secrets in place of the `${name}` that resolveVariables left. Inside `'…'` and backquotes the
 * quote signs of a value are doubled, so that no secret can break the text.
 *
 * @param values name of the placeholder -> value of its secret
 * @throws AppError variable.missing for a placeholder without a value
 */
export function placeSecrets(text: string, values: Readonly<Record<string, string>>): string {
  const parts: string[] = [];
  let from = 0;
  for (const token of scan(text)) {
    if (token.kind === 'comment') continue;
    for (const found of findPlaceholders(token.text)) {
      parts.push(text.slice(from, token.start + found.start), asWritten(token, valueOf(values, found.name)));
      from = token.start + found.end;
    }
  }
  return parts.join('') + text.slice(from);
}

function asWritten(token: Token, value: string): string {
  if (token.kind === 'name') return value.replaceAll('`', '``');
  if (token.kind !== 'string') return value;
  const doubled = value.replaceAll("'", "''");
  return token.text.startsWith("'") ? doubled : doubled.replaceAll('\\', '\\\\');
}

function valueOf(values: Readonly<Record<string, string>>, name: string): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value !== undefined) return value;
  throw new AppError('variable.missing', `The secret behind \${${name}} has no value. Check the variable's secret.`);
}
