/**
 * What a piece of evidence changes in a run (protocol.md section 5). Pure: the caller writes the change on condition of
 * the version it was decided on, and decides again when that has moved on.
 */
import { cutText } from '../cut-text.ts';
import { isYarn } from '../definition/run-types.ts';
import { LANDING_MS, MAX_ERROR_LENGTH, PATIENCE_MS } from '../limits.ts';
import { jobManagerAddress } from '../options/own-cluster.ts';
import { liveOf, watchIn } from './active-partitions.ts';
import { canceledText } from './cancel-text.ts';
import { isConfirmed, isRevivable } from './lost-job.ts';
import { mustStart } from './restart.ts';
import type { HeadChange, RunHead } from './run.ts';
import type { SavepointWish } from './savepoint-trigger.ts';
import { wantsSavepoint, wishAtEnd } from './savepoint-wish.ts';
import {
  type FlinkJob,
  type InstanceStatus,
  instanceStatusOf,
  isFinal,
  type SubmitStatus,
  submitStatusOf,
} from './status.ts';
import { keptTrouble, type Trouble } from './trouble.ts';

export type Evidence =
  /** The gateway's operation ended with a job id: Flink has accepted the job. */
  | { readonly kind: 'accepted'; readonly send: number }
  /** The gateway has made the run's own cluster, and says under which id. */
  | { readonly kind: 'deployed'; readonly send: number; readonly clusterId: string }
  /** This send is known to have started no job. `bySql`: Flink's SQL refused it and would refuse it again. */
  | { readonly kind: 'nothingStarted'; readonly send: number; readonly refusal: string; readonly bySql: boolean }
  /** The JobManager showed the job. `cause`: why it failed, when it did. */
  | SeenJob
  /** The job of a run that was given up shows itself again, and nobody has its place. */
  | { readonly kind: 'foundAgain'; readonly job: FlinkJob }
  /**
   * A task without a job has run all its statements, or a preview has delivered its rows. `jobEnded`: nothing of it
   * is left in Flink; when that is not known, the reconciler keeps an eye on the job id.
   */
  | { readonly kind: 'done'; readonly jobEnded: boolean }
  /** Statements of a task without a job may have run; nobody can know any more. */
  | { readonly kind: 'interrupted'; readonly reason: string }
  /** Nothing more can be known, or every send is known to have started nothing. */
  | { readonly kind: 'over'; readonly status: 'FAILED' | 'CANCELED' | 'UNKNOWN'; readonly reason: string };

interface SeenJob {
  readonly kind: 'seen';
  readonly job: FlinkJob;
  readonly cause: string | null;
  readonly byDriver: boolean;
  /** The process that showed it, where that was asked. */
  readonly shownBy?: string | null;
  /** Of a live job: what keeps it from running; not there where that was not asked. */
  readonly trouble?: Trouble | null;
  /** Of a job that has ended: what became of the savepoint that was asked of it. */
  readonly wish?: SavepointWish | null;
}

export interface Settlement {
  readonly change: HeadChange;
  readonly cause: string;
}

/** Null: the evidence changes nothing (the run is final, or already says so). */
export function settle(head: RunHead, evidence: Evidence, now: number): Settlement | null {
  if (evidence.kind === 'foundAgain') return isRevivable(head) ? foundAgain(head, evidence.job, now) : null;
  if (isFinal(head.status)) return null;
  switch (evidence.kind) {
    case 'accepted':
      return accepted(head, evidence.send, now);
    case 'deployed':
      return deployed(head, evidence.send, evidence.clusterId, now);
    case 'nothingStarted':
      return nothingStarted(head, evidence, now);
    case 'seen':
      return head.kind === 'preview' ? previewSeen(head, evidence, now) : seen(head, evidence, now);
    case 'done':
      return done(head, evidence.jobEnded, now);
    case 'interrupted':
      return interrupted(head, evidence.reason, now);
    case 'over':
      return over(head, evidence.status, evidence.reason, now);
  }
}

function accepted(head: RunHead, send: number, now: number): Settlement | null {
  if (head.status !== 'INITIALIZING') return null;
  return {
    change: {
      status: 'CREATED',
      open: without(head.open, send),
      ...NOT_MISSED,
      lastSeenAt: now,
      active: liveOf(head),
      ...answered(head, 'SUCCESS', now),
    },
    cause: 'Flink has accepted the job',
  };
}

