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

describe('of the options of a table', () => {
  const toldOf = (options: string, why: string): string =>
    personLine(
      traceOf([
        `a.b.ValidationException: Unable to create a sink for writing table 'c.d.orders'.\n\nTable options are:\n\n${options}`,
        why,
      ]),
    );

  it.each([
    [
      "'connector'='kafka'\n'format'='parquet'\n'topic'='orders-of-all-days'",
      "a.b.ValidationException: Could not find any format factory for identifier 'parquet' in the classpath.",
      "Unable to create a sink for writing table 'c.d.orders' ('format'='parquet'): Could not find any format factory for identifier 'parquet' in the classpath.",
    ],
    [
      "'connector'='jdbc'\n'password'='******'\n'url'='jdbc:mysql://db/shop'",
      'java.net.ConnectException: Connection refused',
      "Unable to create a sink for writing table 'c.d.orders' ('connector'='jdbc', 'password'='******', 'url'='jdbc:mysql://db/shop'): Connection refused",
    ],
    [
      "'connector'='jdbc'\n'password'='hunter22'\n'url'='jdbc:mysql://u:hunter22@db/shop'",
      'java.net.ConnectException: Connection refused',
      "Unable to create a sink for writing table 'c.d.orders' ('connector'='jdbc', 'password'='******', 'url'='jdbc:mysql://u:******@db/shop'): Connection refused",
    ],
    [
      Array.from({ length: 30 }, (_, n) => `'option-${n}'='${'v'.repeat(20)}'`).join('\n'),
      'a.b.CException: it is wrong',
      "Unable to create a sink for writing table 'c.d.orders' ('option-0'='vvvvvvvvvvvvvvvvvvvv', 'option-1'='vvvvvvvvvvvvvvvvvvvv', 'option-2'='vvvvvvvvvvvvvvvvvvvv', …): it is wrong",
    ],
  ])('those are told that the reason speaks of, else the first of them: %j', (options, why, line) => {
    expect(toldOf(options, why)).toBe(line);
  });
});

describe('a chain as Flink makes it', () => {
  const SINK =
    "a.b.ValidationException: Unable to create a sink for writing table 'c.d.orders'.\n\nTable options are:\n\n'connector'='kafka'";
  const FACTORY = "a.b.ValidationException: Could not find any factory for identifier 'kafka' in the classpath.";

  it('says nothing twice', () => {
    const discover = "a.b.ValidationException: Cannot discover a connector using option: 'connector'='kafka'";
    expect(personLine(traceOf([SINK, discover, FACTORY]))).toBe(
      "Unable to create a sink for writing table 'c.d.orders' ('connector'='kafka'): Could not find any factory for identifier 'kafka' in the classpath.",
    );
  });

  it('says of a missing class once which it is', () => {
    const missing = 'java.lang.NoClassDefFoundError: org/apache/kafka/clients/Consumer';
    const below = 'java.lang.ClassNotFoundException: org.apache.kafka.clients.Consumer';
    for (const chain of [[missing], [missing, below]])
      expect(personLine(traceOf(chain))).toBe('class org.apache.kafka.clients.Consumer was not found');
    expect(
      personLine(traceOf(['java.lang.NoClassDefFoundError: Could not initialize class a.B/c', FACTORY])),
    ).toContain('Could not initialize class a.B/c: Could not find any factory');
  });

  it.each([
    'a.b.ExceptionInChainedOperatorException: Could not forward element to next operator',
    'java.lang.Exception: Exception while creating StreamOperatorStateContext.',
    'a.b.FlinkRuntimeException: Failed to start the operator coordinator',
    'a.b.BackendBuildingException: Failed when trying to restore heap backend',
  ])('says nothing of where in Flink it was: %s', (around) => {
    expect(personLine(traceOf([around, FACTORY]))).toBe(
      "Could not find any factory for identifier 'kafka' in the classpath.",
    );
  });

  it('says of a file system which scheme it is, where the last cause speaks of Hadoop alone', () => {
    const path = "java.io.IOException: Cannot access file system for checkpoint/savepoint path 'abc://x'.";
    const scheme =
      "a.b.UnsupportedFileSystemSchemeException: Could not find a file system implementation for scheme 'abc'. It is not supported.";
    const hadoop = 'a.b.UnsupportedFileSystemSchemeException: Hadoop is not in the classpath/dependencies.';
    expect(personLine(traceOf([path, scheme, hadoop]))).toBe(
      "Cannot access file system for checkpoint/savepoint path 'abc://x': Could not find a file system implementation for scheme 'abc'. It is not supported.",
    );
  });
});

