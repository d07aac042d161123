import { describe, expect, it } from 'vitest';
import { readDeployConfig } from '../../../lib/domain/options/cluster-configuration.ts';

const K8S = 'kubernetes-application';
const YARN = 'yarn-application';

describe('a cluster configuration as Dinky has it', () => {
  it('becomes the options of Kubernetes', () => {
    const { options, problems } = readDeployConfig(K8S, {
      clusterConfig: { flinkConfigPath: '/opt/flink/conf' },
      kubernetesConfig: {
        configuration: {
          'kubernetes.namespace': 'flink',
          'kubernetes.container.image': 'shop/flink-sql:2.3.0',
          'kubernetes.container.image.pull-policy': 'Always',
        },
        podTemplate: '/opt/flink/conf/pod.yaml',
        jmPodTemplate: '/opt/flink/conf/jm.yaml',
        tmPodTemplate: '/opt/flink/conf/tm.yaml',
        kubeConfig: '/home/flink/.kube/config',
        dockerConfig: {},
        ingressConfig: { 'kubernetes.ingress.enabled': 'false' },
      },
      flinkConfig: {
        flinkVersion: '2.3',
        configuration: { 'jobmanager.memory.process.size': '1g' },
        flinkConfigList: [{ name: 'taskmanager.numberOfTaskSlots', value: '4' }],
      },
      appConfig: { userJarPath: 'local:///opt/flink/dinky-app.jar', userJarParas: [], userJarMainAppClass: '' },
    });
    expect(problems).toEqual([]);
    expect(options).toEqual({
      'kubernetes.namespace': 'flink',
      'kubernetes.container.image.ref': 'shop/flink-sql:2.3.0',
      'kubernetes.container.image.pull-policy': 'Always',
      'kubernetes.pod-template-file.default': '/opt/flink/conf/pod.yaml',
      'kubernetes.pod-template-file.jobmanager': '/opt/flink/conf/jm.yaml',
      'kubernetes.pod-template-file.taskmanager': '/opt/flink/conf/tm.yaml',
      'kubernetes.config.file': '/home/flink/.kube/config',
      'jobmanager.memory.process.size': '1g',
      'taskmanager.numberOfTaskSlots': '4',
    });
  });

  it('becomes the options of YARN', () => {
    const { options, problems } = readDeployConfig(YARN, {
      clusterConfig: {
        flinkConfigPath: '/opt/flink/conf',
        flinkLibPath: 'hdfs:///flink/lib',
        hadoopConfigPath: '/etc/hadoop/conf',
        hadoopConfigMap: { 'dfs.replication': 2 },
        hadoopConfigList: [{ name: 'yarn.resourcemanager.hostname', value: 'rm1' }],
        appId: null,
      },
      flinkConfig: { flinkConfigList: [{ name: 'yarn.application.queue', value: 'etl' }] },
    });
    expect(problems).toEqual([]);
    expect(options).toEqual({
      'yarn.provided.lib.dirs': 'hdfs:///flink/lib',
      'flink.hadoop.dfs.replication': '2',
      'flink.hadoop.yarn.resourcemanager.hostname': 'rm1',
      'yarn.application.queue': 'etl',
    });
  });

  it("takes Hadoop's files from a path where Flink still has an option for it", () => {
    const { options } = readDeployConfig('yarn-per-job', { clusterConfig: { hadoopConfigPath: '/etc/hadoop/conf' } });
    expect(options).toEqual({ 'fs.hdfs.hadoopconf': '/etc/hadoop/conf' });
  });

  it('lets flinkConfigList win over configuration, and both over kubernetesConfig, whatever their order', () => {
    const { options } = readDeployConfig(K8S, {
      flinkConfig: {
        flinkConfigList: [{ name: 'a', value: 'list' }],
        configuration: { a: 'map', b: 'map' },
      },
      kubernetesConfig: { configuration: { a: 'k8s', b: 'k8s', c: 'k8s' } },
    });
    expect(options).toEqual({ a: 'list', b: 'map', c: 'k8s' });
  });

  it('says what has no effect, and why', () => {
    const { unused } = readDeployConfig(K8S, {
      clusterConfig: { flinkConfigPath: '/opt/conf', flinkLibPath: '/opt/lib', hadoopConfigPath: '/etc/hadoop' },
      flinkConfig: { flinkVersion: '1.20', jobName: 'x' },
      appConfig: { userJarPath: 'local:///dinky.jar' },
    });
    expect(unused.map((text) => text.split(' ')[0])).toEqual([
      'clusterConfig.flinkConfigPath',
      'clusterConfig.flinkLibPath',
      'clusterConfig.hadoopConfigPath',
      'flinkConfig.flinkVersion',
      'flinkConfig.jobName',
      'appConfig.userJarPath',
    ]);
    expect(unused[2]).toContain('HADOOP_CONF_DIR');
  });

  it('says so of an ingress that is asked for by no setting, and of libraries on Kubernetes', () => {
    const { unused } = readDeployConfig(K8S, {
      clusterConfig: { flinkLibPath: '/opt/lib' },
      kubernetesConfig: { ingressConfig: { 'kubernetes.ingress.enabled': false, other: 'false' } },
    });
    expect(unused).toEqual([
      "clusterConfig.flinkLibPath is not used: on Kubernetes the image contains Flink's libraries.",
      'kubernetesConfig.ingressConfig is not used: it asks for no ingress.',
    ]);
  });

  it('takes numbers and truth values for the text of options', () => {
    const configuration = { a: 1, b: true, c: 'x', d: '' } as unknown as Record<string, string>;
    expect(readDeployConfig(YARN, { flinkConfig: { configuration } }).options).toEqual({
      ...{ a: '1', b: 'true', c: 'x', d: '' },
    });
  });

  it('says nothing of fields that are empty', () => {
    const empty = { flinkConfigPath: '', flinkLibPath: null, hadoopConfigList: [], appId: '' };
    expect(readDeployConfig(YARN, { clusterConfig: empty, kubernetesConfig: {} })).toEqual({
      options: {},
      problems: [],
      unused: [],
    });
  });
});

