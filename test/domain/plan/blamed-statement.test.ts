/** An error of Flink's is told at the statement that it is about, which is not always the one that Flink ran. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterConfiguration } from '../../../lib/domain/definition/definitions.ts';
import { type PrepareInput, prepareRun } from '../../../lib/domain/plan/prepare-run.ts';
import {
  atItsLine,
  locate,
  locateFailure,
  placeOfOption,
  type SentStatement,
  sentStatement,
} from '../../../lib/domain/plan/sent-statement.ts';
import { cpuMs } from '../../builders/cpu-ms.ts';
import { aClusterConfiguration, aTask } from '../../fakes/memory-definitions.ts';

function sentOf(
  statement: string,
  env: string | null = null,
  customConfig: Record<string, string> = {},
  others: Partial<PrepareInput> = {},
): SentStatement[] {
  const envTask = env === null ? null : aTask({ id: 9, name: 'shared', dialect: 'FlinkSqlEnv', statement: env });
  const body = prepareRun({
    task: aTask({ statement, configJson: { customConfig, udfRefer: {} } }),
    envTask,
    target: { hosts: 'jm:8081', gatewayUrl: 'http://gw:8083', clusterId: null, clusterConfig: {} },
    ...{ clusterConfiguration: null, variables: [], databases: [], flinkConfig: {} },
    request: { variables: {}, savePointPath: null },
    ...others,
  }).bodyFor('jm:8081');
  const { steps, job } = body.plan;
  return [...steps, ...(job === null ? [] : [job])].map((planned) => sentStatement(body, planned));
}

function jobOf(...args: Parameters<typeof sentOf>): SentStatement {
  const job = sentOf(...args).at(-1);
  if (job === undefined) throw new Error('no job');
  return job;
}

const unreadable = (key: string, value: string): string => `Could not parse value '${value}' for key '${key}'.`;
const OPTIONS = 'options of the task, its cluster or the deployment';

describe('an option that Flink can not read', () => {
  const MANY = unreadable('table.exec.state.ttl', 'many');

  it('is told at its SET, whichever statement met it', () => {
    const text =
      "SET 'a' = 'b';\n\nSET 'table.exec.state.ttl' = 'many';\nCREATE TABLE t (a INT);\nINSERT INTO t SELECT 1;";
    for (const sent of sentOf(text)) expect(locate(MANY, sent)).toBe(`line 3: ${MANY}`);
  });

  it("is told at the environment task's SET", () => {
    const sent = jobOf('INSERT INTO t SELECT 1', '\nSET table.exec.state.ttl = many;\nCREATE TABLE t (a INT)');
    expect(locate(MANY, sent)).toBe(`environment task 9, line 2: ${MANY}`);
  });

  it('of the task is not told at a SET, of another option or of another value', () => {
    const text = "SET 'a' = 'b';\nSET 'table.exec.state.ttl' = '1 h';\nINSERT INTO t SELECT 1";
    for (const sent of sentOf(text, null, { 'table.exec.state.ttl': 'many' }))
      expect(locate(MANY, sent)).toBe(`customConfig of task 1: ${MANY}`);
  });

  it('that nobody here has set is told so', () => {
    expect(locate(MANY, jobOf('INSERT INTO t SELECT 1'))).toBe(`${OPTIONS}: ${MANY}`);
  });

  it('is told at the last SET of this value', () => {
    const text = "SET 'table.exec.state.ttl' = 'many';\nSET 'table.exec.state.ttl' = 'many';\nINSERT INTO t SELECT 1";
    expect(locate(MANY, jobOf(text))).toBe(`line 2: ${MANY}`);
  });

  it('is told at its SET also under the name that older versions have for it', () => {
    const text = "\nSET 'state.backend.changelog.enabled' = 'perhaps';\nINSERT INTO t SELECT 1";
    const message = `${unreadable('state.changelog.enabled', 'perhaps').slice(0, -1)}: Unrecognized option for boolean: perhaps.`;
    expect(locate(message, jobOf(text))).toBe(`line 2: ${message}`);
    const two = `SET 'other' = 'perhaps';${text}`;
    expect(locate(message, jobOf(two))).toBe(`${OPTIONS}: ${message}`);
  });

  it('whose value is a secret, or was masked, is told at its SET', () => {
    const message = unreadable('s3.secret-key', '******');
    expect(locate(message, jobOf("\nSET 's3.secret-key' = 'x';\nINSERT INTO t SELECT 1"))).toBe(`line 2: ${message}`);
  });

  it('whose value is known is not told at the SET of another option with a secret', () => {
    const variables = [{ name: 'pw', value: { secret: 'prod/pw' }, note: null }];
    const sent = jobOf("SET 'my.pw' = '${pw}';\nINSERT INTO t SELECT 1", null, {}, { variables });
    expect(locate(MANY, sent)).toBe(`${OPTIONS}: ${MANY}`);
  });

  it('of a mode is told so too', () => {
    const message =
      "Unsupported mode 'AUTOMATIC' for 'execution.runtime-mode'. Only an explicit BATCH or STREAMING mode is supported in Table API.";
    expect(locate(message, jobOf("SET 'execution.runtime-mode' = 'AUTOMATIC';\nINSERT INTO t SELECT 1"))).toBe(
      `line 1: ${message}`,
    );
  });

  it('of a table is told at the statement, and where the table is made', () => {
    const text =
      "CREATE TABLE a (x INT) WITH ('connector' = 'datagen');\nCREATE TABLE odd (\n x INT\n) WITH ('rows-per-second' = 'many');\n\nINSERT INTO a SELECT x FROM odd";
    const message = `Unable to create a source for reading table 'default_catalog.default_database.odd' ('rows-per-second'='many'): ${unreadable('rows-per-second', 'many')}`;
    expect(locate(message, jobOf(text))).toBe(`line 6 (see CREATE TABLE odd in line 2): ${message}`);
  });
});

describe('an option below every SET', () => {
  const KEY = 'restart-strategy.fixed-delay.attempts';
  const many = { [KEY]: 'many' };
  const MANY = unreadable(KEY, 'many');
  const target = {
    hosts: 'jm:8081',
    gatewayUrl: 'http://gw:8083',
    clusterId: 3,
    clusterName: 'prod',
    clusterConfig: {},
  };
  const deployed = (configJson: ClusterConfiguration['configJson'], type = 'kubernetes-application') => ({
    clusterConfiguration: aClusterConfiguration({ id: 5, name: 'own', type, configJson }),
    target: { ...target, hosts: '', deploy: { type, jobManager: null } },
    task: aTask({ type, clusterConfigurationId: 5, statement: 'INSERT INTO t SELECT 1' }),
  });

  it.each<[string, Record<string, string>, Partial<PrepareInput>]>([
    ['customConfig of task 1', many, {}],
    ['customConfig of task 1', many, { flinkConfig: { [KEY]: '3' }, target: { ...target, clusterConfig: many } }],
    ['FLINK_CONFIG of the deployment', {}, { flinkConfig: many }],
    ['config of cluster 3 (prod)', {}, { target: { ...target, clusterConfig: many } }],
    ['config of cluster 3 (prod)', {}, { flinkConfig: { [KEY]: '3' }, target: { ...target, clusterConfig: many } }],
    ['cluster configuration 5 (own)', {}, deployed({ flinkConfig: { configuration: many } })],
    [
      'cluster configuration 5 (own)',
      {},
      deployed({ flinkConfig: { flinkConfigList: [{ name: KEY, value: 'many' }] } }),
    ],
    [
      'cluster configuration 5 (own)',
      {},
      {
        clusterConfiguration: aClusterConfiguration({
          id: 5,
          name: 'own',
          configJson: { flinkConfig: { configuration: many } },
        }),
      },
    ],
  ])('is told where it was written: %s', (place, customConfig, others) => {
    const sent = jobOf('INSERT INTO t SELECT 1', null, customConfig, others);
    expect(locate(MANY, sent)).toBe(`${place}: ${MANY}`);
    expect(atItsLine(MANY, sent)).toBe(`${place}: ${MANY}`);
    expect(locateFailure(MANY, sent.body)).toBe(`${place}: ${MANY}`);
  });

  it.each([
    [{ parallelism: 4 }, 'parallelism.default', '4', 'parallelism of task 1'],
    [{ checkpoint: 10 }, 'execution.checkpointing.interval', '10 ms', 'checkpoint of task 1'],
    [{ batchModel: true }, 'execution.runtime-mode', 'BATCH', 'batchModel of task 1'],
  ])('that a field of the task stands for is told by the field: %j', (fields, key, value, place) => {
    const sent = jobOf('', null, {}, { task: aTask({ ...fields, statement: 'INSERT INTO t SELECT 1' }) });
    const message = unreadable(key, value);
    expect(locate(message, sent)).toBe(`${place}: ${message}`);
  });

  it('is told there also under the name that older versions have for it, and where its value was masked', () => {
    const renamed = unreadable('state.changelog.enabled', 'perhaps');
    const custom = { 'state.backend.changelog.enabled': 'perhaps', 's3.secret-key': 'hush' };
    expect(locate(renamed, jobOf('INSERT INTO t SELECT 1', null, custom))).toBe(`customConfig of task 1: ${renamed}`);
    const masked = unreadable('s3.secret-key', '******');
    expect(locate(masked, jobOf('INSERT INTO t SELECT 1', null, custom))).toBe(`customConfig of task 1: ${masked}`);
  });

  it('is not told where a SET of the same value stands above it', () => {
    const sent = jobOf(`\nSET '${KEY}' = 'many';\nINSERT INTO t SELECT 1`, null, many);
    expect(locate(MANY, sent)).toBe(`line 2: ${MANY}`);
  });

  it('of a jar is told so, and at its SET', () => {
    const jar = "EXECUTE JAR WITH ('uri' = 's3://j/a.jar')";
    expect(atItsLine(MANY, jobOf(jar, null, many))).toBe(`customConfig of task 1: ${MANY}`);
    expect(atItsLine(MANY, jobOf(`SET '${KEY}' = 'many';\n${jar}`, null, { [KEY]: '3' }))).toBe(`line 1: ${MANY}`);
  });

  it.each([
    [
      'nosuch is an unknown value of RestartStrategyType.',
      { 'restart-strategy.type': 'nosuch' },
      'restart-strategy.type',
    ],
    ['class com.example.Backend was not found', { 'state.backend.type': 'com.example.Backend' }, 'state.backend.type'],
    [
      "Option 'table.exec.resource.default-parallelism' must be positive",
      { 'table.exec.resource.default-parallelism': '-3' },
      'table.exec.resource.default-parallelism',
    ],
    [
      "Could not find a file system implementation for scheme 'hdfs'.",
      { 'execution.checkpointing.dir': 'hdfs://n/x' },
      'execution.checkpointing.dir',
    ],
  ])('is named where the message is about it in other words: %s', (message, options, key) => {
    const see = `see '${key}' in config of cluster 3 (prod)`;
    const sent = jobOf('INSERT INTO t SELECT 1', null, {}, { target: { ...target, clusterConfig: options } });
    expect(locate(message, sent)).toBe(`line 1 (${see}): ${message}`);
    expect(locateFailure(message, sent.body)).toBe(`${see}: ${message}`);
  });

  it('is not named for words that anything may have', () => {
    const named = jobOf('', null, {}, { task: aTask({ name: 'orders', statement: 'INSERT INTO t SELECT 1' }) });
    const message = "Unable to create a source for reading table 'orders'";
    expect(locate(message, named)).toBe(`line 1: ${message}`);
    const twice = jobOf("INSERT INTO t SELECT 'nosuch'", null, { 'state.backend.type': 'nosuch' });
    expect(locate("no column 'nosuch'", twice)).toBe("line 1: no column 'nosuch'");
  });
});

describe('what a message names', () => {
  it.each([
    [
      "Option 'parallelism.default' must be positive",
      "SET 'parallelism.default' = '-3';\nINSERT INTO t SELECT 1",
      "line 2 (see SET 'parallelism.default' in line 1)",
    ],
    [
      "Cannot instantiate user-defined function 'f': it is broken",
      "CREATE TEMPORARY FUNCTION f AS 'a.B';\nINSERT INTO t SELECT f(1)",
      'line 2 (see CREATE FUNCTION f in line 1)',
    ],
    [
      "Function 'f' can't be loaded",
      "CREATE FUNCTION f AS 'a.B';\nINSERT INTO t SELECT f(1)",
      'line 2 (see CREATE FUNCTION f in line 1)',
    ],
    [
      "Could not reach catalog 'lake'",
      "CREATE CATALOG lake WITH ('type' = 'paimon');\nINSERT INTO lake.d.t SELECT 1",
      'line 2 (see CREATE CATALOG lake in line 1)',
    ],
    [
      "View 'c.d.v' has another schema",
      'CREATE TEMPORARY VIEW v AS SELECT 1;\nINSERT INTO t SELECT * FROM v',
      'line 2 (see CREATE VIEW v in line 1)',
    ],
    [
      "Could not find a file system implementation for scheme 's3'.",
      "CREATE TABLE t (a INT) WITH ('path' = 's3://b/x');\nINSERT INTO u SELECT * FROM t",
      'line 2 (see CREATE TABLE t in line 1)',
    ],
    [
      "Could not find a file system implementation for scheme 's3'.",
      "CREATE CATALOG c WITH ('warehouse' = 's3://b/x');\nINSERT INTO u SELECT 1",
      'line 2 (see CREATE CATALOG c in line 1)',
    ],
    [
      "Could not find a file system implementation for scheme 's3'.",
      "CREATE TABLE t (a INT COMMENT 's3a://b') WITH ('path' = 's3a://b/x');\nINSERT INTO u SELECT * FROM t",
      'line 2',
    ],
    [
      "Could not find a file system implementation for scheme 's3'.",
      "CREATE TABLE t (a INT) WITH ('path' = 's3://b/x');\nCREATE TABLE v (a INT) WITH ('path' = 's3://b/y');\nINSERT INTO u SELECT 1",
      'line 3',
    ],
    [
      "Could not find a file system implementation for scheme 's3'.",
      "SET 'state.checkpoints.dir' = 's3://b/cp';\nCREATE TABLE t (a INT) WITH ('path' = 's3://b/x');\nINSERT INTO u SELECT 1",
      "line 3 (see SET 'state.checkpoints.dir' in line 1)",
    ],
    ["View 't' is wrong", 'CREATE TABLE t (a INT);\nINSERT INTO u SELECT 1', 'line 2'],
    [
      "Invalid configured parallelism -3 for table 'default_catalog.default_database.t'.",
      "CREATE TABLE t (a INT) WITH ('sink.parallelism' = '-3');\nINSERT INTO t SELECT 1",
      'line 2 (see CREATE TABLE t in line 1)',
    ],
    [
      "Unable to create a sink for writing table 'c.d.`my table`': no",
      'CREATE TABLE `my table` (a INT);\nINSERT INTO `my table` SELECT 1',
      'line 2 (see CREATE TABLE my table in line 1)',
    ],
    [
      "Unable to create a sink for writing table 'c.d.t': no",
      'CREATE TABLE x.t (a INT);\nINSERT INTO t SELECT 1',
      'line 2',
    ],
    [
      "Unable to create a sink for writing table 'c.d.t': no",
      'CREATE TABLE c.d.t (a INT);\nINSERT INTO t SELECT 1',
      'line 2 (see CREATE TABLE c.d.t in line 1)',
    ],
    [
      "table 'c.d.s' can't be joined with table 'c.d.t'",
      'CREATE TABLE t (a INT);\nINSERT INTO u SELECT 1',
      'line 2 (see CREATE TABLE t in line 1)',
    ],
    ["function 't' is broken", 'CREATE TABLE t (a INT);\nINSERT INTO u SELECT 1', 'line 2'],
    ["Option 'k' is wrong", "SET 'k' = 'v';\nINSERT INTO t SELECT 1", "line 2 (see SET 'k' in line 1)"],
    ['Option k is wrong', "SET 'k' = 'v';\nINSERT INTO t SELECT 1", 'line 2'],
    ["'' is wrong", "SET '' = 'v';\nINSERT INTO t SELECT 1", 'line 2'],
    ['it is wrong', "SET 'a' = 'b';\nCREATE TABLE t (a INT);\nINSERT INTO t SELECT 1", 'line 3'],
  ])('is told with where it stands: %s', (message, text, place) => {
    expect(locate(message, jobOf(text))).toBe(`${place}: ${message}`);
  });

  it.each([
    [
      'Failed to set key parallelism.default with value -7: no',
      "SET 'parallelism.default' = '-7';\nINSERT INTO t SELECT 1",
      "line 2 (see SET 'parallelism.default' in line 1)",
    ],
    [
      'nosuch is an unknown value of RestartStrategyType.',
      "SET 'restart-strategy.type' = 'nosuch';\nINSERT INTO t SELECT 1",
      "line 2 (see SET 'restart-strategy.type' in line 1)",
    ],
    [
      'class com.example.Backend was not found',
      "SET 'state.backend.type' = 'com.example.Backend';\nINSERT INTO t SELECT 1",
      "line 2 (see SET 'state.backend.type' in line 1)",
    ],
    [
      "Could not find a file system implementation for scheme 'hdfs'. Sorry",
      "SET 'execution.checkpointing.dir' = 'hdfs://nn/x';\nINSERT INTO t SELECT 1",
      "line 2 (see SET 'execution.checkpointing.dir' in line 1)",
    ],
    // Words that stand elsewhere, or in any text.
    ['orders is empty', "SET 'pipeline.name' = 'orders';\nINSERT INTO t SELECT 1 FROM orders", 'line 2'],
    ['it is true, and 1234', "SET 'x.y' = 'true';\nSET 'x.z' = '1234';\nINSERT INTO t SELECT 1", 'line 3'],
    [
      "Unable to create a source for reading table 'c.d.x'",
      "SET 'sql-client.execution.result-mode' = 'table';\nINSERT INTO t SELECT 1",
      'line 2',
    ],
    ["'many' is no number", "SET 'x.y' = 'many';\nINSERT INTO t SELECT 1", "line 2 (see SET 'x.y' in line 1)"],
    ["'few' is no number", "SET 'x.y' = 'few';\nINSERT INTO t SELECT 1", 'line 2'],
    ["'1234' is no word", "SET 'x.y' = '1234';\nINSERT INTO t SELECT 1", 'line 2'],
    ["'1.25' is no word", "SET 'x.y' = '1.25';\nINSERT INTO t SELECT 1", 'line 2'],
    ["'FALSE' is no word", "SET 'x.y' = 'FALSE';\nINSERT INTO t SELECT 1", 'line 2'],
    ["'12 parsecs' is wrong", "SET 'x.y' = '12 parsecs';\nINSERT INTO t SELECT 1", "line 2 (see SET 'x.y' in line 1)"],
    ["'type-2' is wrong", "SET 'x.y' = 'type-2';\nINSERT INTO t SELECT 1", "line 2 (see SET 'x.y' in line 1)"],
    ['Unknown type: nosuch', "SET 'x.y' = 'nosuch';\nINSERT INTO t SELECT 1", "line 2 (see SET 'x.y' in line 1)"],
    ["table 'orders' is empty", "SET 'pipeline.name' = 'orders';\nINSERT INTO t SELECT 1", 'line 2'],
    ['nosuchlike is unknown', "SET 'x.y' = 'nosuch';\nINSERT INTO t SELECT 1", 'line 2'],
    [
      'execution.checkpointing.interval.x is unknown',
      "SET 'execution.checkpointing.interval' = '5 s';\nINSERT INTO t SELECT 1",
      'line 2',
    ],
  ])('by its option or its value, in whatever form: %s', (message, text, place) => {
    expect(locate(message, jobOf(text))).toBe(`${place}: ${message}`);
  });

  it.each([
    [unreadable('pipeline.operator-chaining.enabled', 'perhaps'), 'line 2: '],
    [
      'Could not instantiate configured state backend: class nosuch was not found',
      "see SET 'state.backend.type' in line 3: ",
    ],
    ["Source: t[1]: Unable to read table 'c.d.t'", 'see CREATE TABLE t in line 4: '],
    ['/ by zero', ''],
    // Two have this value: which of them is meant, nobody knows.
    [unreadable('other.key', 'either'), ''],
    ['bad at line 1, column 2', ''],
  ])('is told of a job that failed too, without the places of others: %s', (reason, place) => {
    const { body } = jobOf(
      "\nSET 'pipeline.operator-chaining' = 'perhaps';\nSET 'state.backend.type' = 'nosuch';\nCREATE TABLE t (a INT);\nSET 'x.y' = 'either';\nSET 'x.z' = 'either';\nINSERT INTO t SELECT 1",
    );
    expect(locateFailure(reason, body)).toBe(place + reason);
  });

  it.each([
    [`main() failed: IllegalArgumentException: ${unreadable('parallelism.default', 'many')}, because of x`, 'line 2'],
    [`main() failed: IllegalArgumentException: ${unreadable('pipeline.jars', 'x')}`, 'line 3'],
    ['main() failed: ParseException: bad at line 1, column 1', 'line 3'],
    ['Failed to read state.backend.type', "line 3 (see SET 'state.backend.type' in line 1)"],
  ])('of a jar is told at its line, or at the SET that it is about: %s', (message, place) => {
    const sets = "SET 'state.backend.type' = 'nosuch';\nSET 'parallelism.default' = 'many';\n";
    expect(atItsLine(message, jobOf(`${sets}EXECUTE JAR WITH ('uri' = 's3://j/a.jar')`))).toBe(`${place}: ${message}`);
  });

  it('is not told twice when it is the statement itself', () => {
    const [ddl] = sentOf('\nCREATE TABLE t (a INT);\nINSERT INTO t SELECT 1');
    const message = "Could not execute CreateTable: table 'c.d.t' exists";
    expect(ddl && locate(message, ddl)).toBe(`line 2: ${message}`);
  });

  it('is left out where the message has an exact place', () => {
    const sent = jobOf("SET 'a' = 'b';\nINSERT INTO t SELECT x");
    expect(locate("Column 'a' not found at line 1, column 22", sent)).toBe("Column 'a' not found at line 2, column 22");
  });
});

describe('what stands far behind in a message', () => {
  const long = (text: string): string => `${'x'.repeat(4_000)}: ${text}`;
  const TEXT = "SET 'a.b' = 'many';\nCREATE TABLE t (a INT);\nINSERT INTO t SELECT 1";

  it.each([unreadable('a.b', 'many'), "table 't' is wrong", 'a.b is wrong'])('is not looked at: %s', (text) => {
    expect(locate(long(text), jobOf(TEXT))).toBe(`line 3: ${long(text)}`);
    expect(locate(text, jobOf(TEXT))).not.toBe(`line 3: ${text}`);
  });

  it('is not looked at for one of several INSERTs either', () => {
    const sent = jobOf('INSERT INTO a SELECT 1;\nINSERT INTO b SELECT 1');
    const message = "Unable to create a sink for writing table 'b': no";
    expect(locate(message, sent)).toBe(`line 2: ${message}`);
    expect(locate(long(message), sent)).toBe(`one of the INSERTs (line 1; line 2): ${long(message)}`);
  });
});

describe('an option that kept Flink from opening a session', () => {
  const KEY = 'table.exec.state.ttl';
  const options = { properties: { [KEY]: 'many', 'a.b': 'c' }, origins: { 'customConfig of task 7': ['a.b', KEY] } };

  it('is told where it was written, if it is one', () => {
    expect(placeOfOption(unreadable(KEY, 'many'), options)).toBe('customConfig of task 7');
    expect(placeOfOption(unreadable(KEY, 'few'), options)).toBeNull();
    expect(placeOfOption(`'${KEY}' is wrong`, options)).toBeNull();
    expect(placeOfOption('connection refused', options)).toBeNull();
  });
});

describe('of several INSERTs', () => {
  const TEXT =
    'INSERT INTO a SELECT 1;\nINSERT INTO c.d.b SELECT 1;\nINSERT INTO `odd one` PARTITION (x = 1) SELECT 1;\nINSERT OVERWRITE a SELECT 2;';

  it.each([
    ["Unable to create a sink for writing table 'c.d.b': no", 'line 2'],
    ["Table sink 'c.d.odd one' doesn't support consuming update changes", 'line 3'],
    ["Column types of query result and sink for 'c.d.a' do not match.", 'one of the INSERTs (line 1; line 4)'],
    ["Cannot find table '`c`.`d`.`b`' in any of the catalogs [c], nor as a temporary table.", 'line 2'],
    ["Unable to create a source for reading table 'c.d.b': no", 'one of the INSERTs (line 1; line 2; line 3; line 4)'],
    [
      "Unable to create a sink for writing table 'c.d.other': no",
      'one of the INSERTs (line 1; line 2; line 3; line 4)',
    ],
  ])('those are blamed that write to the table: %s', (message, place) => {
    expect(locate(message, jobOf(TEXT))).toBe(`${place}: ${message}`);
  });

  it('also by INSERT INTO TABLE', () => {
    const sent = jobOf('INSERT INTO TABLE a SELECT 1;\nINSERT INTO TABLE c.d.b SELECT 1');
    const message = "Unable to create a sink for writing table 'c.d.b': no";
    expect(locate(message, sent)).toBe(`line 2: ${message}`);
  });

  it('of both texts too', () => {
    const message = "Table sink 'c.d.env' doesn't support it";
    expect(locate(message, jobOf(TEXT, '\nINSERT INTO env SELECT 1;'))).toBe(`environment task 9, line 2: ${message}`);
  });
});

describe('for any text and message', () => {
  it('the whole message is told, behind a place', () => {
    const texts = fc.constantFrom(
      "SET 'k' = 'v';\nINSERT INTO t SELECT 1",
      'CREATE TABLE t (a INT);\nINSERT INTO t SELECT 1;\nINSERT INTO u SELECT 2',
    );
    const words = fc.constantFrom(
      "'k'",
      "'v'",
      "table 't'",
      "sink for writing table 'u'",
      "Could not parse value 'v' for key 'k'",
      'x',
      ': ',
      ' ',
      '`',
      "'",
    );
    fc.assert(
      fc.property(
        texts,
        fc.array(words, { maxLength: 12 }).map((list) => list.join('')),
        (text, message) => {
          const told = locate(message, jobOf(text));
          expect(told.endsWith(message)).toBe(true);
          expect(told).toMatch(/^(?:line \d|one of the INSERTs|options of the task)/);
        },
      ),
    );
  });

  it.each([
    "Could not parse value '",
    "table 'a",
    "sink for writing table 'x",
    "' for key '",
    'line 1, column 1 ',
    "'k'",
  ])('it takes as much longer as they are longer: %s', (piece) => {
    const read = (count: number) => {
      const sent = jobOf(
        `${"SET 'k' = 'v';\nCREATE TABLE t (a INT);\n".repeat(count / 40)}INSERT INTO t SELECT 1;\nINSERT INTO u SELECT 2`,
      );
      const message = piece.repeat(count);
      return () => locate(message, sent);
    };
    const [small, large] = [read(400), read(4_000)];
    expect(cpuMs(large)).toBeLessThan(Math.max(cpuMs(small), 2) * 40);
  });
});
