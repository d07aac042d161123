/**
 * Which other statements of a run's text an error of Flink's is about: the SET of the option (or the layer below that has it),
 * the CREATE of the table or function, the INSERT into the table that it names. Flink reads an option or a table with the first statement that needs it.
 */
import { AppError } from '../errors.ts';
import { MASK } from '../secrets/text-spans.ts';
import { type DdlTarget, ddlTarget } from '../sql/ddl-target.ts';
import { readSetting } from '../sql/setting.ts';
import { splitScript, type SqlStatement } from '../sql/split.ts';
import { isAnyWord, isWord, valueOf } from '../sql/token.ts';
import { BEFORE_TARGET } from '../sql/used-names.ts';
import { pathAt } from '../sql/used-names.ts';
import { standsIn } from '../stands-in.ts';
import type { RunPlan } from './plan.ts';

/** The part of a message that is read: it may quote a record or a whole statement. */
const MAX_READ = 4_000;

export interface Blamed {
  /** "CREATE TABLE orders", "SET 'parallelism.default'". */
  readonly what: string;
  /** The place of its first token in the run's text, or outside of it ("customConfig of task 7"). */
  readonly at: number | string;
}

/** An option that Flink could not read: its statement is to blame alone, and not the one that Flink ran. */
const UNREADABLE_OPTION =
  /(?:^|: )(?:Could not parse value|Unsupported mode) '([^']{0,500})' for (?:key )?'([^']{1,500})'/;
/** For an option of a table, its CREATE TABLE is the cause. */
const ABOUT_OBJECT = /\b(?:table|catalog|model) '/;

export function unreadableOption(message: string): { readonly key: string; readonly value: string } | null {
  const read = message.slice(0, MAX_READ);
  const [, value, key] = UNREADABLE_OPTION.exec(read) ?? [];
  return key === undefined || value === undefined || ABOUT_OBJECT.test(read) ? null : { key, value };
}

/**
 * The SET of the option, or the layer below; under another name, which older versions have for it, where only the value is the
 * same. One of another value is not what Flink has read.
 */
export function settingOf(option: { readonly key: string; readonly value: string }, text: RunText): Blamed | null {
  const all = [...layeredSettings(text), ...settingsIn(statementsOf(text))].filter(
    ({ value }) => value === option.value || isHidden(value) || isHidden(option.value),
  );
  const byKey = all.findLast(({ key }) => key === option.key);
  if (byKey !== undefined) return byKey;
  const byValue = all.filter(({ value }) => value === option.value);
  return new Set(byValue.map(({ key }) => key)).size === 1 ? (byValue.at(-1) ?? null) : null;
}

/** Its value is a secret, or was masked. */
function isHidden(value: string): boolean {
  return value.includes('${') || value.includes(MASK);
}

/** Names in a message that another statement defines: an option, a table or function, a value of an option. */
export function namedElsewhere(message: string, text: RunText): Blamed | null {
  const read = message.slice(0, MAX_READ);
  const statements = statementsOf(text);
  const settings = [...layeredSettings(text), ...settingsIn(statements)];
  return (
    settings.findLast(({ key }) => namesOption(key, read)) ??
    createdObject(read, statements) ??
    settings.findLast((setting) => isItsValue(setting, read, text.statement)) ??
    createdWithScheme(read, statements)
  );
}

/** A word without a dot may be any word of a message. */
function namesOption(key: string, read: string): boolean {
  return key.includes('.') ? standsIn(key, read, isWholeKey) : key !== '' && read.includes(`'${key}'`);
}

const SCHEME = /\bscheme '([\w.+-]{1,40})'/;
/** Shorter words are in any text. */
const MIN_VALUE = 4;

/** It stands in the message and nowhere else in the text; of a path, at least its scheme. A name may be that of anything. */
function isItsValue({ key, value, at }: Setting, read: string, text: string): boolean {
  if (value.length < MIN_VALUE || /^(?:true|false|[\d.]+)$/i.test(value) || key.endsWith('.name')) return false;
  const [, scheme] = SCHEME.exec(read) ?? [];
  if (scheme !== undefined && value.startsWith(`${scheme}:`)) return true;
  return isQuoted(value, read) && text.indexOf(value) === (typeof at === 'string' ? -1 : text.lastIndexOf(value));
}

/** Whether it is a value, not a word of a sentence: `table` may be both. */
function isQuoted(value: string, read: string): boolean {
  const quoted = [`'${value}'`, `"${value}"`, `[${value}]`, `class ${value} `, `: ${value} `];
  return quoted.some((one) => read.includes(one)) || read.startsWith(`${value} `) || read.endsWith(`: ${value}`);
}

/** Whether the text before and after is no part of the key. */
function isWholeKey(before: string, after: string): boolean {
  return !/[\w.-]/.test(before) && !/^(?:[\w-]|\.\w)/.test(after);
}

const NAMED_OBJECT = /\b(table|view|function|model|catalog) '([^']{1,300})'/gi;

