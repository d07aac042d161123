/** A call with the places of its context, unless a flag or a variable names another place. */
import { didYouMean } from '../../lib/domain/suggest.ts';
import type { Call, Command } from '../command.ts';
import { UsageError } from '../usage-error.ts';
import type { Context } from './context.ts';
import { readContexts } from './context-file.ts';

/** Of each group a context gives all or none: it never mixes two places, and sends a key only to its own address. */
const GROUPS = [
  { fields: ['url', 'key-file'], flags: ['url'], variables: ['DINGHY_URL'] },
  {
    fields: ['table', 'jobs-table', 'region', 'endpoint'],
    flags: ['table', 'jobs-table', 'endpoint'],
    variables: ['DEFINITIONS_TABLE', 'JOBS_TABLE'],
  },
] as const;

export function withContext(command: Command, call: Call): Call {
  const { env, local } = call;
  const asked = call.context ?? env['DINGHY_CONTEXT'] ?? '';
  if (local && call.context !== undefined) {
    throw new UsageError('--local and --context lead to different places. Give one of them.');
  }
  if (local || !command.options.includes('context')) return call;
  const { used, contexts } = readContexts(env);
  const name = asked === '' ? used : asked;
  if (name === null) return call;
  const context = contexts[name];
  if (context === undefined) throw unknownContext(name, Object.keys(contexts));
  const given = placesOf(context, call);
  const fitting = Object.entries(given).filter(([field]) => command.options.some((option) => option === field));
  if (fitting.length === 0 && call.context !== undefined) throw noPlace(name, command);
  if (fitting.length === 0) return call;
  return { ...call, ...Object.fromEntries(fitting.filter(([field]) => !isGiven(call, field))), context: name };
}

function placesOf(context: Context, call: Call): Context {
  const groups = GROUPS.filter(({ flags, variables }) => {
    if (flags.some((flag) => call[flag] !== undefined)) return false;
    return isAsked(call) || !variables.some((name) => hasText(call.env[name]));
  });
  const fields = groups.flatMap((group) => [...group.fields]);
  return Object.fromEntries(fields.flatMap((field) => (context[field] === undefined ? [] : [[field, context[field]]])));
}

/** Named by a flag, which wins over variables; the context in use does not. */
const isAsked = ({ context }: Call): boolean => context !== undefined;

/** A key in the environment wins over the file of the context. */
function isGiven(call: Call, field: string): boolean {
  if (field === 'key-file' && !isAsked(call) && hasText(call.env['DINGHY_KEY'])) return true;
  return call[field as keyof Context] !== undefined;
}

const hasText = (text: string | undefined): boolean => (text ?? '') !== '';

function noPlace(name: string, { name: command, options }: Command): UsageError {
  const wanted = options.includes('url') ? 'an API (--url)' : 'tables (--table, --jobs-table)';
  return new UsageError(
    `"${command}" can't use context "${name}": it needs a context with ${wanted}, and no option that names another place.`,
  );
}

export function unknownContext(name: string, names: readonly string[]): UsageError {
  const known = names.length === 0 ? 'There is none yet: dinghy context add NAME' : `There are ${names.join(', ')}.`;
  return new UsageError(`there is no context "${name}".${didYouMean(name, names)} ${known}`);
}
