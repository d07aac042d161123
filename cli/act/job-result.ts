/** What a submit or a restart answers, as far as the command says something of it. */
import * as v from 'valibot';

export const JOB_RESULT = v.object({
  id: v.number(),
  status: v.string(),
  jobId: v.nullable(v.string()),
  duplicate: v.boolean(),
  jobConfig: v.object({ jobName: v.string(), taskId: v.number(), savePointPath: v.nullable(v.string()) }),
});

export type JobResult = v.InferOutput<typeof JOB_RESULT>;
