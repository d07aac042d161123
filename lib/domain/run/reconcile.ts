/**
 * What the reconciler does about one run (protocol.md section 6). Pure: it is given what was read and what Flink said, and
 * names the outcome; the caller acts. First match counts, as in the protocol's table.
 */
import {
  LANDING_MS,
  LOST_WATCH_MS,
  MEMORY_MS,
  MISSED_MS,
  NO_JOB_RECORDED_MS,
  PATIENCE_MS,
  RESEND_UNTIL_MS,
  WATCH_MS,
} from '../limits.ts';
import { NOT_STEADY } from './answering.ts';
import { isConfirmed, isLost, isProof, isRevivable, lostAfterMs, whoAnswers } from './lost-job.ts';
import type { Look, ReconcileDecision } from './observation.ts';
import { decideDeployed } from './reconcile-own-cluster.ts';
import { isWaiting, mayBeSentFirst, mustStart, wantsRestart } from './restart.ts';
import type { RunHead } from './run.ts';
import { wantsSavepoint } from './savepoint-wish.ts';
import { type FlinkJob, isFinal } from './status.ts';

export function decideReconcile(head: RunHead, look: Look): ReconcileDecision {
  if (isFinal(head.status)) return watch(head, look);
  if (isWaiting(head)) return { kind: 'restart' };
  if (mayBeSentFirst(head) && mustStart(head, look.askedAt)) return { kind: 'resend' };
  if (head.kind === 'none') return withoutJob(head, look.askedAt);
  if (head.deployment !== null && look.seen.kind !== 'job') return decideDeployed(head, head.deployment, look);
  switch (look.seen.kind) {
    case 'unreachable':
      return { kind: 'wait', why: 'unreachable' };
    case 'job':
      return withJob(head, look.seen.job, look.askedAt);
    case 'noJob':
      return notFound(head, look);
  }
}

function withJob(head: RunHead, job: FlinkJob, askedAt: number): ReconcileDecision {
  const lives = job.endedAt === null;
  // Its submitter is still reading the rows, and ends it.
  if (head.kind === 'preview' && askedAt <= head.sentAt + PATIENCE_MS) return { kind: 'wait', why: 'submitterAlive' };
  if (lives && (wantsSavepoint(head) || wantsRestart(head))) return { kind: 'savepoint', job };
  if (lives && (head.kind === 'preview' || head.cancelAskedAt !== null)) return { kind: 'cancelJob', job };
  return { kind: 'record', job };
}

function notFound(head: RunHead, look: Look): ReconcileDecision {
  if (head.status !== 'INITIALIZING') return missed(head, look);
  if (head.open.length === 0) return ended(head, head.refusal ?? 'no submission was sent');
  if (mayResend(head, look)) return { kind: 'resend' };
  if (look.askedAt <= head.sentAt + LANDING_MS) return { kind: 'wait', why: 'landing' };
  return missed(head, look);
}

function missed(head: RunHead, look: Look): ReconcileDecision {
  if (head.missedAt === null) return miss(head, look);
  if (head.status !== 'INITIALIZING') return givenUp(head, head.missedAt, look);
  if (look.askedAt - head.missedAt < MISSED_MS) return { kind: 'wait', why: 'missed' };
  if (head.otherJobId !== null) return { kind: 'end', status: 'UNKNOWN', reason: head.refusal ?? 'another job' };
  if (!provesNothingStarted(head, look)) return unknowable(head, look);
  if (hadNoTurn(head)) return { kind: 'end', status: 'UNKNOWN', reason: NO_TURN };
  return ended(head, head.refusal ?? tookNone(head));
}

function miss(head: RunHead, look: Look): ReconcileDecision {
  // The values of the intent decide about a re-send, so they stay until the job is confirmed.
  const highAvailability = isConfirmed(head) ? hasHighAvailability(head, look) : head.highAvailability;
  const by = look.jobManager?.jmId ?? null;
  const doubted = head.status !== 'INITIALIZING' && !isProof({ ...head, highAvailability }, by);
  return { kind: 'miss', by, highAvailability, doubted };
}

