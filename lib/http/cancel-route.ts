/** GET /openapi/cancel: `id` is a task's id; it ends the latest live run of that task. */
import { AppError } from '../domain/errors.ts';
import type { CancelOutcome, CancelRequest } from '../domain/run/cancel.ts';
import { cancelNote } from './cancel-note.ts';
import { invalid, oneOf, readBoolean, readId } from './request.ts';
import type { Route } from './route.ts';

export const cancelRoute: Route<CancelRequest, CancelOutcome> = {
  bothDialects: true,
  parse: ({ query }) => {
    if (readBoolean('withSavePoint', oneOf(query, 'withSavePoint'))) {
      throw invalid('This version of Dinghy does not support savepoints yet. Call cancel without withSavePoint.');
    }
    readBoolean('forceCancel', oneOf(query, 'forceCancel'));
    return { taskId: readId('id', oneOf(query, 'id')), mayBeEcho: false };
  },
  task: ({ taskId }) => taskId,
  answer: (outcome, { timeZone }) => {
    if (outcome.cancelled === null) {
      const why = 'the task has no live run, so there is nothing to cancel.';
      throw new AppError('run.notFound', `Job Instance Not Exist: ${why}`);
    }
    return { success: true, msg: `Execute Successfully${cancelNote(outcome, timeZone)}`, data: true };
  },
};
