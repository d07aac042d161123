import type { TaskDefinition } from '../definition/definitions.ts';
import type { TaskFields, UnstoredTask } from '../definition/described-task.ts';
import type { AskedStart } from '../plan/start-from.ts';
import type { RunSlot } from './run.ts';

/** The parameters of a submit, from GET, POST or an event. */
export interface SubmitRequest {
  /** Without a stored task: unstoredTaskId. */
  readonly taskId: number;
  /** The work itself, if it is no stored task. */
  readonly unstored?: UnstoredTask;
  /** The stored task as it was read already: what the variables were made from must be what runs. Left out: it is read. */
  readonly task?: TaskDefinition;
  readonly variables: Readonly<Record<string, string>>;
  readonly savePointPath: string | null;
  /** The start path or strategy of the run, instead of the task's own. Undefined: the path, or the task. */
  readonly startsFrom?: AskedStart;
  /** A slot of a schedule: every delivery of it is the same request. */
  readonly slot?: RunSlot;
  /** No other run of the task may be live beside this one. */
  readonly isOnline: boolean;
  /**
   * The caller's own name for this request, by the header Idempotency-Key or the id of an event: a repeat under it gets the
   * same run for 24 h. Null when there is none.
   */
  readonly key: string | null;
}

/** The same without a stored task: the request has all of the work. */
export interface UnstoredRequest extends Pick<SubmitRequest, 'variables' | 'savePointPath' | 'key'> {
  readonly fields: TaskFields;
}
