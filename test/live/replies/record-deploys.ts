/**
 * Has a real SQL gateway start clusters that can't be, and keeps what it answers with what Kubernetes was asked for:
 *
 *   npx tsx test/live/replies/record-deploys.ts 2.3.0
 *
 * writes test/vectors/deploy-replies/2.3.0.jsonl.br. The cases are in deploy-cases.ts. Of YARN there is no double: its
 * client finds nobody who answers.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { ROOT } from '../../../local/paths.ts';
import { type KubernetesApi, startKubernetesApi } from '../../fakes/kubernetes-api.ts';
import { type DeployingGateway, type DeployingTo, startDeployingGateway } from '../kubernetes-gateway.ts';
import { type DeployCase, KUBERNETES_CASES, PLAIN_CASES, type RecordedDeploy, YARN_CASES } from './deploy-cases.ts';
import { GatewayClient } from './gateway-client.ts';

const SCRIPT = "CREATE TABLE t (a INT) WITH ('connector' = 'blackhole');\nINSERT INTO t VALUES (1);\n";
const DEAD = 'http://127.0.0.1:1';
const MEMORY = { 'jobmanager.memory.process.size': '1g' };
/** Flink's client would look for YARN for a quarter of an hour. */
const IMPATIENT = {
  'flink.yarn.resourcemanager.connect.max-wait.ms': '500',
  'flink.yarn.resourcemanager.connect.retry-interval.ms': '100',
  'flink.hadoop.ipc.client.connect.max.retries': '1',
  'flink.hadoop.ipc.client.connect.retry.interval': '100',
};
const TARGET: Readonly<Record<RecordedDeploy['to'], string>> = {
  kubernetes: 'kubernetes-application',
  yarn: 'yarn-application',
  none: 'kubernetes-application',
};
const CASES = { kubernetes: KUBERNETES_CASES, yarn: YARN_CASES, none: PLAIN_CASES };

const kubeconfig = (server: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'etl' } }],
  });

interface World {
  readonly to: RecordedDeploy['to'];
  readonly gateway: Pick<DeployingGateway, 'url' | 'dir'>;
  readonly api: KubernetesApi;
}

let made = 0;

function optionsOf({ to, gateway }: World, one: DeployCase): Record<string, string> {
  made += 1;
  const options: Record<string, string> = {
    'execution.target': TARGET[to],
    'kubernetes.cluster-id': `dinghy-${made}-abcdef01`,
    'kubernetes.config.file': join(gateway.dir, 'kubeconfig'),
    ...MEMORY,
    ...(to === 'yarn' ? IMPATIENT : {}),
    ...one.options,
  };
  const file = options['kubernetes.config.file'];
  return file === 'unreachable' ? { ...options, 'kubernetes.config.file': join(gateway.dir, 'dead') } : options;
}

/** Null: it did not fail. */
async function answerTo(world: World, one: DeployCase): Promise<RecordedDeploy | null> {
  const { gateway, api, to } = world;
  const client = new GatewayClient(gateway.url);
  const session = await client.open();
  const url = `${gateway.url}/v4/sessions/${one.sessionHandle ?? session}/scripts`;
  const executionConfig = optionsOf(world, one);
  const body = JSON.stringify({ ...(one.body ?? { script: SCRIPT }), executionConfig });
  if (one.twice === true) await fetch(url, { method: 'POST', body });
  const before = api.posts.length;
  api.fault = one.fault ?? null;
  const startedAt = Date.now();
  const reply = await fetch(url, { method: 'POST', body });
  const text = await reply.text();
  const tookMs = Date.now() - startedAt;
  api.fault = null;
  await client.close(session);
  console.error(`${to} ${one.kind} ${one.name}: ${reply.status} in ${tookMs} ms`);
  if (reply.status === 200) return null;
  const { kind, name } = one;
  return { kind, to, name, status: reply.status, body: text, tookMs, posts: api.posts.slice(before) };
}

async function record(version: string, to: DeployingTo, only: string): Promise<RecordedDeploy[]> {
  const gateway = await startDeployingGateway(version, to);
  const api = await startKubernetesApi();
  writeFileSync(join(gateway.dir, 'kubeconfig'), kubeconfig(api.url));
  writeFileSync(join(gateway.dir, 'dead'), kubeconfig(DEAD));
  const replies: RecordedDeploy[] = [];
  try {
    for (const one of CASES[to].filter(({ kind, name }) => `${kind} ${name}`.includes(only))) {
      const reply = await answerTo({ to, gateway, api }, one);
      if (reply !== null) replies.push(reply);
    }
  } finally {
    await gateway.stop();
    await api.stop();
  }
  return replies;
}

async function main(version: string, only: string): Promise<void> {
  const replies = [...(await record(version, 'kubernetes', only)), ...(await record(version, 'yarn', only))];
  const dir = join(ROOT, 'test', 'vectors', 'deploy-replies');
  mkdirSync(dir, { recursive: true });
  const text = replies.map((reply) => `${JSON.stringify(reply)}\n`).join('');
  const params = { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS };
  writeFileSync(join(dir, `${version}.jsonl.br`), brotliCompressSync(text, { params }));
}

main(process.argv[2] ?? '', process.argv[3] ?? '').catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
