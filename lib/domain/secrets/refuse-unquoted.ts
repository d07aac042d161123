/**
 * A secret stands inside quotes. Outside of them it could be a keyword, an option's name or a whole statement, which nobody
 * has looked at: it could start a second job, or set what a task must not set.
 */
import { AppError } from '../errors.ts';
import { findPlaceholders } from '../sql/placeholder.ts';
import { readSetting } from '../sql/setting.ts';
import type { SqlStatement } from '../sql/split.ts';

/** Call it with variables in place: each remaining `${name}` is then a secret. */
export function refuseLooseSecrets(statement: SqlStatement, where: string): void {
  for (const { kind, text } of statement.tokens) {
    const found = kind === 'placeholder' || kind === 'raw' ? findPlaceholders(text)[0] : undefined;
    if (found === undefined) continue;
    const hint = `A secret must be in quotes, as in 'password' = '\${${found.name}}'.`;
    throw new AppError('sql.refused', `The secret \${${found.name}} of ${where} is outside quotes. ${hint}`);
  }
  const setting = readSetting(statement);
  if (setting?.action !== 'set' || findPlaceholders(setting.key).length === 0) return;
  throw new AppError(
    'sql.refused',
    `The SET of ${where} has a secret in the name of its option. Write the name itself.`,
  );
}
