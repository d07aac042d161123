import type { TaskDefinition } from '../definition/definitions.ts';
import type { TaskFields, UnstoredTask } from '../definition/described-task.ts';
import type { AskedStart } from '../plan/start-from.ts';
import type { RunSlot } from './run.ts';

/** What a caller asks for with a submit, however it arrives: by GET, by POST, or as an event. */
export interface SubmitRequest {
  /** Of a task that is not stored: unstoredTaskId. */
  readonly taskId: number;
  /** What is to be run, where it is no stored task. */
  readonly unstored?: UnstoredTask;
  /** The stored task as it was read already: what the variables were made from must be what runs. Left out: it is read. */
  readonly task?: TaskDefinition;
  readonly variables: Readonly<Record<string, string>>;
  readonly savePointPath: string | null;
  /** Where the run starts from, in place of the task's own strategy. Left out: the path, or the task. */
  readonly startsFrom?: AskedStart;
  /** Of a schedule: the request is the same for every delivery of it, whatever else it asks for. */
  readonly slot?: RunSlot;
  /** No other run of the task may be live beside this one. */
  readonly isOnline: boolean;
  /**
   * The caller's own name for this request, by the header Idempotency-Key or the id of an event: a repeat under it gets the
   * same run for 24 h. Null when there is none.
   */
  readonly key: string | null;
}

/** The same for what is no stored task: all of it stands in the request. */
export interface UnstoredRequest extends Pick<SubmitRequest, 'variables' | 'savePointPath' | 'key'> {
  readonly fields: TaskFields;
}
