/**
 * Runs what a request describes and no stored task says: on the way of every submit, under a number and fingerprints that the
 * caller and the work itself make. So whatever a submit promises holds here too.
 */
import type { SubmittedRun } from '../domain/answer.ts';
import { identityText, unstoredTaskId } from '../domain/definition/described-task.ts';
import type { UnstoredRequest } from '../domain/run/submit-request.ts';
import type { SubmitDeps, SubmitScope } from './submit/submission.ts';
import { submitTask } from './submit-task.ts';

export function submitUnstored(
  deps: SubmitDeps,
): (request: UnstoredRequest, scope: SubmitScope) => Promise<SubmittedRun> {
  const submit = submitTask(deps);
  return ({ fields, ...asked }, scope) => {
    const identity = deps.ids.sha256(identityText(scope.caller, fields));
    const unstored = { identity, fields };
    return submit({ ...asked, taskId: unstoredTaskId(unstored), unstored, isOnline: false }, scope);
  };
}