/**
 * A confirmed job is gone when the process that showed it does not know it any more. Another one may stand at its address
 * for a while, so that its word counts only after a time in which it alone has answered.
 */
function givenUp(head: RunHead, missedAt: number, look: Look): ReconcileDecision {
  const now = { ...head, highAvailability: hasHighAvailability(head, look) };
  const by = look.jobManager?.jmId ?? null;
  const steady = look.jobManager?.steady ?? NOT_STEADY;
  const isAnother = head.missedBy?.jmId !== by;
  if (isAnother && !now.highAvailability) return miss(head, look);
  if (steady.byTurns) return { kind: 'wait', why: 'doubted' };
  if (isProof(now, by)) {
    if (look.askedAt - missedAt < MISSED_MS) return { kind: 'wait', why: 'missed' };
    return { kind: 'end', status: 'UNKNOWN', reason: 'Flink no longer knows this job' };
  }
  const isTime = steady.since !== null && look.askedAt - Math.max(missedAt, steady.since) >= lostAfterMs(now);
  return isTime ? { kind: 'end', status: 'UNKNOWN', reason: lostReason(now, by, look.askedAt - missedAt) } : DOUBTED;
}

const DOUBTED = { kind: 'wait', why: 'doubted' } as const;

function lostReason(head: RunHead, answeredBy: string | null, missedForMs: number): string {
  const minutes = Math.floor(missedForMs / MINUTE_MS);
  const who = whoAnswers(head, { jmId: answeredBy, address: head.address });
  return `the job is lost: for ${minutes} minutes ${who.replace(' answers', ' has answered')} and does not know it`;
}

const MINUTE_MS = 60_000;

/** A JobManager that remembers everything since the intent, and does not know the job: there never was one. */
function provesNothingStarted(head: RunHead, look: Look): boolean {
  return look.askedAt < head.intentAt + MEMORY_MS && isSameProcess(head, look);
}

function unknowable(head: RunHead, look: Look): ReconcileDecision {
  const said = head.refusal === null ? '' : `. The last reply was: ${head.refusal}`;
  const reason = `it is not known whether a job was started: ${whyUnknowable(head, look)}${said}`;
  return { kind: 'end', status: 'UNKNOWN', reason };
}

function whyUnknowable(head: RunHead, look: Look): string {
  if (isOtherCluster(head, look)) {
    const what =
      look.jobManager?.highAvailability === true ? 'another cluster with high availability' : 'another cluster';
    return `${what} answers at its address now, and does not know what the one at the submission accepted`;
  }
  if (hasHighAvailability(head, look)) {
    return 'with high availability only the JobManager in which a job ended knows that job, so a 404 proves nothing';
  }
  if (look.jobManager?.steady?.byTurns === true) return 'several JobManagers answer by turns at its address';
  return isSameProcess(head, look)
    ? 'Flink may have forgotten the job: the submission is longer ago than Flink remembers ended jobs'
    : 'the JobManager was restarted or replaced after the submission, and does not know earlier jobs';
}

function ended(head: RunHead, reason: string): ReconcileDecision {
  const status = head.cancelAskedAt === null ? 'FAILED' : 'CANCELED';
  return { kind: 'end', status, reason: status === 'CANCELED' ? 'cancelled before a job was started' : reason };
}

function tookNone(head: RunHead): string {
  const said = `Flink accepted none of ${head.sends} submission${head.sends === 1 ? '' : 's'}`;
  return head.triedWhy === null ? said : `${said}; sending it again failed: ${head.triedWhy}`;
}

const NO_TURN =
  'Dinghy accepted the run, but no sweep came to send it again while that was safe. Flink has no job for it: submit it again';

