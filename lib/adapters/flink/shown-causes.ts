/**
 * What a person is told of the causes of a failure. The innermost says what is wrong, those around it what it is about: the
 * table, the path, the option. Each is told that names something which those inside it do not:
 *
 *   Unable to create a sink for writing table 'orders'. Table options are: 'connector'='kafka' …     names the table
 *   Cannot discover a connector using option: 'connector'='kafka'                                    says nothing more
 *   Could not find any factory for identifier 'kafka' that implements …                              what is wrong
 */
import { MAX_TOLD_LENGTH } from '../../domain/limits.ts';
import { CUT_MARK } from '../../domain/secrets/mask-values.ts';
import { namesIn, saysNothing, standsAlone, withoutOptions, withoutParts, withoutPrefixes } from './cause-words.ts';
import { dinghyWords } from './dinghy-words.ts';
import type { Cause } from './read-causes.ts';

/** The type without its package, and the message on one line. */
export interface ShownCause {
  readonly type: string;
  readonly text: string;
}

/** In a long chain, only the causes at both ends are read. */
const MAX_AT_EACH_END = 8;
/** How many causes are shown around the innermost, and how much of each: the record of a run has 1,000 characters. */
const MAX_AROUND = 3;
const MAX_AROUND_LENGTH = 240;
/** In a long message, the record does not have the text after this. */
const MAX_SEEN = 500;

/** The outermost first. Empty: there are no causes. */
export function shownCauses(causes: readonly Cause[]): ShownCause[] {
  const told: ShownCause[] = [];
  for (const cause of bothEnds(causes).toReversed()) addAround(told, cause);
  const reason = told.at(-1);
  if (reason === undefined) return [];
  const around = withoutMiddles(told).slice(0, -1);
  return [...around.map((one) => ({ ...one, text: cut(one.text, MAX_AROUND_LENGTH) })), reason];
}

/** The text between them may name the same as the causes outside. */
function withoutMiddles(told: readonly ShownCause[]): ShownCause[] {
  const kept = told.filter((one, at) => {
    if (at === 0 || at === told.length - 1) return true;
    const others = told.filter((other) => other !== one).map(({ text }) => text.slice(0, MAX_SEEN));
    return !isNamedIn(namesIn(one.text), others.join('\n'));
  });
  return kept.filter((_, at) => at === 0 || at > kept.length - 1 - MAX_AROUND);
}

function isNamedIn(names: readonly string[], text: string): boolean {
  return names.length > 0 && names.every((name) => standsAlone(name, text));
}

function bothEnds(causes: readonly Cause[]): readonly Cause[] {
  if (causes.length <= 2 * MAX_AT_EACH_END) return causes;
  return [...causes.slice(0, MAX_AT_EACH_END), ...causes.slice(-MAX_AT_EACH_END)];
}

function addAround(told: ShownCause[], { type, message }: Cause): void {
  const text = named(type, oneLine(message));
  const [inner] = told;
  if (inner === undefined) {
    told.push({ type, text });
    return;
  }
  if (told.some((one) => one.text.includes(text))) return;
  if (replaces(text, inner)) told[0] = { type, text };
  else addOther(told, { type, text });
}

/** Java writes a class that it misses with slashes, and with dots in the cause below. */
function named(type: string, text: string): string {
  return type === 'NoClassDefFoundError' && isBare({ type, text }) ? text.replaceAll('/', '.') : text;
}

/** Whether an outer cause says all that the inner one does. */
function replaces(text: string, inner: ShownCause): boolean {
  // The same as part of a longer name. A bare name may be in any text.
  if (!isBare(inner) && text.includes(inner.text)) return true;
  return REPLACED.some(([outside, inside]) => outside.test(text) && inside.test(inner.text));
}

const REPLACED: readonly (readonly [outside: RegExp, inside: RegExp])[] = [
  // The cause below has the value too, and the option.
  [/^Could not parse value '/, /^(?:For input string: |text does not start with a number)/],
  [/^Could not find a file system implementation for scheme '/, /^Hadoop is not in the classpath/],
];

/** For a SET: the cause below has option and value too. */
const SETTING = 'Failed to set key ';
const UNREADABLE = /^Could not parse value '/m;

function addOther(told: ShownCause[], { type, text }: ShownCause): void {
  if (saysNothing(text)) return;
  const inside = told.map((one) => one.text.slice(0, MAX_SEEN)).join('\n');
  const about = withoutParts(withoutOptions(text, inside));
  if (about.startsWith(SETTING) && UNREADABLE.test(inside)) return;
  // A bare name is shown with its purpose.
  if (!told.every(isBare) && isNamedIn(namesIn(about), inside)) return;
  told.unshift({ type, text: about });
}

function oneLine(message: string): string {
  const text = withoutExpected(message.slice(0, MAX_TOLD_LENGTH)).replace(/\s+/g, ' ').trim();
  return dinghyWords(withoutPrefixes(text));
}

/** The parser's list of everything it would have taken is longer than any message. */
function withoutExpected(line: string): string {
  const at = line.search(/Was expecting(?: one of| any of)?:/);
  return at < 0 ? line : line.slice(0, at);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}${CUT_MARK}`;
}

/** "Unable to create a sink for writing table 'orders': Could not find any factory …" */
export function joinedCauses(told: readonly ShownCause[]): string {
  const around = told.slice(0, -1).map(({ text }) => text.replace(/[.:;\s]{1,5}$/, ''));
  const reason = told.at(-1);
  return reason === undefined ? '' : [...around, shownAlone(reason)].join(': ');
}

/** How much of a message is read to see whether it is one word, such as the name of a class or file. */
const MAX_WORD = 300;

function isBare({ text }: ShownCause): boolean {
  return text.length <= MAX_WORD && !text.includes(' ');
}

/** Java's message is often only the name of the class, host or file; the exception's name says what is wrong with it. */
function shownAlone({ type, text }: ShownCause): string {
  if (text === '') return type;
  if (!isBare({ type, text })) return text;
  switch (type) {
    case 'ClassNotFoundException':
    case 'NoClassDefFoundError':
      return `class ${text} was not found`;
    case 'UnknownHostException':
      return `host ${text} is not known`;
    case 'NoSuchFileException':
    case 'FileNotFoundException':
      return `file ${text} was not found`;
    default:
      return `${type}: ${text}`;
  }
}
