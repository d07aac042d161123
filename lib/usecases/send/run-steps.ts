/**
 * Runs what comes before the job, in the author's order: SET, DDL, USE, ADD JAR, and statements whose rows the caller
 * gets. Never throws: what went wrong, and at which line, is its outcome.
 */
import { AppError, type ErrorCode } from '../../domain/errors.ts';
import { MAX_RESULT_BYTES } from '../../domain/limits.ts';
import type { KnownRows, PlanStep } from '../../domain/plan/plan.ts';
import type { RunBody } from '../../domain/plan/run-body.ts';
import { atItsLine, locate, type SentStatement, sentStatement } from '../../domain/plan/sent-statement.ts';
import type { Clock } from '../../domain/ports.ts';
import { maskCells } from '../../domain/results/mask-cells.ts';
import { bytesOfRows, RowCollector } from '../../domain/results/row-collector.ts';
import type { StatementResult } from '../../domain/results/statement-result.ts';
import { stepConfig } from '../../domain/run/execution-config.ts';
import { changedJar } from '../../domain/run/jar-content.ts';
import { readOperation } from '../connect/operation.ts';
import type { FlinkVisit, JarVisit, SqlVisit } from '../connect/reach-flink.ts';
import type { Budget } from '../waiting/budget.ts';

/**
 * refused: Flink answered with an error, the statement is to blame; interrupted: its reply never came or made no sense,
 * the statement may have run.
 */
export type StepsOutcome =
  | { readonly kind: 'ran'; readonly results: readonly StatementResult[] }
  | ({ readonly kind: 'refused' } & StepsFailure)
  | ({ readonly kind: 'interrupted' } & StepsFailure);

export interface StepsFailure {
  readonly reason: string;
  readonly bySql: boolean;
}

const ALL_ROWS = Number.MAX_SAFE_INTEGER;

export async function runSteps(clock: Clock, body: RunBody, flink: FlinkVisit, budget: Budget): Promise<StepsOutcome> {
  // The statements before the job are part of the script.
  if (flink.kind === 'script') return { kind: 'ran', results: [] };
  if (flink.kind === 'jar') return await bringJar(body, flink, budget);
  const results: StatementResult[] = [];
  let maxBytes = MAX_RESULT_BYTES;
  for (const step of body.plan.steps) {
    if (step.rows !== undefined) {
      const known = knownResult(step.rows, clock.now());
      results.push(known);
      maxBytes -= bytesOfRows(known.rowData);
      continue;
    }
    const sent = sentStatement(body, step);
    try {
      const result = await runStep(clock, flink, { step, sent, maxBytes }, budget);
      if (result !== null) results.push(result.rows);
      maxBytes -= result?.bytes ?? 0;
    } catch (error) {
      return outcomeOf(error, sent);
    }
  }
  return { kind: 'ran', results };
}

function knownResult({ columns, rows }: KnownRows, at: number): StatementResult {
  const rowData = rows.map((fields) => Object.fromEntries(columns.map((name, i) => [name, fields[i] ?? ''])));
  const { length: total } = rows;
  const whole = { truncated: false, truncatedBy: null };
  return { columns, rowData, total, limit: total, ...whole, startedAt: at, endedAt: at, error: null };
}

/** A jar's one step: it must be where its main() is to run. */
async function bringJar(body: RunBody, flink: JarVisit, budget: Budget): Promise<StepsOutcome> {
  const inPlace = (text: string): string => atItsLine(text, sentStatement(body, flink.job));
  const changed = changedJar(body, flink.job, flink.jar.sha256);
  if (changed !== null) return { kind: 'refused', reason: inPlace(flink.redaction.mask(changed)), bySql: true };
  try {
    await flink.jar.bring(budget);
    return { kind: 'ran', results: [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const kind = error.code === 'flink.failed' || error.code === 'cluster.invalid' ? 'refused' : 'interrupted';
    return { kind, reason: inPlace(flink.redaction.messageOf(error)), bySql: false };
  }
}

function outOfTime(): AppError {
  // Stryker disable next-line StringLiteral: whatever is no answer of Flink's interrupts
  return new AppError('budget.exceeded', 'Out of time.');
}

interface RowsAndSize {
  readonly rows: StatementResult;
  readonly bytes: number;
}

interface StepToRun {
  readonly step: PlanStep;
  readonly sent: SentStatement;
  /** The maximum size of its rows. */
  readonly maxBytes: number;
}

async function runStep(
  clock: Clock,
  flink: SqlVisit,
  { step, sent, maxBytes }: StepToRun,
  budget: Budget,
): Promise<RowsAndSize | null> {
  if (!budget.isOpen()) throw outOfTime();
  if (step.via === 'configure') {
    await flink.session.configure(sent.sql, budget.signal);
    return null;
  }
  const startedAt = clock.now();
  const collector = new RowCollector({ maxRowNum: ALL_ROWS, useChangeLog: false, maxBytes });
  const handle = await flink.session.start(sent.sql, stepConfig(flink.identity.address), budget.signal);
  const end = await readOperation(clock, { session: flink.session, handle }, budget, (page) => {
    collector.add(page.columns, maskCells(page.columns, page.rows, flink.redaction.maskWhole));
    return collector.isOver;
  });
  if (end === 'outOfTime') throw outOfTime();
  const rows = toResult(collector, { startedAt, endedAt: clock.now(), stopped: null });
  if (step.via === 'statement' && saysOkAlone(rows)) return null;
  return { rows, bytes: collector.kept().bytes };
}

/** Flink's answer without information. A CALL, or a STOP JOB WITH SAVEPOINT, may return more. */
function saysOkAlone({ rowData }: StatementResult): boolean {
  return rowData.every((row) => Object.keys(row).length === 1 && row['result'] === 'OK');
}

export interface HowRead {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Why nothing more was read; null when it was read to its end. */
  readonly stopped: StatementResult['truncatedBy'];
}

export function toResult(collector: RowCollector, { startedAt, endedAt, stopped }: HowRead): StatementResult {
  const { rows: rowData, cutBy } = collector.kept();
  const total = rowData.length;
  const truncatedBy = cutBy ?? stopped;
  const truncated = truncatedBy !== null;
  const { columns } = collector;
  return { columns, rowData, total, limit: total, truncated, truncatedBy, startedAt, endedAt, error: null };
}

const ANSWERED: readonly ErrorCode[] = ['flink.failed', 'flink.planRefused', 'flink.duplicate'];

function outcomeOf(error: unknown, sent: SentStatement): StepsOutcome {
  if (!(error instanceof AppError)) throw error;
  const bySql = error.code === 'flink.rejected';
  const kind = bySql || ANSWERED.includes(error.code) ? 'refused' : 'interrupted';
  return { kind, reason: locate(error.message, sent), bySql };
}
