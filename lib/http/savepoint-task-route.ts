/**
 * POST and GET /openapi/savepointTask, POST /openapi/savepoint, GET /openapi/offLineTask: take a savepoint, stop or cancel the
 * latest live run of a task. Clients send `cancel` when their own task is killed.
 */
import type { StopAnswer, StopRequest } from '../domain/run/cancel.ts';
import type { RunHead } from '../domain/run/run.ts';
import type { StopHow } from '../domain/run/stop.ts';
import { shownAddress } from '../domain/secrets/shown-address.ts';
import { isoLocalTime } from '../domain/time.ts';
import type { Answer } from './envelope.ts';
import { oneOf } from './request.ts';
import type { Route, Scope } from './route.ts';
import { savepointOf, type SavepointSeen, stopNote } from './stop-note.ts';
import { notLive, parametersOf, readTarget } from './stop-target.ts';
import { readStopType } from './stop-type.ts';

export const savepointTaskRoute: Route<StopRequest, StopAnswer> = {
  bothDialects: true,
  parse: (request) => {
    const given = parametersOf(request);
    const how = readStopType('type', given('type'));
    // Clients send a cancel after a refused submit.
    const target = readTarget(given, 'taskId');
    return { ...target, how, ...(target.taskId !== null && { mayBeEcho: how === 'kill' || how === 'cancel' }) };
  },
  task: ({ taskId }) => taskId,
  answer: (stopped, scope) => toStopAnswer(stopped, scope),
};

export const savepointRoute: Route<StopRequest, StopAnswer> = {
  ...savepointTaskRoute,
  parse: (request) => {
    const given = parametersOf(request);
    const how = readStopType('savePointType', given('savePointType'));
    return { ...readTarget(given, 'taskId'), how };
  },
};

export const offLineTaskRoute: Route<StopRequest, StopAnswer> = {
  ...savepointTaskRoute,
  parse: ({ query }) => {
    // Clients of Dinky 1.x give none.
    const how = readStopType('type', oneOf(query, 'type') || 'cancel');
    return { ...readTarget((name) => oneOf(query, name), 'id'), how };
  },
};

/** The status of a job in Dinky's answers. */
const DONE = { trigger: 'RUN', stop: 'STOP', cancel: 'CANCEL', kill: 'CANCEL', cancelWithSavepoint: 'CANCEL' } as const;

/** Their names on the wire. */
const TYPE = {
  trigger: 'trigger',
  stop: 'stop',
  cancel: 'canceljob',
  kill: 'cancel',
  cancelWithSavepoint: 'cancelWithSavepoint',
} as const;

function toStopAnswer({ how, outcome, runId }: StopAnswer, { now, timeZone }: Scope): Answer {
  const { cancelled } = outcome;
  const mustEnd = how === 'kill' || how === 'cancel';
  // Without a live run, a call to end it succeeds.
  if (cancelled === null && !mustEnd) throw notLive(runId, 'there is no savepoint to take and nothing to stop');
  const saved = savepointOf(cancelled, how);
  const success = mustEnd || saved.problem === null;
  const note = stopNote(outcome, how, timeZone);
  return {
    success,
    msg: success ? `Execute Successfully${note}` : note.replace(/^\. /, ''),
    data: {
      ...dataOf(cancelled, how, saved),
      startTime: isoLocalTime(startOf(cancelled, how) ?? now, timeZone),
      endTime: isoLocalTime(now, timeZone),
      isSuccess: mustEnd || saved.path !== null,
      exceptionMsg: saved.problem,
    },
  };
}

function startOf(run: RunHead | null, how: StopHow): number | null {
  return how === 'cancel' ? null : (run?.savepoint?.askedAt ?? null);
}

function dataOf(run: RunHead | null, how: StopHow, { path }: SavepointSeen): object {
  const savePoint = path === null ? null : shownAddress(path);
  const jobInfos = run === null ? [] : [{ jobId: run.jobId, savePoint, status: DONE[how] }];
  return { appId: run?.deployment?.clusterId ?? null, jobInfos, type: TYPE[how] };
}
