/** Finds the store that a secret's name means. Nothing is made or asked before a secret is read. */
import { readSecretName, secretNameProblem, type SecretStore } from '../../domain/definition/secret-name.ts';
import { AppError } from '../../domain/errors.ts';
import type { SecretReader } from '../../domain/ports.ts';
import { type Environment, envSecrets } from './env-store.ts';
import { fileSecrets } from './file-store.ts';
import type { ReadSecret } from './read-secret.ts';
import { secretsManagerSecrets } from './secrets-manager-store.ts';
import { ssmSecrets } from './ssm-store.ts';

export interface SecretSettings {
  /** The store of names without one. */
  readonly secretStore: SecretStore;
  /** How names in the stores of AWS must begin, "dinghy/prod/"; empty: none may be read. */
  readonly secretsPath: string;
  /** Null: there is no such file, and names of it are refused. */
  readonly secretsFile: string | null;
  /** Null: secrets in the environment are refused. */
  readonly secretsEnvironment: Environment | null;
  readonly awsRegion: string;
}

/** `endpoint`: another place than AWS's, for tests. */
export function secretReader(settings: SecretSettings, endpoint?: string): SecretReader {
  const place = { region: settings.awsRegion, ...(endpoint === undefined ? {} : { endpoint }) };
  const stores: Readonly<Record<SecretStore, ReadSecret>> = {
    file: fileSecrets(settings.secretsFile),
    env: envSecrets(settings.secretsEnvironment),
    ssm: ssmSecrets(settings.secretsPath, place),
    secretsmanager: secretsManagerSecrets(settings.secretsPath, place),
  };
  return {
    read: async (name, signal) => {
      const problem = secretNameProblem(name);
      if (problem !== null) throw new AppError('secret.refused', problem);
      const secret = readSecretName(name, settings.secretStore);
      return await stores[secret.store](secret, signal);
    },
  };
}
