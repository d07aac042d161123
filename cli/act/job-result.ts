/** The part of the answer of a submit or a restart that the command prints. */
import * as v from 'valibot';
import type { Answer } from '../api/call-api.ts';
import { oneLine } from '../one-line.ts';
import { taskText } from '../task-text.ts';

export const JOB_RESULT = v.object({
  id: v.number(),
  status: v.string(),
  jobId: v.nullable(v.string()),
  duplicate: v.boolean(),
  jobConfig: v.object({ jobName: v.string(), taskId: v.number(), savePointPath: v.nullable(v.string()) }),
});

export type JobResult = v.InferOutput<typeof JOB_RESULT>;

export function taskOf({ jobConfig: { taskId, jobName } }: JobResult): string {
  return `${taskText(taskId)} "${oneLine(jobName)}"`;
}

/** The command has its own words for a duplicate. */
export function notesOf({ msg }: Answer, { duplicate }: JobResult): string[] {
  return msg === '' || duplicate ? [] : [`${msg}.`];
}
