/**
 * Run modes that start a cluster of their own, as far as a real Flink without Kubernetes and YARN can be asked about them:
 * what a real gateway answers, what the runs become, and that Flink's own script runner takes the script that is sent.
 */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { jobManager } from '../../lib/adapters/flink/job-manager.ts';
import { prepareRun } from '../../lib/domain/plan/prepare-run.ts';
import { sentStatement } from '../../lib/domain/plan/sent-statement.ts';
import { ROOT } from '../../local/paths.ts';
import { callHandler, type Envelope } from '../builders/event.ts';
import { aClusterConfiguration, aTask, INSERT_SQL } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from '../handlers/bed.ts';

const { restUrl, gatewayUrl, version } = inject('flink');
/** Each version is asked what it can be asked: scripts came with Flink 2.0, and yarn-per-job went with it. */
const hasScripts = !version.startsWith('1.');
const withScripts = hasScripts ? it : noTest;
const withoutScripts = hasScripts ? noTest : it;

function noTest(_name: string, _test: () => Promise<void>): void {
  // Another version's.
}
const signal = new AbortController().signal;
let bed: Bed;

beforeAll(async () => {
  bed = await startBed({ SQL_GATEWAY_URL: gatewayUrl, FLINK_REST: new URL(restUrl).host });
});

afterAll(async () => {
  await bed.stop();
});

async function submitAs(type: string, id: number): Promise<Envelope> {
  await bed.putTask(aTask({ id, type, clusterConfigurationId: id }));
  await bed.putClusterConfiguration(aClusterConfiguration({ id, type }));
  return await callHandler(bed.submit, { query: `id=${id}` });
}

async function jobOf(jobId: string): Promise<{ status: number; state: string; name: string; vertices: unknown[] }> {
  const reply = await fetch(`${restUrl}/jobs/${jobId}`);
  return { status: reply.status, ...((await reply.json()) as { state: string; name: string; vertices: unknown[] }) };
}

const anId = (): string => crypto.randomUUID().replaceAll('-', '');

async function expectFailed({ msg, data }: Envelope, reason: RegExp): Promise<void> {
  expect(msg).toMatch(reason);
  expect(data).toMatchObject({ status: 'FAILED', success: false });
  const polled = await callHandler(bed.getJobInstance, { query: `id=${String(data?.['id'])}` });
  expect(polled.data).toMatchObject({ status: 'FAILED', appId: null });
  expect((await jobOf(String(data?.['jobId']))).status).toBe(404);
}

