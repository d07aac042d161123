/** What a client of Dinky reads of the cluster of a run: as it was configured, without what nobody may see. */
import { describe, expect, it } from 'vitest';
import type { ClusterConfiguration } from '../../../lib/domain/definition/definitions.ts';
import { toGatewayConfig, withIds } from '../../../lib/domain/plan/gateway-config.ts';
import { MASK } from '../../../lib/domain/secrets/text-spans.ts';
import { aTask } from '../../fakes/memory-definitions.ts';

const read = (configJson: ClusterConfiguration['configJson'], type = 'kubernetes-application') =>
  toGatewayConfig({ task: aTask({ type }), configJson, configuration: { 'a.b': 'c' }, savePointPath: 's3://sp' });

describe("the gateway's configuration in an answer", () => {
  it('has every field that Dinky has, also where nothing is configured', () => {
    expect(read({})).toEqual({
      taskId: 1,
      jarPaths: [],
      type: 'KUBERNETES_APPLICATION',
      clusterConfig: {
        ...{ flinkConfigPath: null, flinkLibPath: null, hadoopConfigPath: null, appId: null },
        ...{ hadoopConfigMap: {}, hadoopConfigList: [] },
      },
      flinkConfig: {
        ...{ jobName: 'demo', jobId: null, flinkVersion: null, action: null, savePointType: null },
        ...{ savePoint: 's3://sp', configuration: { 'a.b': 'c' }, flinkConfigList: [] },
      },
      appConfig: { userJarPath: null, userJarParas: [], userJarMainAppClass: null },
      kubernetesConfig: {
        ...{ configuration: {}, dockerConfig: {}, podTemplate: null, jmPodTemplate: null, tmPodTemplate: null },
        kubeConfig: null,
      },
    });
    expect(read({}, 'yarn-per-job').type).toBe('YARN_PER_JOB');
  });

  it('shows what is configured, and masks values of sensitive names', () => {
    const hadoop = { 'fs.s3a.secret.key': 'hunter2', 'fs.defaultFS': 'hdfs://n1' };
    const shown = { 'fs.s3a.secret.key': MASK, 'fs.defaultFS': 'hdfs://n1' };
    const asList = (map: object) => Object.entries(map).map(([name, value]) => ({ name, value: value as string }));
    const config = read({
      clusterConfig: {
        ...{ flinkConfigPath: '/opt/conf', flinkLibPath: 'hdfs:///lib', hadoopConfigPath: '/etc/hadoop' },
        ...{ hadoopConfigMap: hadoop, hadoopConfigList: asList(hadoop) },
      },
      flinkConfig: {
        flinkVersion: '1.20',
        flinkConfigList: [{ name: 'a', value: 'b' }],
        configuration: { not: 'this' },
      },
      appConfig: { userJarPath: 's3://j/a.jar', userJarMainAppClass: 'a.B', userJarParas: ['--password', 'hunter2'] },
      kubernetesConfig: {
        ...{ configuration: { 'kubernetes.namespace': 'etl', 'x.token': 'hunter2', replicas: 2 } },
        ...{ podTemplate: 'a', jmPodTemplate: 'b', tmPodTemplate: 'c', kubeConfig: 'users: [hunter2]' },
      },
    });
    expect(config.clusterConfig).toEqual({
      ...{ flinkConfigPath: '/opt/conf', flinkLibPath: 'hdfs:///lib', hadoopConfigPath: '/etc/hadoop', appId: null },
      ...{ hadoopConfigMap: shown, hadoopConfigList: asList(shown) },
    });
    expect(config.flinkConfig).toMatchObject({
      ...{ flinkVersion: '1.20', flinkConfigList: [{ name: 'a', value: 'b' }], configuration: { 'a.b': 'c' } },
    });
    expect(config.appConfig).toEqual({ userJarPath: 's3://j/a.jar', userJarParas: [], userJarMainAppClass: 'a.B' });
    expect(config.kubernetesConfig).toEqual({
      configuration: { 'kubernetes.namespace': 'etl', 'x.token': MASK, replicas: '2' },
      ...{ dockerConfig: {}, podTemplate: 'a', jmPodTemplate: 'b', tmPodTemplate: 'c', kubeConfig: MASK },
    });
    expect(JSON.stringify(config)).not.toContain('hunter2');
  });

  const STRANGE: readonly unknown[] = [
    ...[null, '', 'text', 7, true, [], {}],
    ...[[null], ['text'], [7], [[]], [{}], [{ name: 7, value: 'x' }]],
  ];

  it.each(STRANGE.map((value) => [value]))('takes %j, where something else belongs, for nothing', (value: unknown) => {
    const sections = { hadoopConfigList: value, hadoopConfigMap: value };
    const { hadoopConfigList, hadoopConfigMap } = read({ clusterConfig: sections }).clusterConfig;
    expect([hadoopConfigList, hadoopConfigMap]).toEqual([[], {}]);
    const text = typeof value === 'string' && value !== '' ? value : null;
    expect(read({ appConfig: { userJarPath: value } }).appConfig['userJarPath']).toBe(text);
  });

  it('keeps the rest of a list in which something is wrong, and names that are names of Object', () => {
    const hadoopConfigList = [null, { name: '__proto__', value: 'a' }, { name: 'n', value: 2 }, { name: 'x.password' }];
    expect(read({ clusterConfig: { hadoopConfigList } }).clusterConfig['hadoopConfigList']).toEqual([
      { name: '__proto__', value: 'a' },
      { name: 'n', value: '2' },
      { name: 'x.password', value: MASK },
    ]);
  });

  it('gets the ids once they are known', () => {
    const config = read({ clusterConfig: { flinkLibPath: 'x' } });
    const { clusterConfig, flinkConfig, ...others } = withIds(config, { appId: 'app-1', jobId: 'f'.repeat(32) });
    expect(clusterConfig).toEqual({ ...config.clusterConfig, appId: 'app-1' });
    expect(flinkConfig).toEqual({ ...config.flinkConfig, jobId: 'f'.repeat(32) });
    expect({ ...others, clusterConfig: config.clusterConfig, flinkConfig: config.flinkConfig }).toEqual(config);
  });
});