/** It might have been sent again, and nobody ever tried. */
function hadNoTurn(head: RunHead): boolean {
  if (head.once || head.cancelAskedAt !== null || head.sqlRefusedSend === head.sends) return false;
  return head.sends === 1 && head.triedAt === null;
}

function mayResend(head: RunHead, look: Look): boolean {
  if (head.once || head.cancelAskedAt !== null || head.jobId === null) return false;
  if (head.sqlRefusedSend === head.sends || head.otherJobId !== null) return false;
  if (look.askedAt >= head.intentAt + RESEND_UNTIL_MS) return false;
  return look.askedAt > head.sentAt + PATIENCE_MS && refusesKnownIds(head, look);
}

/**
 * Whether this JobManager would refuse the run's id if it had ever taken it. With high availability the ids of ended jobs
 * outlive the process, unless they are forgotten with their jobs; then nothing is ever sent again.
 */
export function refusesKnownIds(head: RunHead, look: Pick<Look, 'jobManager'>): boolean {
  if (!hasHighAvailability(head, look)) return isSameProcess(head, look);
  const { jobManager } = look;
  if (!head.highAvailability || head.forgetsEnded || isOtherCluster(head, look)) return false;
  return jobManager?.highAvailability === true && !jobManager.forgetsEnded;
}

/** It keeps its records elsewhere than the one of the intent: what that one took, it has never heard of. */
function isOtherCluster({ haCluster }: RunHead, { jobManager }: Pick<Look, 'jobManager'>): boolean {
  return haCluster !== null && jobManager !== null && jobManager.haCluster !== haCluster;
}

/** High availability at the intent or now. */
function hasHighAvailability(head: RunHead, { jobManager }: Pick<Look, 'jobManager'>): boolean {
  return head.highAvailability || jobManager?.highAvailability === true;
}

/**
 * The one process of the intent, which knows every job that it ever took. With high availability the one that answers need
 * not be the one that leads, and jobs that ended are shown by the process in which they ended alone.
 */
function isSameProcess(head: RunHead, look: Pick<Look, 'jobManager'>): boolean {
  const { jobManager } = look;
  if (hasHighAvailability(head, look) || jobManager === null || jobManager.steady?.byTurns === true) return false;
  return jobManager.jmId !== null && jobManager.jmId === head.jmId;
}

function withoutJob(head: RunHead, askedAt: number): ReconcileDecision {
  if (askedAt <= head.intentAt + NO_JOB_RECORDED_MS) return { kind: 'wait', why: 'submitterAlive' };
  return { kind: 'end', status: 'UNKNOWN', reason: 'interrupted; its statements may have run' };
}

/** The run is over. A job that still turns up under its id is nobody's, unless Flink had shown it before. */
function watch(head: RunHead, look: Look): ReconcileDecision {
  if (isLost(head)) return watchLost(head, look);
  const { seen, askedAt } = look;
  if (seen.kind === 'job' && seen.job.endedAt === null) return { kind: 'cancelJob', job: seen.job };
  return askedAt > head.intentAt + WATCH_MS ? { kind: 'stopWatching' } : { kind: 'wait', why: 'watching' };
}

/** Dinghy never cancels a job that was confirmed: it follows it again, or reports it. */
function watchLost(head: RunHead, { seen, askedAt }: Look): ReconcileDecision {
  const watching = { kind: 'wait', why: 'watching' } as const;
  if (seen.kind !== 'job') {
    const since = head.missedAt ?? head.finishedAt ?? head.intentAt;
    return askedAt > since + LOST_WATCH_MS ? { kind: 'stopWatching' } : watching;
  }
  const { job } = seen;
  if (isRevivable(head)) return { kind: 'follow', job };
  const lives = job.endedAt === null;
  if (lives === (head.twinSince !== null))
    return lives && head.cancelAskedAt !== null ? { kind: 'cancelJob', job } : watching;
  return { kind: 'twin', since: lives ? askedAt : null };
}
