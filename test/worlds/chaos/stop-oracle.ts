/** Judges stops, savepoints and restarts by Flink's own ledger, once all is settled. */
import { isWaiting } from '../../../lib/domain/run/restart.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { SavepointWish } from '../../../lib/domain/run/savepoint-trigger.ts';
import { isFinal } from '../../../lib/domain/run/status.ts';
import { clusterOf } from './clusters.ts';
import { GIVEN_PATH } from './commands.ts';
import { leftAtItsEnd } from './job-manager.ts';
import type { Ledger, SavepointTaken } from './ledger.ts';
import { acceptancesOf, jobManagerOf, type Judged } from './oracle.ts';

const SKEW_MS = 3_000;
/** Flink keeps the outcome of a trigger for so long. */
const KEPT_MS = 5 * 60_000;

function ledgerOf({ clusters }: Judged, head: RunHead): Ledger {
  return clusterOf(clusters, head).jobManager.ledger;
}

export function judgeStops(world: Judged): void {
  for (const head of world.heads.values()) {
    if (head.status === 'VOID') continue;
    judgeRestart(world, head);
    // One whose job nobody can see is not settled: that is judged with its status.
    const isShown = jobManagerOf(world, head).shown(head.jobId ?? '') !== null;
    if (head.savepoint?.state === 'wanted' && (isShown || isFinal(head.status)))
      world.complain('lost', head.id, `run ${head.status}: savepoint ${head.savepoint.triggerId} is wanted for ever`);
  }
  for (const { runId, wish } of world.wishes.stored.values()) {
    const head = world.heads.get(runId);
    if (head !== undefined) judgeWish(world, head, wish);
  }
  judgeTriggers(world);
  judgePromises(world);
}

/** Flink took each savepoint once. */
function judgeTriggers(world: Judged): void {
  const byTrigger = new Map<string, SavepointTaken[]>();
  for (const { jobManager } of world.clusters)
    for (const one of jobManager.ledger.savepoints)
      byTrigger.set(one.triggerId, [...(byTrigger.get(one.triggerId) ?? []), one]);
  for (const [triggerId, all] of byTrigger) {
    if (all.length < 2) continue;
    const runId = world.wishes.stored.get(triggerId)?.runId ?? null;
    const isTwice = new Set(all.map(({ process }) => process)).size < all.length;
    if (isTwice)
      world.complain(
        'duplicate',
        runId,
        `savepoint ${triggerId} was begun ${all.length} times: ${JSON.stringify(all)}`,
      );
    else world.setApart('12 another JobManager process began a savepoint again');
  }
}

/** Whoever was promised a savepoint finds what became of it. */
function judgePromises({ wishes, heads, complain, setApart }: Judged): void {
  for (const triggerId of wishes.promised) {
    const stored = wishes.stored.get(triggerId);
    if (stored === undefined) complain('lost', null, `savepoint ${triggerId} was promised, and no run has it`);
    else if (stored.wish.state === 'wanted' && heads.get(stored.runId)?.savepoint?.triggerId !== triggerId)
      setApart('12 a savepoint that a stop has replaced');
  }
}

/** It is done, and Flink has it, or it has failed for a true reason. */
function judgeWish(world: Judged, head: RunHead, wish: SavepointWish): void {
  const { triggerId, type, state, path, reason } = wish;
  const begun = ledgerOf(world, head).savepoints.filter(
    (one) => one.jobId === head.jobId && one.triggerId === triggerId,
  );
  const seen = `savepoint ${triggerId} (${type}) is ${state} (${path ?? reason ?? ''}): ${JSON.stringify(begun)}`;
  if (state === 'done') judgeDone(world, head, { path, begun, seen });
  if (state === 'failed') judgeFailed(world, head, { reason: reason ?? '', begun, seen });
}

interface Seen {
  readonly begun: readonly SavepointTaken[];
  readonly seen: string;
}

function judgeDone(world: Judged, head: RunHead, { path, begun, seen }: Seen & { readonly path: string | null }): void {
  if (begun.every((one) => one.path !== path)) world.complain('wrong final', head.id, seen);
  if (world.savepoints.some((one) => one.path === path && one.runId === head.id)) return;
  if (head.endSeenAt === null) world.complain('lost', head.id, `not recorded for LATEST: ${seen}`);
  else world.setApart('savepoints that Flink did not tell in two looks');
}

function judgeFailed(world: Judged, head: RunHead, { reason, begun, seen }: Seen & { readonly reason: string }): void {
  const taken = begun.find((one) => one.path !== null);
  const isUntrue = begun.length > 0 && saysNotAsked(reason);
  if (reason === '') world.complain('lost', head.id, `no reason: ${seen}`);
  if (isUntrue || (taken !== undefined && !mayBeMissed(world, head, taken)))
    world.complain('wrong final', head.id, seen);
  else if (taken !== undefined) world.setApart('12 a savepoint whose outcome Flink had forgotten');
}

function saysNotAsked(reason: string): boolean {
  return /was not asked|can't be reached|before anything was stopped|before it began/.test(reason);
}

