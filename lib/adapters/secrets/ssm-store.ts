/** Secrets in AWS Systems Manager Parameter Store, as SecureString or plain. */
import { awsSecretError, checkPath } from './aws-errors.ts';
import { type AwsService, askAws } from './aws-json.ts';
import type { ReadSecret } from './read-secret.ts';

const STORE = 'SSM Parameter Store';

export function ssmSecrets(path: string, place: Omit<AwsService, 'name'>): ReadSecret {
  return async (secret, signal) => {
    const name = fullName(secret.name);
    const asked = { store: STORE, name, action: 'ssm:GetParameter', signal };
    checkPath(path, asked);
    try {
      const input = { Name: name, WithDecryption: true };
      const { Parameter: parameter } = await askAws({ name: 'ssm', ...place }, 'AmazonSSM.GetParameter', input, signal);
      return String((parameter as { Value: unknown }).Value);
    } catch (error) {
      throw awsSecretError(asked, error);
    }
  };
}

/** SSM wants a name with levels from its root. */
function fullName(name: string): string {
  return name.includes('/') && !name.startsWith('/') ? `/${name}` : name;
}
