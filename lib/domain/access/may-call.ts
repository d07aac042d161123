/** Whether a caller may do what it asks for. */
import type { Grant } from './access-key.ts';
import { ALL_TASKS, isInScope } from './task-scope.ts';
import { type Verb, VERBS } from './verbs.ts';

/** Of callers that need no scope: AUTH=none, and schedules, which AWS has authenticated. */
export const EVERYTHING: Grant = { tasks: ALL_TASKS, verbs: VERBS };

export type CallDecision = 'allowed' | 'otherVerb' | 'otherTask';

/** `verb` null: any caller that is let in may do it. `taskId` null: no task is named, or it is not known yet. */
export function mayCall({ tasks, verbs }: Grant, verb: Verb | null, taskId: number | null): CallDecision {
  if (verb !== null && !verbs.includes(verb)) return 'otherVerb';
  return taskId === null || isInScope(tasks, taskId) ? 'allowed' : 'otherTask';
}
