/** Secrets in AWS Systems Manager Parameter Store, as SecureString or plain. */
import * as v from 'valibot';
import { awsSecretError, checkPath, noValue } from './aws-errors.ts';
import { askAws, type AwsService } from './aws-json.ts';
import type { ReadSecret } from './read-secret.ts';

const STORE = 'SSM Parameter Store';

/** A parameter is never empty. */
const replySchema = v.object({ Parameter: v.object({ Value: v.pipe(v.string(), v.minLength(1)) }) });

export function ssmSecrets(path: string, place: Omit<AwsService, 'name'>): ReadSecret {
  return async (secret, signal) => {
    const name = fullName(secret.name);
    const asked = { store: STORE, name, action: 'ssm:GetParameter', signal };
    checkPath(path, asked);
    try {
      const input = { Name: name, WithDecryption: true };
      const reply = await askAws({ name: 'ssm', ...place }, 'AmazonSSM.GetParameter', input, signal);
      const parsed = v.safeParse(replySchema, reply);
      if (!parsed.success) throw noValue(asked);
      return parsed.output.Parameter.Value;
    } catch (error) {
      throw awsSecretError(asked, error);
    }
  };
}

/** SSM needs a full path for names with levels. */
function fullName(name: string): string {
  return name.includes('/') && !name.startsWith('/') ? `/${name}` : name;
}
