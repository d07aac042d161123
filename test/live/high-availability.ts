/**
 * Who answers what with high availability: two JobManagers and a ZooKeeper as processes, one leads and is killed.
 *
 *   npx tsx test/live/high-availability.ts [keeps]
 *
 * checks what docs/internals/flink-rest.md says and the simulated Flinks rest on, in about 40 s. `keeps`: with
 * `job-result-store.delete-on-commit: false`. The exit status is 0 only when Flink behaves as it is written there.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HaCluster, startHaCluster } from './ha-cluster.ts';
import { GatewayClient } from './replies/gateway-client.ts';

const VERSION = '2.3.0';
const LIVE = '1'.repeat(32);
const ENDED = '2'.repeat(32);
const TABLES = [
  "CREATE TABLE src (x BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1')",
  "CREATE TABLE few (x BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '3')",
  "CREATE TABLE snk (x BIGINT) WITH ('connector' = 'blackhole')",
];

let wrong = 0;

function check(what: string, seen: unknown, expected: unknown): void {
  const good = JSON.stringify(seen) === JSON.stringify(expected);
  if (!good) wrong += 1;
  console.log(`${good ? 'ok   ' : 'WRONG'} ${what}: ${JSON.stringify(seen)}`);
}

/** Flink's state, else the HTTP status. */
async function stateAt(url: string, jobId: string): Promise<string> {
  try {
    const reply = await fetch(`${url}/jobs/${jobId}`, { signal: AbortSignal.timeout(5_000) });
    return reply.ok ? ((await reply.json()) as { state: string }).state : String(reply.status);
  } catch {
    return 'no reply';
  }
}

async function webTmpdir(url: string): Promise<string> {
  const reply = await fetch(`${url}/jobmanager/config`);
  const entries = (await reply.json()) as { key: string; value: string }[];
  return entries.find(({ key }) => key === 'web.tmpdir')?.value ?? '';
}

async function run(cluster: HaCluster, keeps: boolean): Promise<void> {
  const { first, second, waitFor } = cluster;
  const client = new GatewayClient(cluster.gatewayUrl);
  const session = await client.open();
  for (const sql of TABLES) check('a table is made', await client.runs(session, sql), true);
  const send = async (table: string, jobId: string, by: string): Promise<string> => {
    const where = { 'rest.port': new URL(by).port, 'high-availability.type': 'NONE' };
    const config = { ...where, '$internal.pipeline.job-id': jobId };
    const { status, body } = await client.ask(session, `INSERT INTO snk SELECT x FROM ${table}`, config);
    return status === 200 ? 'accepted' : body.includes('already been submitted') ? 'duplicate' : body.slice(-300);
  };

  check('a submission to the leader', await send('src', LIVE, first), 'accepted');
  check("a submission to the standby's REST", await send('few', ENDED, second), 'accepted');
  await waitFor('the job has ended', async () => (await stateAt(first, ENDED)) === 'FINISHED');
  await waitFor('the other one runs', async () => (await stateAt(first, LIVE)) === 'RUNNING');
  const [leaderDir, standbyDir] = [await webTmpdir(first), await webTmpdir(second)];
  check('leader and standby have a web.tmpdir each', leaderDir !== standbyDir && leaderDir !== '', true);
  check(
    "the standby shows the leader's jobs",
    [await stateAt(second, LIVE), await stateAt(second, ENDED)],
    ['RUNNING', 'FINISHED'],
  );

  await cluster.killFirst();
  // It goes on showing what it knew, for a moment.
  await waitFor('the standby has noticed', async () => (await stateAt(second, LIVE)) !== 'RUNNING');
  await waitFor('the standby leads, and the job runs', async () => (await stateAt(second, LIVE)) === 'RUNNING');
  check('the same endpoint shows the ended job no more', await stateAt(second, ENDED), '404');
  check('and is the same process', (await webTmpdir(second)) === standbyDir, true);
  check('the ended id, sent again', await send('few', ENDED, second), keeps ? 'duplicate' : 'accepted');
  if (keeps) check('and GET stays', await stateAt(second, ENDED), '404');

  await cluster.startFirst();
  check('the first one is back, as a standby', await stateAt(first, LIVE), 'RUNNING');
  check('with a new web.tmpdir', (await webTmpdir(first)) !== leaderDir, true);
}

const keeps = process.argv[2] === 'keeps';
const dir = mkdtempSync(join(tmpdir(), 'dinghy-ha-'));
const extraConfig: Record<string, string> = keeps ? { 'job-result-store.delete-on-commit': 'false' } : {};
const cluster = await startHaCluster(VERSION, dir, extraConfig);
try {
  await run(cluster, keeps);
} catch (error) {
  wrong += 1;
  console.error(error);
} finally {
  await cluster.stop();
  rmSync(dir, { recursive: true, force: true });
}
console.log(
  wrong === 0
    ? 'as written in docs/internals/flink-rest.md'
    : `${wrong} not as written in docs/internals/flink-rest.md`,
);
process.exitCode = wrong === 0 ? 0 : 1;
