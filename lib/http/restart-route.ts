/** GET restartTask, reOnLineTask, selectSavePointRestartTask, selectSavePointReOnLineTask: stops the live run of a task and starts another. */
import type { SubmittedRun } from '../domain/answer.ts';
import type { RestartRequest } from '../domain/run/restart-request.ts';
import { invalid, oneOf, readId, readText } from './request.ts';
import type { Route } from './route.ts';
import { submitRoute } from './submit-route.ts';
import { variablesIn } from './task-query.ts';

export const restartRoute: Route<RestartRequest, SubmittedRun> = {
  bothDialects: true,
  parse: ({ path, query }) => {
    const savePointPath = readText('savePointPath', oneOf(query, 'savePointPath'));
    if (savePointPath === null && path.includes('/selectSavePoint')) {
      throw invalid('The parameter "savePointPath" is missing. Give the path of the savepoint to start from.');
    }
    return { taskId: readId('id', oneOf(query, 'id')), savePointPath, variables: variablesIn(query) };
  },
  task: ({ taskId }) => taskId,
  answer: (view, scope) => {
    const said = submitRoute.answer(view, scope);
    return { ...said, msg: said.msg.replace(/^Execute Successfully/, 'Successfully') };
  },
};
