/** Whether a run spells the name of a secret where its authors have not asked for one: a value of the request, or what quotes leave behind. */
import { findPlaceholders } from '../sql/placeholder.ts';
import { type Token, valueOf } from '../sql/token.ts';
import { splitArgs } from '../variables/split-args.ts';
import { type ReadScript, type ReadStatement, secretsOf } from './read-script.ts';

export function spellsSecret(scripts: readonly ReadScript[]): boolean {
  const secrets = secretsOf(scripts);
  // Stryker disable next-line ConditionalExpression,BooleanLiteral: without secrets none is spelled, and none is marked
  if (Object.keys(secrets).length === 0) return false;
  const isOne = (name: string): boolean => Object.hasOwn(secrets, name);
  const statements = scripts.flatMap((script) => script.statements);
  return scripts.some(({ resolved }) => resolved.lookalikes.some(isOne)) || unquotedSpells(statements, isOne);
}

/** What main() gets, arguments and options, is filled without its quotes (jar-run.ts): `$"{pw}"` is `${pw}` then. */
function unquotedSpells(statements: readonly ReadStatement[], isSecret: (name: string) => boolean): boolean {
  if (!statements.some(({ kind }) => kind.role === 'jar')) return false;
  const count = (texts: readonly string[]): number =>
    texts.flatMap((text) => findPlaceholders(text)).filter(({ name }) => isSecret(name)).length;
  return statements.some(({ statement, kind }) => {
    const unquoted = (token: Token): readonly string[] =>
      (kind.role === 'jar' ? splitArgs(valueOf(token)) : null) ?? [valueOf(token)];
    return statement.tokens.some((token) => count(unquoted(token)) > count([token.text]));
  });
}
