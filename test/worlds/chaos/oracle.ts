/** Judges a world by Flink's own ledger: how often was each run started, and is its final status true? */
import { LANDING_MS, MEMORY_MS } from '../../../lib/domain/limits.ts';
import type { RunBody } from '../../../lib/domain/plan/run-body.ts';
import { isWaiting } from '../../../lib/domain/run/restart.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { Savepoint } from '../../../lib/domain/run/savepoint.ts';
import { instanceStatusOf, isFinal } from '../../../lib/domain/run/status.ts';
import { clusterOf, type Clusters, type SimCluster } from './clusters.ts';
import type { SimJob, SimJobManager } from './job-manager.ts';
import type { Acceptance, Ledger } from './ledger.ts';
import { kindOfTask, lastStatementOf, LATEST_TASK } from './tasks.ts';
import type { Complain } from './violations.ts';
import type { WishWatch } from './wish-watch.ts';

export interface Judged {
  readonly heads: ReadonlyMap<number, RunHead>;
  readonly bodies: ReadonlyMap<string, RunBody>;
  readonly savepoints: readonly Savepoint[];
  readonly clusters: Clusters;
  readonly now: () => number;
  readonly complain: Complain;
  /** Cases that section 10 of the protocol excepts from its promises. */
  readonly setApart: (kind: string) => void;
  /** A cancel of this task was asked for by somebody. */
  readonly cancelAsked: (taskId: number) => boolean;
  readonly wishes: WishWatch;
}

const SKEW_MS = 3_000;
/** A write may take effect so long after it was decided. */
const WRITE_MS = 30_000;
/** The law's numbers, not the code's. */
const LOST_AFTER_MS = 5 * 60_000;
const LOST_AFTER_HA_MS = 30 * 60_000;
const STEADY_GAP_MS = 3 * 60_000;
/** Between asking who the JobManager is and handing a statement over: as long as that question may take, and a moment. */
const IDENTIFY_MS = 12_000;

export function judgeWorld(world: Judged): void {
  const runs = [...world.heads.values()].filter((head) => head.status !== 'VOID');
  for (const head of runs) {
    judgeStarts(world, head);
    judgeMains(world, head);
    judgeStatus(world, head);
    judgeSavepoint(world, head);
  }
  judgeLatest(world, runs);
  judgeWithoutJob(world, runs);
  judgeOverlaps(world, runs);
  for (const cluster of world.clusters) judgeOrphans(world, cluster, runs);
}

export function jobManagerOf({ clusters }: Pick<Judged, 'clusters'>, head: RunHead): SimJobManager {
  return clusterOf(clusters, head).jobManager;
}

export function acceptancesOf(world: Pick<Judged, 'clusters'>, head: RunHead): readonly Acceptance[] {
  return head.jobId === null ? [] : (jobManagerOf(world, head).ledger.accepted.get(head.jobId) ?? []);
}

function judgeStarts(world: Judged, head: RunHead): void {
  const all = acceptancesOf(world, head);
  all.slice(1).forEach((later, i) => {
    const before = all[i]!;
    const excuse = excuseFor(jobManagerOf(world, head), before, later);
    const what = `job ${head.jobId} was started ${all.length} times: ${JSON.stringify(all)}`;
    if (excuse === null) world.complain('duplicate', head.id, what);
    else world.setApart(excuse);
  });
}

/** Once, or once for each send, of the one jar that was submitted. */
function judgeMains(world: Judged, head: RunHead): void {
  const { bodies, complain } = world;
  const mains = jobManagerOf(world, head).ledger.mains.get(head.jobId ?? '') ?? [];
  const ran = `its main() ran ${mains.length} times: ${JSON.stringify(mains)}`;
  if (mains.length > (head.once ? 1 : head.sends)) complain('duplicate', head.id, `${ran}, with ${head.sends} sends`);
  if (mains.length === 0 && head.error?.includes('main() failed') === true)
    complain('wrong final', head.id, `it ended by "${head.error}", but ${ran}`);
  const job = bodies.get(`${head.id}/${head.writer}`)?.plan.job;
  const submitted = job?.kind === 'jar' ? job.sha256 : undefined;
  if (mains.some(({ sha256 }) => sha256 !== submitted))
    complain('law', head.id, `of another jar than ${submitted}, ${ran}`);
}

