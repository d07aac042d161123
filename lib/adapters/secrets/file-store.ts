/**
 * Secrets in a file outside of version control, for the local stack: a JSON object, or lines of `name=value`. It is read
 * anew each time. No message quotes from it.
 */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { AppError } from '../../domain/errors.ts';
import { plainText } from './plain-text.ts';
import type { ReadSecret } from './read-secret.ts';

/** Null: switched off. */
export function fileSecrets(path: string | null): ReadSecret {
  return async ({ name }, signal) => {
    if (path === null) {
      const hint = 'Keep it in SSM or Secrets Manager; only the local stack has such a file.';
      throw new AppError('secret.refused', `the secret file:${name} is refused: this deployment has no file of secrets (SECRETS_FILE). ${hint}`); // prettier-ignore
    }
    const value = find(parse(await readText(path, name, signal), path), name);
    if (value !== undefined) return textOf(value, name, path);
    throw new AppError(
      'secret.notFound',
      `the secret file:${name} does not exist: ${path} has no "${name}". Add it there.`,
    );
  };
}

async function readText(path: string, name: string, signal: AbortSignal): Promise<string> {
  try {
    return await readFile(path, { encoding: 'utf8', signal });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? (cause as Error).name;
    if (code === 'ENOENT') {
      const hint = `Write it as a JSON object, {"${name}": "…"}.`;
      throw new AppError(
        'secret.notFound',
        `the secret file:${name} does not exist: there is no file ${path}. ${hint}`,
      );
    }
    throw new AppError('secret.unavailable', `the secret file:${name} can't be read: ${path}: ${code}.`, { cause });
  }
}

type Secrets = Readonly<Record<string, unknown>>;

function parse(text: string, path: string): Secrets {
  if (!text.trimStart().startsWith('{')) return parseLines(text);
  try {
    return v.parse(v.record(v.string(), v.unknown()), JSON.parse(text));
  } catch {
    throw new AppError('secret.refused', `the file of secrets ${path} is not valid JSON. Correct it.`);
  }
}

function parseLines(text: string): Secrets {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const pairs = lines.filter((line) => line !== '' && !line.startsWith('#') && line.includes('='));
  return Object.fromEntries(
    pairs.map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at).trim(), withoutQuotes(line.slice(at + 1).trim())];
    }),
  );
}

function withoutQuotes(value: string): string {
  return /^(["'])(.*)\1$/s.exec(value)?.[2] ?? value;
}

/** `name#field` is a field of an object, as in Secrets Manager: a definition then runs here and there. */
function find(secrets: Secrets, name: string): Value | undefined {
  // As in SSM, a slash at the start means nothing.
  const plain = name.replace(/^\//, '');
  const [outer = '', field] = plain.split('#');
  const whole = own(secrets, name) ?? own(secrets, plain);
  return whole ?? (field === undefined ? undefined : own(own(secrets, outer), field));
}

function textOf(value: Value, name: string, path: string): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : plainText(value);
  if (text !== null) return text;
  const hint = 'Put it in quotes: as a number it loses digits.';
  throw new AppError('secret.refused', `the secret file:${name} is a number in ${path} that is too long. ${hint}`);
}

const valueSchema = v.union([v.string(), v.number(), v.boolean(), v.looseObject({}), v.array(v.unknown())]);
type Value = v.InferOutput<typeof valueSchema>;

function own(from: unknown, name: string): Value | undefined {
  if (typeof from !== 'object' || from === null || !Object.hasOwn(from, name)) return undefined;
  const value: unknown = Reflect.get(from, name);
  return v.is(valueSchema, value) ? value : undefined;
}
