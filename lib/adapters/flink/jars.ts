/**
 * Jars on Flink's JobManager (flink-rest.md section 5). Each JobManager keeps its own: everything here goes to the one address
 * that answered as leader. An upload gets a new id each time, so it carries the hash of its content in its name, by which it
 * is found again.
 */
import { AppError } from '../../domain/errors.ts';
import type { JarRunner } from '../../domain/ports.ts';
import type { JarRun, LocalJar } from '../../domain/run/jar.ts';
import { shownAddress } from '../../domain/secrets/shown-address.ts';
import { urlOf } from './address.ts';
import { isFlinkError } from './foreign-reply.ts';
import { sendHttp } from './http.ts';
import { jarRunError } from './jar-run-error.ts';
import { notFlinks, replyText } from './job-manager-reply.ts';
import { sendFile } from './send-file.ts';
import { jarRunSchema, jarsSchema, readAs, uploadSchema } from './wire.ts';

const QUICK_MS = 10_000;
/** main() runs before the answer; the budget cuts it anyway. */
const PATIENT_MS = 60_000;

export function jarRunner(): JarRunner {
  return { find, upload, run };
}

async function find(address: string, sha256: string, signal: AbortSignal): Promise<string | null> {
  const reply = await sendHttp({ method: 'GET', url: `${urlOf(address)}/jars`, timeoutMs: QUICK_MS, signal });
  if (reply.status === 404) throw takesNoJars(address);
  const { files } = readAs(jarsSchema, replyText(reply, address, [200]), `JobManager ${shownAddress(address)}`);
  return files.find(({ name }) => name.startsWith(`${sha256}_`))?.id ?? null;
}

async function upload(address: string, jar: LocalJar, signal: AbortSignal): Promise<string> {
  const { path, sizeBytes, sha256, name } = jar;
  const url = `${urlOf(address)}/jars/upload`;
  const reply = await sendFile({ url, path, sizeBytes, fileName: `${sha256}_${name}`, signal });
  if (reply.status === 404) throw takesNoJars(address);
  const { filename } = readAs(uploadSchema, replyText(reply, address, [200]), `JobManager ${shownAddress(address)}`);
  return filename.replace(/.*[/\\]/s, '');
}

async function run(address: string, jarId: string, what: JarRun, signal: AbortSignal): Promise<void> {
  const url = `${urlOf(address)}/jars/${encodeURIComponent(jarId)}/run`;
  const reply = await sendHttp({ method: 'POST', url, body: toBody(what), timeoutMs: PATIENT_MS, signal });
  if (reply.status !== 200) {
    if (!isFlinkError(reply)) throw notFlinks(reply, address);
    throw jarRunError(reply.text);
  }
  const { jobid } = readAs(jarRunSchema, reply.text, `JobManager ${shownAddress(address)}`);
  if (jobid === what.jobId) return;
  throw new AppError(
    'flink.failed',
    `JobManager ${shownAddress(address)} started job ${jobid}, not ${what.jobId} as requested.`,
  );
}

/** Missing values are taken from the options. */
export function toBody(what: JarRun): Record<string, unknown> {
  return {
    jobId: what.jobId,
    ...(what.entryClass === null ? {} : { entryClass: what.entryClass }),
    programArgsList: what.args,
    ...(what.parallelism === null ? {} : { parallelism: what.parallelism }),
    ...(what.savePointPath === null ? {} : { savepointPath: what.savePointPath }),
    ...(what.allowNonRestoredState ? { allowNonRestoredState: true } : {}),
    flinkConfiguration: what.flinkConfiguration,
  };
}

function takesNoJars(address: string): AppError {
  const why =
    'its web submission is switched off (web.submit.enable: false), or flink-runtime-web is not on its class path';
  return new AppError(
    'cluster.invalid',
    `The JobManager ${shownAddress(address)} does not accept jars: ${why}. Change this to run jars on it.`,
  );
}
