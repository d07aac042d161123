/** Flink's JobManager over its REST interface (flink-rest.md section 5). */
import { createHash } from 'node:crypto';
import { cutText } from '../../domain/cut-text.ts';
import { AppError, type Mask } from '../../domain/errors.ts';
import { JOB_ID_OPTION } from '../../domain/options/by-version.ts';
import type { JobManager } from '../../domain/ports.ts';
import type { JobManagerIdentity } from '../../domain/run/job-manager.ts';
import type { JobCheckpoints } from '../../domain/run/savepoint.ts';
import type { FlinkJob, FlinkJobState } from '../../domain/run/status.ts';
import type { Slots } from '../../domain/run/trouble.ts';
import { maskSecrets } from '../../domain/secrets/mask-sql.ts';
import { shownAddress } from '../../domain/secrets/shown-address.ts';
import { urlOf } from './address.ts';
import { toCheckpoints, toRetention } from './checkpoints.ts';
import { personLine } from './errors.ts';
import { isFlinkError } from './foreign-reply.ts';
import { type HttpReply, sendHttp } from './http.ts';
import { replyText } from './job-manager-reply.ts';
import { savepointState, triggerSavepoint } from './savepoints.ts';
import { waitingTasks } from './waiting-tasks.ts';
import {
  configSchema,
  exceptionsSchema,
  executionResultSchema,
  jobSchema,
  metricsSchema,
  overviewSchema,
  readAs,
  slotsSchema,
  tasksSchema,
} from './wire.ts';

const QUICK_MS = 10_000;
/** YARN's proxy passes on only GET and PUT; Flink has another call for it. */
const NO_PATCH = [405, 501];

export function jobManager(): JobManager {
  const ofJobs = { job, allTasksRun, failureCause, restarts, checkpoints, cancel, triggerSavepoint, savepointState };
  return { identify, overview, slots, ...ofJobs };
}

async function identify(hosts: string, signal: AbortSignal): Promise<JobManagerIdentity> {
  const failures: AppError[] = [];
  for (const address of splitHosts(hosts)) {
    try {
      return toIdentity(address, await get(address, '/jobmanager/config', signal));
    } catch (error) {
      if (!(error instanceof AppError) || signal.aborted) throw error;
      failures.push(error);
    }
  }
  throw (
    failures[0] ?? new AppError('cluster.invalid', `No JobManager address in "${shownAddress(hosts)}". Use host:port.`)
  );
}

export function toIdentity(address: string, text: string): JobManagerIdentity {
  const config = new Map(readAs(configSchema, text, nameOf(address)).map((e) => [e.key, e.value]));
  const ha = (config.get('high-availability.type') ?? config.get('high-availability') ?? 'NONE').toUpperCase();
  const highAvailability = ha !== 'NONE';
  const keepsEnded = config.get('job-result-store.delete-on-commit') === 'false';
  const jmId = shortName(config.get('web.tmpdir') ?? null);
  const forgetsEnded = highAvailability && !keepsEnded;
  const ownJobId = config.get(JOB_ID_OPTION);
  const kubernetesClusterId = config.get('kubernetes.cluster-id');
  return {
    ...{ address, jmId, highAvailability, forgetsEnded },
    ...(highAvailability ? { haCluster: haClusterOf(ha, config) } : {}),
    ...(ownJobId === undefined ? {} : { ownJobId }),
    ...(kubernetesClusterId === undefined ? {} : { kubernetesClusterId }),
  };
}

/** Values that two clusters can't share: where the records of high availability are, and under which name. */
const HA_PLACE = [
  'high-availability.cluster-id',
  'high-availability.storageDir',
  'high-availability.zookeeper.quorum',
  'high-availability.zookeeper.path.root',
  'job-result-store.storage-path',
  'kubernetes.cluster-id',
  'kubernetes.namespace',
];
const HA_CLUSTER_LENGTH = 16;

function haClusterOf(type: string, config: ReadonlyMap<string, string>): string {
  const place = HA_PLACE.map((key) => config.get(key)?.replace(/\/$/, '') ?? null);
  return createHash('sha256')
    .update(JSON.stringify([type, ...place]))
    .digest('hex')
    .slice(0, HA_CLUSTER_LENGTH);
}

const MAX_NAME_LENGTH = 200;

/** It is compared and stored with runs, which must stay small: a long one is stored as its hash. */
function shortName(name: string | null): string | null {
  if (name === null || Buffer.byteLength(name) <= MAX_NAME_LENGTH) return name;
  return `${cutText(name, SHOWN_OF_NAME)}#${createHash('sha256').update(name).digest('hex')}`;
}

const SHOWN_OF_NAME = 30;

async function overview(address: string, signal: AbortSignal): Promise<ReadonlyMap<string, FlinkJobState>> {
  const reply = readAs(overviewSchema, await get(address, '/jobs/overview', signal), nameOf(address));
  return new Map(reply.jobs.map((job) => [job.jid, job.state]));
}

async function job(address: string, jobId: string, signal: AbortSignal): Promise<FlinkJob | null> {
  const reply = await ask(address, `/jobs/${jobId}`, signal);
  if (isUnknown(reply)) return null;
  return toJob(okText(reply, address), address);
}

export function toJob(text: string, address: string): FlinkJob {
  const reply = readAs(jobSchema, text, nameOf(address));
  const ranAt = reply.timestamps.RUNNING ?? 0;
  return {
    state: reply.state,
    ranAt: ranAt > 0 ? ranAt : null,
    endedAt: reply['end-time'] > 0 ? reply['end-time'] : null,
    ...(reply.vertices === undefined ? {} : waitingTasks(reply.vertices)),
  };
}

/** The states of a job, and of its vertices. */
const STARTING = ['INITIALIZING', 'CREATED', 'SCHEDULED', 'DEPLOYING', 'RECONCILING'];

