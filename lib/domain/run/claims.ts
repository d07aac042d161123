/**
 * Who may run a task with given variables (protocol.md sections 3.4, 3.5 and 4). A claim is never released: the run it
 * names says whether it still holds.
 */
import type { RunHead } from './run.ts';
import { isStopping, wasStopped } from './savepoint-wish.ts';
import { isFinal } from './status.ts';

/** The TASK item: which run was last claimed for each fingerprint. */
export interface TaskClaims {
  readonly claims: Readonly<Record<string, number>>;
  readonly claimSeq: number;
  readonly latestRunId: number | null;
}

export const NO_CLAIMS: TaskClaims = { claims: {}, claimSeq: 0, latestRunId: null };

/**
 * What a run is a run of. A run has up to two fingerprints, and counts by each of them. Null where a run with any variables
 * will do.
 */
export interface RunIdentity {
  readonly taskId: number;
  readonly fp: string | null;
}

/**
 * `fp`: of all variables of a request. `usedFp`: of those that the task's texts use; left out when that is the same. Requests that
 * share one of them are the same request: the second finds a repeat that brings other variables which nobody uses, the
 * first one that comes after a change of the text.
 */
export interface Fingerprints {
  readonly fp: string;
  readonly usedFp?: string;
}

/** The fingerprints in the order of their claims: the one that says more about the work comes first. */
export function fingerprintsOf({ fp, usedFp }: Fingerprints): readonly string[] {
  return usedFp === undefined || usedFp === fp ? [fp] : [usedFp, fp];
}

/**
 * A claim or a key may name a number that belongs to other work: the counter of a restored or copied table gives numbers
 * out again.
 */
export function isRunOf(head: RunHead, { taskId, fp }: RunIdentity): boolean {
  return head.taskId === taskId && (fp === null || fingerprintsOf(head).includes(fp));
}

export interface ClaimQuestion extends RunIdentity {
  readonly taskVersion: number;
  readonly dedupeSeconds: number;
  /** The path that the request or the task names; null if a strategy looks it up: the request did not name that path. */
  readonly savePointPath: string | null;
  /** The request names itself by a key: then only a live run is the same work, not one that has ended. */
  readonly keyed: boolean;
  readonly now: number;
}

/**
 * claim: the way is free; duplicate: the run answers this request too; cancelling: it is being ended, wait for that;
 * otherState: it runs from another savepoint, so it is not the run that was asked for.
 */
export type ClaimDecision = 'claim' | 'duplicate' | 'cancelling' | 'otherState';

/** The meaning of the run that a claim names, for a request for the same work. */
export function decideClaim(head: RunHead, question: ClaimQuestion): ClaimDecision {
  if (head.status === 'VOID' || !isRunOf(head, question)) return 'claim';
  if (isFinal(head.status)) return windowOpen(head, question) ? 'duplicate' : 'claim';
  if (head.cancelAskedAt !== null || isStopping(head)) return 'cancelling';
  if (question.savePointPath !== null && head.savePointPath !== question.savePointPath) return 'otherState';
  return 'duplicate';
}

function windowOpen(head: RunHead, question: ClaimQuestion): boolean {
  if (question.keyed || head.taskVersion !== question.taskVersion) return false;
  if (head.cancelAskedAt !== null || head.status === 'CANCELED' || wasStopped(head)) return false;
  if (question.savePointPath !== null && head.savePointPath !== question.savePointPath) return false;
  return question.now < windowEnd(head, question.dedupeSeconds);
}

/** When (UTC ms) a run that has ended stops answering repeats. */
export function windowEnd(head: RunHead, dedupeSeconds: number): number {
  return (head.answeredAt ?? head.intentAt) + dedupeSeconds * 1000;
}
