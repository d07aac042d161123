/**
 * The layers of Flink options on a real Flink, low to high. What has arrived is asked of the JobManager (/jobs/:id/config,
 * /checkpoints/config, vertices, name, job type) and of the gateway (the session's configuration just before the job).
 */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import { aCluster, aClusterConfiguration } from '../fakes/memory-definitions.ts';
import { compileJar } from './compile-jar.ts';
import { type Answer, type Live, startLive } from './live.ts';

const { restUrl, version } = inject('flink');

/** The deployment's layer: every option here has a value of its own. */
const DEPLOYMENT = {
  'execution.checkpointing.timeout': '601 s',
  'execution.checkpointing.min-pause': '1 s',
  'table.exec.state.ttl': '1 h',
};

let live: Live;

beforeAll(async () => {
  live = await startLive({ FLINK_CONFIG: JSON.stringify(DEPLOYMENT) });
});

afterEach(async () => {
  await live.endJobs();
});

afterAll(async () => {
  await live.stop();
});

const TABLES = `CREATE TEMPORARY TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1');
CREATE TEMPORARY TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');
`;
const INSERT = `${TABLES}INSERT INTO snk SELECT id FROM src;`;
const CLUSTER_ID = 1;
const CONFIGURATION_ID = 1;
const ON_CLUSTER: Partial<TaskDefinition> = { type: 'standalone', clusterId: CLUSTER_ID };
const CONFIGURED: Partial<TaskDefinition> = { ...ON_CLUSTER, clusterConfigurationId: CONFIGURATION_ID };

type Options = Readonly<Record<string, string>>;

async function putCluster(config: Options): Promise<void> {
  const { host } = new URL(restUrl);
  await live.bed.putCluster(aCluster({ id: CLUSTER_ID, hosts: host, sqlGateway: live.gateway.url, config }));
}

async function putConfiguration(configuration: Options): Promise<void> {
  const configJson = { flinkConfig: { configuration } };
  const one = aClusterConfiguration({ id: CONFIGURATION_ID, name: 'extra', type: 'yarn-application', configJson });
  await live.bed.putClusterConfiguration(one);
}

const custom = (customConfig: Options): Partial<TaskDefinition> => ({ configJson: { customConfig, udfRefer: {} } });

async function start(task: Partial<TaskDefinition>, note = ''): Promise<Answer> {
  const answer = await live.submit({ statement: INSERT, ...task });
  expect(answer.msg).toBe(`Execute Successfully${note}`);
  return answer;
}

const checkpoints = (answer: Answer): Promise<Record<string, unknown>> =>
  live.ofJob(answer.jobId, 'checkpoints/config');
const session = (answer: Answer): Options => live.gateway.configurationBefore(answer.jobId);

