/** The words after the subcommand -> options. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { didYouMean } from '../lib/domain/suggest.ts';
import type { Command, Options } from './command.ts';
import { OPTIONS } from './option-table.ts';
import { UsageError } from './usage-error.ts';

export function readOptions(command: Command, args: readonly string[]): Options {
  refuseUnknown(command, args);
  const { values, positionals } = parse(command, args);
  const help = values['help'] === true;
  if (!help) checkCount(command, positionals);
  return { ...values, positionals, help, local: values['local'] === true, json: values['json'] === true };
}

function parse(command: Command, args: readonly string[]) {
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const name of command.options) {
    const { type } = OPTIONS[name];
    options[name] = type === 'strings' ? { type: 'string', multiple: true } : { type };
  }
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (cause) {
    const text = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new UsageError(`${text} See dinghy ${command.name} --help.`, { cause });
  }
}

/** Node's own text mentions "--" and positional arguments, which does not help. */
function refuseUnknown(command: Command, args: readonly string[]): void {
  const known = [...command.options, 'help'].map((name) => `--${name}`);
  const unknown = args
    .map((word) => word.split('=')[0] ?? '')
    .find((word) => word.startsWith('-') && word !== '-h' && !known.includes(word));
  if (unknown === undefined) return;
  throw new UsageError(
    `unknown option "${unknown}".${didYouMean(unknown, known)} "${command.name}" takes ${known.join(', ')}.`,
  );
}

function checkCount({ name, takes }: Command, given: readonly string[]): void {
  const least = takes.filter((it) => !it.startsWith('[')).length;
  const usage = `Use: dinghy ${[name, ...takes].join(' ')}`;
  if (given.length < least)
    throw new UsageError(`"${name}" needs ${takes.slice(given.length).join(' and ')}. ${usage}`);
  if (given.length > takes.length) throw new UsageError(`"${given[takes.length]}" is one word too many. ${usage}`);
}
