/**
 * How a definition names a secret: `ssm:/path/name`, `secretsmanager:name#field`, `file:name`, `env:NAME`. Without a
 * store in front it is the deployment's default store that is meant.
 */
export const SECRET_STORES = ['ssm', 'secretsmanager', 'file', 'env'] as const;

export type SecretStore = (typeof SECRET_STORES)[number];

export interface SecretName {
  readonly store: SecretStore;
  /** The name in the store. */
  readonly name: string;
  /** A field of a secret that is a JSON object; null: the whole secret. Secrets Manager alone has them. */
  readonly field: string | null;
}

/** Variables of the environment that a definition may name: never the function's own credentials. */
export const ENV_PREFIX = 'DINGHY_SECRET_';

function isSecretStore(text: string | null): text is SecretStore {
  return (SECRET_STORES as readonly (string | null)[]).includes(text);
}

/** Call it only with a valid name, see secretNameProblem. */
export function readSecretName(text: string, defaultStore: SecretStore): SecretName {
  const { store, rest } = takeApart(text);
  const chosen = isSecretStore(store) ? store : defaultStore;
  const at = chosen === 'secretsmanager' ? rest.indexOf('#') : -1;
  // Stryker disable next-line EqualityOperator: a name that begins with # has a problem
  if (at < 0) return { store: chosen, name: rest, field: null };
  return { store: chosen, name: rest.slice(0, at), field: rest.slice(at + 1) };
}

const FORMS = 'ssm:/path/name, secretsmanager:name, secretsmanager:name#field, file:name, env:NAME';

/** What is wrong with the name, and how to write it; null: it is valid. The secret itself may not exist. */
export function secretNameProblem(text: string): string | null {
  const { store, rest } = takeApart(text);
  const told = `the secret "${text.slice(0, 200)}"`;
  if (store === 'arn') return `${told} is an ARN: use its name. Write ${FORMS}, or a name alone.`;
  if (store !== null && !isSecretStore(store)) {
    return `${told} names the unknown store "${store}". Write ${FORMS}, or a name alone for the deployment's own store.`;
  }
  if (rest === '' || /[\s:]/.test(rest)) {
    return `${told} has no usable name: it must not be empty or contain blanks or colons. Write ${FORMS}.`;
  }
  if (store !== 'env') return fieldProblem(told, rest, store);
  if (rest.startsWith(ENV_PREFIX)) return null;
  return `${told} is not allowed: from the environment, only variables whose name begins with ${ENV_PREFIX} can be used.`;
}

function fieldProblem(told: string, rest: string, store: string | null): string | null {
  const [name, field, ...more] = rest.split('#');
  if (field === undefined) return null;
  if (store === 'ssm') return `${told} has a field, but SSM parameters have no fields. Leave out #${field}.`;
  if (name !== '' && field !== '' && more.length === 0) return null;
  return `${told} has an empty part or more than one "#". Write secretsmanager:name#field.`;
}

function takeApart(text: string): { store: string | null; rest: string } {
  const at = text.indexOf(':');
  return at < 0 ? { store: null, rest: text } : { store: text.slice(0, at), rest: text.slice(at + 1) };
}
