/**
 * From the durable intent to its outcome: statements before the job, the job, the record (protocol.md sections 3.7, 3.8).
 * What can't be known within the budget is left to the reconciler.
 */
import { cutText } from '../../domain/cut-text.ts';
import { MAX_ERROR_LENGTH, MAX_RESULT_BYTES } from '../../domain/limits.ts';
import type { StatementJob } from '../../domain/plan/plan.ts';
import { sentStatement } from '../../domain/plan/sent-statement.ts';
import { bytesOfRows } from '../../domain/results/row-collector.ts';
import type { RunResult, StatementResult } from '../../domain/results/statement-result.ts';
import { sendOptions } from '../../domain/run/execution-config.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { Evidence } from '../../domain/run/settle.ts';
import { type FlinkVisit, jobManagerOf, type SqlVisit } from '../connect/reach-flink.ts';
import { noteReason, record, type RecordDeps, recordSeen } from '../record/record.ts';
import { type Budget, withinBudget } from '../waiting/budget.ts';
import { sideBySide } from '../waiting/side-by-side.ts';
import { awaitJob } from './await-job.ts';
import { knowsNoJob } from './knows-no-job.ts';
import { runPreview } from './run-preview.ts';
import type { StepsOutcome } from './run-steps.ts';
import { type DrivenRun, permissionOf, permitAnotherSend } from './send-permission.ts';
import { startJar, type StartJarDeps } from './start-jar.ts';
import { deployRun } from './start-script.ts';
import { type Send, startJob, type StartOutcome } from './start-statement.ts';

export interface DriveDeps extends RecordDeps, StartJarDeps {}

export interface RunOutcome {
  readonly head: RunHead;
  readonly result: RunResult | null;
}

/** Rows must be stored and the session closed after the last of them was read. */
const AFTER_ROWS_MS = 2_000;

/** Everything that is needed to send a run: gathered once, and not passed from hand to hand. */
export interface Driving {
  readonly deps: DriveDeps;
  readonly run: DrivenRun;
  readonly flink: FlinkVisit;
  readonly budget: Budget;
}

/** Drives one run: sends what starts its job, and records what that proves. */
export class Driver {
  readonly #driving: Driving;

  constructor(driving: Driving) {
    this.#driving = driving;
  }

