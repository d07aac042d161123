/**
 * What the reconciler does about one run (protocol.md section 6). Pure: it is given what was read and what Flink said, and
 * names the outcome; the caller acts. First match counts, as in the protocol's table.
 */
import {
  LANDING_MS,
  MEMORY_MS,
  MISSED_MS,
  NO_JOB_RECORDED_MS,
  PATIENCE_MS,
  RESEND_UNTIL_MS,
  WATCH_MS,
} from './constants.ts';
import { type FlinkJob, isFinal } from './job-status.ts';
import { decideDeployed } from './reconcile-deployed.ts';
import type { Look, ReconcileDecision } from './reconcile-look.ts';
import type { RunHead } from './run.ts';

export function decideReconcile(head: RunHead, look: Look): ReconcileDecision {
  if (isFinal(head.status)) return watch(head, look);
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
  if (head.missedAt === null) return { kind: 'miss' };
  if (look.askedAt - head.missedAt < MISSED_MS) return { kind: 'wait', why: 'missed' };
  if (head.status !== 'INITIALIZING')
    return { kind: 'end', status: 'UNKNOWN', reason: 'Flink no longer knows this job' };
  if (head.otherJobId !== null) return { kind: 'end', status: 'UNKNOWN', reason: head.refusal ?? 'another job' };
  if (!provesNothingStarted(head, look)) return unknowable(head, look);
  if (hadNoTurn(head)) return { kind: 'end', status: 'UNKNOWN', reason: NO_TURN };
  return ended(head, head.refusal ?? tookNone(head));
}

/** A JobManager that remembers everything since the intent, and does not know the job: there never was one. */
function provesNothingStarted(head: RunHead, look: Look): boolean {
  return look.askedAt < head.intentAt + MEMORY_MS && isSameProcess(head, look);
}

function unknowable(head: RunHead, look: Look): ReconcileDecision {
  const why = isSameProcess(head, look)
    ? "Flink's memory of ended jobs is shorter than the time since the submission"
    : 'the JobManager has been restarted since the submission and has no memory of before';
  return { kind: 'end', status: 'UNKNOWN', reason: `nobody can tell whether a job was started: ${why}` };
}

function ended(head: RunHead, reason: string): ReconcileDecision {
  const status = head.cancelAskedAt === null ? 'FAILED' : 'CANCELED';
  return { kind: 'end', status, reason: status === 'CANCELED' ? 'cancelled before a job was started' : reason };
}

function tookNone(head: RunHead): string {
  const said = `Flink took none of ${head.sends} submission${head.sends === 1 ? '' : 's'}`;
  return head.triedWhy === null ? said : `${said}; when it was to be sent again: ${head.triedWhy}`;
}

const NO_TURN =
  'it was accepted, but no sweep came to send it again in the time in which that was safe, so nobody can say what Flink would have made of it. Flink has no job of it: submit it again';

/** It might have been sent again, and nobody ever tried. */
function hadNoTurn(head: RunHead): boolean {
  if (head.once || head.cancelAskedAt !== null || head.sqlRefusedSend === head.sends) return false;
  return head.sends === 1 && head.triedAt === null;
}

export function mayResend(head: RunHead, look: Look): boolean {
  if (head.once || head.cancelAskedAt !== null || head.jobId === null) return false;
  if (head.sqlRefusedSend === head.sends || head.otherJobId !== null) return false;
  if (look.askedAt >= head.intentAt + RESEND_UNTIL_MS) return false;
  const patienceMs = look.jobManager?.forgetsEnded === true ? LANDING_MS : PATIENCE_MS;
  return look.askedAt > head.sentAt + patienceMs && refusesKnownIds(head, look);
}

/**
 * Whether this JobManager would refuse the run's id if it had ever taken it. With high availability the ids of ended jobs
 * outlive the process, unless they are forgotten with their jobs.
 */
export function refusesKnownIds(head: RunHead, look: Pick<Look, 'jobManager'>): boolean {
  if (isSameProcess(head, look)) return true;
  return look.jobManager?.highAvailability === true && !look.jobManager.forgetsEnded;
}

/** Jobs that ended are shown by the process in which they ended, and by no other: not even with high availability. */
function isSameProcess(head: RunHead, { jobManager }: Pick<Look, 'jobManager'>): boolean {
  return jobManager !== null && jobManager.jmId !== null && jobManager.jmId === head.jmId;
}

function withoutJob(head: RunHead, askedAt: number): ReconcileDecision {
  if (askedAt <= head.intentAt + NO_JOB_RECORDED_MS) return { kind: 'wait', why: 'submitterAlive' };
  return { kind: 'end', status: 'UNKNOWN', reason: 'interrupted; its statements may have run' };
}

/** The run is over without a job; one that still turns up under its id is nobody's. */
function watch(head: RunHead, { seen, askedAt }: Look): ReconcileDecision {
  if (seen.kind === 'job' && seen.job.endedAt === null) return { kind: 'cancelJob', job: seen.job };
  return askedAt > head.intentAt + WATCH_MS ? { kind: 'stopWatching' } : { kind: 'wait', why: 'watching' };
}
