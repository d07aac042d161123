/**
 * From the durable intent to its outcome: statements before the job, the job, the record (protocol.md sections 3.7, 3.8).
 * What can't be known within the budget is left to the reconciler.
 */
import { MOST_ERROR_LENGTH, MOST_RESULT_BYTES } from '../../domain/limits.ts';
import { cutText } from '../../domain/cut-text.ts';
import { sendOptions } from '../../domain/run/execution-config.ts';
import type { StatementJob } from '../../domain/plan/plan.ts';
import { bytesOfRows } from '../../domain/results/row-collector.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { RunResult, StatementResult } from '../../domain/results/statement-result.ts';
import { sentStatement } from '../../domain/plan/sent-statement.ts';
import { awaitJob } from './await-job.ts';
import { type Budget, withinBudget } from '../waiting/budget.ts';
import { deployRun } from './start-script.ts';
import { knowsNoJob } from './knows-no-job.ts';
import { type FlinkVisit, type SqlVisit, jobManagerOf } from '../connect/reach-flink.ts';
import { type DrivenRun, permissionOf, permitAnotherSend } from './send-permission.ts';
import { type RecordDeps, noteReason, record, recordSeen } from '../record/record.ts';
import { runPreview } from './run-preview.ts';
import type { StepsOutcome } from './run-steps.ts';
import { sideBySide } from '../waiting/side-by-side.ts';
import { type StartJarDeps, startJar } from './start-jar.ts';
import { type Send, type StartOutcome, startJob } from './start-statement.ts';

export interface DriveDeps extends RecordDeps, StartJarDeps {}

export interface RunOutcome {
  readonly head: RunHead;
  readonly result: RunResult | null;
}

/** Rows must be stored and the session closed after the last of them was read. */
const AFTER_ROWS_MS = 2_000;

export async function driveRun(
  deps: DriveDeps,
  run: DrivenRun,
  steps: StepsOutcome,
  flink: FlinkVisit,
  budget: Budget,
): Promise<RunOutcome> {
  if (steps.kind !== 'ran') return { head: await stepsFailed(deps, run, steps, budget), result: null };
  const permitted = await permitAnotherSend(deps, run, budget);
  if (permitted === null) return { head: (await deps.store.readHead(run.head.id)) ?? run.head, result: null };
  return await sendAndSettle(deps, permitted, steps.results, flink, budget);
}

/** Sends what starts the job, within the permission that the run has, and records what that proves. */
export async function sendAndSettle(
  deps: DriveDeps,
  run: DrivenRun,
  results: readonly StatementResult[],
  flink: FlinkVisit,
  budget: Budget,
): Promise<RunOutcome> {
  switch (flink.kind) {
    case 'sql':
      return await runStatement(deps, run, results, flink, budget);
    case 'script':
      return { head: await deployRun(deps, run, flink, budget), result: null };
    case 'jar':
      return await jobOutcome(deps, run, await startJar(deps, flink, run, budget), results, flink, budget);
  }
}

async function runStatement(
  deps: DriveDeps,
  run: DrivenRun,
  results: readonly StatementResult[],
  flink: SqlVisit,
  budget: Budget,
): Promise<RunOutcome> {
  const { job } = flink;
  if (job === null) return await finishWithoutJob(deps, run, results, budget);
  const send = toSend(run, job, flink);
  if (job.kind === 'preview') return await preview(deps, run, send, results, flink, budget);
  const outcome = await startJob(deps.clock, flink, send, budget);
  return await jobOutcome(deps, run, outcome, results, flink, budget);
}

function toSend(run: DrivenRun, job: StatementJob, flink: SqlVisit): Send {
  return {
    sent: sentStatement(run.body, job),
    executionConfig: sendOptions(run.head, run.body.plan.properties, flink.version),
    permission: permissionOf(run),
  };
}

/**
 * Nothing was sent that starts a job. Flink refused a statement: the run has failed. Flink was away: the run goes on
 * existing and the reconciler sends it, unless it may not be repeated.
 */
async function stepsFailed(
  deps: DriveDeps,
  run: DrivenRun,
  steps: Exclude<StepsOutcome, { kind: 'ran' }>,
  budget: Budget,
): Promise<RunHead> {
  const { head } = run;
  const ownFault = steps.kind === 'refused' || (head.once && head.jobId !== null && budget.isOpen());
  if (ownFault) {
    const evidence = { kind: 'nothingStarted', send: head.sends, refusal: steps.reason, bySql: steps.bySql } as const;
    return await record(deps, head, evidence, budget.signal);
  }
  deps.log.warn('statements before the job were interrupted', { runId: head.id, reason: steps.reason });
  if (!budget.isOpen()) return head;
  if (head.jobId !== null) return told(head, steps.reason);
  return await record(deps, head, { kind: 'interrupted', reason: steps.reason }, budget.signal);
}

