/** From EXECUTE JAR and what stands beside it to the plan of a run. */
import { describe, expect, it } from 'vitest';
import type { TaskDefinition, VariableDefinition } from '../../../lib/domain/definition/definitions.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import type { JarJob } from '../../../lib/domain/plan/plan.ts';
import { type PreparedRun, prepareRun } from '../../../lib/domain/plan/prepare-run.ts';
import { jarRun } from '../../../lib/domain/run/jar-run.ts';
import { redactionFor } from '../../../lib/domain/secrets/redaction.ts';
import { aTask } from '../../fakes/memory-definitions.ts';

const JAR = "EXECUTE JAR WITH ('uri' = 's3://jars/a.jar', 'main-class' = 'com.example.Job')";

interface Given {
  readonly env?: string;
  readonly savePointPath?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Variables of the deployment. */
  readonly stored?: readonly VariableDefinition[];
}

function prepare(task: Partial<TaskDefinition> | string, given: Given = {}): PreparedRun {
  const changes = typeof task === 'string' ? { statement: task } : task;
  return prepareRun({
    task: aTask({ dialect: 'FlinkJar', statement: JAR, ...changes }),
    target: { hosts: 'jm:8081', gatewayUrl: null, clusterId: null, clusterConfig: { 'c.l': 'cluster' } },
    clusterConfiguration: null,
    envTask: given.env === undefined ? null : aTask({ id: 9, dialect: 'FlinkSqlEnv', statement: given.env }),
    variables: given.stored ?? [],
    databases: [],
    flinkConfig: { 'd.p': 'deployment' },
    request: { variables: given.variables ?? {}, savePointPath: given.savePointPath ?? null },
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

function jarOf({ plan }: PreparedRun): JarJob {
  if (plan.job?.kind !== 'jar') throw new Error(`no jar, but ${plan.job?.kind ?? 'nothing'}`);
  return plan.job;
}

describe('the plan of a jar', () => {
  it.each(['FlinkJar', 'FlinkSql'])('in a task of dialect %s', (dialect) => {
    const run = prepare({ dialect });
    expect(run.kind).toBe('job');
    expect(run.plan).toMatchObject({ steps: [], readOnly: false, once: true });
    expect(run.sessionOnly).toBe(false);
    expect(jarOf(run)).toMatchObject({ uri: 's3://jars/a.jar', entryClass: 'com.example.Job', args: [] });
  });

  it('is sent once, unless the task says that main() may be repeated', () => {
    expect(prepare({ repeatable: true }).plan.once).toBe(false);
    expect(prepare({ repeatable: false }).plan.once).toBe(true);
  });

  it('has variables in place, those of the environment task too', () => {
    const statement = "who := 'x y';\nEXECUTE JAR WITH ('uri' = 's3://${bucket}/a.jar', 'args' = '${a} ${b}')";
    const run = prepare(statement, { env: 'bucket := jars;', variables: { a: '1', b: '2' } });
    expect(jarOf(run)).toMatchObject({ uri: 's3://jars/a.jar', args: ['1', '2'] });
  });

  it('has for options the layers, and above them SET and RESET in order, those of the environment task first', () => {
    const customConfig = { 'c.c': 'custom', 'a.a': 'custom', 'parallelism.default': '3' };
    const statement = `SET 'a.a' = 'set'; SET x.y = z; RESET 'c.c'; SET 'e.e' = 'own';\n${JAR}`;
    const task = { statement, parallelism: 2, checkpoint: 5_000, configJson: { customConfig, udfRefer: {} } };
    const { plan, bodyFor } = prepare(task, { env: "SET 'e.e' = 'env'; SET 'f.f' = 'env';" });
    const options = {
      'd.p': 'deployment',
      'c.l': 'cluster',
      'pipeline.name': 'demo',
      'execution.runtime-mode': 'STREAMING',
      'parallelism.default': '3',
      'execution.checkpointing.interval': '5000 ms',
      'a.a': 'set',
      'x.y': 'z',
      'e.e': 'own',
      'f.f': 'env',
    };
    expect(plan.properties).toEqual(options);
    expect(bodyFor('jm:8081').jobConfig.configJson).toEqual(options);
  });

  it('loses every option by a bare RESET, as a session does', () => {
    expect(prepare(`SET 'a.a' = 'b'; RESET; SET 'c.c' = 'd'; ${JAR}`).plan.properties).toEqual({ 'c.c': 'd' });
  });

  it("starts from the request's savepoint, else the statement's, else the task's", () => {
    const statement = "EXECUTE JAR WITH ('uri' = 's3://jars/a.jar', 'savepoint-path' = 's3://statement')";
    const own = { savePointStrategy: 3, savePointPath: 's3://task' };
    expect(prepare({ statement, ...own }, { savePointPath: 's3://request' }).plan.savePointPath).toBe('s3://request');
    expect(prepare({ statement, ...own }).plan.savePointPath).toBe('s3://statement');
    expect(prepare({ statement, savePointStrategy: 1 }).plan.savePointPath).toBe('s3://statement');
    expect(prepare(own).plan.savePointPath).toBe('s3://task');
    expect(prepare({}).plan.savePointPath).toBeNull();
  });

  it('is never started without the id of its job', () => {
    const run = prepare({});
    const start = () => jarRun({ id: 7, jobId: null, savePointPath: null }, run.plan, jarOf(run), (value) => value);
    expect(start).toThrow(
      expect.objectContaining({ code: 'internal', message: expect.stringContaining('Run 7') as string }),
    );
  });

  it('needs no SQL gateway', () => {
    expect(prepare({}).bodyFor('jm:8081').gatewayUrl).toBeNull();
  });

  it('gives main() what the plan says, under the job id of the run', () => {
    const statement =
      "EXECUTE JAR WITH ('uri' = 's3://j/a.jar', 'args' = 'x', 'parallelism' = '3', 'allow-non-restored-state' = 'true')";
    const run = prepare(statement);
    const head = { id: 1, jobId: 'f'.repeat(32), savePointPath: 's3://sp' };
    expect(jarRun(head, run.plan, jarOf(run), (value) => value)).toEqual({
      jobId: 'f'.repeat(32),
      entryClass: null,
      args: ['x'],
      parallelism: 3,
      savePointPath: 's3://sp',
      allowNonRestoredState: true,
      flinkConfiguration: run.plan.properties,
    });
  });
});

describe('state that belongs to nothing in the job', () => {
  const allowed = (changes: Parameters<typeof prepare>[0]): boolean => {
    const run = prepare(changes);
    const head = { id: 1, jobId: 'f'.repeat(32), savePointPath: 's3://sp' };
    return jarRun(head, run.plan, jarOf(run), (value) => value).allowNonRestoredState;
  };

  it("is left out where the statement or the task says so; the statement's SET has the last word of the options", () => {
    const key = 'execution.state-recovery.ignore-unclaimed-state';
    expect(allowed({})).toBe(false);
    expect(allowed({ allowNonRestoredState: true })).toBe(true);
    expect(allowed(`SET '${key}' = 'true';\n${JAR}`)).toBe(true);
    expect(allowed({ allowNonRestoredState: true, statement: `SET '${key}' = 'false';\n${JAR}` })).toBe(false);
  });
});

describe('a secret beside EXECUTE JAR', () => {
  const secret = { name: 'pw', value: { secret: 'shop/pw' }, note: null };

  it('stays a name in the frozen plan, and is a value in what main() gets', () => {
    const statement = "SET 'a.b' = 'x-${pw}';\nEXECUTE JAR WITH ('uri' = 's3://j/a.jar', 'args' = '--pw ${pw}')";
    const run = prepare({ statement, fragment: true }, { stored: [secret] });
    expect(run.plan.secrets).toEqual({ pw: 'shop/pw' });
    const { fill } = redactionFor(run.bodyFor('jm:8081'), { pw: "it's; 1 x" });
    const sent = jarRun({ id: 1, jobId: 'f'.repeat(32), savePointPath: null }, run.plan, jarOf(run), fill);
    expect(sent.args).toEqual(['--pw', "it's; 1 x"]);
    expect(sent.flinkConfiguration['a.b']).toBe("x-it's; 1 x");
    expect(fill('${pw} ${other}')).toBe("it's; 1 x ${other}");
  });

  it('may not stand in another option', () => {
    const statement = "EXECUTE JAR WITH ('uri' = 's3://j/${pw}.jar')";
    expect(refusal({ statement, fragment: true }, { stored: [secret] }).message).toMatch(
      /\$\{pw\} in 'uri'.*Only 'args'/,
    );
  });
});

describe('what may not stand beside EXECUTE JAR', () => {
  it.each([
    [
      "CREATE TABLE t (a INT) WITH ('connector' = 'print')",
      /^CREATE TABLE \(line 2\) has no effect with EXECUTE JAR.*Move it into main/,
    ],
    ['SHOW TABLES', /^SHOW \(line 2\)/],
    ["ADD JAR 's3://a.jar'", /^ADD JAR \(line 2\).*Build its classes into the jar/],
    ['USE CATALOG c', /^USE CATALOG \(line 2\)/],
    ['SET', /^SET without a key \(line 2\)/],
    ['CALL a.b()', /^CALL \(line 2\)/],
    ['INSERT INTO t SELECT 1', /^Both EXECUTE JAR \(line 1.*and INSERT INTO \(line 2.*would start a job/],
    ['SELECT 1', /^Both EXECUTE JAR .* and SELECT/],
    [JAR, /^Both EXECUTE JAR \(line 1, column 1\) and EXECUTE JAR \(line 2, column 1\)/],
  ])('%s', (statement, text) => {
    const error = refusal({ statement: `${JAR};\n${statement};`, dialect: 'FlinkSql' });
    expect(error.code).toBe('sql.refused');
    expect(error.message).toMatch(text);
  });

  it('names the environment task that it stands in', () => {
    expect(refusal({}, { env: 'USE MODULES a' }).message).toMatch(/^USE MODULES \(environment task 9, line 1\)/);
  });

  it('functions of the task', () => {
    const configJson = { customConfig: {}, udfRefer: { mine: 'com.example.Mine', other: 'com.example.Other' } };
    expect(refusal({ configJson })).toMatchObject({
      code: 'sql.refused',
      message: expect.stringMatching(/udfRefer: mine, other\) do not reach the main\(\) of a jar/) as string,
    });
  });

  it('options that a task may not set', () => {
    expect(refusal(`SET 'rest.address' = 'x';\n${JAR}`).code).toBe('config.refused');
    expect(refusal(`SET '$internal.pipeline.job-id' = 'x';\n${JAR}`).code).toBe('config.refused');
  });

  it('a type that starts a cluster of its own', () => {
    const { message } = refusal({ type: 'yarn-application', clusterConfigurationId: 1 });
    expect(message).toMatch(/A task of type yarn-application can't run EXECUTE JAR.*on a session cluster/);
  });
});

describe('a FlinkJar task', () => {
  it.each([
    ['SELECT 1', /This task has dialect FlinkJar but starts its job with SELECT \(line 1\)/],
    ["SET 'a' = 'b'", /This task has dialect FlinkJar but no EXECUTE JAR/],
  ])('of %s is refused, with what to write', (statement, text) => {
    const { code, message } = refusal(statement);
    expect([code, message]).toEqual(['sql.refused', expect.stringMatching(text)]);
    expect(message).toMatch(/ Write EXECUTE JAR WITH \('uri' = '…', 'main-class' = '…'\), or use dialect FlinkSql\.$/);
  });

  it('whose options are wrong names the line, of the environment task as well', () => {
    expect(refusal('\n\nEXECUTE JAR WITH (uri = 1)').message).toMatch(/in line 3 cannot be read at uri/);
    const variables = { v: 'a\nb\nc' };
    const statement = "SET 'x' = '${v}';\nEXECUTE JAR WITH ('nope' = '1')";
    expect(refusal(statement, { variables }).message).toMatch(/in line 2 has the unknown option 'nope' = '1'/);
  });
});
