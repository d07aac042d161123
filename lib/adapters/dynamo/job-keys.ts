/** Keys of the Jobs table (protocol.md section 1). */

import type { RequestKey } from '../../domain/run/request-key.ts';
import type { Savepoint } from '../../domain/run/savepoint.ts';
import type { AskedSlot } from '../../domain/schedule/plan-slot.ts';

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export const SCHEMA_VERSION = 1;

/** For `expiresAt`, in seconds: that is what DynamoDB's time to live takes. */
export function ttlSeconds(atMs: number): number {
  return Math.floor(atMs / 1000);
}

/** Enough for the largest number that JavaScript counts with. */
const COMPLETED_AT_DIGITS = 16;

export const runCounterKey: Key = { pk: 'COUNTER', sk: 'RUN' };

export function taskKey(taskId: number): Key {
  return { pk: `TASK#${taskId}`, sk: 'TASK' };
}

export function headKey(runId: number): Key {
  return { pk: `RUN#${runId}`, sk: 'HEAD' };
}

const HEAD_KEY = /^RUN#([1-9]\d{0,9})$/;

/** Null: it is no key of a head. */
export function runOfHeadKey({ pk, sk }: { readonly pk?: unknown; readonly sk?: unknown }): number | null {
  const digits = typeof pk === 'string' && sk === 'HEAD' ? HEAD_KEY.exec(pk)?.[1] : undefined;
  return digits === undefined ? null : Number(digits);
}

export function bodyKey(runId: number, writer: string): Key {
  return { pk: `RUN#${runId}`, sk: `BODY#${writer}` };
}

export function requestKey({ caller, hash }: RequestKey): Key {
  return { pk: `KEY#${caller}#${hash}`, sk: 'KEY' };
}

/** Named by the refusals, which it was made for. */
export function marksKey(caller: string, taskId: number): Key {
  return { pk: `REFUSED#${caller}#${taskId}`, sk: '-' };
}

export function clusterKey(hosts: string): Key {
  return { pk: `CLUSTER#${hosts}`, sk: '-' };
}

/** When an API key was last used. The key itself is in the Definitions table. */
export function keyUseKey(keyId: string): Key {
  return { pk: `APIKEY#${keyId}`, sk: 'USED' };
}

/** Sorted by time. */
export function slotKey({ taskId, schedule, at }: AskedSlot): Key {
  return { pk: slotsOf(taskId, schedule), sk: new Date(at).toISOString() };
}

export function slotsOf(taskId: number, schedule: string): string {
  return `SLOT#${taskId}#${schedule}`;
}

export const sweepCursorKey: Key = { pk: 'SWEEP', sk: 'CURSOR' };

/** Their order is the order of completion, for each fingerprint by itself. */
export function savepointKey({ taskId, fp, completedAt }: Savepoint, pathHash: string): Key {
  const at = String(completedAt).padStart(COMPLETED_AT_DIGITS, '0');
  return { pk: savepointsOf(taskId), sk: `${savepointPrefix(fp)}${at}#${pathHash}` };
}

export function savepointsOf(taskId: number): string {
  return `TASK#${taskId}`;
}

export function savepointPrefix(fp: string): string {
  return `SAVEPOINT#${fp}#`;
}

export function previewKey(jobId: string): Key {
  return { pk: `JOB#${jobId}`, sk: 'RUN' };
}

export function resultKey(runId: number): Key {
  return { pk: `RUN#${runId}`, sk: 'RESULT' };
}
