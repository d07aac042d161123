import type { TaskParameter } from '../lib/domain/definition/definitions.ts';
import type { AnyDefinition } from '../lib/domain/definition/kinds.ts';
import { maskStatement, maskValue } from '../lib/domain/secrets/mask-sql.ts';
import { isSensitiveName } from '../lib/domain/secrets/sensitive-name.ts';
import { shownAddress } from '../lib/domain/secrets/shown-address.ts';
import { shownParameter } from '../lib/domain/variables/parameters.ts';

/** apply refuses it: it would replace the real value. */
export const MASK = '******';

/** A definition without its secrets, for printing: terminals and CI logs store their output. */
export function maskDefinition<T extends AnyDefinition>(definition: T): T {
  return masked(definition, isVariable(definition) && isSensitiveName(definition.name)) as T;
}

/** Fields that hold the address of a Flink. */
export const isAddress = (field: string): boolean => ['sqlGateway', 'jobManager', 'hosts'].includes(field);

const isParameter = (value: object): value is TaskParameter => 'name' in value && 'pattern' in value;

const isVariable = (definition: AnyDefinition): boolean => 'value' in definition;

/**
 * Masks options with a sensitive name in maps, the value of a sensitive variable, and passwords in SQL and URLs. References to
 * secrets are no secrets.
 */
function masked(value: unknown, secretValue: boolean): unknown {
  if (Array.isArray(value)) return value.map((inner) => masked(inner, secretValue));
  if (typeof value === 'string') return maskValue(value);
  if (value === null || typeof value !== 'object') return value;
  if (isParameter(value)) return shownParameter(value);
  const named = 'name' in value && typeof value.name === 'string' && isSensitiveName(value.name);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]): [string, unknown] => {
      const secret = key === 'value' ? secretValue || named : key !== 'secret' && isSensitiveName(key);
      if (typeof inner !== 'string') return [key, masked(inner, false)];
      if (isAddress(key)) return [key, shownAddress(inner)];
      if (secret) return [key, MASK];
      return [key, key === 'statement' ? maskStatement(inner) : maskValue(inner)];
    }),
  );
}
