/** The keys of the main answers and the JSON types their values may have, written down from the contract by hand. */
import { expect } from 'vitest';

export type Shape = Readonly<Record<string, string>>;

export const JOB_RESULT: Shape = {
  id: 'number',
  jobConfig: 'object',
  jobManagerAddress: 'string',
  status: 'string',
  success: 'boolean',
  statement: 'string',
  jobId: 'string|null',
  jobInstanceId: 'number',
  error: 'string|null',
  result: 'object|null',
  results: 'array|null',
  startTime: 'string',
  endTime: 'string|null',
  // Dinghy's own:
  duplicate: 'boolean',
  taskVersion: 'number',
};

export const JOB_CONFIG: Shape = {
  type: 'string',
  checkpoint: 'number|null',
  savePointStrategy: 'string',
  savePointPath: 'string|null',
  parallelism: 'number|null',
  clusterId: 'number|null',
  clusterConfigurationId: 'number|null',
  step: 'number',
  configJson: 'object',
  udfRefer: 'object',
  useResult: 'boolean',
  useChangeLog: 'boolean',
  useAutoCancel: 'boolean',
  useRemote: 'boolean',
  address: 'string',
  taskId: 'number',
  jarFiles: 'array',
  pyFiles: 'array',
  jobName: 'string',
  fragment: 'boolean',
  statementSet: 'boolean',
  batchModel: 'boolean',
  maxRowNum: 'number',
  gatewayConfig: 'object|null',
  variables: 'object',
};

export const INSERT_RESULT: Shape = {
  success: 'boolean',
  startTime: 'string',
  endTime: 'string',
  time: 'number',
  error: 'string|null',
  jobID: 'string',
  jobId: 'string',
};

export const PREVIEW_RESULT: Shape = {
  ...INSERT_RESULT,
  rowData: 'array',
  columns: 'array',
  total: 'number',
  currentCount: 'number',
  destroyed: 'boolean',
  truncationFlag: 'boolean',
};

/** One of `results`. */
export const STATEMENT_RESULT: Shape = {
  columns: 'array',
  rowData: 'array',
  total: 'number',
  page: 'number',
  limit: 'number',
  success: 'boolean',
  startTime: 'string',
  endTime: 'string',
  time: 'number',
  error: 'string|null',
};

export const JOB_INSTANCE: Shape = {
  id: 'number',
  tenantId: 'number',
  name: 'string',
  taskId: 'number',
  step: 'number',
  clusterId: 'number|null',
  jid: 'string|null',
  status: 'string',
  historyId: 'number',
  error: 'string|null',
  createTime: 'string',
  updateTime: 'string',
  finishTime: 'string|null',
  duration: 'number',
  failedRestartCount: 'number|null',
  creator: 'number',
  updater: 'number',
  operator: 'number',
  count: 'number|null',
  lastSeenAt: 'string|null',
  appId: 'string|null',
};

/**
 * What a real Dinky 1.2 answered for an INSERT on a registered cluster of type standalone, null where it said null. Left
 * out: executorSetting, which no client reads; pyFiles, null there and a list by the contract.
 */
export const DINKY_SUBMIT: Shape = {
  id: 'number',
  jobConfig: 'object',
  jobManagerAddress: 'string',
  status: 'string',
  success: 'boolean',
  statement: 'string',
  jobId: 'string',
  jobInstanceId: 'number',
  error: 'null',
  result: 'null',
  results: 'null',
  startTime: 'string',
  endTime: 'string',
};

export const DINKY_JOB_CONFIG: Shape = {
  type: 'string',
  checkpoint: 'null',
  savePointStrategy: 'string',
  savePointPath: 'null',
  parallelism: 'number',
  clusterId: 'number',
  clusterConfigurationId: 'null',
  step: 'number',
  configJson: 'object',
  udfRefer: 'object',
  useResult: 'boolean',
  useChangeLog: 'boolean',
  useAutoCancel: 'boolean',
  useRemote: 'boolean',
  address: 'string',
  taskId: 'number',
  jarFiles: 'array',
  jobName: 'string',
  fragment: 'boolean',
  statementSet: 'boolean',
  batchModel: 'boolean',
  maxRowNum: 'number',
  gatewayConfig: 'null',
  variables: 'object',
};

/** Of a running job; there finishTime is a text, 1970 (the contract has null until the end). */
export const DINKY_JOB_INSTANCE: Shape = {
  id: 'number',
  tenantId: 'number',
  name: 'string',
  taskId: 'number',
  step: 'number',
  clusterId: 'number',
  jid: 'string',
  status: 'string',
  historyId: 'number',
  error: 'null',
  createTime: 'string',
  updateTime: 'string',
  duration: 'number',
  failedRestartCount: 'null',
  creator: 'number',
  updater: 'number',
  operator: 'number',
  count: 'null',
};

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Every key is there, each with a type it may have. */
export function expectShape(value: unknown, shape: Shape): void {
  expect(jsonType(value)).toBe('object');
  const has = value as Record<string, unknown>;
  const wrong = Object.entries(shape)
    .filter(([key, types]) => !types.split('|').includes(jsonType(has[key])))
    .map(([key, types]) => `${key} is ${jsonType(has[key])}, not ${types}`);
  expect(wrong).toEqual([]);
}
