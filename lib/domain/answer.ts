/** A run on the wire: JobResult and job instance (contract.md). Pure; every key is always there. */
import { shownTaskId } from './definition/described-task.ts';
import type { ErrorCode } from './errors.ts';
import { withIds } from './plan/gateway-config.ts';
import type { JobConfig } from './plan/job-config.ts';
import type { RunBody } from './plan/run-body.ts';
import type { RunResult, StatementResult } from './results/statement-result.ts';
import { shownEvents } from './run/history.ts';
import { doubtText, isDoubted } from './run/lost-job.ts';
import type { RunHead } from './run/run.ts';
import { isFinal } from './run/status.ts';
import { shownStatement } from './secrets/sensitive-ranges.ts';
import { shownAddress } from './secrets/shown-address.ts';
import { isoLocalTime, wireTime } from './time.ts';

/** A run as it stands, with everything an answer shows. */
export interface RunView {
  readonly head: RunHead;
  readonly body: RunBody;
  readonly result: RunResult | null;
  readonly duplicate: boolean;
}

/** A run as the one who submitted it gets it. */
export interface SubmittedRun extends RunView {
  readonly dedupeSeconds: number;
  /** The request brought a key: under it no other run is possible for a day. */
  readonly keyed: boolean;
}

export type Wire = Readonly<Record<string, unknown>>;

export function toJobResult({ head, body, result, duplicate }: RunView, timeZone: string): Wire {
  const iso = (at: number | null): string | null => (at === null ? null : isoLocalTime(at, timeZone));
  return {
    id: head.id,
    jobConfig: jobConfigOf(head, body),
    jobManagerAddress: shownAddress(head.address),
    status: head.submitStatus,
    success: isAccepted(head),
    statement: shownStatement(body.statement, body.plan.sensitive),
    jobId: head.jobId,
    jobInstanceId: head.id,
    error: openReason(head) ?? submitError(head),
    result: toResult(head, result, iso),
    results: result === null ? null : result.results.map((rows) => toStatementResult(rows, iso)),
    startTime: iso(head.intentAt),
    endTime: iso(head.answeredAt),
    duplicate,
    taskVersion: head.taskVersion,
  };
}

/** Frozen before the send, with later facts about the run's own cluster. */
function jobConfigOf({ deployment, jobId, address }: RunHead, { jobConfig }: RunBody): JobConfig {
  if (deployment === null || jobConfig.gatewayConfig === null) return jobConfig;
  const ids = { appId: deployment.clusterId, jobId };
  return { ...jobConfig, address: shownAddress(address), gatewayConfig: withIds(jobConfig.gatewayConfig, ids) };
}

/** SUCCESS, or accepted and still on its way. */
export function isAccepted(head: RunHead): boolean {
  return head.submitStatus === 'SUCCESS' || head.submitStatus === 'INITIALIZE';
}

/** The reason of a failed run: Flink refused its last submission, or its job failed. */
export function failureCode({ sqlRefusedSend, sends }: RunHead): ErrorCode {
  return sqlRefusedSend === sends ? 'flink.rejected' : 'flink.failed';
}

/** The last error of Flink, or on the way to it, about a submission with an unknown outcome. */
export function openReason({ submitStatus, refusal }: RunHead): string | null {
  return submitStatus === 'INITIALIZE' ? refusal : null;
}

function submitError(head: RunHead): string | null {
  return isAccepted(head) ? null : (head.error ?? head.refusal);
}

type Iso = (at: number | null) => string | null;

/** For an INSERT: how its submission went; for a preview: its rows as well; null until one of them is known. */
function toResult(head: RunHead, result: RunResult | null, iso: Iso): Wire | null {
  if (head.submitStatus === 'INITIALIZE' || head.kind === 'none') return null;
  const submission = {
    success: isAccepted(head),
    startTime: iso(head.intentAt),
    endTime: iso(head.answeredAt),
    time: (head.answeredAt ?? head.intentAt) - head.intentAt,
    error: submitError(head),
    jobID: head.jobId,
    jobId: head.jobId,
  };
  const rows = result?.preview ?? null;
  if (rows === null) return submission;
  const { rowData, columns, total, truncated } = rows;
  return {
    ...submission,
    rowData,
    columns,
    total,
    currentCount: rowData.length,
    destroyed: false,
    truncationFlag: truncated,
  };
}

function toStatementResult(rows: StatementResult, iso: Iso): Wire {
  const { columns, rowData, total, limit, error, truncated, startedAt, endedAt } = rows;
  const times = { startTime: iso(startedAt), endTime: iso(endedAt), time: endedAt - startedAt };
  return { columns, rowData, total, page: 1, limit, success: error === null, ...times, error, truncated };
}

export function toJobInstance(head: RunHead, now: number, timeZone: string): Wire {
  const at = (time: number | null): string | null => (time === null ? null : wireTime(time, timeZone));
  return {
    id: head.id,
    tenantId: 1,
    name: head.name,
    taskId: shownTaskId(head.taskId),
    step: head.step,
    clusterId: head.clusterId,
    jid: head.jobId,
    status: shownStatus(head),
    historyId: head.id,
    error: head.error ?? openReason(head) ?? doubtText(head, timeZone),
    createTime: at(head.intentAt),
    updateTime: at(head.events.at(-1)?.at ?? head.intentAt),
    finishTime: at(head.finishedAt),
    duration: Math.floor(((head.finishedAt ?? now) - head.intentAt) / 1000),
    failedRestartCount: head.restarts,
    creator: 1,
    updater: 1,
    operator: 1,
    count: null,
    lastSeenAt: at(head.lastSeenAt),
    appId: head.deployment?.clusterId ?? null,
  };
}

/** A run in a list, for programs: times are UTC instants (ISO 8601). */
export function toRunSummary(head: RunHead): Wire {
  const at = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());
  const { id, taskId, name, submitStatus, jobId, restarts, error } = head;
  const times = { startedAt: at(head.intentAt), endedAt: at(head.finishedAt), lastSeenAt: at(head.lastSeenAt) };
  const what = { id, taskId: shownTaskId(taskId), name, status: shownStatus(head), submitStatus, jobId };
  return { ...what, ...times, restarts, error };
}

/** A run with its statement and history. */
export interface RunDetails {
  readonly head: RunHead;
  /** Null where it was lost, or never written. */
  readonly body: RunBody | null;
}

/** For programs: times are UTC instants (ISO 8601). */
export function toRunDetails({ head, body }: RunDetails): Wire {
  const { taskVersion, clusterId, sends, createdBy, cancelAskedBy } = head;
  const savePointPath = head.savePointPath === null ? null : shownAddress(head.savePointPath);
  return {
    ...toRunSummary(head),
    ...{ taskVersion, clusterId, address: shownAddress(head.address), sends, createdBy, savePointPath, cancelAskedBy },
    statement: body === null ? null : shownStatement(body.statement, body.plan.sensitive),
    history: toHistory(head),
  };
}

export function toHistory(head: RunHead): Wire[] {
  return shownEvents(head).map((event) => ({ ...event, at: new Date(event.at).toISOString() }));
}

/** RECONNECTING and CANCELLING are ways to show a run, not states of its record. */
export function shownStatus(head: RunHead): string {
  if (isFinal(head.status)) return head.status;
  if (head.unreachableSince !== null || isDoubted(head)) return 'RECONNECTING';
  return head.cancelAskedAt === null ? head.status : 'CANCELLING';
}
