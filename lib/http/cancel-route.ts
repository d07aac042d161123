/** GET and POST /openapi/cancel: `id` is a task's id; it ends the latest live run of that task. */
import { AppError } from '../domain/errors.ts';
import type { StopAnswer, StopRequest } from '../domain/run/cancel.ts';
import type { StopHow } from '../domain/run/stop.ts';
import { readBoolean, readId } from './request.ts';
import type { Route } from './route.ts';
import { parametersOf } from './savepoint-task-route.ts';
import { savepointOf, stopNote } from './stop-note.ts';

export const cancelRoute: Route<StopRequest, StopAnswer> = {
  bothDialects: true,
  parse: (request) => {
    const given = parametersOf(request);
    const withSavepoint = readBoolean('withSavePoint', given('withSavePoint'));
    const forced = readBoolean('forceCancel', given('forceCancel') ?? true);
    return { taskId: readId('id', given('id')), how: howOf(withSavepoint, forced), mayBeEcho: false };
  },
  task: ({ taskId }) => taskId,
  answer: ({ outcome, how }, { timeZone }) => {
    if (outcome.cancelled === null) {
      const why = 'the task has no live run, so there is nothing to cancel.';
      throw new AppError('run.notFound', `Job Instance Not Exist: ${why}`);
    }
    const { problem } = savepointOf(outcome.cancelled, how);
    const note = stopNote(outcome, how, timeZone);
    if (how === 'cancelWithSavepoint' && problem !== null) {
      return { success: false, msg: note.replace(/^\. /, ''), data: false };
    }
    return { success: true, msg: `Execute Successfully${note}`, data: true };
  },
};

/** With `forceCancel`, which is the default, the job ends also where its savepoint fails. */
function howOf(withSavepoint: boolean, forced: boolean): StopHow {
  if (!withSavepoint) return 'cancel';
  return forced ? 'kill' : 'cancelWithSavepoint';
}
