/** Scripts that a gateway can't have run in a cluster of their own, for as many reasons as there are. */
import type { Fault } from '../../fakes/kubernetes-api.ts';

export interface DeployCase {
  readonly kind: DeployFailureKind;
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  /** Instead of a script that is well. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** The session is another one. */
  readonly sessionHandle?: string;
  readonly fault?: (method: string, path: string) => Fault | null;
  /** The cluster is there already. */
  readonly twice?: boolean;
}

type DeployFailureKind =
  /** Found by Flink's client before it asks anybody. */
  | 'request'
  | 'option'
  /** Somebody was asked, but for nothing yet that makes a cluster. */
  | 'look'
  /** Something that makes a cluster was asked for, or may have been. */
  | 'made';

/** What the gateway answered, and what the other side says became of it. */
export interface RecordedDeploy {
  readonly kind: DeployFailureKind;
  readonly to: 'kubernetes' | 'yarn' | 'none';
  readonly name: string;
  readonly status: number;
  readonly body: string;
  readonly tookMs: number;
  /** Paths of all POSTs that Kubernetes was sent. */
  readonly posts: readonly string[];
}

/** A name that looks like the trace of a refusal. */
const LIKE_A_REFUSAL = `x
\tat org.apache.flink.kubernetes.KubernetesClusterClientFactory.getClusterSpecification(KubernetesClusterClientFactory.java:74)
\tat org.apache.flink.client.deployment.application.cli.ApplicationClusterDeployer.run(ApplicationClusterDeployer.java:67)
\tat org.apache.flink.table.gateway.service.SqlGatewayServiceImpl.deployScript(SqlGatewayServiceImpl.java:376)
\t... 40 more
Caused by: java.lang.IllegalArgumentException: y`;

const NUMBER = 'many';
const SIZE = 'big';
const ENUM = 'NOSUCH';
const BOOLEAN = 'perhaps';

/** Read by both clients, or by neither before the JobManager. */
const COMMON: readonly (readonly [string, string])[] = [
  ['jobmanager.memory.process.size', SIZE],
  ['jobmanager.memory.process.size', '1b'],
  ['jobmanager.memory.process.size', '-1'],
  ['jobmanager.memory.heap.size', '900g'],
  ['jobmanager.memory.heap.size', '1k'],
  ['jobmanager.memory.flink.size', '1 pound'],
  ['jobmanager.memory.off-heap.size', SIZE],
  ['jobmanager.memory.off-heap.size', '10g'],
  ['jobmanager.memory.jvm-metaspace.size', SIZE],
  ['jobmanager.memory.jvm-overhead.fraction', '7'],
  ['jobmanager.memory.jvm-overhead.max', '1k'],
  ['taskmanager.memory.process.size', SIZE],
  ['taskmanager.memory.process.size', '1b'],
  ['taskmanager.memory.flink.size', '900g'],
  ['taskmanager.memory.network.fraction', '2'],
  ['taskmanager.memory.managed.fraction', 'half'],
  ['taskmanager.memory.managed.size', '100g'],
  ['taskmanager.memory.jvm-overhead.min', SIZE],
  ['taskmanager.numberOfTaskSlots', NUMBER],
  ['parallelism.default', NUMBER],
  ['rest.port', 'no port'],
  ['rest.bind-port', 'no port'],
  ['rest.retry.max-attempts', NUMBER],
  ['blob.server.port', 'no port'],
  ['jobmanager.rpc.port', 'no port'],
  ['taskmanager.rpc.port', 'no port'],
  ['high-availability.type', 'nosuch'],
  ['high-availability.type', 'kubernetes'],
  ['high-availability.type', 'zookeeper'],
  ['security.kerberos.login.keytab', '/nowhere'],
  ['security.ssl.rest.enabled', BOOLEAN],
  ['execution.attached', BOOLEAN],
  ['execution.shutdown-on-attached-exit', BOOLEAN],
  ['execution.target', ''],
  ['execution.target', 'nosuch'],
  ['execution.target', 'remote'],
  ['execution.target', 'local'],
  ['execution.target', 'kubernetes-session'],
  ['execution.target', 'yarn-session'],
  ['execution.target', 'yarn-application'],
  ['execution.target', 'kubernetes-application'],
  ['pipeline.jars', 'nosuch.jar'],
  ['pipeline.jars', '/nowhere/a.jar;/nowhere/b.jar'],
  ['pipeline.jars', 'http://no such host/a.jar'],
  ['pipeline.classpaths', ':::'],
  ['env.log.dir', '\u0000'],
  ['cluster.io-pool.size', NUMBER],
  ['state.checkpoints.num-retained', NUMBER],
  ['$internal.deployment.config-dir', '/nowhere'],
];

