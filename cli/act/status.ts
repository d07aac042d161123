import { type Api, findApi } from '../api/api.ts';
import { ask } from '../api/ask.ts';
import { READ } from '../api/calls.ts';
import { readData } from '../api/read-data.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { readNumber } from '../read-number.ts';
import { UsageError } from '../usage-error.ts';
import { findTask } from './find-task.ts';
import { runText } from './run-text.ts';
import { readRun, RUN, type SeenRun } from './runs-of-api.ts';

/** `dinghy status`: how the latest run of a task is doing, or one run. */
export async function status(call: Call): Promise<number> {
  const { positionals: [word], run, json, io } = call; // prettier-ignore
  if ((word === undefined) === (run === undefined)) throw new UsageError('give either a TASK or --run RUN.');
  const runId = run === undefined ? null : readNumber('--run', run);
  const api = findApi(call);
  const seen = runId === null ? await latestRun(api, word ?? '') : await readRun(api, runId);
  if (json) io.out(JSON.stringify(seen?.data ?? null, null, 2));
  else if (seen === null) io.out(`Task ${word ?? ''} has never run. Start it: dinghy submit ${word ?? ''}${api.words}`);
  else for (const line of runText(seen.run)) io.out(line);
  return EXIT.done;
}

/** Null: the task has never run. */
async function latestRun(api: Api, word: string): Promise<SeenRun | null> {
  const task = await findTask(api, word);
  const { data } = await ask(api, { ...READ, path: `/openapi/getJobInstanceByTaskId?id=${task}` });
  return data === null ? null : { run: readData(api, RUN, data), data };
}
