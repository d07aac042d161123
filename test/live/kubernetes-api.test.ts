/**
 * kubernetes-application on a real SQL gateway with Flink's own client for Kubernetes, which asks a double of the
 * Kubernetes API for the cluster: what of a task and its cluster configuration arrives there. Nothing is run by it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { sqlGateway } from '../../lib/adapters/flink/sql-gateway.ts';
import { callHandler } from '../builders/event.ts';
import { type KubernetesApi, type KubernetesObject, startKubernetesApi } from '../fakes/kubernetes-api.ts';
import { aClusterConfiguration, aTask, INSERT_SQL } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from '../handlers/bed.ts';
import { type KubernetesGateway, startKubernetesGateway } from './kubernetes-gateway.ts';

const TYPE = 'kubernetes-application';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/etl/deployments';
let api: KubernetesApi;
let gateway: KubernetesGateway;
let bed: Bed;

beforeAll(async () => {
  api = await startKubernetesApi();
  gateway = await startKubernetesGateway(inject('flink').version);
  bed = await startBed({ SQL_GATEWAY_URL: gateway.url });
  writeFileSync(join(gateway.dir, 'kubeconfig'), kubeconfig(api.url));
  writeFileSync(
    join(gateway.dir, 'pod.yaml'),
    'apiVersion: v1\nkind: Pod\nmetadata: { name: pod, labels: { team: shop } }\nspec: { containers: [{ name: flink-main-container }] }\n',
  );
  await bed.putClusterConfiguration(
    aClusterConfiguration({
      id: 5,
      configJson: {
        kubernetesConfig: {
          configuration: {
            'kubernetes.namespace': 'etl',
            'kubernetes.container.image': 'shop/flink:2.3.0',
            'kubernetes.container.image.pull-policy': 'Always',
          },
          podTemplate: join(gateway.dir, 'pod.yaml'),
          kubeConfig: join(gateway.dir, 'kubeconfig'),
        },
        flinkConfig: {
          configuration: { 'jobmanager.memory.process.size': '1g' },
          flinkConfigList: [{ name: 'taskmanager.numberOfTaskSlots', value: '4' }],
        },
      },
    }),
  );
  await warmUp();
});

afterAll(async () => {
  await bed.stop();
  await gateway.stop();
  await api.stop();
});

beforeEach(() => {
  api.refusal = null;
});

/** The first cluster takes seconds for its classes alone: more than a submit may have on a busy machine. */
async function warmUp(): Promise<void> {
  const signal = new AbortController().signal;
  const session = await sqlGateway().open(gateway.url, {}, signal);
  const options = {
    'execution.target': TYPE,
    'kubernetes.cluster-id': 'warm-up',
    'kubernetes.config.file': join(gateway.dir, 'kubeconfig'),
    'jobmanager.memory.process.size': '1g',
  };
  expect(await session.deploy(INSERT_SQL, options, signal)).toBe('warm-up');
  await session.close(signal);
}

const kubeconfig = (server: string): string =>
  [
    'apiVersion: v1',
    'kind: Config',
    'current-context: double',
    'contexts: [{ name: double, context: { cluster: double, user: double } }]',
    `clusters: [{ name: double, cluster: { server: '${server}' } }]`,
    'users: [{ name: double, user: { token: none } }]',
    '',
  ].join('\n');

function madeIn(path: string): KubernetesObject[] {
  return [...api.objects].filter(([key]) => key.startsWith(`${path}/`)).map(([, object]) => object);
}