describe('what was to be made, and set', () => {
  it('is told by its name alone', () => {
    const parts =
      'a.b.ValidationException: Could not execute CREATE CATALOG: (catalogName: [shop], properties: [{type=jdbc, password=hunter22}], ignoreIfExists: [false])';
    expect(personLine(traceOf([parts, 'java.net.ConnectException: Connection refused']))).toBe(
      'Could not execute CREATE CATALOG: (catalogName: [shop]): Connection refused',
    );
  });

  it('is told once', () => {
    const set = 'a.b.CException: Failed to set key parallelism.default with value many';
    const cause = "a.b.CException: Could not parse value 'many' for key 'parallelism.default'.";
    const number = 'java.lang.NumberFormatException: For input string: "many"';
    expect(personLine(traceOf([set, cause, number]))).toBe(
      "Could not parse value 'many' for key 'parallelism.default'.",
    );
    expect(personLine(traceOf([set, 'a.b.CException: it is too small']))).toBe(
      'Failed to set key parallelism.default with value many: it is too small',
    );
  });
});

describe('state that does not fit', () => {
  it("is told with Dinghy's own way, not with a switch of Flink's command line", () => {
    const why =
      'java.lang.IllegalStateException: Failed to rollback to checkpoint/savepoint file:/s/savepoint-1. Cannot map checkpoint/savepoint state for operator 6cdc5bb954874d922eaee11a8e7b5dd5 to the new program, because the operator is not available in the new program. If you want to allow to skip this, you can set the --allowNonRestoredState option on the CLI.';
    const line = personLine(
      traceOf(['org.apache.flink.runtime.client.JobInitializationException: Could not start the JobMaster.', why]),
    );
    expect(line).toContain('file:/s/savepoint-1');
    expect(line).toContain('allowNonRestoredState: true');
    expect(line).toContain('savePointStrategy: NONE');
    expect(line).not.toMatch(/--allow|CLI/);
  });
});

describe('state that can be read by no other job', () => {
  it.each([
    'java.lang.IllegalStateException: Failed to rollback to checkpoint/savepoint s3://b/sp-1. Max parallelism mismatch between checkpoint/savepoint state and new program. Cannot map operator e30c with max parallelism 128 to new program with max parallelism 256. This indicates that the program has been changed in a non-compatible way after the checkpoint/savepoint.',
    'org.apache.flink.util.StateMigrationException: The new state serializer (a@1) must not be incompatible with the old state serializer (b@2).',
    'org.apache.flink.util.StateMigrationException: The new key serializer (a@1) must be compatible with the previous key serializer (b@2).',
  ])('is told with how to start without it: %s', (why) => {
    expect(personLine(traceOf([why]))).toMatch(/\. To start empty, set savePointStrategy: NONE\.$/);
  });
});

describe('a cluster without free slots', () => {
  const NONE = 'org.apache.flink.runtime.jobmanager.scheduler.NoResourceAvailableException';
  const timedOut = 'Could not allocate the required slot within slot request timeout.';
  const advice = 'The cluster has no free task slots: end another job, lower the parallelism, or add TaskManagers';
  it.each([
    // Of the adaptive scheduler, and of the default one.
    [`${NONE}: Could not acquire the minimum required resources.`, 'Could not acquire the minimum required resources.'],
    [`${NONE}: Slot request bulk is not fulfillable! ${timedOut}`, `Slot request bulk is not fulfillable! ${timedOut}`],
    [`${NONE}: Not enough resources available for scheduling.`, 'Not enough resources available for scheduling.'],
    [`${NONE}: Not enough free slots available to run the job. You can decrease`, 'Not enough free slots available'],
    [`${NONE}: ${timedOut} Please make sure that the cluster has enough resources.`, timedOut],
  ])('%s is told with what to do', (cause, said) => {
    const line = personLine(
      traceOf(['org.apache.flink.runtime.JobException: Recovery is suppressed by NoRestartBackoffTimeStrategy', cause]),
    );
    expect(line).toContain(said);
    expect(line).toContain(advice);
    expect(line.split(advice)).toHaveLength(2);
  });

  it('other resources are not taken for slots', () => {
    expect(personLine(traceOf(['java.io.IOException: Could not acquire a lock on the resource']))).not.toContain(
      'task slots',
    );
  });
});