/** Null: none. */
function excuseFor(jobManager: SimJobManager, before: Acceptance, later: Acceptance): string | null {
  const { ledger } = jobManager;
  if (before.memory !== later.memory && wasExchanged(ledger, before.at, later.at)) {
    return isUnderWay(ledger, later) ? '10.4 request under way when another JobManager took the address' : null;
  }
  if (before.endedAt === null || before.endedAt > later.at) return null;
  if (before.memory !== later.memory) {
    return isUnderWay(ledger, later) ? '10.4 request under way when the JobManager was restarted' : null;
  }
  if (jobManager.ha !== 'forgets') return null;
  if (before.operation === later.operation) return "10.1 HA default: Flink's own client repeated";
  return later.handedAt - before.handedAt >= LANDING_MS - SKEW_MS ? '10.1 HA default: a send LANDING later' : null;
}

/** The request was handed over before the process that took it was there, or just about. */
function isUnderWay({ starts, exchanges }: Ledger, later: Acceptance): boolean {
  // No client of Flink's repeats the run of a jar, and no JobManager has what was uploaded to the one before it.
  if (isMain(later)) return false;
  const exchanged = exchanges.filter(({ process, at }) => process === later.process && at <= later.at);
  const since = [starts[later.process - 1] ?? Infinity, ...exchanged.map(({ at }) => at)];
  return since.some((at) => later.handedAt < at + IDENTIFY_MS);
}

function wasExchanged({ exchanges }: Ledger, from: number, to: number): boolean {
  return exchanges.some(({ at }) => at >= from && at <= to);
}

// eslint-disable-next-line complexity -- a table of cases, one line each
function judgeStatus(world: Judged, head: RunHead): void {
  const all = acceptancesOf(world, head);
  const ends = all.map(({ end }) => end);
  const wrong = (why: string): void =>
    world.complain(
      'wrong final',
      head.id,
      `${head.kind} run is ${head.status}/${head.submitStatus} (${head.error ?? ''}), but ${why}: ${JSON.stringify(all)}`,
    );
  if (head.kind === 'job' && head.submitStatus === 'SUCCESS' && all.length === 0) wrong('no job was ever started');
  if (!isFinal(head.status)) {
    // What waits for the end of another run is judged with that (stop-oracle.ts).
    if (!isWaiting(head)) judgeLive(world, head, all);
    return;
  }
  switch (head.status) {
    case 'FINISHED':
      if (head.kind === 'job' && !ends.includes('FINISHED')) wrong('no job of it finished');
      if (head.kind === 'preview' && !jobManagerOf(world, head).ledger.rowsRead.has(head.jobId ?? ''))
        wrong('its rows were never read');
      break;
    case 'FAILED':
      if (all.length > 0 && !ends.includes('FAILED')) wrong('no job of it failed');
      break;
    case 'CANCELED':
      if (all.length === 0 && !world.cancelAsked(head.taskId)) wrong('nobody asked for that');
      if (head.kind === 'job' && all.length > 0 && !ends.includes('CANCELED')) wrong('no job of it was cancelled');
      break;
    default:
      break;
  }
}

/** What a finished job has left is recorded, unless Flink would not tell it in two looks of the sweep. */
function judgeSavepoint(world: Judged, head: RunHead): void {
  const recorded = world.savepoints.some(({ runId, jobId }) => runId === head.id && jobId === head.jobId);
  if (head.kind !== 'job' || head.status !== 'FINISHED' || recorded) return;
  if (head.endSeenAt === null) world.complain('lost', head.id, 'its job left a savepoint, and none is recorded');
  else world.setApart('savepoints that Flink did not tell in two looks');
}

