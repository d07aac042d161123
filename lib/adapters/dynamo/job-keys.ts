/** Keys of the Jobs table (protocol.md section 1). */

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export const SCHEMA_VERSION = 1;

export const runCounterKey: Key = { pk: 'COUNTER', sk: 'RUN' };

export function taskKey(taskId: number): Key {
  return { pk: `TASK#${taskId}`, sk: 'TASK' };
}

export function headKey(runId: number): Key {
  return { pk: `RUN#${runId}`, sk: 'HEAD' };
}

export function bodyKey(runId: number, writer: string): Key {
  return { pk: `RUN#${runId}`, sk: `BODY#${writer}` };
}

export function resultKey(runId: number): Key {
  return { pk: `RUN#${runId}`, sk: 'RESULT' };
}
