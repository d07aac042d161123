/** Lives through one world: the faults, the peace after them, the judgement. */
import { LANDING_MS, RESEND_UNTIL_MS } from '../../../lib/domain/limits.ts';
import { isWaiting } from '../../../lib/domain/run/restart.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { wantsSavepoint } from '../../../lib/domain/run/savepoint-wish.ts';
import { isFinal } from '../../../lib/domain/run/status.ts';
import { ChaosWorld } from './chaos-world.ts';
import { endClusterFaults } from './cluster-faults.ts';
import { LASTING_KINDS, type LastingFault, lastingFault, suited } from './lasting-fault.ts';
import { acceptancesOf, answersByTurns, isUntold, jobManagerOf, judgeWorld } from './oracle.ts';
import { judgeStops, stopCounts } from './stop-oracle.ts';
import type { Violation } from './violations.ts';

export interface WorldReport {
  readonly submits: number;
  readonly answers: number;
  /** How long after its budget the latest answer came; negative: before. */
  readonly latestMs: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly runs: number;
  readonly jobs: number;
  /** Of each run whose main() was run: how often. */
  readonly mains: readonly number[];
  readonly violations: readonly Violation[];
  readonly setApart: ReadonlyMap<string, number>;
  /** Full passes after the last fault until every run was settled; a send whose outcome is unknown does not count. */
  readonly sweeps: number;
  /** Sweeps beside a fault that went on until everything was settled that it does not touch; null: there was none. */
  readonly sweepsBeside: number | null;
  readonly statuses: ReadonlyMap<string, number>;
  /** Stops, savepoints and restarts that were asked for, and what Flink and Dinghy made of them. */
  readonly commands: ReadonlyMap<string, number>;
  readonly lines: readonly string[];
}

const MIN = 60_000;
/** The longest that a slow reply takes: until then the last fault is not over. */
const LAST_FAULT_MS = 75_000;
/** Worlds in which one fault goes on when the others are over. */
const LASTING_SHARE = 0.5;
const A_MOMENT_MS = 5_000;

export async function runWorld(seed: number, submits: number, tracing = false): Promise<WorldReport> {
  const world = new ChaosWorld(seed, submits, tracing);
  const { sim, faults, table, clusters } = world;
  const startedAt = sim.now();
  await sim.runUntil(startedAt + world.durationMs - MIN);
  const struck = world.rng.pick(clusters);
  const lasting = world.rng.chance(LASTING_SHARE) ? suited(world.rng.pick(LASTING_KINDS), struck) : null;
  const fault = lasting === null ? null : lastingFault(world, struck, lasting);
  if (lasting !== null) faults.count(lasting);
  fault?.begin();
  await sim.runUntil(startedAt + world.durationMs);
  faults.active = false;
  const sweepsBeside = fault === null ? null : await liveBeside(world, fault);
  endClusterFaults(world);
  world.trace('PEACE');
  const peaceAt = sim.now() + LAST_FAULT_MS;
  await sim.runUntil(peaceAt);
  const sweeps = countPasses(world);
  await sim.runUntil(peaceAt + waitMs(world));
  judgeWorld(world.judged);
  judgeStops(world.judged);
  const statuses = new Map<string, number>();
  for (const { status } of table.heads.values()) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const runs = [...table.heads.values()].filter(({ status }) => status !== 'VOID').length;
  const jobs = clusters.flatMap(({ jobManager }) => [...jobManager.ledger.accepted.values()].flat()).length;
  const mains = clusters.flatMap(({ jobManager }) => [...jobManager.ledger.mains.values()].map(({ length }) => length));
  const { violations, setApart, lines, answers, latestMs } = world;
  const commands = new Map([...world.commands, ...stopCounts(world.judged)]);
  const counts = { faults: faults.counts, commands, statuses, setApart, sweeps: sweeps(), sweepsBeside };
  return { submits, answers, latestMs, runs, jobs, mains, violations, lines, ...counts };
}

/** All faults are over but one, for a while: what that one does not touch must be settled as ever. */
async function liveBeside(world: ChaosWorld, fault: LastingFault): Promise<number> {
  const { sim } = world;
  endClusterFaults(world);
  fault.begin();
  world.trace(`PEACE BUT FOR ${fault.text}`);
  await sim.runUntil(sim.now() + LAST_FAULT_MS);
  for (const { hosts } of world.clusters) if (!fault.spoils(hosts)) world.turns.calmSince.set(hosts, sim.now());
  const sweeps = countSweeps(world, (head) => !isTouched(world, fault, head));
  await sim.runUntil(sim.now() + world.rng.pick([6 * MIN, 40 * MIN]));
  fault.end();
  world.turns.calmSince.clear();
  return sweeps();
}

/** So is the new run of a restart while it waits for the end of one that is. */
function isTouched({ heads }: ChaosWorld, fault: LastingFault, head: RunHead): boolean {
  const old = head.follows?.isWaiting === true ? heads.get(head.follows.runId) : undefined;
  return fault.touches(head) || (old !== undefined && fault.touches(old));
}

/** With high availability a job may have ended under an earlier leader: then re-sends go on to no avail until their time is up. */
function waitMs({ clusters }: ChaosWorld): number {
  return (clusters.every(({ jobManager }) => jobManager.ha === 'none') ? 0 : RESEND_UNTIL_MS) + LANDING_MS + 5 * MIN;
}