async function allTasksRun(address: string, jobId: string, signal: AbortSignal): Promise<boolean> {
  const reply = await ask(address, `/jobs/${jobId}`, signal);
  if (isUnknown(reply)) return true;
  const { state, vertices } = readAs(tasksSchema, okText(reply, address), nameOf(address));
  return ![state, ...vertices.map(({ status }) => status)].some((status) => STARTING.includes(status));
}

async function failureCause(
  address: string,
  jobId: string,
  signal: AbortSignal,
  mask: Mask = maskSecrets,
): Promise<string | null> {
  const text = await get(address, `/jobs/${jobId}/exceptions?maxExceptions=1`, signal);
  const reply = readAs(exceptionsSchema, text, nameOf(address));
  const entry = reply.exceptionHistory?.entries[0];
  const told = entry?.stacktrace ?? entry?.exceptionName ?? reply['root-exception'];
  const trace = told ?? (await failureOfResult(address, jobId, signal));
  if (trace === null) return null;
  // Without a restart strategy the failure belongs to the job, and the task's failure is beside it.
  const tasks = [entry?.taskName, entry?.concurrentExceptions?.map((one) => one.taskName)].flat();
  const failed = new Set(tasks.map((taskName) => operatorsOf(taskName ?? '', mask)).filter((name) => name !== ''));
  const [only] = failed;
  const line = personLine(trace, mask);
  return only === undefined || failed.size > 1 ? line : `${only}: ${line}`;
}

/** A job that failed before any of its tasks did, such as one that never got its slots. */
async function failureOfResult(address: string, jobId: string, signal: AbortSignal): Promise<string | null> {
  const reply = await ask(address, `/jobs/${jobId}/execution-result`, signal);
  if (isUnknown(reply)) return null;
  const result = readAs(executionResultSchema, okText(reply, address), nameOf(address));
  return result['job-execution-result']?.['failure-cause']?.['stack-trace'] ?? null;
}

/** The first is of 1.11 and later; both counts are up to ten seconds late. */
const RESTARTS = ['numRestarts', 'fullRestarts'];

async function restarts(address: string, jobId: string, signal: AbortSignal): Promise<number | null> {
  const reply = await ask(address, `/jobs/${jobId}/metrics?get=${RESTARTS.join(',')}`, signal);
  if (isUnknown(reply)) return null;
  const metrics = readAs(metricsSchema, okText(reply, address), nameOf(address));
  const values = RESTARTS.map((name) => String(metrics.find(({ id }) => id === name)?.value));
  const count = values.find((value) => /^\d{1,9}$/.test(value));
  return count === undefined ? null : Number(count);
}

async function slots(address: string, signal: AbortSignal): Promise<Slots> {
  const text = await get(address, '/overview', signal);
  const reply = readAs(slotsSchema, text, nameOf(address));
  return { total: reply['slots-total'], free: reply['slots-available'] };
}

const MAX_TASK_LENGTH = 200;

/** "Source: orders[1] -> Calc[2]" of "Source: orders[1] -> Calc[2] (1/4) - execution #0". */
function operatorsOf(taskName: string, mask: Mask): string {
  const name = mask(taskName).slice(0, MAX_TASK_LENGTH).replace(/\s+/g, ' ');
  return name.replace(/ \(\d{1,6}\/\d{1,6}\).*/, '').trim();
}

/** Flink also has none for a job without checkpointing, such as a batch job. */
async function checkpoints(address: string, jobId: string, signal: AbortSignal): Promise<JobCheckpoints | null> {
  const reply = await ask(address, `/jobs/${jobId}/checkpoints`, signal);
  if (isUnknown(reply)) return null;
  const where = nameOf(address);
  const read = toCheckpoints(okText(reply, address), where);
  const needsRetention = read.completed.some(({ isSavepoint, discarded }) => !isSavepoint && !discarded);
  if (!needsRetention) return { ...read, retention: 'never' };
  return { ...read, retention: toRetention(await get(address, `/jobs/${jobId}/checkpoints/config`, signal), where) };
}

/** From Flink itself, 409 says that the job has ended and 404 that it is gone: nothing is left to cancel. A proxy's say nothing. */
async function cancel(address: string, jobId: string, signal: AbortSignal): Promise<void> {
  const patched = await send(address, 'PATCH', `/jobs/${jobId}?mode=cancel`, signal);
  const reply = NO_PATCH.includes(patched.status) ? await ask(address, `/jobs/${jobId}/yarn-cancel`, signal) : patched;
  if (!isOver(reply)) okText(reply, address);
}

function isOver(reply: HttpReply): boolean {
  return isUnknown(reply) || (reply.status === 409 && isFlinkError(reply));
}

function isUnknown(reply: HttpReply): boolean {
  return reply.status === 404 && isFlinkError(reply);
}

async function get(address: string, path: string, signal: AbortSignal): Promise<string> {
  return okText(await ask(address, path, signal), address);
}

async function ask(address: string, path: string, signal: AbortSignal): Promise<HttpReply> {
  return await send(address, 'GET', path, signal);
}

async function send(address: string, method: 'GET' | 'PATCH', path: string, signal: AbortSignal): Promise<HttpReply> {
  if (address === '') throw new AppError('flink.unreachable', 'The JobManager address of this run is not known.');
  return await sendHttp({ method, url: urlOf(address) + path, timeoutMs: QUICK_MS, signal });
}

/** For messages. */
function nameOf(address: string): string {
  return `JobManager ${shownAddress(address)}`;
}

const OK = [200, 202];

function okText(reply: HttpReply, address: string): string {
  return replyText(reply, address, OK);
}

export function splitHosts(hosts: string): string[] {
  return hosts
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '');
}
