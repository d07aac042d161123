/** One run with all its details, as in the answer of the API (contract.md, "Lists"). */
import * as v from 'valibot';
import type { Api } from '../api/api.ts';
import { callApi } from '../api/call-api.ts';
import { READ } from '../api/calls.ts';
import { readData } from '../api/read-data.ts';

const DETAILS = v.object({
  id: v.number(),
  /** Null: there is no stored task. */
  taskId: v.nullable(v.number()),
  name: v.string(),
  status: v.string(),
  jobId: v.nullable(v.string()),
  error: v.nullable(v.string()),
  history: v.array(
    v.object({ at: v.string(), status: v.string(), cause: v.string(), who: v.optional(v.nullable(v.string())) }),
  ),
});

export type RunDetails = v.InferOutput<typeof DETAILS>;

export async function readDetails(api: Api, runId: number): Promise<{ details: RunDetails; data: unknown }> {
  const { data } = await callApi(api, { ...READ, path: `/openapi/runs/${runId}` });
  return { details: readData(api, DETAILS, data), data };
}
