/** GET and POST /openapi/submitTask, GET /openapi/onLineTask (contract.md, "submitTask"). */
import { failureCode, isAccepted, openReason, type SubmittedRun, toJobResult } from '../domain/answer.ts';
import { ASKED_STARTS } from '../domain/plan/start-from.ts';
import { windowEnd } from '../domain/run/claims.ts';
import { doubtText } from '../domain/run/lost-job.ts';
import { isWaiting } from '../domain/run/restart.ts';
import { isFinal } from '../domain/run/status.ts';
import type { SubmitRequest } from '../domain/run/submit-request.ts';
import { shownAddress } from '../domain/secrets/shown-address.ts';
import { wireTime } from '../domain/time.ts';
import type { Answer } from './envelope.ts';
import { taskNamedBy } from './named-task.ts';
import {
  oneOf,
  readBoolean,
  readId,
  readJsonObject,
  readText,
  readVariables,
  type Request,
  writtenParameter,
} from './request.ts';
import { readKey } from './request-key.ts';
import type { Route, Scope } from './route.ts';
import { variablesIn } from './task-query.ts';

export const submitRoute: Route<SubmitRequest, SubmittedRun> = {
  bothDialects: true,
  parse: (request) => {
    if (request.method === 'POST') return parseBody(request);
    const input = parseQuery(request);
    // 0.x clients call it to run a task alone.
    return request.path.endsWith('/onLineTask') ? { ...input, isOnline: true } : input;
  },
  answer: (view, scope) => toSubmitAnswer(view, scope),
  task: ({ taskId }) => taskId,
  namedTask: taskNamedBy,
};

function parseQuery(request: Request): SubmitRequest {
  const { query } = request;
  return {
    taskId: readId('id', oneOf(query, 'id')),
    variables: variablesIn(query),
    ...readStart(oneOf(query, 'savePointPath')),
    isOnline: readBoolean('isOnline', oneOf(query, 'isOnline')),
    key: readKey(request),
  };
}

function parseBody(request: Request): SubmitRequest {
  const body = readJsonObject(request);
  return {
    taskId: readId('id', body['id']),
    variables: readVariables('variables', body['variables'], writtenParameter(request, 'variables')),
    ...readStart(body['savePointPath']),
    isOnline: readBoolean('isOnline', body['isOnline']),
    key: readKey(request),
  };
}

/** A path is never a single word: it begins with a scheme or a slash. */
function readStart(value: unknown): Pick<SubmitRequest, 'savePointPath' | 'startsFrom'> {
  const text = readText('savePointPath', value);
  const startsFrom = ASKED_STARTS.find((word) => word === text?.toUpperCase());
  return startsFrom === undefined ? { savePointPath: text } : { savePointPath: null, startsFrom };
}

export function toSubmitAnswer(view: SubmittedRun, scope: Scope): Answer {
  const success = isAccepted(view.head);
  const what = success
    ? `Execute Successfully${emptyNote(view)}${startsEmptyNote(view)}${waitsNote(view)}${openNote(view)}${warningNote(view)}`
    : failure(view);
  const msg = view.duplicate ? `${what.replace(/\.$/, '')}. ${duplicateNote(view, scope)}` : what;
  const { id: runId, taskId, error } = view.head;
  const logged = { taskId, runId, duplicate: view.duplicate, ...(!success && { code: failureCode(view.head), error }) };
  return { success, msg, data: toJobResult(view, scope.timeZone), logged };
}

/** A preview that ended before its first row looks like an empty table. */
function emptyNote({ result }: SubmittedRun): string {
  const rows = result?.preview ?? null;
  if (rows === null || rows.total > 0 || !rows.truncated) return '';
  return rows.truncatedBy === 'size'
    ? '. Its first row does not fit: all rows of a run together may have 360 KB. Select fewer or shorter columns'
    : '. No row arrived within the time of the request: the query may be waiting for data, or for a free task slot';
}

/** Somebody who expects the state of the previous run must learn that it is not used. */
function startsEmptyNote({ head, body }: SubmittedRun): string {
  const { savePointStrategy, savePointPath } = body.jobConfig;
  const recorded = savePointStrategy === 'LATEST' || savePointStrategy === 'EARLIEST';
  if (head.kind !== 'job' || !recorded || savePointPath !== null || head.follows !== null) return '';
  return '. No savepoint of this task with these variables is recorded yet: the job starts empty';
}

/** A restart that takes longer than its call goes on. */
function waitsNote({ head }: SubmittedRun): string {
  return isWaiting(head) ? `. It starts when run ${head.follows?.runId ?? ''} has ended` : '';
}

/** Shows what Flink has already said, before the end of the run. */
function openNote({ head }: SubmittedRun): string {
  const reason = openReason(head);
  if (reason === null) return '';
  return `. It is not known yet whether a job was started: ${reason.replace(/\.$/, '')}. Poll the run to find out`;
}

/** They end with a full stop; other notes do not. */
function warningNote({ body }: SubmittedRun): string {
  return body.plan.warnings.map((warning) => `. ${warning.replace(/\.$/, '')}`).join('');
}

function failure({ head }: SubmittedRun): string {
  const reason = head.error ?? head.refusal ?? 'the reason is not known';
  return `Run ${head.id} of task ${head.taskId} failed: ${reason}${stoppedNote(head)}`;
}

/** The previous run was stopped for it: shows the savepoint that is left. */
function stoppedNote({ follows, savePointPath }: SubmittedRun['head']): string {
  if (follows === null || follows.isWaiting || savePointPath === null) return '';
  const what = `Run ${follows.runId} was stopped for it, and no job is left`;
  return `. ${what}. To start from its state, submit the task with savePointPath ${shownAddress(savePointPath)}`;
}

/** Names the run, and says when another one can start. */
function duplicateNote({ head, dedupeSeconds, keyed }: SubmittedRun, scope: Scope): string {
  const which = `This request repeats run ${head.id} and started nothing new`;
  const doubt = doubtText(head, scope.timeZone);
  if (doubt !== null) return `${which}. About that run: ${doubt}.`;
  if (keyed) return `${which}. To start another run, use another key.`;
  if (!isFinal(head.status)) return `${which}. You can start another run when this one ends.`;
  return `${which}. You can start another run after ${wireTime(windowEnd(head, dedupeSeconds), scope.timeZone)}.`;
}
