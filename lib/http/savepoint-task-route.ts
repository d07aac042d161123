/** POST /openapi/savepointTask. Only the cancel so far: what clients send when their own task is killed. */
import type { CancelOutcome, CancelRequest } from '../domain/run/cancel.ts';
import { isoLocalTime } from '../domain/time.ts';
import { cancelNote } from './cancel-note.ts';
import { invalid, readId, readJsonObject, seen } from './request.ts';
import type { Route } from './route.ts';

export const savepointTaskRoute: Route<CancelRequest, CancelOutcome> = {
  bothDialects: true,
  parse: (request) => {
    const body = readJsonObject(request);
    checkType(body['type']);
    return { taskId: readId('taskId', body['taskId']), mayBeEcho: true };
  },
  task: ({ taskId }) => taskId,
  // No live run is success too: the caller wants it gone, and it is.
  answer: (outcome, { now, timeZone }) => {
    const { cancelled } = outcome;
    const time = isoLocalTime(now, timeZone);
    const jobInfos = cancelled === null ? [] : [{ jobId: cancelled.jobId, savePoint: null, status: 'CANCEL' }];
    const times = { startTime: time, endTime: time };
    const appId = cancelled?.deployment?.clusterId ?? null;
    const data = { appId, jobInfos, type: 'cancel', ...times, isSuccess: true, exceptionMsg: null };
    return { success: true, msg: `Execute Successfully${cancelNote(outcome, timeZone)}`, data };
  },
};

/** `canceljob` is what clients of 0.7 call it. */
const CANCEL_TYPES = ['cancel', 'canceljob'];
const LATER_TYPES = ['trigger', 'stop', 'dispose'];

/** Dinky reads types without regard to case, so clients write CANCEL as well as cancel. */
function checkType(type: unknown): void {
  const name = typeof type === 'string' ? type.toLowerCase() : '';
  if (CANCEL_TYPES.includes(name)) return;
  if (LATER_TYPES.includes(name)) {
    throw invalid(
      `The type ${seen(type)} needs savepoints, which this version of Dinghy does not support yet. Use "cancel".`,
    );
  }
  throw invalid(`The parameter "type" is ${seen(type ?? '')}. Give "cancel".`);
}
