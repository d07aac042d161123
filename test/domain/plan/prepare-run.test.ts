/** From a definition and a request to a run's plan (statements.md, options.md). */
import { describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../../lib/domain/definition/definitions.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import { type PreparedRun, type PrepareInput, prepareRun } from '../../../lib/domain/plan/prepare-run.ts';
import { joinSegments } from '../../../lib/domain/plan/text-segments.ts';
import { aClusterConfiguration, aTask } from '../../fakes/memory-definitions.ts';

const ADDRESS = 'jm-2:8081';

interface Given extends Partial<Omit<PrepareInput, 'task' | 'envTask' | 'request'>> {
  readonly env?: Partial<TaskDefinition> | string;
  readonly variables?: PrepareInput['variables'];
  readonly request?: Readonly<Record<string, string>>;
  readonly savePointPath?: string;
}

function prepare(task: Partial<TaskDefinition> | string, given: Given = {}): PreparedRun {
  const { env, request = {}, savePointPath = null, ...rest } = given;
  const envChanges = typeof env === 'string' ? { statement: env } : env;
  const envTask = env === undefined ? null : aTask({ id: 9, name: 'shared', dialect: 'FlinkSqlEnv', ...envChanges });
  return prepareRun({
    task: aTask(typeof task === 'string' ? { statement: task } : task),
    target: { hosts: 'jm-1:8081,jm-2:8081', gatewayUrl: 'http://gw:8083', clusterId: 4, clusterConfig: {} },
    clusterConfiguration: null,
    envTask,
    variables: [],
    databases: [],
    flinkConfig: {},
    request: { variables: request, savePointPath },
    ...rest,
  });
}

function refusal(task: Partial<TaskDefinition> | string, given: Given = {}): AppError {
  try {
    prepare(task, given);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was expected to be refused');
}

/** What would be sent: each step with its way, then the job. */
function sent(run: PreparedRun): { steps: string[]; job: string | null } {
  const { statement, plan } = run.bodyFor(ADDRESS);
  const text = (segments: (typeof plan.steps)[number]['segments']) => joinSegments(segments, statement);
  return {
    steps: plan.steps.map((step) => `${step.via}: ${text(step.segments)}`),
    job: plan.job === null ? null : `${plan.job.kind}: ${text(plan.job.segments)}`,
  };
}

const DDL = "CREATE TABLE t (a INT) WITH ('connector' = 'blackhole')";

describe('what a statement does in a run', () => {
  it.each([
    ['SET', "SET 'a.b' = 'c'", 'configure'],
    ['a bare SET, which lists', 'SET', 'rows'],
    ['RESET', "RESET 'a.b'", 'configure'],
    ['DDL', DDL, 'configure'],
    ['USE', 'USE CATALOG c', 'configure'],
    ['LOAD', "LOAD MODULE m WITH ('a' = 'b')", 'configure'],
    ['ADD JAR', "ADD JAR 's3://b/a.jar'", 'configure'],
    ['SHOW', 'SHOW TABLES', 'rows'],
    ['DESCRIBE', 'DESCRIBE t', 'rows'],
    ['EXPLAIN', 'EXPLAIN SELECT 1', 'rows'],
    ['CALL', 'CALL sys.compact()', 'statement'],
  ])('%s is a step of its own, and no job', (_name, statement, via) => {
    expect(sent(prepare(`${statement};\n`))).toEqual({ steps: [`${via}: ${statement}`], job: null });
  });

  it.each([
    ['INSERT INTO t SELECT 1', 'job'],
    ['INSERT OVERWRITE t SELECT 1', 'job'],
    ['SELECT 1', 'preview'],
    ['WITH x AS (SELECT 1) SELECT * FROM x', 'preview'],
    ['VALUES (1)', 'preview'],
    ["CREATE TABLE u WITH ('connector' = 'x') AS SELECT 1", 'job'],
    ["EXECUTE PLAN 's3://b/plan.json'", 'job'],
    ['EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; INSERT INTO t SELECT 2; END', 'job'],
  ])('%s is the job (a %s), sent as it is written', (statement, kind) => {
    const run = prepare(`${DDL};\n${statement};`);
    expect(sent(run)).toEqual({ steps: [`configure: ${DDL}`], job: `${kind}: ${statement}` });
    expect(run.kind).toBe(kind);
  });

  it('SHOW FRAGMENTS is answered by its rows, and never sent', () => {
    const run = prepare('a := 1; SHOW FRAGMENTS; INSERT INTO t SELECT 1');
    expect(sent(run).steps).toEqual(['known: SHOW FRAGMENTS']);
    expect(run.plan.steps[0]?.rows).toEqual({ columns: ['variableName'], rows: [['a']] });
  });

  it('all INSERTs are one statement set, in order, whatever stands between them', () => {
    const run = prepare(`${DDL}; INSERT INTO t SELECT 1; SET 'k' = 'v'; INSERT INTO t\nSELECT 2; SHOW TABLES`);
    expect(sent(run).steps).toEqual([`configure: ${DDL}`, "configure: SET 'k' = 'v'", 'rows: SHOW TABLES']);
    expect(sent(run).job?.replace(/\s+/g, ' ')).toBe(
      'job: EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; INSERT INTO t SELECT 2; END',
    );
  });

  it('INSERTs are one set even where the task says statementSet: false, as Dinky does for submitTask', () => {
    const run = prepare({ statementSet: false, statement: 'INSERT INTO t SELECT 1; INSERT INTO t SELECT 2' });
    expect(sent(run).job).toMatch(/^job: EXECUTE STATEMENT SET/);
  });

  it('a SET whose value Flink would cut at a quote sign has its key quoted; the rest is where it was', () => {
    const run = prepare("SHOW TABLES;\nSET\n pipeline.name = 'it''s'; SHOW VIEWS");
    expect(sent(run).steps[1]).toBe("configure: SET\n 'pipeline.name' = 'it''s'");
    const { plan } = run.bodyFor(ADDRESS);
    expect(plan.steps[1]).toMatchObject({ start: 13, segments: [[13, 18], "'", [18, 31], "'", [31, 41]] });
  });

  it("the author's BEGIN STATEMENT SET becomes one statement", () => {
    const run = prepare('BEGIN STATEMENT SET; INSERT INTO t SELECT 1; INSERT INTO t SELECT 2; END;');
    expect(sent(run).job?.replace(/\s+/g, ' ')).toBe(
      'job: EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; INSERT INTO t SELECT 2; END',
    );
  });

  it('the steps come in the order of the text, udfRefer before them, its names and classes quoted', () => {
    const udfRefer = { 'my`fn': "a.B'c", other: 'a.Other' };
    const run = prepare({
      statement: `SET 'a' = 'b'; ${DDL}; SHOW TABLES`,
      configJson: { customConfig: {}, udfRefer },
    });
    expect(sent(run).steps).toEqual([
      "configure: CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS `my``fn` AS 'a.B''c'",
      "configure: CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS `other` AS 'a.Other'",
      "configure: SET 'a' = 'b'",
      `configure: ${DDL}`,
      'rows: SHOW TABLES',
    ]);
  });
});

describe('statements that are refused whatever else the task has', () => {
  it.each([
    ['ADD JAR', "ADD JAR 'rs:/x.jar'"],
    ['ADD CUSTOMJAR', "ADD CUSTOMJAR 'rs:///lib/x.jar'"],
    ['CREATE FUNCTION', "CREATE TEMPORARY FUNCTION f AS 'a.F' USING JAR 's3://b/a.jar', JAR 'rs:/x.jar'"],
  ])('%s with a jar that Dinky alone can find', (kind, statement) => {
    const error = refusal(`${DDL};\n${statement};\nINSERT INTO t SELECT 1`);
    expect(error.code).toBe('sql.refused');
    expect(error.message).toMatch(new RegExp(`^Line 2: ${kind} can't be run with the jar 'rs:/.*put the jar where`));
  });

  it.each(["ADD JAR '/rs/x.jar'", "ADD JAR 's3://b/rs:/x.jar'", "CREATE FUNCTION f AS 'rs:x'", "SELECT 'rs:/x.jar'"])(
    'but not %s',
    (statement) => expect(prepare(statement).plan).toBeDefined(),
  );

  it.each([
    ['a quoted name', '\n`a` := 1;\nSELECT 1', /^Line 2: The definition "`a` :=" can't be run\. Write name := value;/],
    ['a variable for a name', '${x} := 1;\nSELECT 1', /^Line 1: The definition "a :=" can't be run/],
    ['a variable for all of it', 'SELECT 1;\n${y};', /^Line 2: The definition "b :=" can't be run/],
  ])('a definition that defines nothing: %s', (_, statement, message) => {
    const variables = Object.entries({ x: 'a', y: 'b := 2' }).map(([name, value]) => ({ name, value, note: null }));
    const error = refusal(statement, { variables });
    expect(error).toMatchObject({ code: 'sql.refused' });
    expect(error.message).toMatch(message);
  });

  it('they are named before the values that they lack', () => {
    const error = refusal("SET 'a' = 'b';\nEXECUTE CDCSOURCE s WITH ('x' = '${a}');");
    expect(error.message).toMatch(/^Line 2: EXECUTE CDCSOURCE can't be run/);
    const inEnv = refusal('SELECT ${a}', { env: "\n\nADD FILE '${b}';" });
    expect(inEnv.message).toMatch(/^In environment task 9 \(shared\): Line 3: ADD FILE can't be run/);
    expect(refusal("SELECT '${a}'").code).toBe('variable.missing');
  });
});

describe('a SET that cannot be read', () => {
  const twoLines = "o := 'a' = 'b',\n'c' = 'd';\n";

  it('is named by its line, also below values of several lines', () => {
    const table = 'CREATE TABLE u (a INT) WITH (${o});\n';
    expect(refusal(`${twoLines}${table}${table}SET k = v w;\nSELECT 1`).message).toMatch(
      /^The SET of k at line 5 cannot/,
    );
    expect(refusal(`${twoLines}${table}RESET k v;\nSELECT 1`).message).toMatch(/^The RESET of k at line 4 cannot/);
  });

  it('is named by the task that it stands in', () => {
    expect(refusal('SELECT 1', { env: '\nSET k = v w;' }).message).toMatch(
      /^The SET of k at environment task 9, line 2, column 1 cannot/,
    );
  });

  it('does not show its value, whichever quote is missing', () => {
    expect(refusal("SET 'k = geheim'; SELECT 1").message).toMatch(/^The SET of 'k at line 1, column 1 cannot be read/);
  });
});

describe('a task that starts a cluster for itself', () => {
  const own = (task: Partial<TaskDefinition>): [Partial<TaskDefinition>, Given] => {
    const type = 'kubernetes-application';
    const target = { hosts: '', gatewayUrl: 'http://gw:8083', clusterId: null, clusterConfig: {} };
    const deploy = { type, jobManager: null };
    return [
      { type, ...task },
      { target: { ...target, deploy }, clusterConfiguration: aClusterConfiguration() },
    ];
  };

  it.each([
    ['SHOW TABLES', 'SHOW'],
    ['DESCRIBE t', 'DESCRIBE'],
    ['SET', 'SET'],
    ['SHOW FRAGMENTS', 'SHOW FRAGMENTS'],
  ])('gives nobody the rows of %s', (statement, kind) => {
    const error = refusal(...own({ statement: `${DDL};\n${statement};\nINSERT INTO t SELECT 1` }));
    expect(error.code).toBe('sql.refused');
    expect(error.message).toContain(`whose rows nobody can read, but ${kind} (line 2) returns rows. Remove it, or run`);
  });

  it('runs what gives no rows, and is told with what it asks for', () => {
    const run = prepare(...own({ statement: `SET 'a' = 'b'; ${DDL}; INSERT INTO t SELECT 1` }));
    expect(sent(run)).toEqual({ steps: [], job: `script: SET 'a' = 'b';\n${DDL};\nINSERT INTO t SELECT 1;\n` });
    expect(run.bodyFor('').jobConfig.gatewayConfig).not.toBeNull();
  });

  it.each([
    [63, true],
    [64, false],
  ])('may be in a namespace whose name has %i characters: %s', (length, fits) => {
    const customConfig = { 'kubernetes.namespace': 'n'.repeat(length) };
    const task = own({ statement: 'INSERT INTO t SELECT 1', configJson: { customConfig, udfRefer: {} } });
    if (fits) expect(prepare(...task).kind).toBe('job');
    else
      expect(refusal(...task)).toMatchObject({
        code: 'cluster.invalid',
        message: expect.stringMatching(/^Task 1 \(demo\): kubernetes\.namespace "n+…?" has 64 characters/) as string,
      });
  });
});

describe('two groups that would start a job are refused, naming both', () => {
  it.each([
    ['INSERT INTO t SELECT 1;\nSELECT 1', /INSERT INTO \(line 1, column 1\).*SELECT \(line 2, column 1\)/],
    ['SELECT 1;\n  SELECT 2', /SELECT \(line 1, column 1\).*SELECT \(line 2, column 3\)/],
    [
      'CREATE TABLE a AS SELECT 1;\n\nCREATE TABLE b AS SELECT 1',
      /CREATE TABLE AS \(line 1, column 1\).*CREATE TABLE AS \(line 3, column 1\)/,
    ],
    [
      'INSERT INTO t SELECT 1; INSERT INTO t SELECT 2;\nEXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 3; END',
      /INSERT INTO \(line 1, column 1\).*EXECUTE STATEMENT SET \(line 2, column 1\)/,
    ],
    [
      'EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END;\nBEGIN STATEMENT SET;\nINSERT INTO t SELECT 2;\nEND;',
      /\(line 1, column 1\).*\(line 2, column 1\)/,
    ],
    ['SELECT 1;\nINSERT INTO t SELECT 1;\nINSERT INTO t SELECT 1', /SELECT \(line 1.*INSERT INTO \(line 2/],
    ['DELETE FROM t;\nUPDATE t SET a = 1', /DELETE \(line 1.*UPDATE \(line 2/],
  ])('%s', (statement, message) => {
    const error = refusal(statement);
    expect(error.code).toBe('sql.refused');
    expect(error.message).toMatch(message);
  });
});

it('two jobs are told what to do', () => {
  expect(refusal('SELECT 1; SELECT 2').message).toMatch(
    / would start a job\. A task starts one job: split it into two tasks, or put the INSERTs into one statement set\.$/,
  );
});

it('the column of a second job is left out where variables have moved it', () => {
  const message = /Both SELECT \(line 1\) and SELECT \(line 2\) would/;
  expect(refusal('a := 1; SELECT ${a};\n SELECT 2').message).toMatch(message);
  expect(refusal("SELECT '${b}';\n SELECT 2", { request: { b: 'x' } }).message).toMatch(message);
});

describe('what can not be sent twice (protocol.md section 6)', () => {
  const insert = 'INSERT INTO t SELECT 1';
  it.each([
    ['an INSERT', insert, false],
    ['an INSERT with temporary tables', `${DDL.replace('TABLE', 'TEMPORARY TABLE')}; ${insert}`, false],
    ['a table of the session', `${DDL}; ${insert}`, false],
    ['a set of INSERTs', `${insert}; ${insert}`, false],
    ['a table in a catalog of others', `CREATE TABLE c.d.t (a INT); ${insert}`, true],
    ['a temporary table in a catalog of others', `CREATE TEMPORARY TABLE c.d.t (a INT); ${insert}`, false],
    ['a table after USE CATALOG', `USE CATALOG c; CREATE TABLE t (a INT); ${insert}`, true],
    ['a table after USE c.d', `USE c.d; CREATE TABLE t (a INT); ${insert}`, true],
    ['a table after USE CATALOG and back', `USE CATALOG c; USE CATALOG default_catalog; ${DDL}; ${insert}`, false],
    [
      'a table named in full beside a foreign USE',
      `USE CATALOG c; CREATE TABLE default_catalog.d.t (a INT); ${insert}`,
      false,
    ],
    ['USE CATALOG alone', `USE CATALOG c; ${insert}`, false],
    [
      "a table in the task's own catalog, in memory",
      `CREATE CATALOG c WITH ('type' = 'generic_in_memory'); CREATE TABLE c.d.t (a INT); ${insert}`,
      false,
    ],
    [
      "a table after USE of the task's own catalog, in memory",
      `CREATE CATALOG \`c\` WITH ('type' = 'generic_in_memory'); USE CATALOG c; ${DDL}; ${insert}`,
      false,
    ],
    [
      'a table in a catalog that keeps it, though the task makes the catalog',
      `CREATE CATALOG c WITH ('type' = 'paimon'); CREATE TABLE c.d.t (a INT); ${insert}`,
      true,
    ],
    [
      'a table made there only where it is not',
      `CREATE CATALOG c WITH ('type' = 'paimon'); CREATE TABLE IF NOT EXISTS c.d.t (a INT); ${insert}`,
      false,
    ],
    [
      'a table in a foreign catalog that is made its own too late',
      `CREATE TABLE c.d.t (a INT); CREATE CATALOG c WITH ('type' = 'x'); ${insert}`,
      true,
    ],
    ['a database of a foreign catalog', `CREATE DATABASE c.d; ${insert}`, true],
    ['a drop in a foreign catalog', `DROP TABLE c.d.t; ${insert}`, true],
    ['an ALTER in a foreign catalog', `ALTER TABLE c.d.t RENAME TO u; ${insert}`, true],
    ['TRUNCATE', `TRUNCATE TABLE t; ${insert}`, true],
    ['CALL', `CALL sys.p(); ${insert}`, true],
    ['ANALYZE', `ANALYZE TABLE t COMPUTE STATISTICS; ${insert}`, true],
    ['CREATE TABLE AS', 'CREATE TABLE u AS SELECT 1', true],
    ['DELETE', 'DELETE FROM t', true],
    ['UPDATE', 'UPDATE t SET a = 1', true],
    ['a materialized table', `CREATE MATERIALIZED TABLE m AS SELECT 1; ${insert}`, true],
    ['a preview', 'SELECT 1', true],
    ['no job', DDL, true],
    ['SHOW alone', 'SHOW TABLES', true],
  ])('%s: once is decided', (_name, statement, once) => {
    expect(prepare(statement).plan.once).toBe(once);
  });

  it('a foreign catalog that the environment task turns to counts for the task', () => {
    expect(prepare(`CREATE TABLE t (a INT); ${insert}`, { env: 'USE CATALOG c' }).plan.once).toBe(true);
    const env = "CREATE CATALOG c WITH ('type' = 'generic_in_memory'); USE CATALOG c";
    expect(prepare(`CREATE TABLE t (a INT); ${insert}`, { env }).plan.once).toBe(false);
  });
});

describe('what may begin before it is certain that there is a run', () => {
  const paimon = "CREATE CATALOG c WITH ('type' = 'paimon')";
  it.each([
    [DDL, true],
    ["SET 'a' = 'b'", true],
    [`${paimon}; CREATE TABLE IF NOT EXISTS c.d.t (a INT)`, false],
    ['CREATE TABLE c.d.t (a INT)', false],
    ['CALL sys.p()', false],
  ])('%s: %s', (before, sessionOnly) => {
    expect(prepare(`${before}; INSERT INTO t SELECT 1`).sessionOnly).toBe(sessionOnly);
  });
});

describe('what only reads', () => {
  it.each([
    ['SELECT 1', true, 'preview'],
    [`${DDL}; SELECT * FROM t`, true, 'preview'],
    ['SHOW TABLES', true, 'none'],
    [`${DDL}; DESCRIBE t`, true, 'none'],
    ['SHOW TABLES; SELECT 1', true, 'preview'],
    ['SHOW FRAGMENTS', true, 'none'],
    ["EXECUTE JAR WITH ('uri' = 's3://j/a.jar')", false, 'job'],
    ['INSERT INTO t SELECT 1', false, 'job'],
    ['SHOW TABLES; INSERT INTO t SELECT 1', false, 'job'],
    ['CREATE TABLE c.d.t (a INT); SELECT 1', false, 'preview'],
    ['CALL sys.p(); SHOW TABLES', false, 'none'],
    ['DROP TABLE c.d.t; SHOW TABLES', false, 'none'],
    ['CREATE TABLE u AS SELECT 1', false, 'job'],
    [DDL, false, 'none'],
  ] as const)('%s: %s, a run of kind %s', (statement, readOnly, kind) => {
    const run = prepare(statement);
    expect([run.plan.readOnly, run.kind]).toEqual([readOnly, kind]);
  });
});

describe('statements and options that a task may not have', () => {
  it.each([
    ['QUIT', /Line 2: QUIT/],
    ["EXECUTE CDCSOURCE x WITH ('a' = 'b')", /Line 2: EXECUTE CDCSOURCE.*CDC connector/],
    ['CREATE AGGTABLE x AS SELECT 1', /Line 2: CREATE AGGTABLE.*CREATE VIEW/],
    ['PRINT t', /Line 2: PRINT/],
    ["ADD FILE 's3://a'", /Line 2: ADD FILE/],
    ["REMOVE JAR 'x.jar'", /Line 2: REMOVE JAR/],
  ])('%s', (statement, message) => {
    const error = refusal(`${DDL};\n${statement};`);
    expect(error.code).toBe('sql.refused');
    expect(error.message).toMatch(message);
  });

  const OPTIONS = [
    '$internal.pipeline.job-id',
    'rest.address',
    'rest.port',
    'REST.Port',
    'security.ssl.rest.enabled',
    'execution.target',
    'table.dml-sync',
    'execution.savepoint.path',
    'execution.state-recovery.path',
    'high-availability',
    'high-availability.type',
    'high-availability.zookeeper.quorum',
    'recovery.mode',
  ];
  it.each(OPTIONS)('%s by SET, quoted and unquoted, or in customConfig', (key) => {
    for (const set of [`SET '${key}' = 'x'`, `set ${key} = x`]) {
      const error = refusal(`\n${set};\nINSERT INTO t SELECT 1`);
      expect(error.code).toBe('config.refused');
      expect(error.message).toContain(key);
      expect(error.message).toContain('line 2');
    }
    const inConfig = refusal({ configJson: { customConfig: { [key]: 'x' }, udfRefer: {} } });
    expect(inConfig.code).toBe('config.refused');
    expect(inConfig.message).toContain(`"${key}"`);
    expect(inConfig.message).toContain('customConfig of task 1');
  });

  it.each([
    ...['restart-strategy.type', 'execution.runtime-mode', 'table.dml', 'my.rest.port', 'execution.targets'],
    ...['execution.state-recovery.claim-mode', 'execution.savepoint.ignore-unclaimed-state', 'high-availabilities'],
    // They name clusters or addresses, but Flink does not look at them when it is told where to submit.
    ...['kubernetes.cluster-id', 'yarn.application.id', 'jobmanager.rpc.address', 'web.port', 'execution.attached'],
  ])('%s is allowed', (key) => {
    const customConfig = { [key]: 'x' };
    expect(prepare({ configJson: { customConfig, udfRefer: {} } }).plan.properties[key]).toBe('x');
    expect(() => prepare(`SET '${key}' = 'x'; INSERT INTO t SELECT 1`)).not.toThrow();
  });

  it.each([
    ['execution.savepoint.path', /savePointStrategy and savePointPath/],
    ['high-availability.type', /cluster's definition/],
    ['table.dml-sync', /block the gateway/],
  ])('the refusal of %s says why, and what there is instead', (key, why) => {
    expect(refusal(`SET '${key}' = 'x'; INSERT INTO t SELECT 1`).message).toMatch(why);
  });

  it('RESET of a refused option is let through: what is fixed for a run is given with its statement', () => {
    expect(() => prepare("RESET 'rest.port'; RESET 'execution.target'; INSERT INTO t SELECT 1")).not.toThrow();
  });

  it('in the environment task it is refused as well', () => {
    const error = refusal('INSERT INTO t SELECT 1', { env: "\nSET 'rest.port' = '1';" });
    expect([error.code, error.message]).toEqual([
      'config.refused',
      expect.stringMatching(/environment task 9, line 2.*"rest\.port"/),
    ]);
  });

  it('all refused options of a task are named at once', () => {
    const customConfig = { 'rest.port': '1', ok: '2', 'execution.target': 'local' };
    expect(refusal({ configJson: { customConfig, udfRefer: {} } }).message).toMatch(
      /"rest\.port".*"execution\.target"/,
    );
  });

  it('a savepoint that a whole deployment or cluster would start from is left out', () => {
    const start = { 'execution.savepoint.path': 's3://old', 'execution.state-recovery.path': 's3://new' };
    const target = { hosts: 'jm:8081', gatewayUrl: 'http://gw:8083', clusterId: 4, clusterConfig: start };
    const configJson = { flinkConfig: { configuration: start } };
    const clusterConfiguration = aClusterConfiguration({ configJson });
    const { properties } = prepare({}, { flinkConfig: { ...start, other: 'kept' }, target, clusterConfiguration }).plan;
    expect(properties).toEqual({ other: 'kept', 'pipeline.name': 'demo', 'execution.runtime-mode': 'STREAMING' });
  });

  it('what a deployment or a cluster sets is not refused', () => {
    const target = { hosts: 'jm:8081', gatewayUrl: 'http://gw:8083', clusterId: 4 };
    const clusterConfig = { 'security.ssl.rest.enabled': 'true' };
    expect(prepare({}, { target: { ...target, clusterConfig } }).plan.properties).toMatchObject(clusterConfig);
  });
});

describe('precedence of configuration, low to high', () => {
  const key = 'parallelism.default';
  const layers = {
    flinkConfig: { [key]: 'deployment' },
    target: { hosts: 'jm:8081', gatewayUrl: 'http://gw:8083', clusterId: 4, clusterConfig: { [key]: 'cluster' } },
    clusterConfiguration: {
      ...{ id: 5, name: 'c', type: 'standalone', note: null, enabled: true, sqlGateway: null, jobManager: null },
      configJson: {
        flinkConfig: { configuration: { [key]: 'configuration' }, flinkConfigList: [{ name: key, value: 'list' }] },
      },
    },
  };
  const custom = { configJson: { customConfig: { [key]: 'custom' }, udfRefer: {} } };
  const { target } = layers;

  it.each([
    ['deployment', { flinkConfig: layers.flinkConfig }, {}],
    ['cluster', { flinkConfig: layers.flinkConfig, target }, {}],
    ['list', layers, {}],
    ['7', layers, { parallelism: 7 }],
    ['custom', layers, { ...custom, parallelism: 7 }],
  ])('%s wins over all below it', (expected, given, task) => {
    expect(prepare(task, given).plan.properties[key]).toBe(expected);
  });

  it("a cluster configuration's plain options count too", () => {
    const clusterConfiguration = {
      ...layers.clusterConfiguration,
      configJson: { flinkConfig: { configuration: { a: 'b' } } },
    };
    expect(prepare({}, { clusterConfiguration }).plan.properties).toMatchObject({ a: 'b' });
    expect(
      prepare({}, { clusterConfiguration: { ...clusterConfiguration, configJson: {} } }).plan.properties,
    ).not.toHaveProperty('a');
  });

  it("the task's fields: name, batch model, parallelism and checkpoint; what is null is left to the cluster", () => {
    expect(prepare({ name: 'orders' }).plan.properties).toEqual({
      'pipeline.name': 'orders',
      'execution.runtime-mode': 'STREAMING',
    });
    expect(prepare({ name: 'orders', batchModel: true, parallelism: 3, checkpoint: 60_000 }).plan.properties).toEqual({
      'pipeline.name': 'orders',
      'execution.runtime-mode': 'BATCH',
      'parallelism.default': '3',
      'execution.checkpointing.interval': '60000 ms',
    });
  });
});

describe('precedence of variables, low to high', () => {
  const globals = [{ name: 'x', value: 'global', note: null }];
  const databases = [{ name: 'x', flinkConfig: 'database', note: null }];
  const text = 'INSERT INTO t SELECT ${x}';
  it.each([
    ['global', text, { variables: globals }],
    ['database', text, { variables: globals, databases }],
    ['env', text, { variables: globals, databases, env: 'x := env;' }],
    ['own', `x := own;${text}`, { variables: globals, databases, env: 'x := env;' }],
    ['request', `x := own;${text}`, { variables: globals, databases, env: 'x := env;', request: { x: 'request' } }],
  ])('%s', (expected, statement, given) => {
    expect(sent(prepare(statement, given)).job).toBe(`job: INSERT INTO t SELECT ${expected}`);
  });

  it('with fragment off the variables of the deployment are not there, and the refusal says how to see them', () => {
    const error = refusal(text);
    expect(error.code).toBe('variable.missing');
    expect(error.message).toMatch(/\$\{x\} \(line 1\).*fragment/);
  });

  it('a secret by reference stays in the text by its name, and the plan says which one it is', () => {
    const variables = [
      { name: 'pw', value: { secret: 'prod/pw' }, note: null },
      { name: 'other', value: { secret: 'prod/other' }, note: null },
    ];
    const { plan, bodyFor } = prepare("INSERT INTO t SELECT '${pw}'", { variables });
    expect(bodyFor('jm:8081').statement).toBe("INSERT INTO t SELECT '${pw}'");
    expect(plan.secrets).toEqual({ pw: 'prod/pw' });
    expect(prepare('INSERT INTO t SELECT 1', { variables }).plan.secrets).toEqual({});
    expect(prepare("x := '${pw}'; INSERT INTO t SELECT 1 -- ${pw}", { variables }).plan.secrets).toEqual({});
  });

  it('secrets of the environment task count too', () => {
    const variables = [{ name: 'pw', value: { secret: 'prod/pw' }, note: null }];
    const env = "CREATE TEMPORARY TABLE s (a INT) WITH ('password' = '${pw}'); url := 'jdbc:${pw}';";
    const { plan, bodyFor } = prepare('INSERT INTO t SELECT ${url}', { variables, env });
    expect(plan.secrets).toEqual({ pw: 'prod/pw' });
    expect(bodyFor('jm:8081').statement).toContain("'password' = '${pw}'");
    expect(bodyFor('jm:8081').statement).toContain("SELECT 'jdbc:${pw}'");
  });

  it.each([
    [
      'as a value',
      '\nINSERT INTO t SELECT ${pw}',
      /\$\{pw\} of line 2 is outside quotes\. A secret must be in quotes, as in 'password' = '\$\{pw\}'\./,
    ],
    ['as a statement', 'INSERT INTO t SELECT 1;\n${pw}', /\$\{pw\} of line 2 is outside quotes/],
    ['in a SET without quotes', 'SET a.b = ${pw};INSERT INTO t SELECT 1', /line 1 is outside quotes/],
    ['as the name of an option', "SET '${pw}' = 'x';INSERT INTO t SELECT 1", /SET of line 1 has a secret in the name/],
  ])('a secret is refused outside quotes: %s', (_, statement, message) => {
    const variables = [{ name: 'pw', value: { secret: 'prod/pw' }, note: null }];
    expect(refusal(statement, { variables })).toMatchObject({ code: 'sql.refused' });
    expect(refusal(statement, { variables }).message).toMatch(message);
  });
});

describe('an environment task', () => {
  it('runs first, and its definitions are seen by the task', () => {
    const run = prepare('INSERT INTO ${sink} SELECT ${n}', { env: `sink := t;\nn := 5;\n${DDL};` });
    expect(sent(run)).toEqual({ steps: [`configure: ${DDL}`], job: 'job: INSERT INTO t SELECT 5' });
  });

  it('stands above the task in the text of the run, on lines of its own', () => {
    const { statement, plan } = prepare('INSERT INTO t SELECT 1', { env: "SET 'a' = 'b'; -- the end" }).bodyFor(
      ADDRESS,
    );
    expect(statement).toBe("SET 'a' = 'b'; -- the end\nINSERT INTO t SELECT 1");
    expect(plan.sources.map(({ start, envId }) => [start, envId])).toEqual([
      [0, 9],
      [26, null],
    ]);
    expect(prepare('INSERT INTO t SELECT 1', { env: '' }).bodyFor(ADDRESS).statement).toBe('INSERT INTO t SELECT 1');
  });

  it.each(['', ' \n', '-- nothing yet', 'x := 1;'])('may hold no statement at all: %j', (env) => {
    expect(sent(prepare('INSERT INTO t SELECT 1', { env }))).toEqual({ steps: [], job: 'job: INSERT INTO t SELECT 1' });
  });

  it.each([
    [
      'its statement set is not ended',
      'BEGIN STATEMENT SET; INSERT INTO t SELECT 1;',
      'INSERT INTO t SELECT 1',
      /^In environment task 9 \(shared\): .*END/,
    ],
    ['its own text is broken', "SET 'a", 'INSERT INTO t SELECT 1', /^In environment task 9 \(shared\): .*line 1/],
    [
      'a variable of its own is missing',
      '\nSET a = ${no};',
      'INSERT INTO t SELECT 1',
      /^In environment task 9 \(shared\): .*\$\{no\} \(line 2\)/,
    ],
  ])('is named when %s', (_name, env, statement, message) => {
    expect(refusal(statement, { env }).message).toMatch(message);
  });

  it('tells what is missing in both texts at once, but not what it defines itself', () => {
    const error = refusal('INSERT INTO t\nSELECT ${here}, ${seen}', { env: "seen := '${no}';\nSET 'a' = '${seen}';" });
    expect(error.code).toBe('variable.missing');
    expect(error.message).toMatch(
      /task 9 \(shared\): No value for \$\{no\} \(line 1\).* In task 1: No value for \$\{here\} \(line 2\)/,
    );
    expect(error.message).not.toContain('${seen}');
  });

  it.each([
    ['is right', 'INSERT INTO t SELECT 1'],
    ['is wrong in another way', "INSERT INTO t SELECT 'open"],
  ])("tells nothing of the task's own text when that %s", (_is, statement) => {
    const error = refusal(statement, { env: "SET 'a' = '${no}';" });
    expect(error.code).toBe('variable.missing');
    expect(error.message).not.toContain('In task');
  });

  it.each([
    ['is broken', "\nSELECT 'x", /line 2/],
    ['misses a variable', '\n\nSELECT ${no}', /\$\{no\} \(line 3\)/],
    ['is empty', '-- nothing', /nothing to run/i],
  ])("is not blamed when the task's own text %s", (_name, statement, message) => {
    const error = refusal(statement, { env: `${DDL};\n\n\n` });
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/environment/i);
  });

  it('INSERTs of both are one set', () => {
    const run = prepare('INSERT INTO t SELECT 2', { env: 'INSERT INTO t SELECT 1;' });
    expect(sent(run).job?.replace(/\s+/g, ' ')).toBe(
      'job: EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; INSERT INTO t SELECT 2; END',
    );
  });
});

describe('sizes', () => {
  const KB = 1024;
  const insert = (bytes: number): string => `INSERT INTO t SELECT '${'x'.repeat(bytes - 23)}'`;

  it('a statement of 256 KB fits, one of a byte more does not', () => {
    expect(new TextEncoder().encode(insert(256 * KB)).length).toBe(262_144);
    expect(() => prepare(insert(256 * KB))).not.toThrow();
    const error = refusal(insert(256 * KB + 1));
    expect(error.code).toBe('sql.tooLarge');
    expect(error.message).toContain('262145');
    expect(error.message).toMatch(/ Split the task, or move what tasks share into an environment task \(envId\)\.$/);
  });

  it('bytes are counted, not characters', () => {
    expect(refusal(`INSERT INTO t SELECT '${'é'.repeat(131_072)}'`).message).toMatch(/task 1 has 262167 bytes/);
  });

  it('counts again with the variables in place, and together with the environment task', () => {
    const grown = refusal("INSERT INTO t SELECT '${a}${a}'", { request: { a: 'x'.repeat(140_000) } });
    expect(grown.message).toMatch(/variables in place has 2800\d\d bytes/);
    const env = `SET 'a' = '${'x'.repeat(140_000)}';`;
    const both = refusal(insert(140_000), { env });
    expect(both.code).toBe('sql.tooLarge');
    expect(both.message).toMatch(/together with its environment task has 2800\d\d bytes/);
    const tooLong = refusal(insert(10 * KB), { env: `SET 'a' = '${'x'.repeat(262_144)}'` });
    expect([tooLong.code, tooLong.message]).toEqual([
      'sql.tooLarge',
      expect.stringMatching(/task 9 has 2621\d\d bytes/),
    ]);
  });

  it('a text whose plan needs more room than an item has is refused', () => {
    const error = refusal("SET 'a'='b';".repeat(12_000));
    expect(error.code).toBe('sql.tooLarge');
    expect(error.message).toMatch(/needs \d{6} bytes to be stored with its plan/);
  });

  it('a text and a plan that fill their room are stored', () => {
    const filled = (bytes: number) => ({
      statement: insert(bytes),
      configJson: { customConfig: { 'a.b': 'x'.repeat(80 * KB) }, udfRefer: {} },
    });
    const tooMany = 250 * KB;
    const needed = /needs (\d+) bytes to be stored with its plan; at most (\d+) fit/;
    const [, needs, most] = needed.exec(refusal(filled(tooMany)).message) ?? [];
    const fits = tooMany - (Number(needs) - Number(most));
    expect(() => prepare(filled(fits))).not.toThrow();
    expect(refusal(filled(fits + 1)).code).toBe('sql.tooLarge');
  });
});

describe('the savepoint a run starts from', () => {
  it.each([
    [{ savePointStrategy: 0, savePointPath: 's3://own' }, undefined, null, 'NONE'],
    [{ savePointStrategy: 3, savePointPath: 's3://own' }, undefined, 's3://own', 'CUSTOM'],
    [{ savePointStrategy: 3, savePointPath: 's3://own' }, 's3://asked', 's3://asked', 'CUSTOM'],
    [{ savePointStrategy: 0 }, 's3://asked', 's3://asked', 'CUSTOM'],
    [{ savePointStrategy: 1 }, 's3://asked', 's3://asked', 'CUSTOM'],
  ])('task %j, asked for %s: from %s, by strategy %s', (task, asked, path, strategy) => {
    const run = prepare(task, asked === undefined ? {} : { savePointPath: asked });
    expect(run.plan.savePointPath).toBe(path);
    const { savePointPath, savePointStrategy } = run.bodyFor(ADDRESS).jobConfig;
    expect([savePointPath, savePointStrategy]).toEqual([path, strategy]);
  });

  const JAR = "EXECUTE JAR WITH ('uri' = 's3://j/a.jar', 'savepoint-path' = 's3://b/jar')";

  it.each([
    [undefined, null, 's3://b/jar', 'CUSTOM'],
    ['NONE', null, null, 'NONE'],
    ['LATEST', 'LATEST', null, 'LATEST'],
    ['EARLIEST', 'EARLIEST', null, 'EARLIEST'],
  ] as const)("a request's word, %s, counts above the path of EXECUTE JAR", (startsFrom, recorded, path, strategy) => {
    const request = { variables: {}, savePointPath: null, ...(startsFrom && { startsFrom }) };
    const task = aTask({ savePointStrategy: 3, savePointPath: 's3://b/task', statement: JAR });
    const run = prepareRun({
      ...{ task, envTask: null, clusterConfiguration: null, variables: [], databases: [], flinkConfig: {}, request },
      target: { hosts: 'jm:8081', gatewayUrl: null, clusterId: null, clusterConfig: {} },
    });
    const { jobConfig } = run.bodyFor(ADDRESS);
    expect([run.recordedSavepoint, run.plan.savePointPath, jobConfig.savePointStrategy]).toEqual([
      recorded,
      path,
      strategy,
    ]);
  });

  it('of EXECUTE JAR is a path of its own, whatever the strategy of the task', () => {
    const { jobConfig } = prepare({ savePointStrategy: 1, statement: JAR }).bodyFor(ADDRESS);
    expect([jobConfig.savePointStrategy, jobConfig.savePointPath]).toEqual(['CUSTOM', 's3://b/jar']);
  });

  it('is sent with the credentials in it and answered without', () => {
    const run = prepare({}, { savePointPath: 's3://me:hush@bucket/sp' });
    expect(run.bodyFor(ADDRESS).plan.savePointPath).toBe('s3://me:hush@bucket/sp');
    expect(run.bodyFor(ADDRESS).jobConfig.savePointPath).toBe('s3://me:******@bucket/sp');
    const found = prepare({ savePointStrategy: 1 }).bodyFor(ADDRESS, 's3://me:hush@bucket/sp');
    expect(JSON.stringify(found.jobConfig)).not.toContain('hush');
  });

  it('is not told with credentials where a new cluster is asked for it', () => {
    const run = prepare(
      { type: 'kubernetes-application', savePointStrategy: 3, savePointPath: 's3://me:hush@bucket/sp' },
      {
        target: {
          ...{ hosts: '', gatewayUrl: 'http://gw:8083', clusterId: null, clusterConfig: {} },
          deploy: { type: 'kubernetes-application', jobManager: null },
        },
        clusterConfiguration: aClusterConfiguration(),
      },
    );
    const { gatewayConfig } = run.bodyFor(ADDRESS).jobConfig;
    expect(JSON.stringify(gatewayConfig)).toContain('s3://me:******@bucket/sp');
  });

  it.each([
    [{ savePointStrategy: 3 }, undefined, 'task.invalid', /Task 1 .*no savePointPath/],
    [
      { statement: JAR.replace('s3://b/jar', 'sp-1') },
      undefined,
      'sql.syntax',
      /'savepoint-path' of EXECUTE JAR is "sp-1": .*not absolute.* Give the complete path that Flink reported, such as s3:/,
    ],
    [{ savePointStrategy: 3, savePointPath: 'sp-1' }, undefined, 'task.invalid', /task 1 is "sp-1": .*not absolute/],
    [{ savePointStrategy: 1 }, 'sp-1', 'request.invalid', /parameter "savePointPath" is "sp-1": .*not absolute/],
  ] as const)('task %j, asked for %s, is refused: %s', (task, asked, code, message) => {
    const error = refusal(task, asked === undefined ? {} : { savePointPath: asked });
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it.each([
    [1, 'LATEST'],
    [2, 'EARLIEST'],
  ] as const)('strategy %i is looked up later, and the body takes what is found', (savePointStrategy, name) => {
    const run = prepare({ savePointStrategy });
    expect([run.recordedSavepoint, run.plan.savePointPath]).toEqual([name, null]);
    const { plan, jobConfig } = run.bodyFor(ADDRESS, 's3://b/found');
    expect([plan.savePointPath, jobConfig.savePointPath, jobConfig.savePointStrategy]).toEqual([
      's3://b/found',
      's3://b/found',
      name,
    ]);
    const empty = run.bodyFor(ADDRESS);
    expect([empty.plan.savePointPath, empty.jobConfig.savePointPath, empty.jobConfig.savePointStrategy]).toEqual([
      null,
      null,
      name,
    ]);
  });

  it('nothing is looked up for a path in the request, for a preview, or for a task without a job', () => {
    expect(prepare({ savePointStrategy: 1 }, { savePointPath: 's3://b/sp' }).recordedSavepoint).toBeNull();
    expect(prepare({ savePointStrategy: 1, statement: 'SELECT 1' }).recordedSavepoint).toBeNull();
    expect(prepare({ savePointStrategy: 1, statement: DDL }).recordedSavepoint).toBeNull();
    expect(prepare({ savePointStrategy: 0 }).recordedSavepoint).toBeNull();
  });
});

describe('what is stored and shown of a run', () => {
  it('the statement as run, the plan, the gateway and the JobManager that leads', () => {
    const body = prepare('INSERT INTO t SELECT ${n}', { request: { n: '5' } }).bodyFor(ADDRESS);
    expect(body).toMatchObject({ statement: 'INSERT INTO t SELECT 5', gatewayUrl: 'http://gw:8083' });
    expect(body.jobConfig).toMatchObject({ address: ADDRESS, variables: { n: '5' } });
  });

  it('options and variables with sensitive names are masked where they are shown, not where they are used', () => {
    const customConfig = { 's3.secret-key': 'hush', 's3.endpoint': 'http://s3' };
    const request = { db_password: 'hush', n: '5' };
    const run = prepare(
      { configJson: { customConfig, udfRefer: {} }, statement: 'INSERT INTO t SELECT ${n}' },
      { request },
    );
    const { jobConfig, plan } = run.bodyFor(ADDRESS);
    expect(jobConfig.configJson).toMatchObject({ 's3.secret-key': '******', 's3.endpoint': 'http://s3' });
    expect(jobConfig.variables).toEqual({ db_password: '******', n: '5' });
    expect(JSON.stringify(jobConfig)).not.toContain('hush');
    expect(plan.properties['s3.secret-key']).toBe('hush');
  });

  it('values of variables with sensitive names are masked within other options and variables, however short', () => {
    const shown = (own: string, request: Record<string, string>) =>
      prepare(`${own}SET 'x.y' = 'jdbc:u:\${db_password}@h'; SHOW TABLES`, { request }).bodyFor(ADDRESS).jobConfig;
    const byRequest = shown('', { db_password: 'planted', url: 'at planted/x' });
    expect(byRequest.configJson['x.y']).toBe('jdbc:u:******@h');
    expect(byRequest.variables).toEqual({ db_password: '******', url: 'at ******/x' });
    const byText = shown('db_password := planted; ', { url: 'at planted/x' });
    expect(byText.configJson['x.y']).toBe('jdbc:u:******@h');
    expect(byText.variables).toEqual({ url: 'at ******/x' });
    // Of a variable that no text uses, too.
    const unused = { api_token: 'planted', db_password: 'q', url: 'at planted/x' };
    expect(shown('', unused).variables).toMatchObject({ api_token: '******', url: 'at ******/x' });
    const short = shown('', { db_password: 'b7', url: 'at b7/ab7' });
    expect(short.configJson['x.y']).toBe('jdbc:u:******@h');
    expect(short.variables).toEqual({ db_password: '******', url: 'at ******/ab7' });
  });

  it('the plan knows where the text has values that no answer may show', () => {
    const hidden = (statement: string, given: Given = {}) => {
      const body = prepare(statement, given).bodyFor(ADDRESS);
      return body.plan.sensitive.map(([start, end]) => `${start}:${body.statement.slice(start, end)}`);
    };
    const request = { db_password: 'b7' };
    // A short value: in literals alone, as a word of its own.
    const text = "SET 'x' = '${db_password}'; SELECT b7 FROM t WHERE a = 'a b7' AND c = 'ab7' AND d = E'b7'";
    expect(hidden(text, { request })).toEqual(['11:b7', '46:b7', '74:b7']);
    expect(hidden(text, { request, env: "SET 'y' = 'z';" })).toEqual(['26:b7', '61:b7', '89:b7']);
    expect(hidden("db_password := planted; SELECT planted, 'x${db_password}'")).toEqual(['8:planted', '19:planted']);
    expect(hidden("SET 'a' = 'b';\nSET 'my.password' = 'planted-option'", { env: "SET 'c' = 'd';" })).toEqual([
      '51:planted-option',
    ]);
    // The name of a secret stands for its value, which is not there.
    const variables = [{ name: 'pw', value: { secret: 'prod/pw' }, note: null }];
    expect(hidden('SET a.b = ${db_password}; SHOW TABLES', { request })).toEqual(['10:b7']);
    // A value of the request that looks like the name of one is a value.
    const odd = { db_password: 'one${no}two' };
    expect(hidden("SELECT '${db_password}'", { request: odd, variables })).toEqual(['8:one${no}two']);
    expect(hidden("api_token := ${pw}-planted; SELECT '${api_token}'", { variables })).toEqual(['14:-planted']);
  });

  it('says what clients of Dinky read of every run', () => {
    const { jobConfig } = prepare({ useResult: false, step: 3, statementSet: true }).bodyFor(ADDRESS);
    const always = { useRemote: true, jarFiles: [], pyFiles: [], gatewayConfig: null };
    expect(jobConfig).toMatchObject({ ...always, useResult: false, step: 3, statementSet: true, jobName: 'demo' });
  });

  it('a cluster configuration that a task on a session cluster names is no cluster of its own', () => {
    const { jobConfig } = prepare({}, { clusterConfiguration: aClusterConfiguration() }).bodyFor(ADDRESS);
    expect(jobConfig.gatewayConfig).toBeNull();
  });

  it('the effective options are those that SET and RESET leave, masked as the others', () => {
    const customConfig = { a: '1', b: '2', c: '3' };
    const shown = (statement: string): unknown =>
      prepare({ configJson: { customConfig, udfRefer: {} }, statement }).bodyFor(ADDRESS).jobConfig.configJson;
    const fields = { 'pipeline.name': 'demo', 'execution.runtime-mode': 'STREAMING' };
    expect(shown("SET 'a' = '9'; RESET 'b'; SET d = 4; SET 'x.password' = 'hush'; SHOW TABLES")).toEqual({
      ...{ ...fields, a: '9', c: '3', d: '4', 'x.password': '******' },
    });
    expect(shown("SET 'a' = '9'; RESET; SET 'e' = '5'; SHOW TABLES")).toEqual({ e: '5' });
    expect(shown(`SET 'a' = '${'x'.repeat(2_000)}'; SHOW TABLES`)).toMatchObject({ a: `${'x'.repeat(1_000)}…` });
    const { plan } = prepare({ configJson: { customConfig, udfRefer: {} }, statement: "SET 'a' = '9'; SHOW TABLES" });
    expect(plan.properties).toEqual({ ...fields, ...customConfig });
    expect(plan).not.toHaveProperty('settings');
  });

  it("an environment task's SET counts, and the task's own comes after it", () => {
    const { jobConfig } = prepare("SET 'a' = 'own'; SHOW TABLES", { env: "SET 'a' = 'env'; SET 'b' = 'env';" }).bodyFor(
      ADDRESS,
    );
    expect(jobConfig.configJson).toMatchObject({ a: 'own', b: 'env' });
  });

  it('two requests are the same when the variables that the text uses are, in any order', () => {
    const statement = "a := 0; b := 0; c := 0; SET 'k' = '${a}${b}${c}'; INSERT INTO t SELECT 1";
    const texts = (request: Record<string, string>) => prepare(statement, { request });
    const text = (request: Record<string, string>) => texts(request).fingerprintText;
    expect(text({ a: '1', b: '2' })).toBe(text({ b: '2', a: '1' }));
    expect(text({ a: '1', b: '2' })).toBe(text({ b: '2', a: '1', day: '2026-01-31', 'a","1': '' }));
    const others = [{}, { a: '1' }, { a: '1', b: '3' }, { a: '2', b: '1' }, { a: '1', b: '2', c: '' }];
    const all = [{ a: '1', b: '2' }, ...others].map(text);
    expect(new Set(all).size).toBe(all.length);
    // Claims that stand were made from this text: another spelling would not find their runs.
    expect(text({ b: '2', a: '1' })).toBe('[["a","1"],["b","2"]]');
    expect(texts({ b: '2', a: '1' }).givenText).toBe(text({ a: '1', b: '2' }));
    expect(texts({ 'a","1': '', b: '2' }).givenText).not.toBe(texts({ a: '1', b: '2' }).givenText);
  });

  it.each([
    ['directly', "INSERT INTO t SELECT '${x}'", {}, true],
    ['as a part of a word', 'INSERT INTO t_${x} SELECT 1', {}, true],
    ['through a definition', "v := '${x}'; INSERT INTO t SELECT ${v}", {}, true],
    ['through two, one of the environment task', "v := '${w}'; INSERT INTO t SELECT ${v}", { env: 'w := ${x};' }, true],
    ['in the environment task', 'INSERT INTO t SELECT 1', { env: "SET 'k' = '${x}';" }, true],
    [
      'through a database',
      'CREATE TABLE u (a INT) WITH (${db}); INSERT INTO u SELECT 1',
      { databases: [{ name: 'db', flinkConfig: "'k' = '${x}'", note: null }] },
      true,
    ],
    [
      'through a variable of the deployment',
      "INSERT INTO t SELECT '${g}'",
      { variables: [{ name: 'g', value: '${x}', note: null }] },
      true,
    ],
    ['by SHOW FRAGMENT', 'SHOW FRAGMENT x; INSERT INTO t SELECT 1', {}, true],
    ['by SHOW FRAGMENT of a definition', "v := '${x}'; SHOW FRAGMENT v; INSERT INTO t SELECT 1", {}, true],
    ['in a comment alone', 'INSERT INTO t SELECT 1 -- ${x}', {}, false],
    ['in a definition that nothing uses', "v := '${x}'; INSERT INTO t SELECT 1", {}, false],
    [
      'in a definition of the environment task that nothing uses',
      'INSERT INTO t SELECT 1',
      { env: 'w := ${x};' },
      false,
    ],
    ['not at all', 'INSERT INTO t SELECT 1', {}, false],
  ])('the text uses a variable: %s', (_, statement, given, isUsed) => {
    const text = (x: string): string => prepare(statement, { ...given, request: { x } }).fingerprintText;
    expect(text('1') !== text('2')).toBe(isUsed);
  });

  it('the limits of a preview come from the task', () => {
    expect(prepare({ maxRowNum: 7, useChangeLog: true }).plan).toMatchObject({ maxRowNum: 7, useChangeLog: true });
  });
});

describe('what is easily got wrong', () => {
  it.each([
    ['a statement that is refused', 'QUIT;', 'INSERT INTO t SELECT 1'],
    ['an option that is refused', "SET 'rest.port' = '1';", 'INSERT INTO t SELECT 1'],
    ['a second job', 'SELECT 1;', 'INSERT INTO t SELECT 1'],
  ])('the environment task is named for %s in its text', (_name, env, statement) => {
    expect(refusal(statement, { env }).message).toMatch(/environment task 9/i);
  });

  it('functions of udfRefer come after the ADD JAR that brings their classes', () => {
    const configJson = { customConfig: {}, udfRefer: { f: 'a.F' } };
    const { steps } = sent(prepare({ statement: "ADD JAR 's3://b/a.jar'; INSERT INTO t SELECT f(1)", configJson }));
    const at = (word: string): number => steps.findIndex((step) => step.includes(word));
    expect(at('ADD JAR')).toBeLessThan(at('CREATE TEMPORARY SYSTEM FUNCTION'));
  });

  it('a secret within a value of the request is masked in jobConfig as it is in the statement', () => {
    const request = { db: "'connector' = 'jdbc', 'password' = 'hush'", url: 'jdbc:mysql://root:hush@db:3306/x' };
    const { jobConfig } = prepare('INSERT INTO t SELECT 1', { request }).bodyFor(ADDRESS);
    expect(JSON.stringify(jobConfig)).not.toContain('hush');
  });
});
