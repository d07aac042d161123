/** The target of a call that stops something: a task, which means its newest live run, or one run. */
import { AppError } from '../domain/errors.ts';
import { invalid, isEmpty, oneOf, readId, readJsonObject, type Request } from './request.ts';

type Target =
  { readonly taskId: number; readonly mayBeEcho: false } | { readonly taskId: null; readonly runId: number };

type Given = (name: string) => unknown;

/** `taskName`: the name of the parameter with the number of the task. */
export function readTarget(given: Given, taskName: string): Target {
  if (isEmpty(given('runId')) && isEmpty(given(taskName)) && !isEmpty(given('jobId'))) throw byJob();
  if (isEmpty(given('runId'))) return { taskId: readId(taskName, given(taskName)), mayBeEcho: false };
  if (!isEmpty(given(taskName))) throw invalid(`The request has "${taskName}" and "runId". Give one of them.`);
  return { taskId: null, runId: readId('runId', given('runId')) };
}

/** Dinky 0.x ended the jobs of executeSql in this way. */
function byJob(): AppError {
  return invalid(
    'The parameter "jobId" does not name a run here. Give "runId": the jobInstanceId that the submit returned.',
  );
}

/** From the body if there is one, else from the address. */
export function parametersOf(request: Request): Given {
  const body = request.method === 'GET' || request.body.trim() === '' ? {} : readJsonObject(request);
  return (name) => (Object.hasOwn(body, name) ? body[name] : oneOf(request.query, name));
}

/** `so`: the consequence for the call. */
export function notLive(runId: number | undefined, so: string): AppError {
  const why = runId === undefined ? 'the task has no live run' : `run ${runId} has ended`;
  return new AppError('run.notFound', `Job Instance Not Exist: ${why}, so ${so}.`);
}
