/** Runs as the API answers them (contract.md, "Job instance"). */
import * as v from 'valibot';
import type { Api } from '../api/api.ts';
import { callApi } from '../api/call-api.ts';
import { READ } from '../api/calls.ts';
import { readData } from '../api/read-data.ts';

export const RUN = v.object({
  id: v.number(),
  /** Null: there is no stored task. */
  taskId: v.nullable(v.number()),
  name: v.string(),
  status: v.string(),
  jid: v.nullable(v.string()),
  error: v.nullable(v.string()),
  createTime: v.nullable(v.string()),
  finishTime: v.nullable(v.string()),
  /** Whole seconds. */
  duration: v.number(),
});

export type Run = v.InferOutput<typeof RUN>;

export interface SeenRun {
  readonly run: Run;
  /** The whole answer of the API. */
  readonly data: unknown;
}

export async function readRun(api: Api, runId: number): Promise<SeenRun> {
  const { data } = await callApi(api, { ...READ, path: `/openapi/getJobInstance?id=${runId}` });
  return { run: readData(api, RUN, data), data };
}
