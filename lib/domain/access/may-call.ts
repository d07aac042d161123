/** Whether a caller may make a call. */
import type { Grant } from './access-key.ts';
import { ALL_TASKS, isInScope } from './task-scope.ts';
import { type Verb, VERBS } from './verbs.ts';

/** The grant of callers that need no scope: AUTH=none, and schedules, which AWS has authenticated. */
export const EVERYTHING: Grant = { tasks: ALL_TASKS, verbs: VERBS };

export type CallDecision = 'allowed' | 'otherVerb' | 'otherTask' | 'unstoredTask';

/** The subject of a call. unstored: the caller's own statement, which only a caller of all tasks may use. */
export type Subject = number | 'unstored' | null;

/** `verb` null: any authenticated caller may. `subject` null: no task is named, or it is not known yet. */
export function mayCall({ tasks, verbs }: Grant, verb: Verb | null, subject: Subject): CallDecision {
  if (verb !== null && !verbs.includes(verb)) return 'otherVerb';
  if (subject === 'unstored') return tasks === ALL_TASKS ? 'allowed' : 'unstoredTask';
  return subject === null || isInScope(tasks, subject) ? 'allowed' : 'otherTask';
}