describe('what a gateway can not be given', () => {
  const refused = (type: string, configJson: Parameters<typeof readDeployConfig>[1]): readonly string[] => {
    const { options, problems } = readDeployConfig(type, configJson);
    expect(options).toEqual({});
    return problems;
  };

  it.each([
    ['podTemplate', 'apiVersion: v1\nkind: Pod'],
    ['jmPodTemplate', 'spec: {}'],
    ['tmPodTemplate', '{"kind":"Pod"}'],
    ['kubeConfig', 'apiVersion: v1\nusers: []'],
  ])('the text of kubernetesConfig.%s, only its path on the gateway', (field, text) => {
    const [problem] = refused(K8S, { kubernetesConfig: { [field]: text } });
    expect(problem).toMatch(
      new RegExp(`^kubernetesConfig\\.${field} can't be used: .*path of a file on its own machine`),
    );
    expect(problem).not.toContain(text);
  });

  it.each([
    [{ clusterConfig: { appId: 'application_1_2' } }, 'clusterConfig.appId'],
    [{ clusterConfig: { yarnConfigPath: '/x' } }, 'clusterConfig.yarnConfigPath'],
    [{ clusterConfig: { hadoopConfigList: [{ key: 'a', value: 'b' }] } }, 'clusterConfig.hadoopConfigList'],
    [{ flinkConfig: { savePoint: 's3://x' } }, 'flinkConfig.savePoint'],
    [{ flinkConfig: { jobId: 'ab' } }, 'flinkConfig.jobId'],
    [{ kubernetesConfig: { dockerConfig: { image: 'x' } } }, 'kubernetesConfig.dockerConfig'],
    [
      { kubernetesConfig: { ingressConfig: { 'kubernetes.ingress.enabled': 'true' } } },
      'kubernetesConfig.ingressConfig',
    ],
    [{ appConfig: { other: 'x' } }, 'appConfig.other'],
  ])('%j, by name', (configJson, field) => {
    expect(refused(K8S, configJson)[0]).toMatch(new RegExp(`^${field.replaceAll('.', '\\.')} can't be used: `));
  });

  it.each<[string, unknown]>([
    ['a text', 'a: b'],
    ['a number', 7],
    ['a map of maps', { a: { b: 'c' }, d: 'e' }],
    ['a value that is null', { a: null, b: 'c' }],
    ['a list of texts', ['a: b']],
    ['a name that is empty', [{ name: '', value: 'x' }]],
    ['a name that is a number', [{ name: 1, value: 'x' }]],
    ['one of a list', [{ name: 'a', value: 'x' }, { name: 'b' }]],
  ])('options that are %s', (_what, configuration) => {
    expect(refused(K8S, { flinkConfig: { configuration: configuration as Record<string, string> } })).toEqual([
      "flinkConfig.configuration can't be used: it must be a map of names to text, or a list of {name, value}.",
    ]);
  });

  it.each<[string, unknown, RegExp]>([
    ['podTemplate', { kind: 'Pod' }, /only the path of a file on its own machine/],
    ['podTemplate', 7, /only the path of a file on its own machine/],
    ['ingressConfig', { enabled: 'false', host: 'x' }, /Dinghy does not create an ingress; create one, and set its/],
  ])('kubernetesConfig.%s as %j', (field, value, why) => {
    expect(refused(K8S, { kubernetesConfig: { [field]: value } })).toEqual([expect.stringMatching(why)]);
  });

  it('a path of libraries that is no text', () => {
    expect(refused(YARN, { clusterConfig: { flinkLibPath: 7 } })).toEqual([
      "clusterConfig.flinkLibPath can't be used: it must be text.",
    ]);
  });

  it.each([
    [63, true],
    [64, false],
  ])('a namespace of %i characters: %s', (length, fits) => {
    const configuration = { 'kubernetes.namespace': 'n'.repeat(length) };
    const { problems } = readDeployConfig(K8S, { kubernetesConfig: { configuration } });
    expect(problems).toEqual(fits ? [] : [expect.stringMatching(/^kubernetes\.namespace "n+…?" has 64 characters/)]);
  });

  it('fields of Kubernetes for YARN', () => {
    expect(refused(YARN, { kubernetesConfig: { podTemplate: '/pod.yaml' } })).toEqual([
      "kubernetesConfig.podTemplate can't be used: this cluster configuration is for YARN.",
    ]);
  });

  it.each([
    ['execution.target', 'yarn-session'],
    ['kubernetes.cluster-id', 'mine'],
    ['yarn.application.id', 'application_1_2'],
    ['$internal.pipeline.job-id', 'ab'],
    ['execution.state-recovery.path', 's3://x'],
    ['execution.savepoint.path', 's3://x'],
  ])('the option %s, which Dinghy fixes', (name, value) => {
    const { problems } = readDeployConfig(K8S, { flinkConfig: { flinkConfigList: [{ name, value }] } });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`"${name}"`);
  });
});
