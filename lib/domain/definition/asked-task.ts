/** A task that a request describes: the number of a stored one, fields of its own, or both. */
import { type ClusterDefinition, TASK_DEFAULTS, type TaskDefinition } from './definitions.ts';

type Field =
  | 'name'
  | 'dialect'
  | 'type'
  | 'statement'
  | 'clusterId'
  | 'clusterConfigurationId'
  | 'envId'
  | 'checkpoint'
  | 'parallelism'
  | 'fragment'
  | 'statementSet'
  | 'batchModel'
  | 'configJson';

/** A field that the request does not give is not there. */
export type TaskFields = Partial<Pick<TaskDefinition, Field>>;

export interface AskedTask {
  /** Null: none is stored, the fields are all there is. */
  readonly id: number | null;
  /** They stand in place of the stored task's. */
  readonly fields: TaskFields;
}

/** No stored task has it: their ids begin at 1. */
const NO_ID = 0;

/** `cluster`: the one that the fields name; null: they name none, or there is none of that number. */
export function unstoredTask(fields: TaskFields, cluster: Pick<ClusterDefinition, 'type'> | null): TaskDefinition {
  const asked = { ...TASK_DEFAULTS, id: NO_ID, version: 1, name: 'statement', type: 'local', statement: '', ...fields };
  // Whoever names a cluster means it, and need not know of which type it is. Of one that is missing the message says so.
  const type = typeof fields.clusterId === 'number' ? (cluster?.type ?? 'standalone') : 'local';
  return asked.type === 'local' ? { ...asked, type } : asked;
}

const UNSTORED = /\b([Tt])ask 0\b/g;

/** A message about a task that is not stored, without the number that it does not have. */
export function withoutTaskNumber(message: string): string {
  return message.replace(UNSTORED, (_, letter: string) =>
    letter === 'T' ? 'The task of this request' : 'the task of this request',
  );
}