describe('each layer reaches Flink, and gives way to the one above it', () => {
  it('the deployment', async () => {
    const answer = await start({});
    expect(await checkpoints(answer)).toMatchObject({ timeout: 601_000, min_pause: 1_000 });
    expect(session(answer)).toMatchObject(DEPLOYMENT);
  });

  it('the cluster over the deployment', async () => {
    await putCluster({ 'execution.checkpointing.timeout': '602 s' });
    const answer = await start(ON_CLUSTER);
    expect(await checkpoints(answer)).toMatchObject({ timeout: 602_000, min_pause: 1_000 });
  });

  it('the cluster configuration over the cluster, in both of its spellings', async () => {
    await putCluster({ 'execution.checkpointing.timeout': '602 s', 'execution.checkpointing.min-pause': '2 s' });
    await putConfiguration({ 'execution.checkpointing.timeout': '603 s' });
    expect(await checkpoints(await start(CONFIGURED))).toMatchObject({ timeout: 603_000, min_pause: 2_000 });
    const configJson = {
      flinkConfig: { flinkConfigList: [{ name: 'execution.checkpointing.timeout', value: '604 s' }] },
    };
    const one = aClusterConfiguration({ id: CONFIGURATION_ID, name: 'extra', type: 'yarn-application', configJson });
    await live.bed.putClusterConfiguration(one);
    expect(await checkpoints(await start(CONFIGURED))).toMatchObject({ timeout: 604_000, min_pause: 2_000 });
  });

  it("the task's fields over the cluster configuration", async () => {
    await putCluster({});
    await putConfiguration({
      'pipeline.name': 'by configuration',
      'parallelism.default': '1',
      'execution.checkpointing.interval': '10 s',
      'execution.runtime-mode': 'BATCH',
    });
    const bare = await start({ ...CONFIGURED, name: 'by field', statement: INSERT });
    expect(await live.job(bare.jobId)).toMatchObject({ name: 'by field', 'job-type': 'STREAMING' });
    expect(await checkpoints(bare)).toMatchObject({ interval: 10_000 });
    expect(await parallelism(bare)).toBe(1);
    const filled = await start({ ...CONFIGURED, parallelism: 2, checkpoint: 20_123 });
    expect(await checkpoints(filled)).toMatchObject({ interval: 20_123 });
    expect(await parallelism(filled)).toBe(2);
  });

  it("customConfig over the task's fields", async () => {
    const options = {
      'pipeline.name': 'by customConfig',
      'parallelism.default': '1',
      'execution.checkpointing.interval': '30 s',
      'execution.checkpointing.timeout': '605 s',
      'pipeline.global-job-parameters': 'owner:me',
    };
    const answer = await start({ name: 'by field', parallelism: 2, checkpoint: 20_000, ...custom(options) });
    expect(await live.job(answer.jobId)).toMatchObject({ name: 'by customConfig' });
    expect(await checkpoints(answer)).toMatchObject({ interval: 30_000, timeout: 605_000, min_pause: 1_000 });
    expect(await parallelism(answer)).toBe(1);
    expect(await live.ofJob(answer.jobId, 'config')).toMatchObject({
      'execution-config': { 'job-parallelism': 1, 'user-config': { owner: 'me' } },
    });
    expect(session(answer)).toMatchObject(options);
  });

  it('SET over customConfig, also between INSERTs', async () => {
    const options = { 'pipeline.name': 'by customConfig', 'execution.checkpointing.interval': '30 s' };
    const statement = `SET 'pipeline.name' = 'by SET';\n${INSERT}\nSET execution.checkpointing.interval = 40s;\nINSERT INTO snk SELECT id FROM src`;
    const option = "SET 'execution.checkpointing.interval'";
    const note = `. Line 5: ${option} is between INSERTs, but applies to all of them: they are one job`;
    const answer = await start({ statement, ...custom(options) }, note);
    expect(await live.job(answer.jobId)).toMatchObject({ name: 'by SET' });
    expect(await checkpoints(answer)).toMatchObject({ interval: 40_000 });
  });

  it('SET without quotes around its key, a quote sign in its value', async () => {
    const answer = await start({ statement: `SET pipeline.name = 'the author''s -- name';\n${INSERT}` });
    expect(await live.job(answer.jobId)).toMatchObject({ name: "the author's -- name" });
  });
});

async function parallelism({ jobId }: Answer): Promise<number | undefined> {
  return (await live.job(jobId)).vertices[0]?.parallelism;
}