/** Nobody has seen its JobManager yet: `lastSeenAt` stays as it is. */
function deployed(head: RunHead, send: number, clusterId: string, now: number): Settlement | null {
  if (head.deployment?.clusterId !== null) return null;
  const deployment = { ...head.deployment, clusterId };
  const address = jobManagerAddress(deployment);
  const found = { deployment, hosts: address, address, open: without(head.open, send) };
  const cause = `the cluster ${clusterId} was created`;
  if (head.status !== 'INITIALIZING') return { change: found, cause };
  const confirmed = { status: 'CREATED', ...NOT_MISSED, active: liveOf(head) } as const;
  return { change: { ...found, ...confirmed, ...answered(head, 'SUCCESS', now) }, cause };
}

function nothingStarted(
  head: RunHead,
  evidence: { send: number; refusal: string; bySql: boolean },
  now: number,
): Settlement | null {
  if (!head.open.includes(evidence.send)) return null;
  const refusal = cutText(evidence.refusal, MAX_ERROR_LENGTH);
  const open = without(head.open, evidence.send);
  const sqlRefusedSend = evidence.bySql ? evidence.send : head.sqlRefusedSend;
  const change = { open, refusal, sqlRefusedSend };
  const goesOn = head.cancelAskedAt === null && mustStart({ ...head, sqlRefusedSend }, now);
  if (open.length > 0 || head.status !== 'INITIALIZING' || goesOn) {
    return { change, cause: `send ${evidence.send} started nothing` };
  }
  return {
    change: { ...change, ...ended(head, now), status: 'FAILED', error: refusal, ...answered(head, 'FAILED', now) },
    cause: refusal,
  };
}

/**
 * A preview's job is seen by others than its driver only when its rows were not delivered. While it lives it confirms
 * nothing: it is to be cancelled.
 */
function previewSeen(
  head: RunHead,
  { job, cause, byDriver }: { job: FlinkJob; cause: string | null; byDriver: boolean },
  now: number,
): Settlement | null {
  const status = instanceStatusOf(job.state);
  const driverMayLive = !byDriver && now <= head.sentAt + PATIENCE_MS;
  if (!isFinal(status) || driverMayLive) return null;
  const gone = { ...ended(head, now), active: watchAfterJob(head, now), open: [], lastSeenAt: now };
  if (status === 'FAILED') {
    const error = cutText(cause ?? 'Flink gave no reason', MAX_ERROR_LENGTH);
    return { change: { ...gone, status, error, ...answered(head, 'FAILED', now) }, cause: error };
  }
  const error = head.cancelAskedAt === null ? 'preview interrupted' : canceledText(head, now);
  return { change: { ...gone, status: 'CANCELED', error, ...answered(head, 'CANCEL', now) }, cause: error };
}

function done(head: RunHead, jobEnded: boolean, now: number): Settlement {
  const active = jobEnded ? null : (ended(head, now).active ?? null);
  return {
    change: { ...ended(head, now), active, open: [], status: 'FINISHED', ...answered(head, 'SUCCESS', now) },
    cause: head.kind === 'preview' ? 'rows delivered' : 'all statements ran',
  };
}

function seen(head: RunHead, evidence: SeenJob, now: number): Settlement | null {
  const { job, shownBy = null } = evidence;
  const status = instanceStatusOf(job.state);
  const trouble = keptTrouble(head, status, evidence.trouble ?? null);
  if (isKnown(head, status, trouble)) return null;
  const change: HeadChange = {
    status,
    open: [],
    ...NOT_MISSED,
    // By the first that shows it: without high availability a job never moves.
    ...(head.shownBy === null && shownBy !== null ? { shownBy } : {}),
    unreachableSince: null,
    lastSeenAt: now,
    ...ownCluster(head),
    ...answered(head, submitStatusOf(job), now),
  };
  if (isFinal(status)) return seenToEnd(head, evidence, change, now);
  const said = trouble.error === null ? '' : `: ${trouble.error}`;
  const told = isTold(head, trouble) ? {} : trouble;
  return { change: { ...change, ...told, active: liveOf(head) }, cause: `Flink says ${job.state}${said}` };
}

function isKnown(head: RunHead, status: InstanceStatus, trouble: Trouble): boolean {
  if (status !== head.status || head.missedAt !== null || head.unreachableSince !== null) return false;
  return isTold(head, trouble);
}

function isTold(head: RunHead, { error, restarts }: Trouble): boolean {
  return error === head.error && restarts === head.restarts;
}

