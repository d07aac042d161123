/**
 * Tasks that start a cluster for themselves, through the handlers and a real DynamoDB API, against a double of the SQL
 * gateway over HTTP: everything that is sent and everything that is answered, by value. What is expected was written by
 * hand. A real gateway is asked in test/live/submit-application.test.ts; a Kubernetes or a YARN was never behind it.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callHandler } from '../builders/event.ts';
import { type GatewayDouble, SESSION, startGatewayDouble } from '../fakes/gateway-double.ts';
import { aClusterConfiguration, aTask } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from './bed.ts';

const STATEMENT = `-- orders of a day
SET 'table.exec.state.ttl' = '1 d';
ADD JAR '/opt/flink/usrlib/shop.jar';
CREATE TABLE orders (id BIGINT, country STRING) WITH ('connector' = 'datagen');
CREATE TABLE by_country (country STRING, n BIGINT) WITH ('connector' = 'print');
CREATE TABLE ids (id BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO by_country SELECT norm(country), COUNT(*) FROM orders WHERE country = '\${country}' GROUP BY norm(country);
INSERT INTO ids SELECT id FROM orders -- no semicolon here`;

/** What the cluster has to run: variables in place, functions after the jar, both INSERTs as one job. */
const SCRIPT = `SET 'table.exec.state.ttl' = '1 d';
ADD JAR '/opt/flink/usrlib/shop.jar';
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS \`norm\` AS 'shop.Normalise';
CREATE TABLE orders (id BIGINT, country STRING) WITH ('connector' = 'datagen');
CREATE TABLE by_country (country STRING, n BIGINT) WITH ('connector' = 'print');
CREATE TABLE ids (id BIGINT) WITH ('connector' = 'blackhole');
EXECUTE STATEMENT SET
BEGIN
INSERT INTO by_country SELECT norm(country), COUNT(*) FROM orders WHERE country = 'DE' GROUP BY norm(country);
INSERT INTO ids SELECT id FROM orders;
END;
`;

let bed: Bed;
let double: GatewayDouble;

beforeAll(async () => {
  double = await startGatewayDouble('/flink');
  bed = await startBed({ SQL_GATEWAY_URL: double.url, FLINK_CONFIG: '{"pipeline.max-parallelism":"128"}' });
});

afterAll(async () => {
  await bed.stop();
  await double.stop();
});

beforeEach(() => {
  double.forget();
});

async function submit(id: number): Promise<Record<string, unknown>> {
  const body = JSON.stringify({
    id,
    variables: { country: 'DE', api_token: 'hush' },
    savePointPath: 's3://state/sp-1',
  });
  const { data, msg } = await callHandler(bed.submit, { method: 'POST', body });
  expect(msg).toBe('Execute Successfully');
  return data ?? {};
}

const task = { statement: STATEMENT, parallelism: 3, checkpoint: 30_000, name: 'daily_orders' };
const configJson = { customConfig: { 'restart-strategy.type': 'none' }, udfRefer: { norm: 'shop.Normalise' } };

