/**
 * What Flink says is told with what it is about. The law over all recorded failures of real Flinks: a thing of the author's
 * that any cause of a trace names (a table, a path, an option, a function, a place) stands in what a person is told.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deployError, errorText, gatewayError, personLine } from '../../../lib/adapters/flink/errors.ts';
import { jarRunError } from '../../../lib/adapters/flink/jar-run-error.ts';
import { MAX_ERROR_LENGTH } from '../../../lib/domain/limits.ts';

interface Recorded {
  readonly kind: string;
  readonly name: string;
  readonly status: number;
  readonly body: string;
}

const VECTORS = join(import.meta.dirname, '../../vectors');
const TOLD: Readonly<Record<string, (reply: Recorded) => string>> = {
  'flink-replies': ({ body }) => gatewayError(body).message,
  'deploy-replies': ({ status, body }) => deployError(status, body).message,
  'jar-runs': ({ body }) => jarRunError(body).message,
};

const recorded = Object.keys(TOLD).flatMap((dir) =>
  readdirSync(join(VECTORS, dir)).map((file) => [dir, file, read(join(VECTORS, dir, file))] as const),
);

function read(path: string): Recorded[] {
  const lines = brotliDecompressSync(readFileSync(path)).toString('utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Recorded);
}

/** As Flink names them in the first line of a cause. */
const THINGS = [
  /\b[Tt]able '([^']+)'/g,
  /\b[Tt]able sink '([^']+)'/g,
  /\bsink for '([^']+)'/g,
  /\bpath '([^']+)'/g,
  /\bin path (`[^ ]+`)/g,
  /\bfile\/directory '([^']+)'/g,
  /\bPLAN '([^']+)'/g,
  /\bscheme '([^']+)'/g,
  /\bfunction '([^']+)'/g,
  /\bfunction class '([^']+)'/g,
  /\bcatalog '([^']+)'/g,
  /\b(?:option|[Kk]ey:?) '([^']+)'/g,
  /\bfor key '([^']+)'/g,
  /\b[Oo]bject '([^']+)' (?:not found|of class)/g,
  /\b[Cc]olumn '([^']+)'/g,
  /\bclass '([^']+)' of type/g,
  /\bline (\d+, column \d+)/g,
];

/** Of an entry that is written into a message by its author, not by Flink. */
const FORGED = /misleading|likeTrace/;
/** The upload of a jar has a name that nobody gave it; "option" here is what is wrong, not which. */
const NOT_THE_AUTHORS = /flink-web-upload|^connector$|^boolean$/;

function thingsOf(trace: string): string[] {
  const firstLines = trace.split('\n').filter((line) => /^(?:Caused by: )?(?:[\w$]+\.)+[\w$]+: /.test(line));
  return firstLines.flatMap((line) =>
    THINGS.flatMap((thing) => [...line.matchAll(thing)].map(([, name = '']) => name)),
  );
}

describe.each(recorded)('%s of Flink %s', (dir, _file, replies) => {
  const all = replies.map((reply) => ({ reply, told: TOLD[dir]?.(reply).slice(0, MAX_ERROR_LENGTH) ?? '' }));

  it('are told with the things of their author that any cause names', () => {
    const untold = all.flatMap(({ reply, told }) => {
      const things = FORGED.test(reply.name) ? [] : thingsOf(errorText(reply.body));
      const missing = things.filter((name) => !NOT_THE_AUTHORS.test(name) && !names(told, name));
      return missing.length === 0 ? [] : [`${reply.kind} ${reply.name}: ${missing.join()} not in "${told}"`];
    });
    expect(untold).toEqual([]);
  });

  it('have a reason that is no bare name', () => {
    const bare = all.map(({ told }) => told).filter((told) => /^[\w./$-]+$/.test(told));
    // Java says no more of these, and there is nothing around them.
    expect(bare.filter((told) => !/^[A-Z]\w+(?:Exception|Error)$/.test(told))).toEqual([]);
  });

  it('say nothing in the words of Flink around every failure', () => {
    const wrapped = all.filter(({ told }) => /Failed to (?:execute (?:the operation|sql: )|fetchResults)/.test(told));
    expect(wrapped.map(({ told }) => told)).toEqual([]);
  });
});