function judgeLive(world: Judged, head: RunHead, all: readonly Acceptance[]): void {
  const job = jobManagerOf(world, head).shown(head.jobId ?? '');
  if (job !== null && justChanged(world, job)) return;
  const text = `${head.kind} run is ${head.status} for ever, sends ${head.sends}, open [${head.open.join(',')}]: ${JSON.stringify(all)}`;
  if (job === null && isWaitedForLong(world, head, all)) world.setApart('10.5 processes have answered by turns');
  else if (job === null) world.complain('lost', head.id, text);
  else if (instanceStatusOf(job.state) !== head.status)
    world.complain('lost', head.id, `${text}; Flink says ${job.state}`);
}

/** Another process has answered between two answers of this one: such an address is taken for a shared one, for a day. */
function isWaitedForLong(world: Judged, head: RunHead, all: readonly Acceptance[]): boolean {
  const jobManager = jobManagerOf(world, head);
  const { process } = jobManager;
  return wasConfirmed(head) && answersByTurns(jobManager) && all.every((one) => one.process !== process);
}

export function answersByTurns({ process, ledger }: SimJobManager): boolean {
  return ledger.exchanges.some((one) => one.process !== process && one.at > (ledger.starts[process - 1] ?? 0));
}

/** The next sweep will see it. */
function justChanged(world: Judged, job: SimJob): boolean {
  return world.now() - Math.max(job.acceptance.at, job.ranAt ?? 0, job.endedAt ?? 0) < 2 * 60_000;
}

/** UNKNOWN must be true when it is written: nobody could know better then. */
export function judgeUnknown(world: Judged, head: RunHead): void {
  const jobManager = jobManagerOf(world, head);
  const wrong = (why: string): void =>
    world.complain('wrong final', head.id, `UNKNOWN (${head.error ?? ''}), but ${why}`);
  if (head.kind === 'none') return;
  const { exchanges } = jobManager.ledger;
  const justExchanged = exchanges.some(({ at }) => at > world.now() - WRITE_MS);
  if (head.jobId !== null && !justExchanged && jobManager.up && jobManager.shown(head.jobId) !== null)
    wrong('Flink shows the job');
  if (isEarly(world, head)) wrong('no other JobManager had answered for so long');
  const error = head.error ?? '';
  const restarted = head.jmId !== jobManager.jmId;
  if (error.includes('no longer knows') && acceptancesOf(world, head).length === 0) wrong('there never was a job');
  if (error.includes('restarted or replaced') && !restarted) wrong('the JobManager was not restarted');
  if (error.includes('may have forgotten the job') && world.now() < head.intentAt + MEMORY_MS - SKEW_MS)
    wrong('it was early');
}

/** Another JobManager than the one with the job must have answered for a time before a confirmed run is given up. */
function isEarly(world: Judged, head: RunHead): boolean {
  if (head.kind !== 'job' || !wasConfirmed(head)) return false;
  const jobManager = jobManagerOf(world, head);
  const { process, ledger } = jobManager;
  const holders = acceptancesOf(world, head).map((one) => one.process);
  if (holders.includes(process)) return false;
  // With high availability every process speaks for the leader: only one that has just started counts, not one that comes back.
  const isNew = ({ process: came, at }: Exchange): boolean => ledger.starts[came - 1] === at;
  const counts = ledger.exchanges.filter((one, i, all) =>
    head.highAvailability
      ? isNew(one) && (one.process === process || !wasShortVisit(one, all[i + 1], holders))
      : !wasShortVisit(all[i], all[i + 1], holders) && !wasShortVisit(all[i - 1], one, holders),
  );
  const changes = [answersSince(jobManager), ...counts.map(({ at }) => at)];
  const last = Math.max(...changes.filter((at) => at < world.now() - WRITE_MS));
  return world.now() - last < (head.highAvailability ? LOST_AFTER_HA_MS : LOST_AFTER_MS) - 2 * SKEW_MS;
}