describe('kubernetes-application', () => {
  beforeAll(async () => {
    const type = 'kubernetes-application';
    await bed.putTask(aTask({ ...task, id: 1, type, clusterConfigurationId: 5, configJson }));
    await bed.putClusterConfiguration(
      aClusterConfiguration({
        id: 5,
        type,
        configJson: {
          clusterConfig: { flinkConfigPath: '/opt/flink/conf' },
          kubernetesConfig: {
            configuration: { 'kubernetes.namespace': 'etl', 'kubernetes.container.image': 'shop/flink:2.3.0' },
            podTemplate: '/opt/flink/conf/pod.yaml',
            kubeConfig: '/home/flink/.kube/config',
          },
          flinkConfig: {
            configuration: { 'taskmanager.memory.process.size': '2g', 'parallelism.default': '1' },
            flinkConfigList: [{ name: 's3.secret-key', value: 'very-secret' }],
          },
          appConfig: { userJarPath: 'local:///opt/flink/dinky-app.jar' },
        },
      }),
    );
  });

  it('sends one script to one session: both bodies, whole', async () => {
    const answer = submit(1);
    double.reply = (body) => ({ status: 200, body: { clusterID: body.executionConfig['kubernetes.cluster-id'] } });
    const data = await answer;
    const jobId = String(data['jobId']);
    const clusterId = `dinghy-${String(data['id'])}-${jobId.slice(0, 8)}`;
    expect(double.requests.filter(({ method }) => method !== 'GET')).toEqual([
      {
        method: 'POST',
        path: '/sessions',
        body: {
          properties: {
            'pipeline.max-parallelism': '128',
            'kubernetes.namespace': 'etl',
            'kubernetes.container.image.ref': 'shop/flink:2.3.0',
            'kubernetes.pod-template-file.default': '/opt/flink/conf/pod.yaml',
            'kubernetes.config.file': '/home/flink/.kube/config',
            'taskmanager.memory.process.size': '2g',
            's3.secret-key': 'very-secret',
            'pipeline.name': 'daily_orders',
            'execution.runtime-mode': 'STREAMING',
            'parallelism.default': '3',
            'execution.checkpointing.interval': '30000 ms',
            'restart-strategy.type': 'none',
          },
        },
      },
      {
        method: 'POST',
        path: `/v4/sessions/${SESSION}/scripts`,
        body: {
          script: SCRIPT,
          executionConfig: {
            'execution.target': 'kubernetes-application',
            'kubernetes.cluster-id': clusterId,
            'execution.state-recovery.path': 's3://state/sp-1',
            '$internal.pipeline.job-id': jobId,
          },
        },
      },
      { method: 'DELETE', path: `/sessions/${SESSION}`, body: null },
    ]);
  });

  it('answers how it was asked for, secrets masked, and records it', async () => {
    const repeat = await callHandler(bed.submit, {
      method: 'POST',
      body: '{"id":1,"variables":{"country":"DE","api_token":"hush"},"savePointPath":"s3://state/sp-1"}',
    });
    const data = repeat.data ?? {};
    const jobId = String(data['jobId']);
    const clusterId = `dinghy-${String(data['id'])}-${jobId.slice(0, 8)}`;
    const address = `${clusterId}-rest.etl:8081`;
    expect(data).toMatchObject({ status: 'SUCCESS', success: true, duplicate: true, jobManagerAddress: address });
    expect(data['jobConfig']).toMatchObject({ type: 'kubernetes-application', address, clusterConfigurationId: 5 });
    expect((data['jobConfig'] as { gatewayConfig: unknown }).gatewayConfig).toEqual({
      taskId: 1,
      jarPaths: [],
      type: 'KUBERNETES_APPLICATION',
      clusterConfig: {
        flinkConfigPath: '/opt/flink/conf',
        flinkLibPath: null,
        hadoopConfigPath: null,
        appId: clusterId,
        hadoopConfigMap: {},
        hadoopConfigList: [],
      },
      flinkConfig: {
        jobName: 'daily_orders',
        jobId,
        flinkVersion: null,
        action: null,
        savePointType: null,
        savePoint: 's3://state/sp-1',
        configuration: {
          'pipeline.max-parallelism': '128',
          'kubernetes.namespace': 'etl',
          'kubernetes.container.image.ref': 'shop/flink:2.3.0',
          'kubernetes.pod-template-file.default': '/opt/flink/conf/pod.yaml',
          'kubernetes.config.file': '/home/flink/.kube/config',
          'taskmanager.memory.process.size': '2g',
          's3.secret-key': '******',
          'pipeline.name': 'daily_orders',
          'execution.runtime-mode': 'STREAMING',
          'parallelism.default': '3',
          'execution.checkpointing.interval': '30000 ms',
          'restart-strategy.type': 'none',
        },
        flinkConfigList: [{ name: 's3.secret-key', value: '******' }],
      },
      appConfig: { userJarPath: 'local:///opt/flink/dinky-app.jar', userJarParas: [], userJarMainAppClass: null },
      kubernetesConfig: {
        configuration: { 'kubernetes.namespace': 'etl', 'kubernetes.container.image': 'shop/flink:2.3.0' },
        dockerConfig: {},
        podTemplate: '/opt/flink/conf/pod.yaml',
        jmPodTemplate: null,
        tmPodTemplate: null,
        kubeConfig: '******',
      },
    });
    expect(JSON.stringify(repeat)).not.toContain('very-secret');
    expect(JSON.stringify(repeat)).not.toContain('hush');
    const head = (await bed.jobItems()).find(
      (item) => item['pk'] === `RUN#${String(data['id'])}` && item['sk'] === 'HEAD',
    );
    expect(head).toMatchObject({
      status: 'CREATED',
      submitStatus: 'SUCCESS',
      jobId,
      hosts: address,
      once: true,
      deployment: { type: 'kubernetes-application', name: clusterId, namespace: 'etl', clusterId },
    });
    const polled = await callHandler(bed.getJobInstance, { query: `id=${String(data['id'])}` });
    expect(polled.data).toMatchObject({ jid: jobId, appId: clusterId, status: 'RECONNECTING' });
  });
});

