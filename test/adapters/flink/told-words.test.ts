/** What is told of chains of causes as Flink makes them, word by word. The laws over all recorded failures: shown-causes-of-replies.test.ts. */
import { describe, expect, it } from 'vitest';
import { personLine } from '../../../lib/adapters/flink/errors.ts';

const FRAMES = '\tat a.b.C.d(C.java:1)\n\t... 7 more';
const traceOf = (causes: readonly string[]): string =>
  causes.map((cause, n) => `${n === 0 ? '' : 'Caused by: '}${cause}\n${FRAMES}`).join('\n');

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