/** When the process that answers began to. A leader that changed so soon behind a standby need not have been seen. */
function answersSince({ process, standbysSince, ledger }: SimJobManager): number {
  const startedAt = ledger.starts[process - 1] ?? 0;
  if (standbysSince === null || startedAt < standbysSince) return startedAt;
  return startedAt - standbysSince < STEADY_GAP_MS ? standbysSince : startedAt;
}

type Exchange = Ledger['exchanges'][number];

/** No sweep need have come in that time, and the visitor has no job of the run. */
function wasShortVisit(came: Exchange | undefined, left: Exchange | undefined, holders: readonly number[]): boolean {
  if (came === undefined || left === undefined || holders.includes(came.process)) return false;
  return left.at - came.at < STEADY_GAP_MS;
}

export function wasConfirmed({ events }: RunHead): boolean {
  return events.some(({ status }) => status !== 'INITIALIZING' && !isFinal(status));
}

/** It was given up, its job goes on where everybody can see it, and nobody has been told. */
export function isUntold(world: Judged, head: RunHead): boolean {
  if (head.status !== 'UNKNOWN' || head.kind !== 'job' || !wasConfirmed(head) || head.twinSince !== null) return false;
  const job = jobManagerOf(world, head).shown(head.jobId ?? '');
  return job !== null && (job.endedAt === null || head.givenUpFor === null);
}

/** A run by LATEST starts from no older savepoint than those of the runs that were recorded as finished before its intent. */
function judgeLatest(world: Judged, runs: readonly RunHead[]): void {
  const latest = runs.filter(({ taskId, kind }) => kindOfTask(taskId) === LATEST_TASK && kind === 'job');
  for (const taskId of new Set(latest.map((head) => head.taskId)))
    judgeLatestOf(
      world,
      latest.filter((head) => head.taskId === taskId),
    );
}

function judgeLatestOf(world: Judged, mine: readonly RunHead[]): void {
  const left = (head: RunHead): number =>
    Math.max(0, ...world.savepoints.filter(({ runId }) => runId === head.id).map((one) => one.completedAt));
  for (const head of mine) {
    // Where a restart starts from is judged with it.
    if (head.follows !== null) continue;
    const before = mine.filter((other) => (recordedEnd(other) ?? Infinity) < head.intentAt - SKEW_MS);
    const newest = Math.max(0, ...before.map((other) => (other.endSeenAt === null ? left(other) : 0)));
    // Recorded twice where Flink first did not say when it was complete.
    const records = world.savepoints.filter(({ path }) => path === head.savePointPath);
    const from = Math.max(0, ...records.map(({ completedAt }) => completedAt));
    if (from < newest) world.complain('lost', head.id, `it started from ${head.savePointPath}, not from the latest`);
  }
}

function recordedEnd({ events }: RunHead): number | undefined {
  return events.find(({ status }) => status === 'FINISHED')?.at;
}

/** A task without a job is FINISHED only as often as its last statement was executed. */
function judgeWithoutJob(world: Judged, runs: readonly RunHead[]): void {
  const finished = runs.filter((head) => head.kind === 'none' && head.status === 'FINISHED');
  for (const taskId of new Set(finished.map((head) => head.taskId))) {
    const mine = finished.filter((head) => head.taskId === taskId);
    const count = mine.length;
    const executed = jobManagerOf(world, mine[0]!).ledger.executed.get(lastStatementOf(taskId)) ?? 0;
    if (executed < count)
      world.complain(
        'wrong final',
        mine[0]?.id ?? null,
        `${count} runs of task ${taskId} are FINISHED, but its last statement ran ${executed} times`,
      );
  }
}

