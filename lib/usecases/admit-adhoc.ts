/**
 * Calls that run statements of the caller's own: only where the deployment allows them. Asked when the caller is known, and before
 * anything of the request is read.
 */
import type { Admit } from '../domain/access/admission.ts';
import { AppError } from '../domain/errors.ts';

export function admitAdhoc(admit: Admit, isAllowed: boolean): Admit {
  return async (presented) => {
    const admitted = await admit(presented);
    if (isAllowed) return admitted;
    throw new AppError('request.forbidden', NOT_ALLOWED);
  };
}

const NOT_ALLOWED =
  'This deployment does not allow statements without a stored task: its setting ADHOC is not "true". To ' +
  'allow them, deploy with --param adhoc=true (local stack: npm start -- --adhoc). Otherwise store the statement as a task with ' +
  '"dinghy apply", and call submitTask.';
