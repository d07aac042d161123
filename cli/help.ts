import { alignColumns } from './align-columns.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { type OptionName, OPTIONS } from './option-table.ts';

const rowOf = (name: OptionName): readonly [string, string] => {
  const option = OPTIONS[name];
  return ['value' in option ? `--${name} ${option.value}` : `--${name}`, option.text];
};

const indent = (rows: readonly (readonly string[])[]): string =>
  alignColumns(rows)
    .map((line) => `  ${line}`)
    .join('\n');

export function generalHelp(): string {
  const commands = COMMANDS.map(({ name, takes, summary }) => [[name, ...takes].join(' '), summary]);
  return `dinghy: tasks, clusters, variables and runs of Dinghy

Usage: dinghy COMMAND [options]

Commands:
${indent(commands)}

dinghy COMMAND --help explains a command, dinghy --version prints the version. Try: dinghy validate examples`;
}

export function commandHelp({ name, takes, summary, details, options }: Command): string {
  const rows = [...options.map(rowOf), ['-h, --help', 'this text'] as const];
  return `dinghy ${[name, ...takes].join(' ')}: ${summary}

${details.join('\n')}

Options:
${indent(rows)}`;
}
