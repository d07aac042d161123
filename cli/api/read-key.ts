/**
 * The API key: from the environment or a file. There is no option that takes the key itself, because it would stay in the
 * history of the shell and stand in the list of processes.
 */
import { readFileSync } from 'node:fs';
import { isApiKey } from '../../lib/domain/access/api-key.ts';
import { UsageError } from '../usage-error.ts';

interface KeyPlaces {
  readonly 'key-file'?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** Null: none is given, which only a deployment with AUTH=none accepts. No error quotes what was found. */
export function readKey({ 'key-file': file, env }: KeyPlaces): string | null {
  const what = file === undefined ? 'DINGHY_KEY' : `--key-file "${file}"`;
  const key = (file === undefined ? (env['DINGHY_KEY'] ?? '') : readText(file)).trim();
  if (key === '' && file === undefined) return null;
  if (key === '') throw new UsageError(`${what} is empty. Write the API key into it.`);
  // A header can't hold anything else; tokens (AUTH=jwt) use the same characters.
  if (!/^[\x21-\x7e]+$/.test(key)) throw new UsageError(`${what} holds more than an API key. It must be one word.`);
  if (key.startsWith('dk_') && !isApiKey(key)) {
    throw new UsageError(`${what} holds no API key: it may be incomplete or mistyped. "dinghy keys create" makes one.`);
  }
  return key;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new UsageError(`--key-file "${file}" cannot be read (${code}).`, { cause });
  }
}