describe('what Dinghy fixes for a run', () => {
  it('wins over everything that operators may have written below it', async () => {
    await putCluster({
      'rest.address': '127.0.0.9',
      'rest.port': '1',
      'execution.target': 'local',
      '$internal.pipeline.job-id': 'f'.repeat(32),
      'execution.savepoint.path': 'file:/nowhere/old',
      'execution.state-recovery.path': 'file:/nowhere/new',
      'table.dml-sync': 'true',
      'high-availability.type': 'zookeeper',
      'high-availability.zookeeper.quorum': '127.0.0.1:1',
      'high-availability.storageDir': 'file:/nowhere',
      'execution.attached': 'true',
      'execution.shutdown-on-attached-exit': 'true',
    });
    const answer = await start(ON_CLUSTER);
    expect(answer.jobId).toMatch(/^(?!f{32})[0-9a-f]{32}$/);
    expect((await live.job(answer.jobId)).state).toMatch(/CREATED|RUNNING/);
    expect(await live.ofJob(answer.jobId, 'checkpoints')).toMatchObject({ counts: { restored: 0 } });
    // A gateway that waits for the end of the job answers nothing, and keeps its session.
    expect(answer.data).toMatchObject({ status: 'SUCCESS' });
    expect(await live.hasSession(live.gateway.sessions.at(-1) ?? '')).toBe(false);
    const { executionConfig } = live.gateway.sent.at(-1) ?? { executionConfig: {} };
    const { hostname, port } = new URL(restUrl);
    expect(executionConfig).toMatchObject({
      'execution.target': 'remote',
      'rest.address': hostname,
      'rest.port': port,
      '$internal.pipeline.job-id': answer.jobId,
    });
    const preview = await live.submit({ ...ON_CLUSTER, statement: "SELECT 'here' AS a" });
    expect(preview.result.rowData).toEqual([{ a: 'here' }]);
    const shown = await live.submit({ ...ON_CLUSTER, statement: 'SHOW JOBS' });
    expect(shown.results[0]?.rowData.map((row) => row['job id'])).toContain(answer.jobId);
  });
});