describe('yarn-application', () => {
  it('sends what YARN needs: both bodies, whole', async () => {
    const type = 'yarn-application';
    await bed.putTask(aTask({ id: 2, type, name: 'nightly', clusterConfigurationId: 6, batchModel: true }));
    await bed.putClusterConfiguration(
      aClusterConfiguration({
        id: 6,
        type,
        jobManager: 'http://rm.example.com:8088/proxy/{clusterId}',
        configJson: {
          clusterConfig: {
            flinkLibPath: 'hdfs:///flink/lib',
            hadoopConfigPath: '/etc/hadoop/conf',
            hadoopConfigList: [{ name: 'yarn.resourcemanager.hostname', value: 'rm.example.com' }],
          },
          flinkConfig: { flinkConfigList: [{ name: 'yarn.application.queue', value: 'etl' }] },
        },
      }),
    );
    double.reply = () => ({ status: 200, body: { clusterID: 'application_1700000000000_0042' } });
    const { data, msg } = await callHandler(bed.submit, { query: 'id=2' });
    expect(msg).toBe('Execute Successfully');
    const jobId = String(data?.['jobId']);
    const bodies = double.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
    expect(bodies).toEqual([
      {
        properties: {
          'pipeline.max-parallelism': '128',
          'yarn.provided.lib.dirs': 'hdfs:///flink/lib',
          'flink.hadoop.yarn.resourcemanager.hostname': 'rm.example.com',
          'yarn.application.queue': 'etl',
          'pipeline.name': 'nightly',
          'yarn.application.name': 'nightly',
          'execution.runtime-mode': 'BATCH',
        },
      },
      {
        script:
          "CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen');\n" +
          "CREATE TABLE snk (id BIGINT) COMMENT 'x 0, y 0' WITH ('connector' = 'blackhole');\n" +
          'INSERT INTO snk SELECT id FROM src;\n',
        executionConfig: {
          'execution.target': 'yarn-application',
          'yarn.tags': `dinghy-${String(data?.['id'])}-${jobId.slice(0, 8)}`,
          '$internal.pipeline.job-id': jobId,
        },
      },
    ]);
    expect(data).toMatchObject({
      status: 'SUCCESS',
      jobManagerAddress: 'http://rm.example.com:8088/proxy/application_1700000000000_0042',
      jobConfig: {
        gatewayConfig: { type: 'YARN_APPLICATION', clusterConfig: { appId: 'application_1700000000000_0042' } },
      },
    });
  });
});

describe('a gateway that can not', () => {
  it('is refused by its version, before anything is recorded', async () => {
    const type = 'kubernetes-application';
    await bed.putTask(aTask({ id: 3, type, clusterConfigurationId: 7 }));
    const old = await startGatewayDouble();
    old.version = '1.20.3';
    try {
      await bed.putClusterConfiguration(aClusterConfiguration({ id: 7, type, sqlGateway: old.url }));
      const { code, msg, data } = await callHandler(bed.submit, { query: 'id=3' });
      expect({ code, data }).toEqual({ code: 1, data: null });
      expect(msg).toMatch(/needs a SQL gateway of Flink 2\.0 or later\. The one at http.* runs Flink 1\.20\.3/);
      expect(old.scripts()).toEqual([]);
    } finally {
      await old.stop();
    }
  });

  it('that cuts the connection leaves a run that is waited for, and gets no second script', async () => {
    await bed.putTask(aTask({ id: 4, type: 'kubernetes-application', clusterConfigurationId: 5 }));
    double.reply = null;
    const { data, success, msg } = await callHandler(bed.submit, { query: 'id=4' });
    expect(success).toBe(true);
    const why = /^No reply from Flink to POST http:.*: the connection was reset\.$/;
    expect(data).toMatchObject({ status: 'INITIALIZE', error: expect.stringMatching(why) as string });
    expect(msg).toMatch(/^Execute Successfully\. It is not known yet whether a job was started: No reply from Flink/);
    expect(double.scripts()).toHaveLength(1);
  });
});
