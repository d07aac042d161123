/** Secrets in AWS Secrets Manager: the whole text, or one field of a JSON object. */
import { AppError } from '../../domain/errors.ts';
import { type AskedSecret, awsSecretError, checkPath } from './aws-errors.ts';
import { type AwsService, askAws } from './aws-json.ts';
import type { ReadSecret } from './read-secret.ts';

const STORE = 'Secrets Manager';

export function secretsManagerSecrets(path: string, place: Omit<AwsService, 'name'>): ReadSecret {
  return async ({ name, field }, signal) => {
    const asked = { store: STORE, name, action: 'secretsmanager:GetSecretValue', signal };
    checkPath(path, asked);
    const text = await readText(asked, place);
    if (typeof text !== 'string') {
      throw new AppError('secret.refused', `the secret "${name}" of ${STORE} is binary. Store it as text.`);
    }
    return field === null ? text : fieldOf(text, name, field);
  };
}

async function readText(asked: AskedSecret, place: Omit<AwsService, 'name'>): Promise<unknown> {
  try {
    const service = { name: 'secretsmanager', ...place };
    const reply = await askAws(service, 'secretsmanager.GetSecretValue', { SecretId: asked.name }, asked.signal);
    return reply['SecretString'];
  } catch (error) {
    throw awsSecretError(asked, error);
  }
}

function fieldOf(text: string, name: string, field: string): string {
  const told = `the secret "${name}" of ${STORE}`;
  const fields = parseObject(text);
  if (fields === null) {
    throw new AppError(
      'secret.refused',
      `${told} is not a JSON object, so it has no field "${field}". Leave out #${field}.`,
    );
  }
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const problem = value === undefined ? 'has no field' : 'has no text in its field';
  throw new AppError('secret.notFound', `${told} ${problem} "${field}". Add it, or correct the name behind the #.`);
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : null;
  } catch {
    // Any error: it is no JSON.
    return null;
  }
}
