/**
 * Makes a real Flink fail in many ways and keeps what its gateway answers, with what its JobManager says became of it:
 *
 *   npx tsx test/live/replies/record-replies.ts 2.3.0
 *
 * writes test/vectors/flink-replies/2.3.0.jsonl.br. The cases are in the files beside this one.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, constants } from 'node:zlib';
import { type Flink, startFlink } from '../../../local/flink.ts';
import { ROOT } from '../../../local/paths.ts';
import { type RecordedReply, TABLES } from './failing-case.ts';
import { type FaultProxy, FAULTS, startFaultProxy } from './fault-proxy.ts';
import { GatewayClient } from './gateway-client.ts';
import { buildMischief } from './mischief-jar.ts';
import { OPTION_CASES } from './option-cases.ts';
import { SQL_CASES } from './sql-cases.ts';
import { SUBMISSION_CASES, type SubmissionCase } from './submission-cases.ts';
import { TROUBLED_CASES } from './troubled-cases.ts';

interface World {
  readonly flink: Flink;
  readonly proxy: FaultProxy;
  readonly client: GatewayClient;
  readonly jar: string;
}

type Answered = Omit<RecordedReply, 'started'> & { readonly jobId: string };

const CASES: readonly SubmissionCase[] = [...SQL_CASES, ...TROUBLED_CASES, ...OPTION_CASES, ...SUBMISSION_CASES];
/** Flink's client may go on submitting for a while after its gateway has answered. */
const LAST_LOOK_MS = 15_000;

async function main(version: string, only: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), `dinghy-replies-${version}-`));
  const extraConfig = { 'taskmanager.numberOfTaskSlots': '2', 'web.refresh-interval': '500' };
  const flink = await startFlink({ version, dir, slots: 2, extraConfig, say: console.error });
  const proxy = await startFaultProxy(flink.restUrl);
  try {
    const jar = await buildMischief(version);
    const world = { flink, proxy, jar, client: new GatewayClient(flink.gatewayUrl) };
    const answered: Answered[] = [];
    for (const one of CASES.filter(({ kind, name }) => `${kind} ${name}`.includes(only))) {
      const reply = await answerTo(world, one);
      if (reply === null) console.error(`${one.kind} "${one.name}" did not fail`);
      else answered.push(reply);
    }
    await sleep(LAST_LOOK_MS);
    write(version, await withLedger(flink.restUrl, answered));
  } finally {
    await proxy.stop();
    await flink.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Null: it did not fail, or what it needs could not be made here. */
async function answerTo(world: World, one: SubmissionCase): Promise<Answered | null> {
  const { client, proxy, flink } = world;
  const jobId = randomBytes(16).toString('hex');
  const session = await client.open();
  try {
    const before = [`ADD JAR '${world.jar}'`, ...TABLES, ...one.before];
    for (const sql of before) if (!(await client.runs(session, sql))) return null;
    const restPort = one.fault === undefined ? new URL(flink.restUrl).port : String(proxy.port);
    const options = { 'rest.port': restPort, '$internal.pipeline.job-id': jobId, ...one.options };
    if (one.twice === true) await client.ask(session, one.sql, options);
    proxy.fault = one.fault === undefined ? null : (FAULTS[one.fault] ?? null);
    if (one.freeze === true) await flink.jobManager.kill('SIGSTOP');
    const reply = await client.ask(session, one.sql, options);
    if (one.freeze === true) await flink.jobManager.kill('SIGCONT');
    proxy.fault = null;
    if (reply.status === 200) return null;
    return { kind: one.kind, name: one.name, sql: one.sql, ...reply, jobId };
  } finally {
    proxy.fault = null;
    await client.close(session);
    await fetch(`${flink.restUrl}/jobs/${jobId}?mode=cancel`, { method: 'PATCH' });
  }
}

/** An entry of the JobManager's overview for each job it has ever shown here. */
async function withLedger(restUrl: string, answered: readonly Answered[]): Promise<RecordedReply[]> {
  const { jobs } = (await (await fetch(`${restUrl}/jobs/overview`)).json()) as { jobs: { jid: string }[] };
  const known = new Set(jobs.map(({ jid }) => jid));
  return answered.map(({ jobId, ...reply }) => ({ ...reply, started: known.has(jobId) }));
}

function write(version: string, replies: readonly RecordedReply[]): void {
  const dir = join(ROOT, 'test', 'vectors', 'flink-replies');
  mkdirSync(dir, { recursive: true });
  const lines = replies.map((reply) => `${JSON.stringify(reply)}\n`).join('');
  writeFileSync(join(dir, `${version}.jsonl.br`), packed(lines));
  const counts = new Map<string, number>();
  for (const { kind, started } of replies) {
    const of = `${kind}${started ? ', a job was started' : ''}`;
    counts.set(of, (counts.get(of) ?? 0) + 1);
  }
  for (const [of, count] of counts) console.error(`${count} ${of}`);
}

/** Traces are much the same text again and again: with a window as large as the file, 15 MB take 100 KB. */
function packed(text: string): Buffer {
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS } });
}

main(process.argv[2] ?? '', process.argv[3] ?? '').catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