const KUBERNETES: readonly (readonly [string, string])[] = [
  ['kubernetes.rest-service.exposed.type', ENUM],
  ['kubernetes.rest-service.annotations', 'no pair'],
  ['kubernetes.rest-service.exposed.node-port-address-type', ENUM],
  ['kubernetes.jobmanager.cpu.amount', NUMBER],
  ['kubernetes.jobmanager.cpu.amount', '-1'],
  ['kubernetes.jobmanager.cpu.limit-factor', '0'],
  ['kubernetes.jobmanager.memory.limit-factor', '0.1'],
  ['kubernetes.jobmanager.memory.limit-factor', NUMBER],
  ['kubernetes.jobmanager.replicas', '0'],
  ['kubernetes.jobmanager.replicas', '2'],
  ['kubernetes.jobmanager.replicas', NUMBER],
  ['kubernetes.jobmanager.labels', 'no pair'],
  ['kubernetes.jobmanager.annotations', 'no pair'],
  ['kubernetes.jobmanager.node-selector', 'no pair'],
  ['kubernetes.jobmanager.tolerations', 'no pair'],
  ['kubernetes.jobmanager.owner.reference', 'no pair'],
  ['kubernetes.jobmanager.owner.reference', 'kind:Pod'],
  ['kubernetes.jobmanager.entrypoint.args', "'"],
  ['kubernetes.taskmanager.cpu.amount', NUMBER],
  ['kubernetes.env.secretKeyRef', 'no pair'],
  ['kubernetes.env.secretKeyRef', 'env:A'],
  ['kubernetes.secrets', 'no pair'],
  ['kubernetes.hostnetwork.enabled', BOOLEAN],
  ['kubernetes.container.image.pull-policy', ENUM],
  ['kubernetes.container.image.pull-secrets', ';;'],
  ['kubernetes.pod-template-file.default', '/nowhere/pod.yaml'],
  ['kubernetes.pod-template-file.default', '/etc/hostname'],
  ['kubernetes.pod-template-file.jobmanager', '/nowhere/pod.yaml'],
  ['kubernetes.config.file', '/nowhere/config'],
  ['kubernetes.config.file', '/etc/passwd'],
  ['kubernetes.context', 'nosuch'],
  ['kubernetes.cluster-id', ''],
  ['kubernetes.cluster-id', 'x'.repeat(60)],
  ['kubernetes.cluster-id', 'Not_a_label'],
  ['kubernetes.namespace', 'Not a namespace'],
  ['kubernetes.hadoop.conf.config-map.name', ''],
  ['kubernetes.client.io-pool.size', NUMBER],
  ['kubernetes.client.io-pool.size', '0'],
  ['kubernetes.transactional-operation.max-retries', NUMBER],
  ['kubernetes.decorator.hadoop-conf-mount.enabled', BOOLEAN],
  ['kubernetes.decorator.kerberos-mount.enabled', BOOLEAN],
  ['kubernetes.artifacts.local-upload-enabled', BOOLEAN],
  ['kubernetes.artifacts.local-upload-enabled', 'true'],
  ['kubernetes.artifacts.local-upload-target', 'nosuch://x'],
  ['user.artifacts.artifact-list', 'local:///nowhere/x'],
  ['kubernetes.flink.conf.dir', ''],
  ['kubernetes.entry.path', ''],
  ['blob.server.port', '0'],
  ['taskmanager.rpc.port', '0'],
  ['rest.port', '0'],
  ['rest.port', '99999'],
];

const YARN: readonly (readonly [string, string])[] = [
  ['yarn.application-attempts', NUMBER],
  ['yarn.application.priority', NUMBER],
  ['yarn.application.queue', 'nosuch'],
  ['yarn.appmaster.vcores', NUMBER],
  ['yarn.containers.vcores', NUMBER],
  ['yarn.file-replication', NUMBER],
  ['yarn.flink-dist-jar', '/nowhere/flink-dist.jar'],
  ['yarn.flink-dist-jar', ':::'],
  ['yarn.ship-files', '/nowhere'],
  ['yarn.ship-archives', '/nowhere'],
  ['yarn.provided.lib.dirs', '/nowhere'],
  ['yarn.provided.usrlib.dir', '/nowhere'],
  ['yarn.classpath.include-user-jar', ENUM],
  ['yarn.properties-file.location', '/nowhere'],
  ['yarn.security.kerberos.ship-local-keytab', BOOLEAN],
  ['yarn.staging-directory', 'nosuch://x'],
  ['yarn.application.name', LIKE_A_REFUSAL],
];

