/** The file of the contexts, in the user's configuration folder. */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-code.ts';
import { CONTEXT } from './context.ts';

const CONTEXTS = v.object({
  /** Null: none is in use. */
  used: v.nullable(v.string()),
  contexts: v.record(v.string(), CONTEXT),
});

export type Contexts = v.InferOutput<typeof CONTEXTS>;

/** Null: this process has no user with a folder. */
export function contextFile(env: NodeJS.ProcessEnv): string | null {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? '';
  const folder = env['XDG_CONFIG_HOME'] ?? '';
  if (folder !== '') return join(folder, 'dinghy', 'contexts.json');
  return home === '' ? null : join(home, '.config', 'dinghy', 'contexts.json');
}

/** Without a file there are none. */
export function readContexts(env: NodeJS.ProcessEnv): Contexts {
  const file = contextFile(env);
  const text = file === null ? null : readOrNull(file);
  if (file === null || text === null) return { used: null, contexts: {} };
  const read = v.safeParse(CONTEXTS, parse(text));
  if (read.success) return read.output;
  const hint = 'Correct it, or delete it and add the contexts again.';
  throw new CommandError(EXIT.failed, `${file} does not hold contexts as dinghy writes them. ${hint}`);
}

/** In one step, and readable only for the owner: addresses may be confidential. */
export function writeContexts(env: NodeJS.ProcessEnv, contexts: Contexts): void {
  const file = contextFile(env);
  if (file === null) throw new CommandError(EXIT.failed, 'there is no folder for contexts: set HOME.');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(contexts, null, 2)}\n`, { mode: 0o600 });
  // A file that was left behind keeps its mode.
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, file);
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new CommandError(EXIT.failed, `${file} cannot be read (${code}).`, { cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Any error: it is no JSON, so there are no contexts in it.
    return null;
  }
}