  /** `steps`: what became of the statements before the job. */
  async drive(steps: StepsOutcome): Promise<RunOutcome> {
    if (steps.kind !== 'ran') return { head: await this.#stepsFailed(steps), result: null };
    const { deps, run, budget } = this.#driving;
    const permitted = await permitAnotherSend(deps, run, budget);
    if (permitted === null) return { head: (await deps.store.readHead(run.head.id)) ?? run.head, result: null };
    return await new Driver({ ...this.#driving, run: permitted }).sendAndSettle(steps.results);
  }

  /** Sends what starts the job, within the permission that the run has. `results`: of the statements before it. */
  async sendAndSettle(results: readonly StatementResult[]): Promise<RunOutcome> {
    const { deps, run, flink, budget } = this.#driving;
    switch (flink.kind) {
      case 'sql':
        return await this.#runStatement(flink, results);
      case 'script':
        return { head: await deployRun(deps, run, flink, budget), result: null };
      case 'jar':
        return await this.#jobOutcome(await startJar(deps, flink, run, budget), results);
    }
  }

  async #runStatement(flink: SqlVisit, results: readonly StatementResult[]): Promise<RunOutcome> {
    const { job } = flink;
    if (job === null) return await this.#finishWithoutJob(results);
    const send = toSend(this.#driving.run, job, flink);
    if (job.kind === 'preview') return await this.#preview(flink, send, results);
    return await this.#jobOutcome(await startJob(this.#driving.deps.clock, flink, send, this.#driving.budget), results);
  }

  /**
   * Nothing was sent that starts a job. Flink refused a statement: the run has failed. Flink was away: the run goes on
   * existing and the reconciler sends it, unless it may not be repeated.
   */
  async #stepsFailed(steps: Exclude<StepsOutcome, { kind: 'ran' }>): Promise<RunHead> {
    const { head } = this.#driving.run;
    const ownFault = steps.kind === 'refused' || (head.once && head.jobId !== null && this.#driving.budget.isOpen());
    if (ownFault) {
      return await this.#record({
        kind: 'nothingStarted',
        send: head.sends,
        refusal: steps.reason,
        bySql: steps.bySql,
      });
    }
    this.#driving.deps.log.warn('statements before the job were interrupted', { runId: head.id, reason: steps.reason });
    if (!this.#driving.budget.isOpen()) return head;
    if (head.jobId !== null) return told(head, steps.reason);
    return await this.#record({ kind: 'interrupted', reason: steps.reason });
  }

  async #finishWithoutJob(results: readonly StatementResult[]): Promise<RunOutcome> {
    const result = await this.#store({ preview: null, results });
    // Stryker disable next-line BooleanLiteral: where there is no job, none is watched for
    return { head: await this.#record({ kind: 'done', jobEnded: true }), result };
  }

  async #preview(flink: SqlVisit, send: Send, before: readonly StatementResult[]): Promise<RunOutcome> {
    const { deps, run, budget } = this.#driving;
    const maxBytes = MAX_RESULT_BYTES - bytesOfRows(before.flatMap(({ rowData }) => rowData));
    const outcome = await withinBudget(deps.clock, budget.remainingMs() - AFTER_ROWS_MS, (rowsUntil) =>
      runPreview({ deps, run, flink, budget }, send, { rowsUntil, maxBytes }),
    );
    if (outcome.kind !== 'rows') return await this.#jobOutcome(outcome, before);
    const result = await this.#store({ preview: outcome.rows, results: [...before, outcome.rows] });
    return { head: await this.#record({ kind: 'done', jobEnded: outcome.jobEnded }), result };
  }

  async #jobOutcome(outcome: StartOutcome, results: readonly StatementResult[]): Promise<RunOutcome> {
    const { head } = this.#driving.run;
    switch (outcome.kind) {
      case 'accepted': {
        const result = await this.#store({ preview: null, results });
        const [recorded] = await sideBySide(
          this.#record({ kind: 'accepted', send: head.sends }),
          this.#driving.flink.close(),
        );
        return { head: recorded, result };
      }
      case 'nothingStarted': {
        const { reason: refusal, bySql } = outcome;
        return { head: await this.#record({ kind: 'nothingStarted', send: head.sends, refusal, bySql }), result: null };
      }
      case 'notSent':
        return { head, result: null };
      case 'unknown':
        return { head: await this.#unknown(outcome), result: null };
    }
  }

  /**
   * Until the job shows itself the session stays open: closing it would interrupt a statement that is still being planned.
   * That is just what a preview wants, whose rows have nobody to go to.
   */
  async #unknown(outcome: Extract<StartOutcome, { kind: 'unknown' }>): Promise<RunHead> {
    const { deps, flink, budget } = this.#driving;
    const { head } = this.#driving.run;
    // A job with its own cluster has no JobManager yet that could know it.
    if (outcome.planRefused === true && (await knowsNoJob(deps.jobManager, jobManagerOf(flink), head, budget))) {
      const { reason: refusal } = outcome;
      return await this.#record({ kind: 'nothingStarted', send: head.sends, refusal, bySql: true });
    }
    if (head.kind === 'preview') await flink.close();
    else if (!outcome.answered) flink.leaveOpen();
    const noted = outcome.answered ? await noteReason(deps, head, outcome.reason, outcome.otherJobId) : head;
    // Its own cluster has no address yet.
    const job = noted.address === '' ? null : await awaitJob(deps, noted, budget);
    // The reason is reported, but not stored: it is not the outcome of the run.
    return job === null
      ? told(noted, outcome.reason)
      : await recordSeen(deps, noted, job, { observer: 'driver', signal: budget.signal });
  }

  async #record(evidence: Evidence): Promise<RunHead> {
    return await record(this.#driving.deps, this.#driving.run.head, evidence, this.#driving.budget.signal);
  }

  async #store(result: RunResult): Promise<RunResult | null> {
    if (result.results.length === 0) return null;
    const { deps, run } = this.#driving;
    const { id, jobId } = run.head;
    const isPreview = result.preview !== null && jobId !== null;
    await Promise.all([deps.store.putResult(id, result), isPreview ? deps.store.notePreview(jobId, id) : null]);
    return result;
  }
}

function toSend(run: DrivenRun, job: StatementJob, flink: SqlVisit): Send {
  return {
    sent: sentStatement(run.body, job),
    executionConfig: sendOptions(run.head, run.body.plan.properties, flink.version),
    permission: permissionOf(run),
  };
}

/** For the answer alone: it is not written. */
function told(head: RunHead, reason: string | null): RunHead {
  return { ...head, refusal: head.refusal ?? (reason === null ? null : cutText(reason, MAX_ERROR_LENGTH)) };
}
