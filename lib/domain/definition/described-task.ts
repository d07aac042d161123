/** A task that a request describes: the number of a stored one, its own fields, or both. */
import { type ClusterDefinition, TASK_DEFAULTS, type TaskDefinition } from './definitions.ts';
import { sortedJson } from './same-json.ts';

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
  | 'configJson'
  | 'savePointStrategy'
  | 'maxRowNum'
  | 'useResult'
  | 'useChangeLog'
  | 'useAutoCancel';

/** A field that the request does not give is not there. */
export type TaskFields = Partial<Pick<TaskDefinition, Field>>;

export interface DescribedTask {
  /** Null: none is stored, the fields are all there is. */
  readonly id: number | null;
  /** They replace the stored task's. */
  readonly fields: TaskFields;
}

/** No stored task has it: their ids begin at 1. */
const NO_ID = 0;

/** `cluster`: the one that the fields name; null: they name none, or there is none of that number. */
export function unstoredTask(
  fields: TaskFields,
  cluster: Pick<ClusterDefinition, 'type'> | null,
  id = NO_ID,
): TaskDefinition {
  const asked = { ...TASK_DEFAULTS, id, version: 1, name: 'statement', type: 'local', statement: '', ...fields };
  // A named cluster decides the type. If it does not exist, the error says so.
  const type = typeof fields.clusterId === 'number' ? (cluster?.type ?? 'standalone') : 'local';
  return asked.type === 'local' ? { ...asked, type } : asked;
}

/** A request's own statement or jar. */
export interface UnstoredTask {
  /** SHA-256 of identityText, in hex: requests with the same one are the same work. */
  readonly identity: string;
  readonly fields: TaskFields;
}

/**
 * What makes two requests the same work: the same caller asks for the same thing. Where it starts from is not part of it, as it is
 * not for a stored task: a second copy would read the same state, and LATEST must find what the run before has left.
 */
export function identityText(caller: string, { savePointStrategy: _start, ...fields }: TaskFields): string {
  return sortedJson([caller, fields]);
}

/** Hex digits of an identity that fit into a number without losing any. */
const NUMBER_DIGITS = 12;
export const LEAST_TASK_ID = -(16 ** NUMBER_DIGITS);

/** Its runs have a negative number as their task: those of stored tasks begin at 1. */
export function unstoredTaskId({ identity }: Pick<UnstoredTask, 'identity'>): number {
  return -1 - Number.parseInt(identity.slice(0, NUMBER_DIGITS), 16);
}

/** In the form for answers. Null: there is no stored task. */
export function shownTaskId(taskId: number): number | null {
  return taskId > NO_ID ? taskId : null;
}

const OF_A_RUN = /\b([Rr]un \d+) of task (?:0|-\d{5,15})\b/g;
const UNSTORED = /\b([Tt])ask (?:0|-\d{5,15})\b/g;

/** A message about a task that is not stored, without the number that means nothing to its reader. */
export function withoutTaskNumber(message: string): string {
  return message
    .replace(OF_A_RUN, '$1')
    .replace(UNSTORED, (_, letter: string) =>
      letter === 'T' ? 'The task of this request' : 'the task of this request',
    );
}
