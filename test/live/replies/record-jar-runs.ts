/**
 * Has a real JobManager run jars that fail, and keeps what it answers, with whether it shows a job and whether main() ran:
 *
 *   npx tsx test/live/replies/record-jar-runs.ts 2.3.0
 *
 * writes test/vectors/jar-runs/2.3.0.jsonl.br. The cases are in jar-run-cases.ts.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, constants } from 'node:zlib';
import { buildJar } from '../../../local/build-jar.ts';
import { Children } from '../../../local/children.ts';
import { type Flink, startFlink } from '../../../local/flink.ts';
import { flinkJars } from '../../../local/jars.ts';
import { ROOT } from '../../../local/paths.ts';
import { JAR_RUN_CASES, type JarRunCase, type RecordedJarRun } from './jar-run-cases.ts';

type Answered = Omit<RecordedJarRun, 'started' | 'mainRan'> & { readonly jobId: string; readonly ledgerName: string };

const LAST_LOOK_MS = 5_000;

async function main(version: string, only: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), `dinghy-jar-runs-${version}-`));
  const extraConfig = { 'web.refresh-interval': '500' };
  const flink = await startFlink({ version, dir, slots: 2, extraConfig, say: console.error });
  try {
    const jars = await uploadAll(version, flink);
    const answered: Answered[] = [];
    for (const one of JAR_RUN_CASES.filter(({ kind, name }) => `${kind} ${name}`.includes(only))) {
      const reply = await answerTo(flink, jars[one.jar] ?? '', one);
      if (reply === null) console.error(`${one.kind} "${one.name}" did not fail`);
      else answered.push(reply);
    }
    await sleep(LAST_LOOK_MS);
    write(version, await withLedger(flink, answered));
  } finally {
    await flink.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function uploadAll(version: string, flink: Flink): Promise<Record<JarRunCase['jar'], string>> {
  const lib = await flinkJars({ version, children: new Children(), say: () => undefined });
  const path = (name: string): string => join(flink.dir, `${name}.jar`);
  const sources = [join(import.meta.dirname, 'jar-mains')];
  await buildJar({ sources, lib, mainClass: 'dinghy.mains.Mains$Fine', jarFile: path('mains') });
  await buildJar({ sources, lib, jarFile: path('noEntry') });
  writeFileSync(path('noJar'), 'this is no jar');
  const upload = async (name: string): Promise<string> => {
    const form = new FormData();
    form.set('jarfile', new Blob([readFileSync(path(name))]), `${name}.jar`);
    const reply = await fetch(`${flink.restUrl}/jars/upload`, { method: 'POST', body: form });
    return ((await reply.json()) as { filename: string }).filename;
  };
  const lost = await upload('noEntry');
  unlinkSync(lost);
  const files = { mains: await upload('mains'), noJar: await upload('noJar'), noEntry: await upload('noEntry'), lost };
  const idOf = (file: string): string => file.split('/').at(-1) ?? '';
  return { mains: idOf(files.mains), noJar: idOf(files.noJar), noEntry: idOf(files.noEntry), lost: idOf(files.lost) };
}

/** Null: it did not fail. */
async function answerTo(flink: Flink, jarId: string, one: JarRunCase): Promise<Answered | null> {
  const jobId = randomBytes(16).toString('hex');
  const ledgerName = one.name.includes('Init') ? one.name : jobId;
  const request = {
    jobId,
    ...(one.entryClass === null ? {} : { entryClass: one.entryClass }),
    programArgsList: [ledgerName, ...one.args],
    flinkConfiguration: one.options,
    ...one.request,
  };
  const url = `${flink.restUrl}/jars/${jarId}/run`;
  const reply = await fetch(url, { method: 'POST', body: JSON.stringify(request) });
  const body = await reply.text();
  await fetch(`${flink.restUrl}/jobs/${jobId}?mode=cancel`, { method: 'PATCH' });
  return reply.status === 200
    ? null
    : { kind: one.kind, name: one.name, status: reply.status, body, jobId, ledgerName };
}

async function withLedger(flink: Flink, answered: readonly Answered[]): Promise<RecordedJarRun[]> {
  const { jobs } = (await (await fetch(`${flink.restUrl}/jobs/overview`)).json()) as { jobs: { jid: string }[] };
  const known = new Set(jobs.map(({ jid }) => jid));
  const log = readFileSync(flink.jobManager.logFile, 'utf8');
  return answered.map(({ jobId, ledgerName, ...reply }) => {
    return { ...reply, started: known.has(jobId), mainRan: log.includes(`main() of ${ledgerName}\n`) };
  });
}

function write(version: string, runs: readonly RecordedJarRun[]): void {
  const dir = join(ROOT, 'test', 'vectors', 'jar-runs');
  mkdirSync(dir, { recursive: true });
  const lines = runs.map((run) => `${JSON.stringify(run)}\n`).join('');
  const params = { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS };
  writeFileSync(join(dir, `${version}.jsonl.br`), brotliCompressSync(lines, { params }));
  const counts = new Map<string, number>();
  for (const { kind, started, mainRan } of runs) {
    const of = `${kind}${mainRan ? ', main() ran' : ''}${started ? ', a job was started' : ''}`;
    counts.set(of, (counts.get(of) ?? 0) + 1);
  }
  for (const [of, count] of counts) console.error(`${count} ${of}`);
}

main(process.argv[2] ?? '', process.argv[3] ?? '').catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