describe('what a task may not set', () => {
  it.each([
    ['rest.address', /cluster's address comes from its definition/],
    ['security.ssl.rest.enabled', /belongs to the cluster/],
    ['$internal.pipeline.job-id', /Dinghy chooses the job id/],
    ['execution.target', /task's type/],
    ['table.dml-sync', /block the gateway/],
    ['high-availability.type', /address comes from the cluster's definition/],
    ['high-availability', /address comes from the cluster's definition/],
    ['recovery.mode', /address comes from the cluster's definition/],
    ['execution.savepoint.path', /savePointStrategy/],
    ['execution.state-recovery.path', /savePointStrategy/],
  ])('%s is refused by name, before anything is sent', async (key, why) => {
    const before = live.gateway.sent.length;
    for (const task of [custom({ [key]: 'x' }), { statement: `SET '${key}' = 'x';\n${INSERT}` }]) {
      const { success, msg, data } = await live.submit({ statement: INSERT, ...task });
      expect(success).toBe(false);
      expect(msg).toContain(`"${key}"`);
      expect(msg).toMatch(why);
      expect(data).toEqual({});
    }
    expect(live.gateway.sent).toHaveLength(before);
  });

  it('and what it may, though it names other clusters: the job is where the task says', async () => {
    const harmless = {
      'kubernetes.cluster-id': 'another',
      'kubernetes.namespace': 'another',
      'yarn.application.id': 'application_1_1',
      'jobmanager.rpc.address': '127.0.0.9',
      'jobmanager.rpc.port': '1',
      'web.address': '127.0.0.9',
      'web.port': '1',
      'cluster.id': 'another',
      'execution.attached': 'false',
      'client.timeout': '1 s',
    };
    const sets = Object.entries(harmless).map(([key, value]) => `SET '${key}' = '${value}';`);
    const answer = await start({ statement: `${sets.join('\n')}\nRESET 'rest.port';\n${INSERT}` });
    expect((await live.job(answer.jobId)).state).toMatch(/CREATED|RUNNING/);
    const preview = await live.submit(`${sets.join('\n')}\nSELECT 'here' AS a`);
    expect(preview.result.rowData).toEqual([{ a: 'here' }]);
  });

  it('a job that was told to end with its client goes on after its session', async () => {
    const options = {
      'execution.attached': 'true',
      'execution.shutdown-on-attached-exit': 'true',
      'client.heartbeat.interval': '100 ms',
      'client.heartbeat.timeout': '500 ms',
    };
    const answer = await start(custom(options));
    await sleep(2_000);
    expect((await live.job(answer.jobId)).state).toBe('RUNNING');
  });
});

describe('RESET', () => {
  it("of one option gives back the gateway's own value, not the layers'", async () => {
    const answer = await start({ name: 'by field', statement: `RESET 'pipeline.name';\n${INSERT}` });
    expect(await live.job(answer.jobId)).toMatchObject({ name: 'insert-into_default_catalog.default_database.snk' });
    expect((answer.data['jobConfig'] as { configJson: object }).configJson).not.toHaveProperty(['pipeline.name']);
    expect(await checkpoints(answer)).toMatchObject({ timeout: 601_000 });
  });

  it('alone gives back all of them', async () => {
    const answer = await start({ name: 'by field', checkpoint: 5_000, statement: `RESET;\n${INSERT}` });
    expect(await live.job(answer.jobId)).toMatchObject({ name: 'insert-into_default_catalog.default_database.snk' });
    expect(await checkpoints(answer)).toMatchObject({ timeout: 600_000, min_pause: 0 });
    expect((answer.data['jobConfig'] as { configJson: object }).configJson).toEqual({});
  });
});

describe('an option that Flink can not read', () => {
  it.each([
    ['parallelism.default', 'many'],
    ['execution.checkpointing.interval', 'often'],
    ['execution.runtime-mode', 'AUTOMATIC'],
    ['table.exec.sink.not-null-enforcer', 'perhaps'],
  ])('%s = %s is named, with its customConfig, and blamed on no statement but its SET', async (key, value) => {
    const { success, msg } = await live.submit({ statement: INSERT, ...custom({ [key]: value }) });
    expect(success).toBe(false);
    expect(msg).toMatch(new RegExp(`'${value}' for (?:key )?'${key}'`));
    expect(msg).toMatch(/customConfig of task \d+: /);
    expect(msg).not.toMatch(/line 1/);
    const set = await live.submit(`${TABLES}SET '${key}' = '${value}';\nINSERT INTO snk SELECT id FROM src;`);
    expect(set.success).toBe(false);
    expect(set.msg).toMatch(new RegExp(`line 3: .*'${value}' for (?:key )?'${key}'`));
  });

  it('when it opens the session is told with its customConfig', async () => {
    const { success, msg } = await live.submit({
      statement: INSERT,
      ...custom({ 'classloader.check-leaked-classloader': 'perhaps' }),
    });
    expect(success).toBe(false);
    expect(msg).toMatch(/^customConfig of task \d+: .*'perhaps' for key 'classloader.check-leaked-classloader'/);
  });
});

describe('the mode of execution', () => {
  it('batchModel is a batch job; a bounded INSERT of it ends FINISHED, as a poll and a sweep see', async () => {
    const statement = `${TABLES}INSERT INTO snk SELECT * FROM (VALUES (CAST(1 AS BIGINT)), (2)) AS t(id)`;
    const [polled, swept] = [
      await start({ batchModel: true, statement }),
      await start({ batchModel: true, statement: `${statement} WHERE id > 0` }),
    ];
    expect(await live.job(polled.jobId)).toMatchObject({ 'job-type': 'BATCH' });
    await expect.poll(async () => (await live.job(swept.jobId)).state).toBe('FINISHED');
    await live.bed.reconcile();
    expect(await live.item(swept.runId, 'HEAD')).toMatchObject({ status: 'FINISHED', submitStatus: 'SUCCESS' });
    const status = async (): Promise<unknown> => (await live.poll(polled.runId))['status'];
    await expect.poll(status, { interval: 500 }).toBe('FINISHED');
    expect(await live.job(polled.jobId)).toMatchObject({ state: 'FINISHED' });
  });

  it('without it is a streaming job', async () => {
    expect(await live.job((await start({})).jobId)).toMatchObject({ 'job-type': 'STREAMING' });
  });
});

it("the gateway's version is asked once", async () => {
  await start({});
  await start({});
  expect(live.gateway.paths.filter((path) => path === '/info')).toHaveLength(1);
});

describe('the effective configuration of a run', () => {
  it('is stored with it, SET included, with secrets masked where they are shown', async () => {
    await putCluster({ 'execution.checkpointing.timeout': '602 s', 's3.secret-key': 'hush' });
    const answer = await start({
      ...ON_CLUSTER,
      name: 'stored',
      parallelism: 1,
      checkpoint: 60_000,
      ...custom({ 'table.exec.mini-batch.enabled': 'false' }),
      statement: `SET 'table.exec.state.ttl' = '3 h'; SET 'sink.password' = 'hush';\n${INSERT}`,
    });
    const body = await live.item(answer.runId, 'BODY#');
    const shown = {
      'execution.checkpointing.timeout': '602 s',
      'execution.checkpointing.min-pause': '1 s',
      's3.secret-key': '******',
      'sink.password': '******',
      'pipeline.name': 'stored',
      'execution.runtime-mode': 'STREAMING',
      'parallelism.default': '1',
      'execution.checkpointing.interval': '60000 ms',
      'table.exec.mini-batch.enabled': 'false',
      'table.exec.state.ttl': '3 h',
    };
    expect((body['jobConfig'] as { configJson: unknown }).configJson).toEqual(shown);
    expect((answer.data['jobConfig'] as { configJson: unknown }).configJson).toEqual(shown);
    expect(JSON.stringify(answer.data)).not.toContain('hush');
    // A re-send opens its session with exactly these.
    expect((body['plan'] as { properties: unknown }).properties).toMatchObject({ 'table.exec.state.ttl': '1 h' });
    expect(session(answer)).toMatchObject({ 'table.exec.state.ttl': '3 h', 's3.secret-key': 'hush' });
  });

  it('is what a bare SET lists, without its secrets', async () => {
    const { results } = await live.submit({ ...custom({ 'my.option': 'x', 'my.password': 'hush' }), statement: 'SET' });
    const listed = Object.fromEntries((results[0]?.rowData ?? []).map(({ key, value }) => [key, value]));
    expect(listed).toMatchObject({ ...DEPLOYMENT, 'my.option': 'x', 'my.password': '******' });
  });
});

describe('functions of udfRefer', () => {
  const SOURCE = `package demo;
    public class Twice extends org.apache.flink.table.functions.ScalarFunction {
      public Long eval(Long n) { return n == null ? null : 2 * n; }
    }`;
  let jar = '';

  beforeAll(async () => {
    jar = await compileJar(version, { 'demo/Twice.java': SOURCE });
  });

  afterAll(() => {
    rmSync(dirname(jar), { recursive: true });
  });

  const withFunction = (className: string): Partial<TaskDefinition> => ({
    configJson: { customConfig: {}, udfRefer: { twice: className } },
  });

  it('are there for the query, by the class that a jar brings', async () => {
    const statement = `ADD JAR 'file://${jar}';\nSELECT twice(CAST(21 AS BIGINT)) AS n`;
    const answer = await live.submit({ ...withFunction('demo.Twice'), statement });
    expect(answer.msg).toBe('Execute Successfully');
    expect(answer.result.rowData).toEqual([{ n: '42' }]);
  });

  it('and for an INSERT, whose job has the jar with it', async () => {
    const statement = `ADD JAR 'file://${jar}';\n${TABLES}INSERT INTO snk SELECT twice(id) FROM src`;
    const answer = await start({ ...withFunction('demo.Twice'), statement });
    await expect.poll(async () => (await live.job(answer.jobId)).state).toBe('RUNNING');
  });

  it('whose class is not there are named, with the field of the task', async () => {
    const answer = await live.submit({ ...withFunction('demo.Nowhere'), statement: 'SELECT twice(1)' });
    expect(answer.success).toBe(false);
    expect(answer.msg).toMatch(/udfRefer/);
    expect(answer.msg).toMatch(/twice/);
    expect(answer.msg).toMatch(/demo\.Nowhere/);
  });
});
