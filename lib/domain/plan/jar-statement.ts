/**
 * Reads EXECUTE JAR WITH (…): Dinky's keys, and what Dinky takes for values of them. What Dinky passes over in silence (an
 * unknown key, a repeated one, a number that is none) is an error here that names the key, the value and the line.
 */
import { MAX_PARALLELISM } from '../definition/definitions.ts';
import { AppError } from '../errors.ts';
import { isSensitiveName } from '../secrets/sensitive-name.ts';
import { shownAddress } from '../secrets/shown-address.ts';
import { findPlaceholders } from '../sql/placeholder.ts';
import type { SqlStatement } from '../sql/split.ts';
import { readWithOptions, type WithOption } from '../sql/with-options.ts';
import { BASE64_ARGS, splitArgs } from '../variables/split-args.ts';

export interface JarStatement {
  readonly uri: string;
  readonly entryClass: string | null;
  readonly args: readonly string[];
  readonly parallelism: number | null;
  readonly savePointPath: string | null;
  readonly allowNonRestoredState: boolean;
  /** Left out: any content will do. */
  readonly wantedSha256?: string;
}

const KEYS = [
  'uri',
  'main-class',
  'args',
  'parallelism',
  'savepoint-path',
  'allow-non-restored-state',
  'sha256',
] as const;
type Key = (typeof KEYS)[number];
type Options = Partial<Record<Key, string>>;

/** `where` names the statement's place for messages: "line 3". */
export function readJarStatement(statement: SqlStatement, where: string): JarStatement {
  const options = readOptions(statement, where);
  const fail = (key: Key, advice: string): AppError => badOption(key, options[key] ?? '', advice, where);
  return {
    uri: readUri(options, where),
    entryClass: readClass(options['main-class'], fail),
    args: readArgs(options.args ?? '', fail),
    parallelism: readParallelism(options.parallelism, fail),
    savePointPath: options['savepoint-path'] || null,
    allowNonRestoredState: readBoolean(options['allow-non-restored-state'], fail),
    ...readSha256(options.sha256, fail),
  };
}

type Fail = (key: Key, advice: string) => AppError;

function readOptions(statement: SqlStatement, where: string): Options {
  const read = readWithOptions(statement);
  if (read.kind === 'unreadable') {
    const advice = "Write EXECUTE JAR WITH ('uri' = '…', 'main-class' = '…').";
    throw new AppError('sql.syntax', `The EXECUTE JAR in ${where} cannot be read at ${read.found}. ${advice}`);
  }
  const options: Options = {};
  for (const { key, value } of read.options) {
    if (!isKey(key)) throw unknownKey(key, value, where);
    if (options[key] !== undefined) throw repeatedKey(key, where);
    options[key] = value.trim();
  }
  refuseSecrets(read.options, where);
  return options;
}

const isKey = (key: string): key is Key => KEYS.some((known) => known === key);

function unknownKey(key: string, value: string, where: string): AppError {
  return new AppError(
    'sql.syntax',
    `The EXECUTE JAR in ${where} has the unknown option ${shown(key, value)}. Use ${KEYS.join(', ')}.`,
  );
}

function repeatedKey(key: string, where: string): AppError {
  return new AppError('sql.syntax', `The EXECUTE JAR in ${where} has '${key}' twice. Remove one of them.`);
}

/** The values of secrets are put in place with each send: only what main() is given can wait so long. */
function refuseSecrets(options: readonly WithOption[], where: string): void {
  for (const { key, value } of options) {
    const [secret] = key === 'args' ? [] : findPlaceholders(value);
    if (secret === undefined) continue;
    const advice = `Only 'args' may contain a secret.`;
    throw new AppError('sql.refused', `The EXECUTE JAR in ${where} has \${${secret.name}} in '${key}'. ${advice}`);
  }
}

function badOption(key: Key, value: string, advice: string, where: string): AppError {
  return new AppError('sql.syntax', `The EXECUTE JAR in ${where} has ${shown(key, value)}. ${advice}`);
}

const MAX_SHOWN = 100;

/** Arguments may hold passwords anywhere, URLs before their host and behind their path. */
function shown(key: string, value: string): string {
  const hidden = key === 'args' || isSensitiveName(key);
  return `'${key}' = '${hidden ? '******' : shownAddress(value).slice(0, MAX_SHOWN)}'`;
}

const ADVICE = 'Name the jar by an s3://bucket/key or https:// URL.';
const ELSEWHERE: Readonly<Record<string, string>> = {
  'rs:': "rs: is Dinky's resource centre, which Dinghy does not have: put the jar into a bucket or on a server.",
  'hdfs:': 'Dinghy does not read HDFS: put the jar into a bucket or on a server.',
};

function readUri({ uri = '' }: Options, where: string): string {
  const fail = (why: string): AppError => badOption('uri', uri, `${why} ${ADVICE}`.trimStart(), where);
  if (uri === '') throw new AppError('sql.syntax', `The EXECUTE JAR in ${where} has no 'uri'. ${ADVICE}`);
  const url = URL.canParse(uri) ? new URL(uri) : null;
  if (url === null) throw fail('That is not a URL.');
  if (url.protocol === 's3:' && (url.hostname === '' || url.pathname.length < 2)) throw fail('');
  if (!['s3:', 'https:', 'http:', 'file:'].includes(url.protocol)) throw fail(ELSEWHERE[url.protocol] ?? '');
  return uri;
}

const CLASS_NAME = /^[\p{L}_$][\p{L}\p{N}_$]*(\.[\p{L}_$][\p{L}\p{N}_$]*)*$/u;

function readClass(value: string | undefined, fail: Fail): string | null {
  if (!value) return null;
  if (CLASS_NAME.test(value)) return value;
  throw fail(
    'main-class',
    "Write the full name of a class, such as com.example.Job. Without 'main-class' the manifest of the jar decides.",
  );
}

function readArgs(value: string, fail: Fail): string[] {
  const text = value.startsWith(BASE64_ARGS) ? decode(value.slice(BASE64_ARGS.length)) : value;
  if (text === null) throw fail('args', 'What follows base64@ is not Base64 of UTF-8 text.');
  const args = splitArgs(text);
  if (args === null) throw fail('args', 'A quote is not closed.');
  return args;
}

function decode(base64: string): string | null {
  try {
    const bytes = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Any error: it is no base64, or no UTF-8.
    return null;
  }
}

function readParallelism(value: string | undefined, fail: Fail): number | null {
  if (!value) return null;
  const number = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (number >= 1 && number <= MAX_PARALLELISM) return number;
  throw fail('parallelism', `Write a whole number from 1 to ${MAX_PARALLELISM}.`);
}

function readSha256(value: string | undefined, fail: Fail): { wantedSha256?: string } {
  if (!value) return {};
  if (/^[0-9a-f]{64}$/i.test(value)) return { wantedSha256: value.toLowerCase() };
  throw fail('sha256', 'Write the 64 hexadecimal digits that sha256sum prints.');
}

function readBoolean(value: string | undefined, fail: Fail): boolean {
  if (!value) return false;
  const text = value.toLowerCase();
  if (text === 'true' || text === 'false') return text === 'true';
  throw fail('allow-non-restored-state', 'Write true or false.');
}
