import { UsageError } from '../usage-error.ts';

/** NAME=VALUE, several times. A value may be secret, and so may a text without a name: neither is shown. */
export function readVars(given: readonly string[]): Record<string, string> {
  const variables = new Map<string, string>();
  for (const text of given) {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError('the value of --var is not NAME=VALUE. Write it as --var country=NO.');
    const name = text.slice(0, at);
    if (variables.has(name)) throw new UsageError(`--var gives "${name}" twice. Give it once.`);
    variables.set(name, text.slice(at + 1));
  }
  return Object.fromEntries(variables);
}
