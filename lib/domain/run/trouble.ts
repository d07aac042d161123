/**
 * What keeps a live job from running, as answers tell it: Flink restarts it again and again, or it waits for task slots. It
 * is kept as the `error` of the run until its job runs or has ended. Pure.
 */
import { cutText } from '../cut-text.ts';
import { MAX_ERROR_LENGTH } from '../limits.ts';
import type { RunHead } from './run.ts';
import { type FlinkJob, type InstanceStatus, instanceStatusOf } from './status.ts';

/** Task slots of a cluster. */
export interface Slots {
  readonly total: number;
  readonly free: number;
}

export interface Trouble {
  /** Null: none is known. */
  readonly error: string | null;
  /** How often the job was restarted, the restart that goes on included; null: that is not known. */
  readonly restarts: number | null;
}

/** The questions to Flink about a live job. */
export type TroubleQuestion =
  | 'nothing'
  /** Why it is restarted, and how often. */
  | 'restart'
  /** How often it was restarted, now that it runs again. */
  | 'afterRestart'
  /** Whether it waits for slots. */
  | 'slots'
  /** Nothing: its tasks run, and what kept them from that is over. */
  | 'over';

export interface LiveLook {
  readonly job: FlinkJob;
  /** UTC ms. */
  readonly now: number;
  /** Sweeps skip a RUNNING job: a text that only they set would never be removed. */
  readonly isPoll: boolean;
}

/** A job that comes up takes a moment, and takes slots before it runs. */
const COMES_UP_MS = 5_000;

export function troubleQuestion(head: RunHead, look: LiveLook): TroubleQuestion {
  const { job, now } = look;
  if (job.state === 'RESTARTING') return 'restart';
  if (job.state === 'RUNNING' && head.status === 'RESTARTING') return 'afterRestart';
  if (job.state === 'RUNNING' && head.error !== null && job.waitsForSlots === false) return 'over';
  return mayWait(head, look) && now - head.sentAt > COMES_UP_MS ? 'slots' : 'nothing';
}

/** With the adaptive scheduler it is CREATED until it has slots; with the default one RUNNING, and its tasks wait. */
function mayWait(head: RunHead, { job, isPoll }: LiveLook): boolean {
  if (job.state === 'RUNNING') return job.waitsForSlots === true && isPoll;
  return instanceStatusOf(job.state) === 'CREATED' && head.status === 'CREATED';
}

/** While it is RESTARTING: Flink counts late, and this restart is the first one at least. */
export function restartsNow({ restarts }: RunHead, counted: number | null): number {
  return Math.max(1, counted ?? restarts ?? 1);
}

/** Once it runs again. */
export function restartsSince({ restarts }: RunHead, counted: number | null): number | null {
  return counted === null ? restarts : Math.max(counted, restarts ?? 0);
}

/** The reason of each restart is stored once: a text that quotes a record differs each time. */
export function isRestartTold(head: RunHead, restarts: number): boolean {
  return head.status === 'RESTARTING' && head.error !== null && head.restarts === restarts;
}

/** In the form of the head. Values that were not read stay, while the job stays the same. */
export function keptTrouble({ status, error, restarts }: RunHead, now: InstanceStatus, asked: Trouble | null): Trouble {
  if (asked === null) return { error: status === now ? error : null, restarts };
  return { ...asked, error: asked.error === null ? null : cutText(asked.error, MAX_ERROR_LENGTH) };
}

export function restartText(restarts: number, cause: string): string {
  return `restart ${restarts}: ${cause}`;
}

/** Null: it does not wait for slots. */
export function slotsText({ total, free }: Slots): string | null {
  if (free > 0) return null;
  const none = total === 0 ? 'the cluster has none' : `the cluster has ${total}, and none is free`;
  return `the job waits for task slots: ${none}. End another job, lower the parallelism, or add TaskManagers.`;
}