async function finishWithoutJob(
  deps: DriveDeps,
  run: DrivenRun,
  results: readonly StatementResult[],
  budget: Budget,
): Promise<RunOutcome> {
  const result = await store(deps, run.head, { preview: null, results });
  // Stryker disable next-line BooleanLiteral: where there is no job, none is watched for
  const evidence = { kind: 'done', jobEnded: true } as const;
  return { head: await record(deps, run.head, evidence, budget.signal), result };
}

async function preview(
  deps: DriveDeps,
  run: DrivenRun,
  send: Send,
  before: readonly StatementResult[],
  flink: SqlVisit,
  budget: Budget,
): Promise<RunOutcome> {
  const mostBytes = MOST_RESULT_BYTES - bytesOfRows(before.flatMap(({ rowData }) => rowData));
  const outcome = await withinBudget(deps.clock, budget.remainingMs() - AFTER_ROWS_MS, (rowsUntil) =>
    runPreview(deps, run, flink, send, budget, { rowsUntil, mostBytes }),
  );
  if (outcome.kind !== 'rows') return await jobOutcome(deps, run, outcome, before, flink, budget);
  const result = await store(deps, run.head, { preview: outcome.rows, results: [...before, outcome.rows] });
  const evidence = { kind: 'done', jobEnded: outcome.jobEnded } as const;
  return { head: await record(deps, run.head, evidence, budget.signal), result };
}

async function jobOutcome(
  deps: DriveDeps,
  run: DrivenRun,
  outcome: StartOutcome,
  results: readonly StatementResult[],
  flink: FlinkVisit,
  budget: Budget,
): Promise<RunOutcome> {
  switch (outcome.kind) {
    case 'accepted': {
      const result = await store(deps, run.head, { preview: null, results });
      const evidence = { kind: 'accepted', send: run.head.sends } as const;
      const [head] = await sideBySide(record(deps, run.head, evidence, budget.signal), flink.close());
      return { head, result };
    }
    case 'nothingStarted': {
      const { reason: refusal, bySql } = outcome;
      const evidence = { kind: 'nothingStarted', send: run.head.sends, refusal, bySql } as const;
      return { head: await record(deps, run.head, evidence, budget.signal), result: null };
    }
    case 'notSent':
      return { head: run.head, result: null };
    case 'unknown':
      return { head: await unknown(deps, run.head, outcome, flink, budget), result: null };
  }
}

/**
 * Until the job shows itself the session stays open: closing it would interrupt a statement that is still being planned.
 * That is just what a preview wants, whose rows have nobody to go to.
 */
async function unknown(
  deps: DriveDeps,
  head: RunHead,
  outcome: Extract<StartOutcome, { kind: 'unknown' }>,
  flink: FlinkVisit,
  budget: Budget,
): Promise<RunHead> {
  // A job with a cluster of its own has no JobManager yet that could know of it.
  if (outcome.planRefused === true && (await knowsNoJob(deps.jobManager, jobManagerOf(flink), head, budget))) {
    const evidence = { kind: 'nothingStarted', send: head.sends, refusal: outcome.reason, bySql: true } as const;
    return await record(deps, head, evidence, budget.signal);
  }
  if (head.kind === 'preview') await flink.close();
  else if (!outcome.answered) flink.leaveOpen();
  const noted = outcome.answered ? await noteReason(deps, head, outcome.reason, outcome.otherJobId) : head;
  // A cluster of its own has no address yet.
  const job = noted.address === '' ? null : await awaitJob(deps, noted, budget);
  // Why nothing was answered is told, but not kept: it is not what became of the run.
  return job === null ? told(noted, outcome.reason) : await recordSeen(deps, noted, job, budget.signal, 'driver');
}

/** For the answer alone: it is not written. */
function told(head: RunHead, reason: string | null): RunHead {
  return { ...head, refusal: head.refusal ?? (reason === null ? null : cutText(reason, MOST_ERROR_LENGTH)) };
}

async function store(deps: DriveDeps, head: RunHead, result: RunResult): Promise<RunResult | null> {
  if (result.results.length === 0) return null;
  await deps.store.putResult(head.id, result);
  return result;
}
