/** What a run's record says of its cluster, and how its statements are addressed to it. */
import { describe, expect, it } from 'vitest';
import type { RunTarget } from '../../../lib/domain/plan/run-target.ts';
import { executionConfig, sendOptions, stepConfig, targetConfig } from '../../../lib/domain/run/execution-config.ts';
import { checkGatewayVersion, runPlace } from '../../../lib/domain/run/run-place.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';
import { aTask } from '../../fakes/memory-definitions.ts';

const JOB_ID = 'abcdef01000000000000000000000000';
const ASKED = { address: 'b:2', jmId: '/tmp/web-1', highAvailability: true, forgetsEnded: true };
const TARGET: RunTarget = { hosts: 'a:1,b:2', gatewayUrl: 'http://gw:8083', clusterId: 4, clusterConfig: {} };
const OWN = { ...TARGET, hosts: '', clusterId: null };
const k8s = { type: 'kubernetes-application', jobManager: null };
const run = { id: 21, jobId: JOB_ID, properties: { 'kubernetes.namespace': 'etl' } };

describe('the place of a run', () => {
  it('is the JobManager that answered, of the cluster that was asked', () => {
    expect(runPlace({ ...TARGET, lostAfterMs: 5 }, { ...ASKED, haCluster: 'ha' }, run)).toEqual({
      ...{ ...ASKED, clusterId: 4, hosts: 'a:1,b:2', haCluster: 'ha', lostAfterMs: 5, deployment: null },
    });
    expect(runPlace(TARGET, ASKED, run)).toMatchObject({ haCluster: null, lostAfterMs: null });
  });

  it('is where its own cluster will answer, before there is one', () => {
    const place = runPlace({ ...OWN, deploy: k8s }, { ...ASKED, address: '' }, run);
    const own = 'dinghy-21-abcdef01-rest.etl:8081';
    expect([place.hosts, place.address]).toEqual([own, own]);
    expect(place.deployment).toMatchObject({ name: 'dinghy-21-abcdef01', namespace: 'etl', clusterId: null });
  });

  it('is no cluster of its own for a run without a job', () => {
    const place = runPlace({ ...OWN, deploy: k8s }, { ...ASKED, address: '' }, { ...run, jobId: null });
    expect(place).toMatchObject({ hosts: '', address: '', deployment: null });
  });
});

describe('a gateway', () => {
  const check = (type: string | null, version: string): void => {
    const target = { ...OWN, gatewayUrl: 'http://me:hunter2@gw:8083' };
    checkGatewayVersion(aTask(), type === null ? target : { ...target, deploy: { type, jobManager: null } }, version);
  };

  it.each<[string | null, string]>([
    ['kubernetes-application', '2.0.0'],
    ['yarn-application', '2.3.0'],
    ['yarn-per-job', '1.20.3'],
    [null, '1.19.0'],
    [null, '2.3.0'],
  ])('can start a cluster of type %s with Flink %s', (type, version) => {
    expect(() => check(type, version)).not.toThrow();
  });

  it.each([
    ['kubernetes-application', '1.20.3', /needs a SQL gateway of Flink 2\.0 or later/],
    ['yarn-application', '1.19.0', /needs a SQL gateway of Flink 2\.0 or later/],
    ['yarn-per-job', '2.0.0', /needs a SQL gateway of Flink 1\.x: Flink 2 has no such mode/],
  ])('can start no cluster of type %s with Flink %s: nothing was started', (type, version, why) => {
    const { code, message } = thrownAppError(() => check(type, version));
    expect(code).toBe('cluster.invalid');
    expect(message).toMatch(/^Task 1 \(demo\): type /);
    expect(message).toMatch(why);
    expect(message).toContain(`The one at http://******@gw:8083 runs Flink ${version}. Nothing was started.`);
  });
});

describe('a statement is addressed', () => {
  it.each([
    ['jm:8081', 'jm', '8081'],
    ['jm', 'jm', '80'],
    ['https://jm', 'jm', '443'],
    ['https://jm:8443/x', 'jm', '8443'],
    ['http://jm', 'jm', '80'],
    ['http.jm:8081', 'http.jm', '8081'],
    ['https-jm:8081', 'https-jm', '8081'],
  ])('to the JobManager at %s itself, whatever its high availability says', (address, host, port) => {
    const expected = { 'execution.target': 'remote', 'rest.address': host, 'rest.port': port };
    expect(targetConfig(address)).toEqual({ ...expected, 'high-availability.type': 'NONE' });
    expect(stepConfig(address)).toEqual(targetConfig(address));
  });

  it('to nobody before a job, while there is no cluster', () => expect(stepConfig('')).toEqual({}));

  const job = { kind: 'job', jobId: JOB_ID, address: 'jm:8081', savePointPath: null, deployment: null } as const;
  const there = { ...targetConfig('jm:8081'), 'table.dml-sync': 'false' };

  it('with the id of its job and the state to start from, and does not wait for the end', () => {
    expect(executionConfig(job, '2.3.0')).toEqual({ ...there, '$internal.pipeline.job-id': JOB_ID });
    expect(executionConfig({ ...job, jobId: null }, '2.3.0')).toEqual(there);
    const restored = { ...job, savePointPath: 's3://sp' };
    expect(executionConfig(restored, '1.20.0')).toMatchObject({ 'execution.state-recovery.path': 's3://sp' });
    expect(executionConfig(restored, '1.19.1')).toMatchObject({ 'execution.savepoint.path': 's3://sp' });
  });

  it('as a preview so that rows come before a checkpoint', () => {
    const mode = { 'execution.checkpointing.mode': 'AT_LEAST_ONCE' };
    expect(executionConfig({ ...job, kind: 'preview', jobId: null }, '2.3.0')).toEqual({ ...there, ...mode });
  });

  it('to the cluster that it makes', () => {
    expect(sendOptions(job, { x: 'y' }, '2.3.0')).toEqual(executionConfig(job, '2.3.0'));
    const { deployment } = runPlace({ ...OWN, deploy: { ...k8s, type: 'yarn-application' } }, ASKED, run);
    expect(sendOptions({ ...job, deployment }, { 'yarn.tags': 'a' }, '2.3.0')).toEqual({
      ...{ 'execution.target': 'yarn-application', 'yarn.tags': 'a,dinghy-21-abcdef01' },
      '$internal.pipeline.job-id': JOB_ID,
    });
  });
});
