import { type Api, findApi } from '../api/api.ts';
import { callApi } from '../api/call-api.ts';
import { READ } from '../api/calls.ts';
import { readData } from '../api/read-data.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { findTask } from './find-task.ts';
import { reportRun } from './report.ts';
import { readRun, RUN, type SeenRun } from './runs-of-api.ts';
import { readTarget, type Target } from './target.ts';

/** `dinghy status`: the state of the latest run of a task, or of one run. */
export async function status(call: Call): Promise<number> {
  const { json, io } = call;
  const target = readTarget(call);
  const api = findApi(call);
  const seen = target.kind === 'task' ? await latestRun(api, target.word) : await readRun(api, target.runId);
  if (seen !== null) reportRun(call, seen);
  else if (json) io.out('null');
  else io.out(neverRun(api, target));
  return EXIT.done;
}

/** Null: the task has never run. */
async function latestRun(api: Api, word: string): Promise<SeenRun | null> {
  const task = await findTask(api, word);
  const { data } = await callApi(api, { ...READ, path: `/openapi/getJobInstanceByTaskId?id=${task}` });
  return data === null ? null : { run: readData(api, RUN, data), data };
}

function neverRun({ words }: Api, target: Target): string {
  const task = target.kind === 'task' ? target.word : '';
  return `Task ${task} has never run. Start it: dinghy submit ${task}${words}`;
}