/** Begins to count; the answer is the number of the first full pass after which nothing was left to settle. */
function countPasses(world: ChaosWorld): () => number {
  return count(
    world,
    () => true,
    (listener) => (world.onPass = listener),
  );
}

/** As `countPasses`, but every sweep counts, whether or not it came to the end of the index. */
function countSweeps(world: ChaosWorld, concerns: (head: RunHead) => boolean): () => number {
  return count(world, concerns, (listener) => (world.onSweep = listener));
}

function count(
  world: ChaosWorld,
  concerns: (head: RunHead) => boolean,
  listen: (listener: (startedAt: number) => void) => void,
): () => number {
  const from = world.sim.now();
  const apart = new Set(
    [...world.table.heads.values()].filter((head) => isUnknowable(world, head)).map(({ id }) => id),
  );
  let passes = 0;
  let needed = 0;
  listen((startedAt) => {
    if (startedAt < from) return;
    passes += 1;
    for (const head of world.table.heads.values()) if (isUnknowable(world, head)) apart.add(head.id);
    const left = [...world.table.heads.values()].filter(
      (head) => concerns(head) && !apart.has(head.id) && isUnsettled(world, head, startedAt),
    );
    if (left.length === 0) return;
    needed = passes;
    world.trace(`after pass ${passes} unsettled: ${left.map(({ id, status }) => `run ${id} ${status}`).join(', ')}`);
  });
  return () => {
    listen(() => undefined);
    return needed + 1;
  };
}

/**
 * What the protocol waits for: a send whose outcome is unknown and that may not be repeated, until LANDING; a job that another process than
 * the one that showed it does not know, for the time that its cluster says.
 */
function isUnknowable(world: ChaosWorld, head: RunHead): boolean {
  if (isAway(world, head) || isBeingSaved(world, head)) return true;
  if (head.status !== 'INITIALIZING' || head.kind === 'none' || head.open.length === 0) return false;
  const jobManager = jobManagerOf(world, head);
  if (jobManager.shown(head.jobId ?? '') !== null) return false;
  // It was to be continued by the second pass: what is not, is not waited for but forgotten.
  const allowed = !head.once && head.cancelAskedAt === null && head.sqlRefusedSend !== head.sends;
  const inTime = world.sim.now() + 2 * MIN < head.intentAt + RESEND_UNTIL_MS;
  return !(allowed && inTime && remembersTheIntent(jobManager, head));
}

/** Another cluster has another memory. Under a later leader of the same one a 404 says nothing of what had ended before. */
function remembersTheIntent(jobManager: ReturnType<typeof jobManagerOf>, head: RunHead): boolean {
  const { ha, jmId, ledger } = jobManager;
  if (ha === 'none') return head.jmId === jmId && !answersByTurns(jobManager);
  if (head.haCluster !== jobManager.haCluster) return false;
  return ha === 'keeps' && head.highAvailability && (ledger.starts.at(-1) ?? 0) <= head.intentAt;
}

function isAway(world: ChaosWorld, head: RunHead): boolean {
  const { status, kind, jobId, shownBy } = head;
  if (isFinal(status) || status === 'INITIALIZING' || kind !== 'job') return false;
  const jobManager = jobManagerOf(world, head);
  const { ha, jmId } = jobManager;
  return jobManager.shown(jobId ?? '') === null && (ha !== 'none' || shownBy !== jmId);
}

/** Flink is at it, or the run waits for one of which that holds. */
function isBeingSaved(world: ChaosWorld, head: RunHead): boolean {
  if (isWaiting(head)) {
    const old = world.table.heads.get(head.follows?.runId ?? 0);
    return old !== undefined && (isAway(world, old) || isBeingSaved(world, old));
  }
  if (!wantsSavepoint(head) || head.jobId === null) return false;
  return jobManagerOf(world, head).savepoints.state(head.jobId, head.savepoint.triggerId).kind === 'inProgress';
}

function isUnsettled(world: ChaosWorld, head: RunHead, passAt: number): boolean {
  if (isFinal(head.status)) return isUntold(world.judged, head);
  if (head.follows !== null && endedLate(world, head.follows.runId, passAt)) return false;
  const job = jobManagerOf(world, head).shown(head.jobId ?? '');
  if (job === null) return true;
  // What changed while the pass was under way is the next one's.
  const changedAt = Math.max(job.acceptance.at, job.endedAt ?? 0);
  if (changedAt > passAt - A_MOMENT_MS) return false;
  const isOwed = wantsSavepoint(head) || head.cancelAskedAt !== null;
  return head.status === 'INITIALIZING' || job.endedAt !== null || head.kind === 'preview' || isOwed;
}

/** The run that another one waited for ended while the pass was under way: what follows is the next one's. */
function endedLate(world: ChaosWorld, runId: number, passAt: number): boolean {
  const old = world.table.heads.get(runId);
  const ends = old === undefined ? [] : acceptancesOf(world, old).map(({ endedAt }) => endedAt ?? 0);
  return Math.max(0, ...ends) > passAt - A_MOMENT_MS;
}
