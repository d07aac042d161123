/** After the last fault: sweeps, the clock set forward between them, until every run is final or confirmed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../../lib/domain/errors.ts';
import { LANDING_MS, PATIENCE_MS } from '../../../lib/domain/limits.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { isFinal } from '../../../lib/domain/run/status.ts';
import { reconcile } from '../../../lib/usecases/reconcile.ts';
import { readHeads } from './heads.ts';
import type { RealWorld } from './real-world.ts';

export const SWEEP_EVERY_MS = PATIENCE_MS + 2_000;
const MAX_SWEEPS = 8;
/** Flink's client in the gateway repeats a failed request after 3 s: so long without one, and none is left. */
const QUIET_MS = 8_000;
const QUIET_WITHIN_MS = 60_000;
/** For Flink to do what it was told. */
const FLINK_MS = 1_500;

export interface Settling {
  /** Full sweeps until everything but what waits for LANDING was settled. */
  readonly sweeps: number;
  readonly waitedForLanding: readonly number[];
  readonly heads: ReadonlyMap<number, RunHead>;
}

/** Final, or a job that Flink has confirmed and nobody wants ended. */
export function isSettled({ status, cancelAskedAt }: RunHead): boolean {
  return isFinal(status) || (status !== 'INITIALIZING' && cancelAskedAt === null);
}

export async function settleRound(world: RealWorld, isDone: (head: RunHead) => boolean): Promise<Settling> {
  const open = (heads: ReadonlyMap<number, RunHead>): RunHead[] => [...heads.values()].filter((head) => !isDone(head));
  await makePeace(world);
  let sweeps = 0;
  let heads = await readHeads(world);
  while (open(heads).some((head) => !waitsForLanding(head)) && sweeps < MAX_SWEEPS) {
    heads = await oneMoreSweep(world);
    sweeps += 1;
  }
  const landing = open(heads).filter(waitsForLanding);
  if (landing.length === 0) return { sweeps, waitedForLanding: [], heads };
  await quiet(world);
  world.aheadMs += LANDING_MS;
  for (let i = 0; i < MAX_SWEEPS && open(heads).length > 0; i += 1) heads = await oneMoreSweep(world);
  return { sweeps, waitedForLanding: landing.map(({ id }) => id), heads };
}

async function makePeace(world: RealWorld): Promise<void> {
  for (const proxy of world.proxies) proxy.active = false;
  for (const proxy of world.proxies) await proxy.listen();
  await Promise.all([world.flink.gateway.kill('SIGCONT'), world.flink.jobManager.kill('SIGCONT')]);
  await world.flink.ready();
  while (world.proxies.some((proxy) => proxy.underWay > 0)) await sleep(100);
  world.trace('PEACE');
}

async function oneMoreSweep(world: RealWorld): Promise<ReadonlyMap<number, RunHead>> {
  world.aheadMs += SWEEP_EVERY_MS;
  await sweep(world);
  await sleep(FLINK_MS);
  return await readHeads(world);
}

/** A sweep that DynamoDB does not let happen is followed by another one a minute later. */
export async function sweep(world: RealWorld): Promise<void> {
  try {
    const { runs, passEnded } = await reconcile(world.sweeper)({ budgetMs: 60_000 });
    world.trace(`SWEEP of ${runs} runs${passEnded ? '' : ', not to the end'}, clock ${world.aheadMs / 1_000} s ahead`);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    world.trace(`SWEEP failed: ${error.message}`);
  }
}

/** Nothing is on its way to Flink any more: the real time for which LANDING stands. */
async function quiet(world: RealWorld): Promise<void> {
  const until = Date.now() + QUIET_WITHIN_MS;
  const from = Date.now();
  const { jobManagerProxy, proxies } = world;
  const isQuiet = (): boolean =>
    proxies.every(({ underWay }) => underWay === 0) &&
    Date.now() - Math.max(from, jobManagerProxy.lastSubmissionAt) > QUIET_MS;
  while (!isQuiet() && Date.now() < until) await sleep(200);
}

/** Section 10: a send whose outcome is unknown, no job to show, and nothing that may be sent again. */
function waitsForLanding(head: RunHead): boolean {
  if (head.status !== 'INITIALIZING' || head.kind === 'none' || head.open.length === 0) return false;
  return head.once || head.cancelAskedAt !== null || head.sqlRefusedSend === head.sends || restarted(head);
}

let currentJmId: string | null = null;

/** Said by whoever starts a round's end: which JobManager is there now. */
export function noteJobManager(jmId: string | null): void {
  currentJmId = jmId;
}

function restarted(head: RunHead): boolean {
  return head.jmId !== currentJmId;
}
