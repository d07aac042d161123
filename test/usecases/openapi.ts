/** Dinghy as its clients meet it: requests and envelopes over the use cases of a world in memory. */
import { cancelRoute } from '../../lib/http/cancel-route.ts';
import { jobInstanceRoute } from '../../lib/http/job-instance-route.ts';
import { type HttpHandler, route } from '../../lib/http/route.ts';
import { offLineTaskRoute, savepointRoute, savepointTaskRoute } from '../../lib/http/savepoint-task-route.ts';
import { submitRoute } from '../../lib/http/submit-route.ts';
import { admitByKey, admitEverybody } from '../../lib/usecases/admit-caller.ts';
import { stopTask } from '../../lib/usecases/cancel-task.ts';
import { getJobInstance } from '../../lib/usecases/job-instance.ts';
import { rememberRefusal } from '../../lib/usecases/remember-refusal.ts';
import { submitTask } from '../../lib/usecases/submit-task.ts';
import { type Call, callHandler, type Envelope } from '../builders/event.ts';
import { memoryAccessKeys } from '../fakes/memory-access-keys.ts';
import type { World } from './world.ts';

export interface Openapi {
  /** POST submitTask with this body, or this text. */
  post(body: object | string, query?: string): Promise<Envelope>;
  /** GET submitTask. */
  get(query: string): Promise<Envelope>;
  /** What DolphinScheduler sends on a kill, and after a submit that failed. */
  kill(taskId?: number): Promise<Envelope>;
  cancel(query?: string): Promise<Envelope>;
  /** POST savepointTask. */
  savepoint(type: string, taskId?: number | string): Promise<Envelope>;
  /** POST savepointTask with this body. */
  savepointOf(body: object): Promise<Envelope>;
  /** GET savepointTask, POST savepoint, GET offLineTask. */
  ask(call: 'savepointTask' | 'savepoint' | 'offLineTask', query: string): Promise<Envelope>;
  poll(runId: number): Promise<Envelope>;
}

export function openapi(w: World, auth: 'none' | 'refused' = 'none'): Openapi {
  const admit = auth === 'none' ? admitEverybody : admitByKey({ ...w, keys: memoryAccessKeys() });
  const context = { admit, timeZone: 'UTC', clock: w.clock, log: w.log };
  const setUp = (): typeof context => context;
  const reading = { ...w, secrets: null };
  const submit = route(
    setUp,
    submitRoute,
    () => submitTask(w),
    () => rememberRefusal(w),
  );
  const kill = route(setUp, savepointTaskRoute, () => stopTask(reading));
  const asked = {
    savepointTask: kill,
    savepoint: route(setUp, savepointRoute, () => stopTask(reading)),
    offLineTask: route(setUp, offLineTaskRoute, () => stopTask(reading)),
  };
  const cancel = route(setUp, cancelRoute, () => stopTask(reading));
  const poll = route(setUp, jobInstanceRoute, () => getJobInstance(reading));
  const call = (handler: HttpHandler, request: Call): Promise<Envelope> => w.clock.run(callHandler(handler, request));
  const toText = (body: object | string): string => (typeof body === 'string' ? body : JSON.stringify(body));
  return {
    post: (body, query = '') => call(submit, { method: 'POST', query, body: toText(body) }),
    get: (query) => call(submit, { query }),
    kill: (taskId = 1) =>
      call(kill, { method: 'POST', body: JSON.stringify({ taskId: String(taskId), type: 'cancel' }) }),
    cancel: (query = 'id=1') => call(cancel, { query }),
    savepoint: (type, taskId = 1) => call(kill, { method: 'POST', body: JSON.stringify({ taskId, type }) }),
    savepointOf: (body) => call(kill, { method: 'POST', body: JSON.stringify(body) }),
    ask: (name, query) => call(asked[name], { method: name === 'savepoint' ? 'POST' : 'GET', query }),
    poll: (runId) => call(poll, { query: `id=${runId}` }),
  };
}