/** Nobody could ask the process that took it while that process knew. */
function mayBeMissed(world: Judged, head: RunHead, { process, completedAt }: SavepointTaken): boolean {
  // A run that is given up, and whose job comes back, is not asked for its savepoint again.
  const recordedAt =
    head.events.findLast(({ cause, status }) => cause.includes('no savepoint') || status === 'UNKNOWN')?.at ??
    // Not `finishedAt`, which is Flink's time: a sweep may see the end much later.
    head.events.find(({ status }) => isFinal(status))?.at ??
    null;
  const { starts, exchanges } = ledgerOf(world, head);
  if (completedAt === null || recordedAt === null) return false;
  const replaced = [...starts.slice(process), ...exchanges.map(({ at }) => at)].some(
    (at) => at >= completedAt - KEPT_MS,
  );
  const asked = head.cancelAskedAt !== null;
  return replaced || asked || recordedAt - completedAt > KEPT_MS - SKEW_MS || head.endSeenAt !== null;
}

/** Exactly one job: the new one, or the old one with the reason. */
function judgeRestart(world: Judged, head: RunHead): void {
  judgeGivenUp(world, head);
  if (head.follows === null) return;
  const old = world.heads.get(head.follows.runId);
  const complain = (text: string): void =>
    world.complain('lost', head.id, `restart of run ${head.follows?.runId ?? 0}: ${text}`);
  if (old === undefined) {
    complain('that run is not there');
    return;
  }
  if (isWaiting(head)) {
    // As long as the run that it waits for, of which nobody can see the job.
    const isUnseen = !isFinal(old.status) && jobManagerOf(world, old).shown(old.jobId ?? '') === null;
    if (isUnseen) world.setApart('13 waits for a run whose job nobody can see');
    else complain('it waits for ever');
    return;
  }
  if (acceptancesOf(world, head).length > 0) judgeStart(world, [old, head], complain);
  else judgeUnstarted(world, [old, head], complain);
}

type Pair = readonly [old: RunHead, next: RunHead];

/** From what the old job has left, or from the path that was given. */
function judgeStart(world: Judged, [old, head]: Pair, complain: (text: string) => void): void {
  const from = head.savePointPath;
  if (head.follows?.isWaiting === true) complain('its job was started while it waited');
  if (from === null) complain('it started from nothing');
  if (from === null || (head.follows?.isGiven === true && from === GIVEN_PATH)) return;
  const left = ledgerOf(world, old).savepoints.filter(({ jobId }) => jobId === old.jobId);
  if (from !== leftAtItsEnd(old.jobId ?? '') && !left.some(({ path }) => path === from))
    complain(`it started from ${from}, which the job of that run has not left`);
}

/** Nothing was started: then nothing was stopped for it, or it says why. */
function judgeUnstarted(world: Judged, [old, head]: Pair, complain: (text: string) => void): void {
  if (!wasStoppedFor(world, old, head)) return;
  const said = `that run was stopped for it, and it has no job: ${head.status} (${head.error ?? ''}), sends ${head.sends}`;
  if (head.cancelAskedAt !== null || wasCancelled(old, head) || head.sqlRefusedSend !== null) return;
  // Also when its job came back after the restart was given up.
  const wasUnknown = old.events.some(({ status, at }) => status === 'UNKNOWN' && at <= (head.finishedAt ?? Infinity));
  const isUnknown = wasUnknown && old.savepoint?.state !== 'done';
  if (old.endSeenAt !== null)
    world.setApart('13 what the old run of a restart has left, Flink did not tell in two looks');
  else if (isUnknown) world.setApart('13 nobody knows whether the old run of a restart has ended');
  else if (head.status === 'UNKNOWN') world.setApart('13 nobody knows whether the new run of a restart was started');
  else if (head.sends > 0 && head.once)
    world.setApart('13 the new run of a restart may be sent once, and was not taken');
  else complain(said);
}

/** By somebody: a cancel during a restart ends both runs. From a given path, the restart itself has cancelled it. */
function wasCancelled(old: RunHead, { follows }: RunHead): boolean {
  return old.cancelAskedAt !== null && follows?.isGiven !== true;
}

function wasStoppedFor(world: Judged, old: RunHead, head: RunHead): boolean {
  if (old.restart?.runId !== head.id || old.restart.state === 'failed') return false;
  if (head.follows?.isGiven === true) return old.events.some(({ cause }) => cause.endsWith(', for a restart'));
  return ledgerOf(world, old).savepoints.some(
    ({ triggerId, type, path }) => triggerId === old.savepoint?.triggerId && type === 'stop' && path !== null,
  );
}

function judgeGivenUp(world: Judged, old: RunHead): void {
  const { id, restart, status, events } = old;
  if (restart === null) return;
  const next = world.heads.get(restart.runId);
  const isThere = next !== undefined && next.status !== 'VOID';
  if (restart.state === 'wanted' && !isThere && !isFinal(status))
    world.complain('lost', id, `its restart as run ${restart.runId} is wanted for ever`);
  if (restart.state !== 'failed') return;
  const isTold = events.some(({ cause }) => /not restarted|no savepoint/.test(cause));
  if (!isTold || restart.reason === null) world.complain('lost', id, 'it was not restarted, and does not say why');
}

/** What became of them. */
export function stopCounts(world: Judged): ReadonlyMap<string, number> {
  const heads = [...world.heads.values()];
  const count = (of: (head: RunHead) => boolean): number => heads.filter(of).length;
  const began = world.clusters.flatMap(({ jobManager }) => jobManager.ledger.savepoints);
  return new Map([
    ['savepoints begun', began.length],
    ['savepoints done', began.filter(({ path }) => path !== null).length],
    ['restarts begun', count(({ follows }) => follows !== null)],
    ['restarts that started a job', count((head) => head.follows !== null && acceptancesOf(world, head).length > 0)],
    ['restarts given up', count(({ restart }) => restart?.state === 'failed')],
  ]);
}
