/**
 * A script on its way to a gateway: the whole request by value, and what each answer proves. The texts of the errors are
 * those of real gateways, 2.3.0 and 1.20.3, shortened: without Kubernetes and YARN, and with a double of Kubernetes' API.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { sqlGateway } from '../../../lib/adapters/flink/sql-gateway.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import { type GatewayDouble, SESSION, startGatewayDouble } from '../../fakes/gateway-double.ts';
import { deployReply } from './deploy-vectors.ts';

const signal = new AbortController().signal;
const SCRIPT = "CREATE TABLE t (a INT) WITH ('connector' = 'blackhole');\nINSERT INTO t VALUES (1);\n";
let double: GatewayDouble;

afterEach(async () => {
  await double.stop();
});

async function deploy(prefix = '', options: Record<string, string> = {}): Promise<string> {
  double = await startGatewayDouble(prefix);
  return await deployTo(double.url, options);
}

async function deployTo(url: string, options: Record<string, string> = {}): Promise<string> {
  const session = await sqlGateway().open(url, { 'pipeline.name': 'p' }, signal);
  return await session.deploy(SCRIPT, options, signal);
}

const trace = (...causes: string[]): string =>
  causes.map((cause, i) => `${i === 0 ? '' : 'Caused by: '}${cause}\n\tat org.apache.flink.a.B.c(B.java:1)`).join('\n');
const unhandled = (...causes: string[]) => ({
  errors: [
    'Internal server error.',
    `<Exception on server side:\n${trace(...causes)}\n\nEnd of exception on server side>`,
  ],
});
const FAILED = 'org.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed to deploy script to cluster.';

async function failure(status: number, body: unknown): Promise<AppError> {
  double = await startGatewayDouble();
  double.reply = { status, body };
  const error: unknown = await deployTo(double.url).catch((thrown: unknown) => thrown);
  if (error instanceof AppError) return error;
  throw new Error(`no AppError: ${String(error)}`);
}

describe('a script', () => {
  it.each(['', '/flink/gateway'])('goes to the scripts of its session, also behind the prefix "%s"', async (prefix) => {
    const options = { 'execution.target': 'kubernetes-application', 'kubernetes.cluster-id': 'dinghy-1-abcdef01' };
    expect(await deploy(prefix, options)).toBe('cluster');
    expect(double.requests).toEqual([
      { method: 'POST', path: '/sessions', body: { properties: { 'pipeline.name': 'p' } } },
      {
        method: 'POST',
        path: `/v4/sessions/${SESSION}/scripts`,
        body: {
          script: SCRIPT,
          executionConfig: {
            'execution.target': 'kubernetes-application',
            'kubernetes.cluster-id': 'dinghy-1-abcdef01',
          },
        },
      },
    ]);
  });

  it('is not sent a second time when its reply is lost', async () => {
    double = await startGatewayDouble();
    double.reply = null;
    await expect(deployTo(double.url)).rejects.toMatchObject({ code: 'flink.noReply' });
    expect(double.scripts()).toHaveLength(1);
  });
});

describe('an answer that proves that nothing was started', () => {
  it.each([
    ['kubernetes option execution.target 35', /^Application Mode not supported by standalone deployments\.$/],
    [
      'kubernetes option execution.target 38',
      /can't start such a cluster: No ClusterClientFactory found.*flink-kubernetes/,
    ],
    [
      'kubernetes made POST /deployments 403',
      /^Kubernetes refused to create the cluster: the double of the API says No$/,
    ],
    ['kubernetes option kubernetes.jobmanager.labels 60', /^Could not parse value 'no pair' for key 'kubernetes/],
    ['kubernetes option jobmanager.memory.process.size 0', /jobmanager\.memory\.process\.size/],
    ['kubernetes request no such session', /does not exist/],
    [
      'kubernetes request a script that is none',
      /^Request did not match expected format DeployScriptRequestBody: Cannot deserialize value of type/,
    ],
    [
      'kubernetes look nobody answers',
      /^Kubernetes could not be asked: Operation: .*\[Service\] .*: Failed to connect to \/127.*: Connection refused$/,
    ],
    ['yarn look nobody answers', /^YARN could not be asked: Couldn't get cluster description, .*: Connection refused$/],
  ])('%s', async (name, message) => {
    const { status, body } = deployReply('2.3.0', name);
    const error = await failure(status, JSON.parse(body));
    expect(error.code).toBe('flink.rejected');
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/\bat org\.|\n/);
  });

  it('a gateway from before Flink 2.0', async () => {
    const error = await failure(404, { errors: [`Not found: /v4/sessions/${SESSION}/scripts`] });
    expect(error.code).toBe('flink.rejected');
    expect(error.message).toMatch(/does not accept scripts.*needs Flink 2\.0 or later/);
  });
});

describe('an answer that proves nothing', () => {
  it.each([
    [
      'half a cluster may be there',
      500,
      unhandled(
        FAILED,
        'org.apache.flink.client.deployment.ClusterDeploymentException: Could not create Kubernetes cluster "dinghy-1-abcdef01".',
        'io.fabric8.kubernetes.client.KubernetesClientException: An error has occurred.',
      ),
      'flink.failed',
    ],
    [
      'a cluster of that name is there',
      500,
      unhandled(
        FAILED,
        'org.apache.flink.client.deployment.ClusterDeploymentException: The Flink cluster dinghy-1-abcdef01 already exists.',
      ),
      'flink.failed',
    ],
    [
      'a deployment that Kubernetes says is there',
      500,
      unhandled(
        FAILED,
        'io.fabric8.kubernetes.client.KubernetesClientException: Failure executing: POST at: https://10.0.0.1:443/apis/apps/v1/namespaces/etl/deployments. Message: it exists. Received status: Status(apiVersion=v1, code=409, details=null).',
      ),
      'flink.failed',
    ],
    [
      'something after the deployment that Kubernetes refused',
      500,
      unhandled(
        FAILED,
        'io.fabric8.kubernetes.client.KubernetesClientException: Failure executing: POST at: https://10.0.0.1:443/api/v1/namespaces/etl/services. Message: no. Received status: Status(apiVersion=v1, code=403, details=null).',
      ),
      'flink.failed',
    ],
    ["a proxy's own 502", 502, '<html>Bad Gateway</html>', 'flink.protocol'],
    ["a proxy's own 404", 404, '<html>no such page</html>', 'flink.protocol'],
    ['an answer that it went well, and an error', 200, { errors: ['x'] }, 'flink.protocol'],
    ['an answer without an id', 200, { clusterId: 'x' }, 'flink.protocol'],
  ])('%s', async (_name, status, body, code) => {
    expect((await failure(status, body)).code).toBe(code);
  });
});
