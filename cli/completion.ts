/** `dinghy completion`: scripts that complete the words of the command. */
import { didYouMean } from '../lib/domain/suggest.ts';
import type { Call, Command } from './command.ts';
import { SECTION_OF } from './kinds.ts';
import { OPTIONS } from './option-table.ts';
import { UsageError } from './usage-error.ts';

type Commands = readonly Command[];

const SCRIPTS: Readonly<Record<string, (commands: Commands) => string[]>> = { bash, zsh, fish };

export function completion({ positionals: [shell = ''], io }: Call, commands: Commands): number {
  const script = SCRIPTS[shell];
  if (script === undefined) {
    const shells = Object.keys(SCRIPTS);
    throw new UsageError(`unknown shell "${shell}".${didYouMean(shell, shells)} Use ${shells.join(', ')}.`);
  }
  for (const line of script(commands)) io.out(line);
  return 0;
}

const GENERAL = ['help', '--help', '--version'];

const namesOf = (commands: Commands): string[] => [...commands.map(({ name }) => name), ...GENERAL];

const optionsOf = ({ options }: Command): string[] => [...options, 'help'].map((name) => `--${name}`);

/** The words that may follow the command, if there are only a few. */
function firstWords({ takes: [first = ''] }: Command): string[] {
  if (/^\[?KIND\]?$/.test(first)) return Object.values(SECTION_OF);
  return /^[a-z|]+$/.test(first) ? first.split('|') : [];
}

const wordsOf = (command: Command): string => [...firstWords(command), ...optionsOf(command)].join(' ');

function bash(commands: Commands): string[] {
  return [
    '# bash: source <(dinghy completion bash)',
    '_dinghy() {',
    '  local words=""',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    words="${namesOf(commands).join(' ')}"`,
    '  else',
    '    case "${COMP_WORDS[1]}" in',
    ...commands.map((command) => `      ${command.name}) words="${wordsOf(command)}" ;;`),
    '    esac',
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    'complete -o default -F _dinghy dinghy',
  ];
}

function zsh(commands: Commands): string[] {
  return [
    '#compdef dinghy',
    '# zsh: source <(dinghy completion zsh), after compinit',
    '_dinghy() {',
    '  if (( CURRENT == 2 )); then',
    `    compadd -- ${namesOf(commands).join(' ')}`,
    '    return',
    '  fi',
    '  case "$words[2]" in',
    ...commands.map((command) => `    ${command.name}) compadd -- ${wordsOf(command)} ;;`),
    '  esac',
    '  _files',
    '}',
    'compdef _dinghy dinghy',
  ];
}

function fish(commands: Commands): string[] {
  return [
    '# fish: dinghy completion fish | source',
    ...commands.map(
      ({ name, summary }) => `complete -c dinghy -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
    ...commands.flatMap((command) => [
      ...firstWords(command).map((word) => fishLine(command, `-a ${word}`)),
      ...command.options.map((name) => {
        const takesValue = OPTIONS[name].type === 'boolean' ? '' : ' -r';
        return fishLine(command, `-l ${name}${takesValue} -d ${quoted(OPTIONS[name].text)}`);
      }),
    ]),
  ];
}

const fishLine = ({ name }: Command, rest: string): string =>
  `complete -c dinghy -n '__fish_seen_subcommand_from ${name}' ${rest}`;

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