const named = ([key, value]: readonly [string, string], n: number): Pick<DeployCase, 'name' | 'options'> => ({
  name: `${key} ${n}`,
  options: { [key]: value },
});

const REQUESTS: readonly DeployCase[] = [
  { kind: 'request', name: 'no script', options: {}, body: {} },
  { kind: 'request', name: 'a script that is none', options: {}, body: { script: { a: 1 } } },
  {
    kind: 'request',
    name: 'script and place',
    options: {},
    body: { script: 'SELECT 1;', scriptUri: 'file:///nowhere' },
  },
  { kind: 'request', name: 'a place that is none', options: {}, body: { scriptUri: 'nosuch://x y' } },
  { kind: 'request', name: 'no such session', options: {}, sessionHandle: '00000000-0000-0000-0000-000000000000' },
  { kind: 'request', name: 'no session', options: {}, sessionHandle: 'none' },
];

const at = (method: string, part: string, fault: Fault): NonNullable<DeployCase['fault']> => {
  return (m, path) => (m === method && path.includes(part) ? fault : null);
};
const said = (code: number, reason: string): Fault => ({ code, reason });

const LOOKS: readonly DeployCase[] = [401, 403, 404, 400, 422].flatMap((code) =>
  code === 404
    ? []
    : [{ kind: 'look', name: `a look is refused ${code}`, options: {}, fault: at('GET', '/', said(code, 'No')) }],
);

const PARTS = ['/deployments', '/services', '/configmaps'];
const CODES = [400, 401, 403, 404, 405, 409, 410, 413, 422];

const MADE: readonly DeployCase[] = [
  ...PARTS.flatMap((part) =>
    CODES.map((code): DeployCase => ({
      kind: 'made',
      name: `POST ${part} ${code}`,
      options: {},
      fault: at('POST', part, said(code, 'No')),
    })),
  ),
  ...PARTS.map((part): DeployCase => ({
    kind: 'made',
    name: `a misleading reason ${part}`,
    options: {},
    fault: at('POST', part, said(409, LIKE_A_REFUSAL)),
  })),
  { kind: 'made', name: 'twice', options: {}, twice: true },
];

/** Flink's client for Kubernetes repeats these for longer than anybody waits, unless its machine says otherwise. */
const SLOW: readonly DeployCase[] = [
  { kind: 'look', name: 'nobody answers', options: { 'kubernetes.config.file': 'unreachable' } },
  { kind: 'look', name: 'a look is lost', options: {}, fault: at('GET', '/', 'lost') },
  { kind: 'look', name: 'a look is refused 500', options: {}, fault: at('GET', '/', said(500, 'No')) },
  ...PARTS.flatMap((part): DeployCase[] => [
    { kind: 'made', name: `POST ${part} lost`, options: {}, fault: at('POST', part, 'lost') },
    { kind: 'made', name: `POST ${part} lostAfter`, options: {}, fault: at('POST', part, 'lostAfter') },
    { kind: 'made', name: `POST ${part} 500`, options: {}, fault: at('POST', part, said(500, 'No')) },
    { kind: 'made', name: `POST ${part} 503`, options: {}, fault: at('POST', part, said(503, 'No')) },
  ]),
];

const options = (list: readonly (readonly [string, string])[]): DeployCase[] =>
  list.map((entry, n) => ({ kind: 'option', ...named(entry, n) }));

export const KUBERNETES_CASES: readonly DeployCase[] = [
  ...REQUESTS,
  ...options([...COMMON, ...KUBERNETES]),
  ...LOOKS,
  ...MADE,
  ...SLOW,
];
export const YARN_CASES: readonly DeployCase[] = [
  ...REQUESTS,
  ...options([...COMMON, ...YARN]),
  { kind: 'look', name: 'nobody answers', options: {} },
];
/** A gateway without any of the two. */
export const PLAIN_CASES: readonly DeployCase[] = [...REQUESTS, ...options(COMMON)];
