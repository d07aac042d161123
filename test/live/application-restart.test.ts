/**
 * Stops and restarts in application mode. The gateway is a double, because one that starts clusters needs Kubernetes or
 * YARN; the clusters that it is asked for are Flink's own, one process for each: they end with their job.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { callHandler, type Envelope } from '../builders/event.ts';
import { type GatewayDouble, startGatewayDouble } from '../fakes/gateway-double.ts';
import { aClusterConfiguration, aTask } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from '../handlers/bed.ts';
import { type ApplicationClusters, startApplicationClusters } from './application-cluster.ts';

const SQL = `CREATE TEMPORARY TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '5');
CREATE TEMPORARY TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO snk SELECT id FROM src;`;
const TYPE = 'kubernetes-application';
const UP_MS = 90_000;

let bed: Bed;
let gateway: GatewayDouble;
let clusters: ApplicationClusters;

beforeAll(async () => {
  gateway = await startGatewayDouble();
  clusters = await startApplicationClusters(inject('flink').version);
  gateway.reply = ({ script, executionConfig: options }) => {
    const clusterId = String(options['kubernetes.cluster-id']);
    clusters.start({ clusterId, script, options });
    return { status: 200, body: { clusterID: clusterId } };
  };
  bed = await startBed({ SQL_GATEWAY_URL: gateway.url });
  await bed.putClusterConfiguration(
    aClusterConfiguration({ id: 1, type: TYPE, jobManager: `${clusters.url}/{clusterId}` }),
  );
}, 120_000);
afterAll(async () => {
  await bed.stop();
  await gateway.stop();
  await clusters.stop();
});

interface Run {
  readonly runId: string;
  readonly jobId: string;
  readonly clusterId: string;
}

const restart = (query: string): Promise<Envelope> => callHandler(bed.submit, { path: '/openapi/restartTask', query });

function runOf({ data, msg }: Envelope): Run {
  if (data === null) throw new Error(msg);
  const jobId = String(data['jobId']);
  const runId = String(data['id']);
  return { runId, jobId, clusterId: `dinghy-${runId}-${jobId.slice(0, 8)}` };
}

async function at({ clusterId }: Run, path: string): Promise<Record<string, unknown> | null> {
  try {
    return (await (await fetch(`${clusters.url}/${clusterId}${path}`)).json()) as Record<string, unknown>;
  } catch {
    // Any error: it is not there yet, or no more.
    return null;
  }
}

async function atWork(run: Run): Promise<boolean> {
  const job = await at(run, `/jobs/${run.jobId}`);
  const vertices = (job?.['vertices'] ?? []) as { status: string }[];
  return job?.['state'] === 'RUNNING' && vertices.every(({ status }) => status === 'RUNNING');
}

async function running(id: number): Promise<Run> {
  await bed.putTask(aTask({ id, type: TYPE, clusterConfigurationId: 1, statement: SQL, dedupeSeconds: 0 }));
  const run = runOf(await callHandler(bed.submit, { query: `id=${id}` }));
  await expect.poll(() => atWork(run), { timeout: UP_MS, interval: 500 }).toBe(true);
  await bed.reconcile();
  return run;
}

const statusOf = async ({ runId }: Run): Promise<unknown> =>
  (await callHandler(bed.getJobInstance, { query: `id=${runId}` })).data?.['status'];

const stop = (taskId: number): Promise<Envelope> =>
  callHandler(bed.control, {
    method: 'POST',
    path: '/openapi/savepointTask',
    body: JSON.stringify({ taskId, type: 'stop' }),
  });

async function restoredBy(run: Run): Promise<unknown> {
  const checkpoints = (await at(run, `/jobs/${run.jobId}/checkpoints`)) as {
    latest?: { restored?: { external_path?: string } | null };
  } | null;
  return checkpoints?.latest?.restored?.external_path;
}

describe('a run with its own cluster, which goes away with its job', () => {
  it('is restarted: another cluster starts from the savepoint of the first; then it is stopped', async () => {
    const old = await running(1);
    const given = await restart(`id=1&savePointPath=${encodeURIComponent(`${clusters.savepoints}/any`)}`);
    expect(given).toMatchObject({ code: 1, msg: expect.stringContaining('runs on its own cluster') as string });
    expect(await atWork(old)).toBe(true);

    const answer = await restart('id=1');
    expect(answer).toMatchObject({ code: 0, data: { status: 'SUCCESS' } });
    const run = runOf(answer);
    const { savePointPath } = answer.data?.['jobConfig'] as { savePointPath: string };
    expect(savePointPath).toContain(`${clusters.savepoints}/savepoint-${old.jobId.slice(0, 6)}`);
    expect(await statusOf(old)).toBe('FINISHED');
    await expect.poll(() => clusters.isUp(old.clusterId), { timeout: UP_MS, interval: 500 }).toBe(false);
    await expect.poll(() => atWork(run), { timeout: UP_MS, interval: 500 }).toBe(true);
    expect(await restoredBy(run)).toBe(savePointPath);
    await bed.reconcile();
    expect(await statusOf(run)).toBe('RUNNING');

    expect(await stop(1)).toMatchObject({ code: 0, data: { isSuccess: true } });
    expect(await statusOf(run)).toBe('FINISHED');
    await expect.poll(() => clusters.isUp(run.clusterId), { timeout: UP_MS, interval: 500 }).toBe(false);
  }, 170_000);
});
