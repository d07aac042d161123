/** Whether an authenticated caller may make this call. */
import type { Admitted } from '../domain/access/admission.ts';
import { mayCall, type Subject } from '../domain/access/may-call.ts';
import { callerOf } from '../domain/access/principal.ts';
import type { Verb } from '../domain/access/verbs.ts';
import { AppError } from '../domain/errors.ts';

/** `verb` null: every authenticated caller may. @throws AppError request.forbidden */
export function checkVerb({ principal, grant }: Admitted, verb: Verb | null): void {
  if (mayCall(grant, verb, null) === 'allowed') return;
  const hint = `It may: ${grant.verbs.join(', ') || 'nothing'}.`;
  throw new AppError(
    'request.forbidden',
    `This call needs the verb "${verb ?? ''}". ${nameOf(principal)} does not have it. ${hint}`,
  );
}

/** @throws AppError request.forbidden, whether the task exists or not */
export function checkTask({ principal, grant }: Admitted, subject: Subject): void {
  if (mayCall(grant, null, subject) === 'allowed') return;
  const what = subject === 'unstored' ? 'its own statements, which need a key for all tasks' : `task ${subject ?? ''}`;
  throw new AppError('request.forbidden', `${nameOf(principal)} may not use ${what}. It may use: ${grant.tasks}.`);
}

function nameOf(principal: Admitted['principal']): string {
  return `The caller "${callerOf(principal)}"`;
}