/** Flink writes a path of names with backquotes and without, and its catalog elsewhere. */
function names(told: string, name: string): boolean {
  const plain = told.replaceAll('`', '');
  const parts = name.startsWith('`') ? name.split(/`\.?`?/).filter((part) => part !== '') : [name];
  return parts.every((part) => plain.includes(part));
}

const FRAMES = '\tat a.b.C.d(C.java:1)\n\t... 7 more';
const traceOf = (causes: readonly string[]): string =>
  causes.map((cause, n) => `${n === 0 ? '' : 'Caused by: '}${cause}\n${FRAMES}`).join('\n');

describe('for any names', () => {
  const name = fc.stringMatching(/^[a-z_](?:[a-z0-9_.-]{0,30}[a-z0-9_])?$/);
  const around = fc.constantFrom(
    (it: string) =>
      `org.apache.flink.table.api.ValidationException: Unable to create a source for reading table '${it}'.\n\nTable options are:\n\n'connector'='x'\n'path'='/y'`,
    (it: string) => `org.apache.flink.table.api.TableException: Failed to execute EXECUTE PLAN '${it}' statement.`,
    (it: string) => `java.io.IOException: Cannot access file system for checkpoint/savepoint path '${it}'.`,
    (it: string) => `org.apache.flink.table.api.ValidationException: Cannot instantiate user-defined function '${it}'.`,
    (it: string) =>
      `org.apache.flink.table.api.ValidationException: SQL validation failed. Could not find column \`${it}\``,
    (it: string) => `java.lang.RuntimeException: reading [${it}] failed`,
    (it: string) => `com.example.OwnException: no such thing: ${it}`,
  );
  const wrapper = fc.constantFrom(
    'org.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed to fetchResults.',
    'org.apache.flink.table.api.TableException: Failed to execute sql',
    'java.util.concurrent.CompletionException: java.lang.RuntimeException: Could not start the JobMaster.',
  );
  const reason = fc.constantFrom(
    'java.net.ConnectException: Connection refused',
    'java.lang.NullPointerException',
    'java.lang.ClassNotFoundException: a.b.Missing',
    'org.apache.flink.core.fs.UnsupportedFileSystemSchemeException: Hadoop is not in the classpath/dependencies.',
    'java.lang.NumberFormatException: For input string: "many"',
  );
  const words = (cause: string): string => (/: (?:[\w.]*\.)?(.+)$/.exec(cause) ?? /\.(\w+)$/.exec(cause))?.[1] ?? '';

  it('the reason is told, and what the causes around it name', () => {
    const chain = fc.record({
      wrappers: fc.array(wrapper, { maxLength: 4 }),
      named: fc.uniqueArray(fc.tuple(around, name), { maxLength: 3, selector: ([, it]) => it }),
      why: reason,
    });
    fc.assert(
      fc.property(chain, ({ wrappers, named, why }) => {
        const line = personLine(traceOf([...wrappers, ...named.map(([make, it]) => make(it)), why]));
        expect(line).toContain(words(why));
        for (const [, it] of named) expect(line).toContain(it);
        expect(line).not.toMatch(/Failed to fetchResults|Failed to execute sql|JobMaster|\.java|\n/);
      }),
      { numRuns: 500 },
    );
  });

  it('a record has room for it: the reason begins within its first 900 characters, however long the causes around it', () => {
    const long = fc.nat({ max: 30_000 }).map((count) => 'x, '.repeat(count));
    fc.assert(
      fc.property(fc.array(fc.tuple(around, long), { maxLength: 40 }), reason, (named, why) => {
        const line = personLine(traceOf([...named.map(([make, it], n) => make(`${n}${it}`)), why]));
        expect(line.slice(0, 900)).toContain(words(why));
      }),
      { numRuns: 60 },
    );
  });
});
