import { type Api, findApi } from '../api/api.ts';
import { ask } from '../api/ask.ts';
import { READ } from '../api/calls.ts';
import { readData } from '../api/read-data.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { findTask } from './find-task.ts';
import { runText } from './run-text.ts';
import { readRun, RUN, type SeenRun } from './runs-of-api.ts';
import { readTarget } from './target.ts';

/** `dinghy status`: how the latest run of a task is doing, or one run. */
export async function status(call: Call): Promise<number> {
  const { json, io } = call;
  const target = readTarget(call);
  const api = findApi(call);
  const seen = target.kind === 'task' ? await latestRun(api, target.word) : await readRun(api, target.runId);
  const which = target.kind === 'task' ? target.word : '';
  if (json) io.out(JSON.stringify(seen?.data ?? null, null, 2));
  else if (seen === null) io.out(`Task ${which} has never run. Start it: dinghy submit ${which}${api.words}`);
  else for (const line of runText(seen.run)) io.out(line);
  return EXIT.done;
}

/** Null: the task has never run. */
async function latestRun(api: Api, word: string): Promise<SeenRun | null> {
  const task = await findTask(api, word);
  const { data } = await ask(api, { ...READ, path: `/openapi/getJobInstanceByTaskId?id=${task}` });
  return data === null ? null : { run: readData(api, RUN, data), data };
}