describe.each(['kubernetes-application', 'yarn-application'])('%s on a real gateway', (type) => {
  withScripts('that has no such clusters: the run fails at once, with what is missing', async () => {
    const failed = await submitAs(type, type.startsWith('yarn') ? 1 : 2);
    await expectFailed(failed, /failed: The SQL gateway can't start such a cluster: No ClusterClientFactory found\./);
  });

  withoutScripts('from before Flink 2.0 is refused without a run, naming both versions', async () => {
    const { code, msg, data } = await submitAs(type, type.startsWith('yarn') ? 1 : 2);
    expect({ code, data }).toEqual({ code: 1, data: null });
    expect(msg).toMatch(new RegExp(`type ${type} needs a SQL gateway of Flink 2\\.0 or later.*runs Flink ${version}`));
    const runs = (await bed.jobItems()).filter(({ pk }) => String(pk).startsWith('RUN#'));
    expect(runs).toEqual([]);
  });
});

describe('yarn-per-job on a real gateway', () => {
  withScripts('of Flink 2 is refused without a run', async () => {
    const { code, msg, data } = await submitAs('yarn-per-job', 3);
    expect({ code, data }).toEqual({ code: 1, data: null });
    expect(msg).toMatch(new RegExp(`needs a SQL gateway of Flink 1\\.x.*Use yarn-application.*runs Flink ${version}`));
  });

  withoutScripts('that has no YARN: the run fails at once, with what is missing', async () => {
    await expectFailed(await submitAs('yarn-per-job', 3), /No ExecutorFactory found.*needs flink-yarn/);
  });
});

describe("the JobManager behind YARN's proxy, which lets no PATCH through", () => {
  it('cancels a job all the same', async () => {
    await bed.putTask(aTask({ id: 4, statement: INSERT_SQL }));
    const { data } = await callHandler(bed.submit, { query: 'id=4' });
    const jobId = String(data?.['jobId']);
    const proxy = await getOnlyProxy();
    try {
      await jobManager().cancel(`${proxy.url}/proxy/application_1_2`, jobId, signal);
    } finally {
      proxy.stop();
    }
    await expect.poll(async () => (await jobOf(jobId)).state).toBe('CANCELED');
  });
});

/** As YARN's: under a prefix, and 405 for everything but GET and PUT. */
async function getOnlyProxy(): Promise<{ url: string; stop: () => void }> {
  const server = http.createServer(({ method, url = '' }, outgoing) => {
    if (method !== 'GET') {
      outgoing.writeHead(405).end('HTTP method is not supported');
      return;
    }
    fetch(restUrl + url.replace('/proxy/application_1_2', '')).then(
      async (reply) => outgoing.writeHead(reply.status).end(await reply.text()),
      () => outgoing.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => void server.close() };
}

const TASK = `-- everything that may stand in a script
SET pipeline.name = the-script's"own;
SET 'table.exec.state.ttl' = '1 h';
CREATE TEMPORARY TABLE src (id BIGINT, note STRING) WITH ('connector' = 'datagen', 'rows-per-second' = '1');
CREATE TEMPORARY TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');
CREATE TEMPORARY VIEW odd AS SELECT id FROM src WHERE note <> 'a;b -- c' AND note <> E'd\\'e;f' AND MOD(id, 2) = 1; -- with a comment
INSERT INTO snk SELECT id FROM odd;
INSERT INTO snk SELECT id + 1 FROM odd -- the last one has no semicolon`;

/** The text that a submit would send. */
function scriptOf(statement: string): string {
  const type = 'kubernetes-application';
  const prepared = prepareRun({
    task: aTask({ type, statement }),
    target: { hosts: '', gatewayUrl, clusterId: null, clusterConfig: {}, deploy: { type, jobManager: null } },
    clusterConfiguration: aClusterConfiguration(),
    envTask: null,
    variables: [],
    databases: [],
    flinkConfig: {},
    request: { variables: {}, savePointPath: null },
  });
  const body = prepared.bodyFor('');
  if (body.plan.job === null) throw new Error('no job');
  return sentStatement(body, body.plan.job).sql;
}

/** Flink's main class of the application modes, run in this JobManager: only its cluster is another. */
async function runByFlinksDriver(script: string, jobId: string): Promise<{ status: number; text: string }> {
  const lib = join(ROOT, '.dinghy', 'flink', version, 'lib');
  const anyJar = readdirSync(lib).find((name) => name.startsWith('flink-annotations')) ?? '';
  const form = new FormData();
  form.append('jarfile', new Blob([readFileSync(join(lib, anyJar))]), anyJar);
  const uploaded = (await (await fetch(`${restUrl}/jars/upload`, { method: 'POST', body: form })).json()) as {
    filename: string;
  };
  const entryClass = 'org.apache.flink.table.runtime.application.SqlDriver';
  const body = JSON.stringify({ entryClass, programArgsList: ['--script', script], jobId });
  const url = `${restUrl}/jars/${uploaded.filename.split('/').at(-1) ?? ''}/run`;
  const reply = await fetch(url, { method: 'POST', body });
  return { status: reply.status, text: await reply.text() };
}

describe("Flink's own script runner", () => {
  withoutScripts('is not there before Flink 2.0', async () => {
    const reply = await fetch(`${gatewayUrl}/v4/sessions/${anId()}/scripts`, { method: 'POST', body: '{}' });
    expect(reply.status).toBe(404);
  });

  withScripts('takes the script: one job, under the id that was chosen', async () => {
    const jobId = anId();
    const { status, text } = await runByFlinksDriver(scriptOf(TASK), jobId);
    expect({ status, text }).toMatchObject({ status: 200, text: expect.stringContaining(jobId) as string });
    const job = await jobOf(jobId);
    expect(job.name).toBe('the-script\'s"own');
    await jobManager().cancel(new URL(restUrl).host, jobId, signal);
  });

  // Where its own cutting and Flink's grammar differ: each must come to the same literals as the author wrote.
  const SRC = "CREATE TEMPORARY TABLE s (n INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1');\n";
  const SNK = "CREATE TEMPORARY TABLE k (a STRING) WITH ('connector' = 'blackhole');\n";
  const insert = (text: string): string => `INSERT INTO k SELECT ${text} FROM s`;
  withScripts('reads what the author wrote, however it is cut', async () => {
    const cases: readonly (readonly [string, readonly string[]])[] = [
      [insert("'q1;-- no' || CAST(n AS STRING)"), ['q1;-- no']],
      [insert("'it''s;' || CAST(n AS STRING)"), ["it's;"]],
      [insert("E'd\\'e;f' || CAST(n AS STRING)"), ["d'e;f"]],
      [insert("U&'\\0041;' || CAST(n AS STRING)"), ['A;']],
      [insert("'C:\\\\' || CAST(n AS STRING)"), ['C:']],
      [insert("/* it's; \" */ 'q6' || /* -- */ CAST(n AS STRING)"), ['q6']],
      [insert("'q7' // don't; \"\n || CAST(n AS STRING)"), ['q7']],
      [insert("'q8' -- don't; /*\r\n || CAST(n AS STRING)"), ['q8']],
      [insert("'q9' || CAST(n-/**/-1 AS STRING)"), ['q9']],
      [insert("'/* q10 */' || CAST(n AS STRING)"), ['/* q10 */']],
      [insert("'q11\r\n;' || CAST(n AS STRING)"), ['q11']],
      [insert("'q12' || CAST(n AS STRING)").replace('FROM s', "FROM s /*+ OPTIONS('rows-per-second'='1') */"), ['q12']],
      [insert('\'"q13;"\' || CAST(n AS STRING)'), ['&quot;q13;&quot;']],
      [insert("'é;日本' || CAST(n AS STRING)"), ['&eacute;;日本']],
      [insert("'q15' || CAST(`n;'x` AS STRING)").replace('FROM s', "FROM (SELECT n AS `n;'x` FROM s)"), ['q15']],
      [
        `BEGIN STATEMENT SET; ${insert("'q16;' || CAST(n AS STRING)")}; ${insert("'r16--;' || CAST(n AS STRING)")}; END;`,
        ['q16;', 'r16--;'],
      ],
      [
        `EXECUTE STATEMENT SET BEGIN ${insert("'q17' || CAST(n AS STRING)")}; -- it's;\n ${insert("'r17' || CAST(n AS STRING)")}; END`,
        ['q17', 'r17'],
      ],
      [`${insert("'q18;' || CAST(n AS STRING)")};\n;;\n${insert("'r18' || CAST(n AS STRING)")};;`, ['q18;', 'r18']],
      [
        `SET 'table.exec.state.ttl' = '1 h';SET parallelism.default=1;RESET parallelism.default;${insert("'q19' || CAST(n AS STRING)")}`,
        ['q19'],
      ],
      [insert("'q21' || CAST(2 * /*;*/3*n AS STRING)"), ['q21']],
      [insert("'q22\\' || ';--' || CAST(n AS STRING)"), ['q22', ';--']],
      [insert("U&'d!0041;' UESCAPE '!' || CAST(n AS STRING)"), ['dA;']],
      [`;;-- it's\n/* ; */;${insert("'q24' || CAST(n AS STRING)")}`, ['q24']],
      [`EXECUTE ${insert("'q25;' || CAST(n AS STRING)")}`, ['q25;']],
      [insert("'q26' || '/*' || CAST(n AS STRING) || '*/;'"), ['q26', '*/;']],
      [insert("'q27\t;\f' || CAST(n AS STRING)"), ['q27']],
      [
        `CREATE TEMPORARY VIEW w AS SELECT 'q28;''--' AS a, n FROM s;\r\nINSERT INTO k SELECT a || CAST(n AS STRING) FROM w\r\n;`,
        ['q28;'],
      ],
      [
        `EXECUTE STATEMENT SET BEGIN ${insert("'q29/*;' || CAST(n AS STRING)")};\r\n${insert("'*/r29' || CAST(n AS STRING)")};;END;`,
        ['q29/*;', '*/r29'],
      ],
      [
        insert("'q30' || CAST(n AS STRING)").replace(
          'FROM s',
          "FROM s /*+ OPTIONS('rows-per-second'='1', 'number-of-rows'='1') */ WHERE n <> 5",
        ),
        ['q30'],
      ],
      [`SET pipeline.name=it's;${insert("'q20' || CAST(n AS STRING)")}`, ['q20']],
    ];
    const failed: string[] = [];
    for (const [statement, wanted] of cases) {
      const jobId = anId();
      const { status, text } = await runByFlinksDriver(scriptOf(SRC + SNK + statement), jobId);
      const plan = await (await fetch(`${restUrl}/jobs/${jobId}/plan`)).text();
      if (status !== 200 || wanted.some((part) => !plan.includes(part)))
        failed.push(`${statement}: ${status === 200 ? plan : text}`.slice(0, 1_000));
      await jobManager().cancel(new URL(restUrl).host, jobId, signal);
    }
    expect(failed).toEqual([]);
  });

  withScripts('refuses a second job under the same id', async () => {
    const jobId = anId();
    await runByFlinksDriver(scriptOf(INSERT_SQL), jobId);
    expect((await runByFlinksDriver(scriptOf(INSERT_SQL), jobId)).text).toMatch(/Duplicate\w+SubmissionException/);
    await jobManager().cancel(new URL(restUrl).host, jobId, signal);
  });
});
