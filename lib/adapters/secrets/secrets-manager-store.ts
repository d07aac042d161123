/** Secrets in AWS Secrets Manager: the whole text, or one field of a JSON object. */
import * as v from 'valibot';
import { AppError } from '../../domain/errors.ts';
import { type AskedSecret, awsSecretError, checkPath, noValue } from './aws-errors.ts';
import { askAws, type AwsService } from './aws-json.ts';
import { plainText } from './plain-text.ts';
import type { ReadSecret } from './read-secret.ts';

const STORE = 'Secrets Manager';

export function secretsManagerSecrets(path: string, place: Omit<AwsService, 'name'>): ReadSecret {
  return async ({ name, field }, signal) => {
    const asked = { store: STORE, name, action: 'secretsmanager:GetSecretValue', signal };
    checkPath(path, asked);
    const { SecretString: text, SecretBinary: binary } = await readReply(asked, place);
    if (text === undefined && binary !== undefined) {
      throw new AppError('secret.refused', `the secret "${name}" of ${STORE} is binary. Store it as text.`);
    }
    if (text === undefined) throw noValue(asked);
    return field === null ? text : fieldOf(text, name, field);
  };
}

const replySchema = v.object({ SecretString: v.optional(v.string()), SecretBinary: v.optional(v.string()) });

async function readReply(
  asked: AskedSecret,
  place: Omit<AwsService, 'name'>,
): Promise<v.InferOutput<typeof replySchema>> {
  try {
    const service = { name: 'secretsmanager', ...place };
    const reply = await askAws(service, 'secretsmanager.GetSecretValue', { SecretId: asked.name }, asked.signal);
    const parsed = v.safeParse(replySchema, reply);
    if (parsed.success) return parsed.output;
  } catch (error) {
    throw awsSecretError(asked, error);
  }
  throw noValue(asked);
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
  const plain = plainText(value);
  if (plain !== null) return plain;
  if (typeof value === 'number') {
    const hint = 'Put it in quotes: as a number it loses digits.';
    throw new AppError('secret.refused', `${told} has a number in its field "${field}" that is too long. ${hint}`);
  }
  const problem = value === undefined ? 'has no field' : 'has no text in its field';
  throw new AppError('secret.notFound', `${told} ${problem} "${field}". Add it, or correct the name after the #.`);
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