describe('a submit to a real gateway with Kubernetes', () => {
  it('makes the cluster under the name of the run, with what task and configuration ask for', async () => {
    await bed.putTask(
      aTask({ id: 1, type: TYPE, name: 'orders', clusterConfigurationId: 5, parallelism: 3, checkpoint: 30_000 }),
    );
    const { data, msg } = await callHandler(bed.submit, { query: 'id=1' });
    expect(msg).toBe('Execute Successfully');
    const jobId = String(data?.['jobId']);
    const name = `dinghy-${String(data?.['id'])}-${jobId.slice(0, 8)}`;
    expect(data).toMatchObject({ status: 'SUCCESS', jobManagerAddress: `${name}-rest.etl:8081` });

    expect(madeIn(DEPLOYMENTS).map(({ metadata }) => metadata.name)).toEqual([name]);
    expect(madeIn(DEPLOYMENTS)[0]?.spec).toMatchObject({
      template: {
        metadata: { labels: { team: 'shop', app: name } },
        spec: { containers: [{ image: 'shop/flink:2.3.0', imagePullPolicy: 'Always' }] },
      },
    });
    expect(api.objects.has(`/api/v1/namespaces/etl/services/${name}-rest`)).toBe(true);
    const config =
      api.objects.get(`/api/v1/namespaces/etl/configmaps/flink-config-${name}`)?.data?.['config.yaml'] ?? '';
    // By these two the reconciler knows the JobManager as the run's own.
    expect(config).toContain(`job-id: ${jobId}`);
    expect(config).toContain(`cluster-id: ${name}`);
    expect(config).toContain("numberOfTaskSlots: '4'");
    expect(config).toContain('interval: 30000 ms');
    for (const part of ['CREATE TABLE src (id BIGINT)', 'INSERT INTO snk SELECT id FROM src'])
      expect(config).toContain(part);
    const polled = await callHandler(bed.getJobInstance, { query: `id=${String(data?.['id'])}` });
    expect(polled.data).toMatchObject({ appId: name, jid: jobId, finishTime: null });
  });

  it('refuses a second cluster under the same name, which proves nothing of the first', async () => {
    const signal = new AbortController().signal;
    const session = await sqlGateway().open(gateway.url, {}, signal);
    const options = {
      'execution.target': TYPE,
      'kubernetes.cluster-id': 'warm-up',
      'kubernetes.config.file': join(gateway.dir, 'kubeconfig'),
      'jobmanager.memory.process.size': '1g',
    };
    const second = session.deploy(INSERT_SQL, options, signal);
    await expect(second).rejects.toMatchObject({
      code: 'flink.failed',
      message: 'The Flink cluster warm-up already exists.',
    });
    await session.close(signal);
  });

  it.each([
    [403, 'Forbidden'],
    [422, 'Invalid'],
  ])('has failed at once when Kubernetes refuses the deployment with %i', async (code, reason) => {
    await bed.putTask(aTask({ id: code, type: TYPE, clusterConfigurationId: 5 }));
    const before = api.objects.size;
    api.refusal = { code, reason };
    const { msg, data } = await callHandler(bed.submit, { query: `id=${code}` });
    expect(msg).toContain(`Kubernetes refused to create the cluster: the double of the API says ${reason}`);
    expect(data).toMatchObject({ status: 'FAILED', success: false });
    expect(api.objects.size).toBe(before);
  });

  it.each([
    [7, 'kubernetes.jobmanager.labels', 'no pair'],
    [8, 'kubernetes.jobmanager.cpu.amount', 'many'],
    [9, 'taskmanager.memory.process.size', 'big'],
  ])('has failed at once when task %i sets %s to "%s"', async (id, name, value) => {
    const configJson = { customConfig: { [name]: value }, udfRefer: {} };
    await bed.putTask(aTask({ id, type: TYPE, clusterConfigurationId: 5, configJson }));
    const before = api.posts.length;
    const { msg, data } = await callHandler(bed.submit, { query: `id=${id}` });
    expect(msg).toContain(`Could not parse value '${value}' for key '${name}'`);
    expect(data).toMatchObject({ status: 'FAILED', success: false });
    expect(api.posts.length).toBe(before);
  });

  it('waits when Kubernetes fails without saying what it has done', async () => {
    await bed.putTask(aTask({ id: 500, type: TYPE, clusterConfigurationId: 5 }));
    api.refusal = { code: 409, reason: 'AlreadyExists' };
    const { data } = await callHandler(bed.submit, { query: 'id=500' });
    expect(data).toMatchObject({ status: 'INITIALIZE', success: true });
  });

  it('has failed at once when the memory of the JobManager is not said', async () => {
    await bed.putClusterConfiguration(aClusterConfiguration({ id: 6, configJson: {} }));
    await bed.putTask(aTask({ id: 6, type: TYPE, clusterConfigurationId: 6 }));
    const { msg, data } = await callHandler(bed.submit, { query: 'id=6' });
    expect(msg).toMatch(/jobmanager\.memory\.process\.size/);
    expect(data).toMatchObject({ status: 'FAILED' });
  });
});