function seenToEnd(head: RunHead, { job, cause, wish = null }: SeenJob, change: HeadChange, now: number): Settlement {
  const finishedAt = job.endedAt ?? now;
  const saved = wantsSavepoint(head) ? { savepoint: wish ?? wishAtEnd(head.savepoint) } : {};
  const error = endText(head, instanceStatusOf(job.state), cause, finishedAt);
  return {
    change: { ...change, ...saved, finishedAt, active: watchAfterJob(head, now), error },
    cause: error ?? `Flink says ${job.state}`,
  };
}

/** Null: the job has ended well. */
function endText(head: RunHead, status: InstanceStatus, cause: string | null, endedAt: number): string | null {
  if (status === 'CANCELED') return canceledText(head, endedAt);
  return status === 'FAILED' ? cutText(cause ?? 'Flink gave no reason', MAX_ERROR_LENGTH) : null;
}

/** Where the reply was lost: on Kubernetes the cluster is called as the run has asked. */
function ownCluster({ deployment }: RunHead): HeadChange {
  if (deployment?.clusterId !== null || isYarn(deployment.type)) return {};
  return { deployment: { ...deployment, clusterId: deployment.name } };
}

/**
 * The job has ended, but another request for it may still be on its way: an older send, or a repeat by Flink's own client.
 * A JobManager that has forgotten the id by then would start it again, as nobody's job.
 */
function watchAfterJob(head: RunHead, now: number): string | null {
  const another = head.sends > 1 || head.highAvailability;
  return another && now <= head.sentAt + LANDING_MS ? watchIn(head.id) : null;
}

/** The one way out of a final status. A job that has ended meanwhile is shown as what it was next. */
function foundAgain(head: RunHead, job: FlinkJob, now: number): Settlement {
  const status = job.endedAt === null ? instanceStatusOf(job.state) : 'RECONCILING';
  const back = { ...NOT_MISSED, status, finishedAt: null, error: null, endSeenAt: null, lastSeenAt: now } as const;
  return {
    change: { ...back, active: liveOf(head) },
    cause: `the job has reappeared (Flink says ${job.state}): the run is followed again`,
  };
}

const NOT_MISSED = { missedAt: null, missedBy: null } as const;

/** Without a job the submission has failed; a confirmed job that Flink forgot was once a successful submission. */
function over(head: RunHead, status: 'FAILED' | 'CANCELED' | 'UNKNOWN', reason: string, now: number): Settlement {
  const error = cutText(overText(head, status, reason, now), MAX_ERROR_LENGTH);
  const submitStatus = status === 'CANCELED' ? 'CANCEL' : 'FAILED';
  const change = { ...ended(head, now), status, error, ...answered(head, submitStatus, now) };
  if (hasOwnJob(head)) return { change: { ...change, active: null }, cause: error };
  // A confirmed job may show itself again: `missedAt` and `missedBy` stay.
  const lost = isConfirmed(head) && status === 'UNKNOWN' ? { missedAt: head.missedAt ?? now } : {};
  return { change: { ...change, ...lost }, cause: error };
}

function overText(head: RunHead, status: 'FAILED' | 'CANCELED' | 'UNKNOWN', reason: string, now: number): string {
  if (status !== 'CANCELED' || head.cancelAskedAt === null) return reason;
  return `${canceledText(head, now)}, before a job was started`;
}

/**
 * The run's own cluster was made for its job and holds no other: should it be in reach again after all, its job is the
 * run's, and not one that turned up late.
 */
function hasOwnJob(head: RunHead): boolean {
  return head.deployment !== null && head.status !== 'INITIALIZING';
}

function interrupted(head: RunHead, reason: string, now: number): Settlement {
  const error = cutText(`interrupted; its statements may have run: ${reason}`, MAX_ERROR_LENGTH);
  return {
    change: { ...ended(head, now), open: [], status: 'UNKNOWN', error, ...answered(head, 'FAILED', now) },
    cause: error,
  };
}

/** The outcome of the submission is final; later news about the job does not change it. */
function answered(head: RunHead, submitStatus: SubmitStatus, now: number): HeadChange {
  return head.submitStatus === 'INITIALIZE' ? { submitStatus, answeredAt: now } : {};
}

/** A run that ends without a job is watched for a while: a request may still take effect (protocol.md section 6). */
function ended(head: RunHead, now: number): HeadChange {
  const active = head.jobId === null ? null : watchIn(head.id);
  const saved = wantsSavepoint(head) ? { savepoint: wishAtEnd(head.savepoint) } : {};
  return { finishedAt: now, active, ...NOT_MISSED, ...saved, unreachableSince: null };
}

function without(open: readonly number[], send: number): number[] {
  return open.filter((n) => n !== send);
}
