/** Secrets in the environment of the process, for the local stack: under a prefix, so that nothing else can be named. */
import { ENV_PREFIX } from '../../domain/definition/secret-name.ts';
import { AppError } from '../../domain/errors.ts';
import type { ReadSecret } from './read-secret.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Null: switched off. */
export function envSecrets(environment: Environment | null): ReadSecret {
  return ({ name }) => Promise.resolve().then(() => readVariable(environment, name));
}

function readVariable(environment: Environment | null, name: string): string {
  const told = `the secret env:${name}`;
  if (environment === null) {
    const hint = 'Keep it in SSM or Secrets Manager; only the local stack reads its environment.';
    throw new AppError('secret.refused', `${told} is refused: this deployment reads no secrets from its environment. ${hint}`); // prettier-ignore
  }
  if (!name.startsWith(ENV_PREFIX)) {
    throw new AppError(
      'secret.refused',
      `${told} is not allowed: only variables whose name begins with ${ENV_PREFIX} can be used.`,
    );
  }
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (value !== undefined) return value;
  throw new AppError('secret.notFound', `${told} does not exist. Set that variable, then restart.`);
}
