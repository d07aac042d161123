/** Where a task runs: its own cluster, the deployment's default, or a cluster that the run starts. */
import { describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../../lib/domain/definition/definitions.ts';
import { gatewayOf, needsCluster, type RunTarget, targetOf } from '../../../lib/domain/plan/run-target.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';
import { aCluster, aClusterConfiguration, aTask } from '../../fakes/memory-definitions.ts';

const DEFAULTS = { sqlGatewayUrl: 'http://gw:8083', flinkRest: 'jm:8081' };
const NONE = { sqlGatewayUrl: null, flinkRest: null };

function refusal(work: () => unknown): [string, string] {
  const { code, message } = thrownAppError(work);
  return [code, message];
}

describe('a task', () => {
  it.each([
    ['local', false],
    ['standalone', true],
    ['yarn-session', true],
    ['kubernetes-session', true],
    ['yarn-application', false],
    ['kubernetes-application', false],
    ['yarn-per-job', false],
  ])('of type %s names a cluster that is there: %s', (type, named) => {
    for (const dialect of ['FlinkSql', 'FlinkJar']) expect(needsCluster(aTask({ type, dialect }))).toBe(named);
  });

  it.each<[Partial<TaskDefinition>, RegExp]>([
    [{ dialect: 'FlinkSqlEnv' }, /environment task \(envId\)/],
    [{ dialect: 'mysql' }, /dialect "mysql" is not supported.*Use FlinkSql, FlinkSqlEnv, FlinkJar\./],
    [{ dialect: 'KubernetesApplaction' }, /is not supported/],
    [{ dialect: 'flinksql' }, /unknown dialect "flinksql"\. Use FlinkSql, /],
    [{ type: 'kubernetes-application-operator' }, /is not supported: use kubernetes-application/],
    [{ type: 'Local' }, /unknown type "Local"\. Use one of local, standalone, /],
  ])('with %j is refused', (change, message) => {
    const [code, seen] = refusal(() => needsCluster(aTask(change)));
    expect(code).toBe('task.invalid');
    expect(seen).toMatch(/^Task 1 \(demo\): /);
    expect(seen).toMatch(message);
  });
});

describe('a run on a cluster that is there', () => {
  const target = (...[cluster, defaults]: [ReturnType<typeof aCluster> | null, Parameters<typeof targetOf>[3]]) =>
    targetOf(aTask(), cluster, null, defaults);

  it("has the cluster's own settings, and those of the deployment where it has none", () => {
    const own = aCluster({ id: 4, hosts: 'a:1,b:2', sqlGateway: 'https://own', config: { x: 'y' } });
    const withOwn: RunTarget = { hosts: 'a:1,b:2', gatewayUrl: 'https://own', clusterId: 4, clusterConfig: { x: 'y' } };
    expect(target(own, DEFAULTS)).toEqual({ ...withOwn, clusterName: own.name, lostAfterMs: null });
    expect(target(aCluster({ sqlGateway: null }), DEFAULTS).gatewayUrl).toBe('http://gw:8083');
    const without: RunTarget = { hosts: 'jm:8081', gatewayUrl: 'http://gw:8083', clusterId: null, clusterConfig: {} };
    expect(target(null, DEFAULTS)).toEqual({ ...without, lostAfterMs: null });
  });

  it('is given up after the time that its cluster says, or else the deployment', () => {
    const minutes = { ...DEFAULTS, lostAfterMinutes: 3 };
    expect(target(aCluster({ lostAfterMinutes: 2 }), minutes).lostAfterMs).toBe(120_000);
    expect(target(aCluster(), minutes).lostAfterMs).toBe(180_000);
    expect(target(null, minutes).lostAfterMs).toBe(180_000);
    expect(target(null, { ...DEFAULTS, lostAfterMinutes: null }).lostAfterMs).toBeNull();
  });

  it('is refused where nobody has named one, with the settings that are missing', () => {
    const [code, message] = refusal(() => target(null, NONE));
    expect(code).toBe('cluster.invalid');
    expect(message).toBe(
      'Task 1 is of type local, but the deployment has no default session cluster and no SQL gateway. ' +
        'Set its FLINK_REST to host:port and its SQL_GATEWAY_URL, or use type standalone with a cluster.',
    );
    expect(refusal(() => target(null, { ...NONE, sqlGatewayUrl: 'http://gw' }))[1]).toBe(
      'Task 1 is of type local, but the deployment has no default session cluster. ' +
        'Set its FLINK_REST to host:port, or use type standalone with a cluster.',
    );
  });

  it('is refused when its addresses are too long to be kept with a run, by whose they are', () => {
    const hosts = `${'x'.repeat(263)}:8081`;
    const [code, message] = refusal(() => target(aCluster({ hosts }), DEFAULTS));
    expect([code, message]).toEqual(['cluster.invalid', expect.stringMatching(/^Cluster 1 \(main\): the address "x/)]);
    const [, ofDefault] = refusal(() => target(null, { ...DEFAULTS, flinkRest: hosts }));
    expect(ofDefault).toMatch(/^The deployment's FLINK_REST: the address "x/);
  });
});

describe('a run that starts its own cluster', () => {
  const task = aTask({ type: 'kubernetes-application' });
  const target = (changes: Parameters<typeof aClusterConfiguration>[0] | null, defaults = DEFAULTS) =>
    targetOf(task, null, changes === null ? null : aClusterConfiguration(changes), defaults);

  it('has no address yet, and nothing of the default cluster but its gateway', () => {
    const deploy = { type: 'kubernetes-application', jobManager: null };
    const expected = { hosts: '', gatewayUrl: 'http://gw:8083', clusterId: null, clusterConfig: {}, deploy };
    expect(target({})).toEqual(expected);
    const jobManager = '{clusterId}:8081';
    expect(target({ sqlGateway: 'http://own', jobManager })).toEqual({
      ...expected,
      gatewayUrl: 'http://own',
      deploy: { ...deploy, jobManager },
    });
  });

  it.each([
    [null, 'task.invalid', 'Task 1 of type kubernetes-application names no cluster configuration. Set its cluster'],
    [
      { type: 'yarn-application' },
      'cluster.invalid',
      'Cluster configuration 5 (k8s) is for yarn-application, but task 1 is of type kubernetes-application. Name one',
    ],
    [{ enabled: false }, 'cluster.invalid', 'Cluster configuration 5 (k8s) of task 1 is disabled.'],
  ])('is refused with the configuration %j', (changes, code, message) => {
    expect(refusal(() => target(changes))).toEqual([code, expect.stringContaining(message)]);
  });
});

describe('the gateway of a run', () => {
  it('is the one that its cluster names', () => {
    expect(gatewayOf({ gatewayUrl: 'http://gw:8083', hosts: 'jm:8081' })).toBe('http://gw:8083');
    expect(gatewayOf({ gatewayUrl: 'http://gw:8083', hosts: '' })).toBe('http://gw:8083');
  });

  it.each([
    ['https://me:hunter2@jm:8081', "at https://******@jm:8081. Set the cluster's sqlGateway or "],
    ['', "that could start a cluster. Set the cluster configuration's sqlGateway or "],
  ])('is missing for the cluster at "%s"', (hosts, message) => {
    expect(refusal(() => gatewayOf({ gatewayUrl: null, hosts }))).toEqual([
      'cluster.invalid',
      expect.stringContaining(message),
    ]);
  });
});
