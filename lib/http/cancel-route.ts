/** GET and POST /openapi/cancel: `id` is a task's id, whose latest live run is ended; `runId` names one run. */
import type { StopAnswer, StopRequest } from '../domain/run/cancel.ts';
import type { StopHow } from '../domain/run/stop.ts';
import { readBoolean } from './request.ts';
import type { Route } from './route.ts';
import { savepointOf, stopNote } from './stop-note.ts';
import { notLive, parametersOf, readTarget } from './stop-target.ts';

export const cancelRoute: Route<StopRequest, StopAnswer> = {
  bothDialects: true,
  parse: (request) => {
    const given = parametersOf(request);
    const withSavepoint = readBoolean('withSavePoint', given('withSavePoint'));
    const forced = readBoolean('forceCancel', given('forceCancel') ?? true);
    return { ...readTarget(given, 'id'), how: howOf(withSavepoint, forced) };
  },
  task: ({ taskId }) => taskId,
  answer: ({ outcome, how, runId }, { timeZone }) => {
    if (outcome.cancelled === null) throw notLive(runId, 'there is nothing to cancel');
    const { problem } = savepointOf(outcome.cancelled, how);
    const note = stopNote(outcome, how, timeZone);
    if (how === 'cancelWithSavepoint' && problem !== null) {
      return { success: false, msg: note.replace(/^\. /, ''), data: false };
    }
    return { success: true, msg: `Execute Successfully${note}`, data: true };
  },
};

/** With `forceCancel`, the default, the job ends even if its savepoint fails. */
function howOf(withSavepoint: boolean, forced: boolean): StopHow {
  if (!withSavepoint) return 'cancel';
  return forced ? 'kill' : 'cancelWithSavepoint';
}
