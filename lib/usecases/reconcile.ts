/**
 * One sweep over every run that is not final (protocol.md section 6). It looks at everything first, then sends again what
 * is to be sent, each in a share of the time of its own; per cluster one overview, whatever the number of runs.
 */
import { LOOK_MS, SWEEP_MS, SWEEP_WIDTH } from '../domain/limits.ts';
import type { Log, SweepStore } from '../domain/ports.ts';
import type { SweepCursor } from '../domain/run/active-run.ts';
import { RunChecks } from './reconcile/check-runs.ts';
import { Endpoints } from './reconcile/guarded-flink.ts';
import type { ResendDeps } from './reconcile/resend.ts';
import { SweepSend } from './reconcile/sweep-send.ts';
import { ToSend } from './reconcile/to-send.ts';
import { logFailure } from './record/log-failure.ts';
import type { RecordDeps } from './record/record.ts';
import { withinBudget } from './waiting/budget.ts';
import { widthLimit } from './waiting/width-limit.ts';

export type SweepDeps = RecordDeps & ResendDeps & { readonly sweep: SweepStore };

export interface SweepReport {
  /** Runs looked at, and those of them that could not be reconciled. */
  readonly runs: number;
  readonly failedRuns: number;
  /** Of those that have not ended: all; confirmed ones whose job was not seen; those whose job goes on a minute after their cancel. */
  readonly live: number;
  readonly notSeen: number;
  readonly undeliveredCancels: number;
  /** Runs sent again, or refused in the attempt; those that could not be sent; those whose gateway or cluster does not answer. */
  readonly sent: number;
  readonly notSent: number;
  readonly notAsked: number;
  /** Runs to be sent that the time was too short for, and partitions not looked at to their end. */
  readonly leftToSend: number;
  readonly leftPartitions: number;
  readonly failedPartitions: readonly string[];
  /** What does not answer, and why; the first few. */
  readonly away: readonly string[];
  /** True when all of the index was looked at and everybody had a turn; else the next sweep goes on from there. */
  readonly passEnded: boolean;
}

/** Kept free at the end: the cursor must be written. */
const RESERVE_MS = 2_000;
const MAX_SHOWN = 10;

export function reconcile(sweepDeps: SweepDeps): (scope: { readonly budgetMs: number }) => Promise<SweepReport> {
  return ({ budgetMs }) =>
    withinBudget(sweepDeps.clock, Math.min(SWEEP_MS, budgetMs - RESERVE_MS), async (budget) => {
      const { clock, sweep, log } = sweepDeps;
      const toSend = new ToSend();
      const endpoints = new Endpoints(sweepDeps, { clock, limit: widthLimit(SWEEP_WIDTH) });
      const deps = { ...sweepDeps, sendLater: toSend.add.bind(toSend) };
      const from = await readPlaces(sweep, log);
      const look = new RunChecks(deps, endpoints, from ?? {});
      const send = new SweepSend(deps, endpoints);
      await withinBudget(clock, Math.min(LOOK_MS, budget.remainingMs()), async (share) => {
        await look.readAhead();
        await look.goOn(share);
      });
      await send.all(toSend, budget);
      await look.again(send.recorded, budget);
      if (budget.isOpen()) await look.goOn(budget);
      await look.noteSwept();
      if (from === null || !isSamePlace(from, look.places())) await writePlaces(sweep, log, look.places());
      const report = reportOf(look, send, endpoints);
      log.info('swept', { ...report });
      return report;
    });
}

function reportOf(look: RunChecks, send: SweepSend, endpoints: Endpoints): SweepReport {
  const { runs, failedRuns, live, notSeen, undeliveredCancels } = look;
  const { sent, notSent, notAsked, left: leftToSend } = send;
  const leftPartitions = look.left().length;
  const failedPartitions = look.failed();
  const away = endpoints.away().slice(0, MAX_SHOWN);
  const passEnded = leftPartitions === 0 && leftToSend === 0;
  const counts = {
    runs,
    failedRuns,
    live,
    notSeen,
    undeliveredCancels,
    sent,
    notSent,
    notAsked,
    leftToSend,
    leftPartitions,
  };
  return { ...counts, failedPartitions, away, passEnded };
}

function isSamePlace(one: SweepCursor, other: SweepCursor): boolean {
  const partitions = Object.keys({ ...one, ...other });
  return partitions.every((partition) => one[partition] === other[partition]);
}

/** Null: they could not be read. Then the sweep begins at the start, which is only slower. */
async function readPlaces(sweep: SweepStore, log: Log): Promise<SweepCursor | null> {
  try {
    return await sweep.readCursor();
  } catch (error) {
    // Any error: it must not keep the sweep from its work.
    logFailure(
      log,
      'the position of the last sweep could not be read: this sweep starts from the beginning',
      {},
      error,
    );
    return null;
  }
}

async function writePlaces(sweep: SweepStore, log: Log, places: SweepCursor): Promise<void> {
  try {
    await sweep.writeCursor(places);
  } catch (error) {
    // Any error: the work of the sweep is done.
    logFailure(log, 'the position of this sweep could not be saved: the next sweep repeats some of it', {}, error);
  }
}