/** The one statement that makes something at a path of the scheme; of several nobody can say which is meant. */
function createdWithScheme(read: string, statements: readonly Placed[]): Blamed | null {
  const [, scheme] = SCHEME.exec(read) ?? [];
  if (scheme === undefined) return null;
  const created = statements.flatMap(({ statement, start }) => {
    const target = ddlTarget(statement);
    const hasPath = statement.tokens.some(
      (token) => token.kind === 'string' && valueOf(token).startsWith(`${scheme}:`),
    );
    return target?.action === 'CREATE' && hasPath ? [{ at: start, what: titleOf(target) }] : [];
  });
  return created.length === 1 ? (created[0] ?? null) : null;
}

function titleOf({ object, name }: DdlTarget): string {
  return `CREATE ${object} ${name.join('.')}`;
}

function createdObject(read: string, statements: readonly Placed[]): Blamed | null {
  const named = [...read.matchAll(NAMED_OBJECT)].map(([, object = '', name = '']) => ({ object, name }));
  if (named.length === 0) return null;
  const created = statements.flatMap(({ statement, start }) => {
    const target = ddlTarget(statement);
    if (target?.action !== 'CREATE') return [];
    const isNamed = named.some(
      ({ object, name }) => object.toUpperCase() === target.object && isPath(name, target.name),
    );
    return isNamed ? [{ at: start, what: titleOf(target) }] : [];
  });
  return created.at(-1) ?? null;
}

/** Flink names it in full, the author perhaps by its last part. */
function isPath(full: string, path: readonly string[]): boolean {
  const plain = full.replaceAll('`', '');
  const own = path.join('.');
  return own !== '' && (plain === own || plain.endsWith(`.${own}`));
}

/** No view is involved in a table that is written: the INSERTs that name it are the cause. */
const SINK =
  /\b(?:sink for writing table|[Tt]able sink|sink for|sink table|DynamicTableSink of table|Cannot find table|parallelism -?\d{1,9} for table) '([^']{1,300})'/;

/** Of several INSERTs at `starts`, those that write to the table in the message; if none does, all of them. */
export function blamedInserts(message: string, starts: readonly number[], text: RunText): readonly number[] {
  const sink = SINK.exec(message.slice(0, MAX_READ))?.[1];
  if (sink === undefined) return starts;
  const into = statementsOf(text).filter(
    ({ statement, start }) => starts.includes(start) && isPath(sink, targetOf(statement)),
  );
  return into.length > 0 ? into.map(({ start }) => start) : starts;
}

function targetOf({ tokens }: SqlStatement): readonly string[] {
  const at = tokens.findIndex((token) => isAnyWord(token, BEFORE_TARGET));
  return at < 0 ? [] : pathAt(tokens, isWord(tokens[at + 1], 'TABLE') ? at + 2 : at + 1);
}

/** The text that statements are taken from, and whose it is: of a run, its body. */
export interface RunText {
  readonly statement: string;
  readonly plan: Pick<RunPlan, 'sources' | 'properties' | 'origins'>;
}

interface Placed {
  readonly statement: SqlStatement;
  readonly start: number;
}

interface Setting extends Blamed {
  readonly key: string;
  readonly value: string;
}

function settingsIn(statements: readonly Placed[]): Setting[] {
  return statements.flatMap(({ statement, start }) => {
    const setting = isWord(statement.tokens[0], 'SET') ? readSetting(statement) : null;
    return setting?.action === 'set' ? [{ ...setting, at: start, what: `SET '${setting.key}'` }] : [];
  });
}

/** Options that were written outside of the text. */
function layeredSettings({ plan: { properties, origins } }: RunText): Setting[] {
  return Object.entries(origins).flatMap(([at, keys]) =>
    keys.map((key) => ({ key, value: properties[key] ?? '', at, what: `'${key}'` })),
  );
}

function statementsOf({ statement: text, plan: { sources } }: RunText): Placed[] {
  return sources.flatMap(({ start }, at) => {
    const end = sources[at + 1]?.start ?? text.length;
    return splitOrNothing(text.slice(start, end)).map((statement) => ({ statement, start: start + statement.start }));
  });
}

/** An error must not be hidden by another one: secrets are not in place here, and a text of explain may not be readable. */
function splitOrNothing(text: string): readonly SqlStatement[] {
  try {
    return splitScript(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [];
  }
}