/** Two jobs of one task and variables at the same time. Queries only read. */
function judgeOverlaps(world: Judged, runs: readonly RunHead[]): void {
  const jobs = runs.filter((head) => head.kind === 'job');
  for (const a of jobs) {
    for (const b of jobs) {
      if (a.id >= b.id || a.taskId !== b.taskId || a.fp !== b.fp) continue;
      for (const x of acceptancesOf(world, a))
        for (const y of acceptancesOf(world, b)) judgePair(world, [a, x], [b, y]);
    }
  }
}

function judgePair(world: Judged, [a, x]: [RunHead, Acceptance], [b, y]: [RunHead, Acceptance]): void {
  const overlap = x.at < (y.endedAt ?? Infinity) && y.at < (x.endedAt ?? Infinity);
  if (!overlap) return;
  const pairs = [[a, x, b] as const, [b, y, a] as const];
  if (pairs.some(([head, one]) => landedLate(world, head, one)))
    world.setApart('10.4 landed after its run was UNKNOWN, and was cancelled');
  else if (pairs.some(([lost, , other]) => wasGivenUp(lost, other))) world.setApart('10.5 given up as lost, and told');
  else if (pairs.some(([lost, one, other]) => wentUnseen(world, lost, one, other)))
    world.setApart('10.4 nobody could see its job while another JobManager answered');
  else
    world.complain(
      'duplicate',
      b.id,
      `runs ${a.id} and ${b.id} of task ${a.taskId} were live at once: ${JSON.stringify([x, y])}`,
    );
}

function isMain({ operation }: Acceptance): boolean {
  return operation < 0;
}

/** Its place was taken when it was over, by somebody who marked that first. */
function wasGivenUp(lost: RunHead, other: RunHead): boolean {
  return lost.givenUpFor !== null && lost.finishedAt !== null && lost.finishedAt < other.intentAt + SKEW_MS;
}

/** A send whose outcome is unknown and whose job no sweep ever saw, or the second of two starts that are set apart already. */
function wentUnseen(world: Judged, head: RunHead, one: Acceptance, other: RunHead): boolean {
  const isOver = head.finishedAt !== null && head.finishedAt < other.intentAt + SKEW_MS;
  if (!isOver || !wasExchanged(jobManagerOf(world, head).ledger, head.intentAt, head.finishedAt)) return false;
  const all = acceptancesOf(world, head);
  return (head.status === 'UNKNOWN' && !wasConfirmed(head)) || (all.length > 1 && all.includes(one));
}

function landedLate(world: Judged, head: RunHead, one: Acceptance): boolean {
  const jobManager = jobManagerOf(world, head);
  const underWay = jobManager.ha === 'none' && one.process > 1 && isUnderWay(jobManager.ledger, one);
  return underWay && head.status === 'UNKNOWN' && head.finishedAt !== null && one.at > head.finishedAt - SKEW_MS;
}

/** A job that goes on although its run is over. */
function judgeOrphans(world: Judged, { jobManager, jobManagers }: SimCluster, runs: readonly RunHead[]): void {
  const { complain } = world;
  for (const job of [...jobManagers].flatMap(({ jobs }) => [...jobs.values()])) {
    if (job.endedAt !== null) continue;
    const head = runs.find((run) => run.jobId === job.id);
    const isShown = jobManager.jobs.get(job.id) === job;
    if (head === undefined) complain('duplicate', null, `job ${job.id} belongs to no run`);
    else if (isFinal(head.status) && !(isShown ? isTold(head) : mayBeUnseen(world, head)))
      complain(
        'wrong final',
        head.id,
        `${head.kind} run is ${head.status}, but its job goes on: ${JSON.stringify(job.acceptance)}`,
      );
  }
}

function isTold(head: RunHead): boolean {
  return head.status === 'UNKNOWN' && wasConfirmed(head) && head.twinSince !== null;
}

/** Where nobody can reach it: nothing better than UNKNOWN can be said. */
function mayBeUnseen(world: Judged, head: RunHead): boolean {
  return head.status === 'UNKNOWN' || head.kind === 'preview' || acceptancesOf(world, head).length > 1;
}
