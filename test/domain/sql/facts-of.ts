import type { StatementKind } from '../../../lib/domain/sql/kind.ts';

/** Role and flags in one line, as the vectors write them: "session configure". */
export function factsOf({ role, unrepeatable: once, configure, refusal }: StatementKind): string {
  const flags = [once && 'once', configure && 'configure', refusal !== null && 'refusal'];
  return [role, ...flags.filter((flag) => flag !== false)].join(' ');
}
