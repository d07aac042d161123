/** Keys of the Jobs table (protocol.md section 1). */

import type { RequestKey } from '../../domain/ports.ts';

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

export function requestKey({ caller, hash }: RequestKey): Key {
  return { pk: `KEY#${caller}#${hash}`, sk: 'KEY' };
}

export function refusalKey(caller: string, taskId: number): Key {
  return { pk: `REFUSED#${caller}#${taskId}`, sk: '-' };
}

export function clusterKey(hosts: string): Key {
  return { pk: `CLUSTER#${hosts}`, sk: '-' };
}

export const sweepCursorKey: Key = { pk: 'SWEEP', sk: 'CURSOR' };

export function resultKey(runId: number): Key {
  return { pk: `RUN#${runId}`, sk: 'RESULT' };
}
