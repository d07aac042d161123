/** `dinghy context`: chooses the action. */
import { resolve } from 'node:path';
import { didYouMean } from '../../lib/domain/suggest.ts';
import { alignColumns } from '../align-columns.ts';
import { readUrl } from '../api/api.ts';
import type { Call } from '../command.ts';
import { UsageError } from '../usage-error.ts';
import { type Context, CONTEXT_FIELDS, contextText } from './context.ts';
import { contextFile, readContexts, writeContexts } from './context-file.ts';
import { unknownContext } from './with-context.ts';

type Action = (call: Call, name: string | undefined) => void;

const ACTIONS: Readonly<Record<string, Action>> = { add, use, list, remove };

export function contexts(call: Call): number {
  const [word = '', name] = call.positionals;
  const action = ACTIONS[word];
  if (action === undefined) {
    const names = Object.keys(ACTIONS);
    throw new UsageError(`unknown action "${word}".${didYouMean(word, names)} Use ${names.join(', ')}.`);
  }
  const given = CONTEXT_FIELDS.find((field) => call[field] !== undefined);
  if (word !== 'add' && given !== undefined) throw new UsageError(`"context ${word}" does not take --${given}.`);
  action(call, name);
  return 0;
}

/** The first one is used at once. */
function add(call: Call, given: string | undefined): void {
  const { env, io } = call;
  const name = nameOf(given, 'add');
  const context = contextOf(call);
  const known = readContexts(env);
  const used = known.used ?? name;
  writeContexts(env, { used, contexts: { ...known.contexts, [name]: context } });
  const how = name in known.contexts ? 'was changed' : 'was added';
  io.out(
    `Context ${name} ${how}: ${contextText(context)}. ${used === name ? 'It is used.' : `Use it: dinghy context use ${name}`}`,
  );
}

function use({ env, io }: Call, given: string | undefined): void {
  const name = nameOf(given, 'use');
  const known = readContexts(env);
  const context = known.contexts[name];
  if (context === undefined) throw unknownContext(name, Object.keys(known.contexts));
  writeContexts(env, { ...known, used: name });
  io.out(`Context ${name} is used: ${contextText(context)}.`);
}

function remove({ env, io }: Call, given: string | undefined): void {
  const name = nameOf(given, 'remove');
  const { used, contexts: known } = readContexts(env);
  if (!(name in known)) throw unknownContext(name, Object.keys(known));
  const others = Object.fromEntries(Object.entries(known).filter(([other]) => other !== name));
  writeContexts(env, { used: used === name ? null : used, contexts: others });
  io.out(`Context ${name} was removed.${used === name ? ' None is used now.' : ''}`);
}

function list({ env, io, json }: Call, given: string | undefined): void {
  if (given !== undefined) throw new UsageError(`"${given}" is one word too many.`);
  const { used, contexts: known } = readContexts(env);
  if (json) {
    io.out(JSON.stringify({ used, contexts: known, file: contextFile(env) }, null, 2));
    return;
  }
  const rows = Object.entries(known).map(([name, context]) => [name === used ? '*' : '', name, contextText(context)]);
  if (rows.length === 0) io.out('There is no context. Make one: dinghy context add NAME --url URL');
  else for (const line of alignColumns([['USED', 'CONTEXT', 'WHERE'], ...rows])) io.out(line);
}

function nameOf(given: string | undefined, action: string): string {
  if (given === undefined) throw new UsageError(`"context ${action}" needs the name of a context.`);
  if (/^[A-Za-z0-9][\w.-]{0,63}$/.test(given)) return given;
  throw new UsageError(`"${given}" can't be the name of a context: use letters, digits, "-", "_" and "." only.`);
}

function contextOf(call: Call): Context {
  const { url, 'key-file': keyFile } = call;
  if (keyFile !== undefined && url === undefined) throw new UsageError('--key-file needs --url. Add it.');
  const fields = CONTEXT_FIELDS.flatMap((field) => (call[field] === undefined ? [] : [[field, call[field]]]));
  if (fields.length === 0)
    throw new UsageError('a context needs a place: --url URL, --table NAME or --jobs-table NAME.');
  return {
    ...(Object.fromEntries(fields) as Context),
    ...(url === undefined ? {} : { url: readUrl('--url', url) }),
    // From wherever it is used.
    ...(keyFile === undefined ? {} : { 'key-file': resolve(keyFile) }),
  };
}
