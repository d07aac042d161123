/** The `dinghy` command: finds the subcommand, and turns every error into one line and an exit code. */
import { readFileSync } from 'node:fs';
import { hideApiKeys } from '../lib/domain/access/api-key.ts';
import { AppError } from '../lib/domain/errors.ts';
import { didYouMean } from '../lib/domain/suggest.ts';
import type { Command } from './command.ts';
import { CommandError } from './command-error.ts';
import { COMMANDS } from './commands.ts';
import { contextText } from './context/context.ts';
import { withContext } from './context/with-context.ts';
import { EXIT } from './exit-code.ts';
import { commandHelp, generalHelp } from './help.ts';
import type { Io } from './io.ts';
import { readOptions } from './options.ts';
import { UsageError } from './usage-error.ts';

export async function main(args: readonly string[], env: NodeJS.ProcessEnv, io: Io): Promise<number> {
  try {
    return await run(args, env, io);
  } catch (error) {
    // Any error: it is shown, and the exit code says its kind. The text may quote a key that somebody typed.
    io.err(`dinghy: ${hideApiKeys(explain(error))}`);
    return exitCodeOf(error, COMMANDS.find((it) => it.name === args[0])?.acts === true);
  }
}

async function run([name, ...rest]: readonly string[], env: NodeJS.ProcessEnv, io: Io): Promise<number> {
  if (name === undefined) {
    io.err(generalHelp());
    return EXIT.failed;
  }
  if (['help', '--help', '-h'].includes(name)) {
    io.out(rest[0] === undefined ? generalHelp() : commandHelp(findCommand(rest[0])));
    return 0;
  }
  if (name === '--version') {
    io.out(version());
    return 0;
  }
  const command = findCommand(name);
  const options = readOptions(command, rest);
  if (options.help) {
    io.out(commandHelp(command));
    return 0;
  }
  const call = withContext(command, { ...options, env, io });
  if (command.writes === true && call.context !== undefined) io.err(`At ${call.context}: ${contextText(call)}.`);
  return command.run(call);
}

/** The oldest commands end with 1 for every problem, and scripts may rely on that. */
function exitCodeOf(error: unknown, acts: boolean): number {
  return acts && error instanceof CommandError ? error.exitCode : EXIT.failed;
}

/** As package.json has it. */
function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

function findCommand(name: string): Command {
  const command = COMMANDS.find((it) => it.name === name);
  if (command) return command;
  const names = COMMANDS.map((it) => it.name);
  const what = name.startsWith('-') ? 'option' : 'command';
  throw new UsageError(
    `unknown ${what} "${name}".${didYouMean(name, names)} Commands are ${names.join(', ')}; see dinghy --help.`,
  );
}

/** Our own errors are written for people; of others only the first line is shown. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error instanceof AppError && error.cause instanceof Error ? firstLine(error.cause) : '';
  return cause === '' ? firstLine(error) : `${firstLine(error)} ${cause}`;
}

const firstLine = (error: Error): string => error.message.split('\n')[0] ?? '';
