/** Savepoints over the JobManager's REST interface (flink-rest.md section 5): asked for under a trigger id of our own. */
import { AppError } from '../../domain/errors.ts';
import type { SavepointTrigger, TriggerState } from '../../domain/run/savepoint-trigger.ts';
import { shownAddress } from '../../domain/secrets/shown-address.ts';
import { urlOf } from './address.ts';
import { errorText, personLine, said } from './errors.ts';
import { isFlinkError } from './foreign-reply.ts';
import { type HttpReply, sendHttp } from './http.ts';
import { notFlinks, replyText } from './job-manager-reply.ts';
import { readAs, triggerSchema, triggerStateSchema } from './wire.ts';

const QUICK_MS = 10_000;
/** YARN's proxy passes on nothing but GET and PUT. */
const NO_POST = [405, 501];
const NO_DIRECTORY = /target-directory|targetDirectory|savepoint-dir|savepoints\.dir/;

/** Arriving twice does no harm: Flink takes a repeat of a trigger id for the same savepoint. */
export async function triggerSavepoint(
  address: string,
  jobId: string,
  ask: SavepointTrigger,
  signal: AbortSignal,
): Promise<void> {
  const { path, body } = toRequest(ask);
  const url = `${urlOf(address)}/jobs/${jobId}/${path}`;
  const reply = await sendHttp({ method: 'POST', url, body, repeatable: true, timeoutMs: QUICK_MS, signal });
  if (NO_POST.includes(reply.status)) throw passesNoPost(address, reply);
  if (reply.status === 400 && isFlinkError(reply)) throw refused(reply, address);
  readAs(triggerSchema, replyText(reply, address, [200, 202]), `JobManager ${shownAddress(address)}`);
}

/** The two calls name the same things differently. */
function toRequest({ type, triggerId, directory }: SavepointTrigger): { path: string; body: object } {
  if (type === 'stop') {
    const target = directory === null ? {} : { targetDirectory: directory };
    return { path: 'stop', body: { ...target, drain: false, triggerId } };
  }
  const target = directory === null ? {} : { 'target-directory': directory };
  return { path: 'savepoints', body: { ...target, 'cancel-job': type === 'cancel', triggerId } };
}

function refused(reply: HttpReply, address: string): AppError {
  const where = `JobManager ${shownAddress(address)}`;
  if (!NO_DIRECTORY.test(reply.text)) {
    return said('flink.rejected', (mask) => `${where}: ${personLine(errorText(reply.text), mask)}`);
  }
  const hint = 'Set execution.checkpointing.savepoint-dir in the task (customConfig) or in the cluster.';
  return new AppError('flink.rejected', `No savepoint directory is known for this job. ${hint}`);
}

function passesNoPost(address: string, { status }: HttpReply): AppError {
  const what = `The proxy at ${shownAddress(address)} does not pass savepoints on to Flink (HTTP ${status}).`;
  return new AppError('flink.rejected', what);
}

export async function savepointState(
  address: string,
  jobId: string,
  triggerId: string,
  signal: AbortSignal,
): Promise<TriggerState> {
  const url = `${urlOf(address)}/jobs/${jobId}/savepoints/${triggerId}`;
  // Stryker disable next-line StringLiteral: Node takes no method for GET
  const reply = await sendHttp({ method: 'GET', url, timeoutMs: QUICK_MS, signal });
  if (reply.status === 404) {
    if (isFlinkError(reply)) return { kind: 'unknown' };
    throw notFlinks(reply, address);
  }
  const text = replyText(reply, address, [200]);
  const { status, operation } = readAs(triggerStateSchema, text, `JobManager ${shownAddress(address)}`);
  if (status.id !== 'COMPLETED') return { kind: 'inProgress' };
  const path = operation?.location ?? null;
  if (path !== null) return { kind: 'done', path };
  return { kind: 'failed', reason: personLine(operation?.['failure-cause']?.['stack-trace'] ?? '') };
}
