import { describe, expect, it } from 'vitest';
import { jobManagerProblem } from '../../../lib/domain/options/job-manager-address.ts';
import {
  deployOptions,
  howToEnd,
  jobManagerAddress,
  newDeployment,
  whereToLook,
} from '../../../lib/domain/options/own-cluster.ts';

const JOB_ID = 'abcdef01000000000000000000000000';
const k8s = (properties: Record<string, string> = {}, jobManager: string | null = null) =>
  newDeployment({ type: 'kubernetes-application', properties, jobManager }, 2_147_483_647, JOB_ID);
const yarn = (jobManager: string | null = null) =>
  newDeployment({ type: 'yarn-application', properties: {}, jobManager }, 12, JOB_ID);
const run = { jobId: JOB_ID, savePointPath: null, properties: {} };

describe('the cluster of a run on Kubernetes', () => {
  it('is named after run and job id: a DNS label that Flink takes', () => {
    const { name } = k8s();
    expect(name).toBe('dinghy-2147483647-abcdef01');
    expect(name).toMatch(/^[a-z]([-a-z0-9]*[a-z0-9])?$/);
    expect(name.length).toBeLessThanOrEqual(45);
  });

  it('is asked for under that name, with the job id and the state to start from', () => {
    expect(deployOptions(k8s(), { ...run, savePointPath: 's3://s/1' }, '2.3.0')).toEqual({
      'execution.target': 'kubernetes-application',
      'kubernetes.cluster-id': 'dinghy-2147483647-abcdef01',
      'execution.state-recovery.path': 's3://s/1',
      '$internal.pipeline.job-id': JOB_ID,
    });
  });

  it('is asked for without what the run does not have', () => {
    expect(deployOptions(k8s(), { ...run, jobId: null }, '2.3.0')).toStrictEqual({
      'execution.target': 'kubernetes-application',
      'kubernetes.cluster-id': 'dinghy-2147483647-abcdef01',
    });
    const untagged = { ...run, jobId: null, properties: { 'yarn.tags': '' } };
    expect(deployOptions(yarn(), untagged, '2.3.0')).toStrictEqual({
      'execution.target': 'yarn-application',
      'yarn.tags': 'dinghy-12-abcdef01',
    });
  });

  it("answers at Flink's own service unless the configuration knows better", () => {
    expect(jobManagerAddress(k8s())).toBe('dinghy-2147483647-abcdef01-rest.default:8081');
    const own = { 'kubernetes.namespace': 'etl', 'rest.port': '9091' };
    expect(jobManagerAddress(k8s(own))).toBe('dinghy-2147483647-abcdef01-rest.etl:9091');
    expect(jobManagerAddress(k8s(own, 'https://flink.example.com/{namespace}/{clusterId}'))).toBe(
      'https://flink.example.com/etl/dinghy-2147483647-abcdef01',
    );
  });

  it('is found and ended by its name', () => {
    const there = k8s({ 'kubernetes.namespace': 'etl' });
    expect(whereToLook(there)).toBe('kubectl get deployment dinghy-2147483647-abcdef01 -n etl');
    expect(howToEnd(there)).toBe('kubectl delete deployment dinghy-2147483647-abcdef01 -n etl');
  });
});

describe('the application of a run on YARN', () => {
  it('carries the name as a tag, beside those of the configuration', () => {
    expect(deployOptions(yarn(), run, '2.3.0')).toEqual({
      'execution.target': 'yarn-application',
      'yarn.tags': 'dinghy-12-abcdef01',
      '$internal.pipeline.job-id': JOB_ID,
    });
    const tagged = { ...run, properties: { 'yarn.tags': 'etl,night' } };
    expect(deployOptions(yarn(), tagged, '2.3.0')).toMatchObject({ 'yarn.tags': 'etl,night,dinghy-12-abcdef01' });
  });

  it('has an address only once YARN has given it an id, and somebody has said where', () => {
    const pattern = 'http://rm:8088/proxy/{clusterId}';
    expect(jobManagerAddress(yarn(pattern))).toBe('');
    expect(jobManagerAddress({ ...yarn(pattern), clusterId: 'application_1_2' })).toBe(
      'http://rm:8088/proxy/application_1_2',
    );
    expect(jobManagerAddress({ ...yarn(), clusterId: 'application_1_2' })).toBe('');
  });

  it('is found by its tag until its id is known', () => {
    expect(whereToLook(yarn())).toBe('yarn application -list -appStates ALL -appTags dinghy-12-abcdef01');
    expect(whereToLook({ ...yarn(), clusterId: 'application_1_2' })).toBe('yarn application -status application_1_2');
    expect(howToEnd({ ...yarn(), clusterId: 'application_1_2' })).toBe('yarn application -kill application_1_2');
    expect(howToEnd(yarn())).toContain('-appTags dinghy-12-abcdef01');
  });

  it('takes the option for the state by the names of an old Flink too', () => {
    const perJob = newDeployment({ type: 'yarn-per-job', properties: {}, jobManager: null }, 12, JOB_ID);
    expect(deployOptions(perJob, { ...run, savePointPath: 'hdfs:///s' }, '1.19.1')).toMatchObject({
      'execution.target': 'yarn-per-job',
      'execution.savepoint.path': 'hdfs:///s',
    });
  });
});

describe('where the JobManager of such a cluster answers', () => {
  it.each([
    '{clusterId}-rest.flink:8081',
    'https://flink.example.com/{namespace}/{clusterId}',
    'http://rm:8088/proxy/{clusterId}',
    'https://{clusterId}.{namespace}:8081',
    '{clusterId}.{namespace}:8081',
  ])('can be %s', (pattern) => {
    expect(jobManagerProblem(pattern)).toBeNull();
  });

  it.each([
    'jm:8081',
    '{clusterId}',
    'a/{clusterId}:8081',
    '{clusterId}:8081,{clusterId}:8082',
    'https://x/{clusterId}, y',
    'ftp://x/{clusterId}',
    'x http://{clusterId}',
    'https://{clusterId}:99999',
  ])('can not be %s', (pattern) => {
    expect(jobManagerProblem(pattern)).toContain(`"${pattern}"`);
  });

  it('has room for the longest id of a cluster', () => {
    // 100 characters take the place of the 11 of {clusterId}; the address has 300 at most.
    const pattern = (length: number) => `https://h/{clusterId}/${'x'.repeat(length - 22)}`;
    expect(jobManagerProblem(pattern(211))).toBeNull();
    expect(jobManagerProblem(pattern(212))).toMatch(/has 301 characters \(maximum 300\)/);
  });
});
