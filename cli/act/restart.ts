import { type Api, findApi } from '../api/api.ts';
import { type Answer, callApi } from '../api/call-api.ts';
import { SAME_WISH_MS } from '../api/calls.ts';
import { readData } from '../api/read-data.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { findTask } from './find-task.ts';
import { JOB_RESULT, type JobResult, notesOf, taskOf } from './job-result.ts';
import { reportDone, reportFailed } from './report.ts';

/** `dinghy restart`: done when the new job has started. Without a savepoint, the old one goes on. */
export async function restart(call: Call): Promise<number> {
  const { positionals: [word = ''], savepoint, ...rest } = call; // prettier-ignore
  const api = findApi(rest);
  const task = await findTask(api, word);
  const query = new URLSearchParams({
    id: String(task),
    ...(savepoint === undefined ? {} : { savePointPath: savepoint }),
  });
  const answer = await callApi(api, {
    method: 'GET',
    path: `/openapi/restartTask?${query.toString()}`,
    repeatWithinMs: SAME_WISH_MS,
    ifLost: `It is not known whether the task is being restarted. Check: dinghy status ${task}`,
  });
  if (!answer.success) return reportFailed(call, api, answer);
  const result = readData(api, JOB_RESULT, answer.data);
  reportDone(call, api, { data: answer.data, lines: linesOf(api, result, answer) });
  return isStarted(result) ? EXIT.done : EXIT.timedOut;
}

const isStarted = ({ status }: JobResult): boolean => status === 'SUCCESS';

function linesOf(api: Api, result: JobResult, answer: Answer): string[] {
  const { id, jobId, duplicate, jobConfig } = result;
  const task = taskOf(result);
  const what = isStarted(result) ? `${task} was restarted` : `${task} is being restarted`;
  const again = duplicate ? ' This restart was already under way.' : '';
  const from = jobConfig.savePointPath === null ? [] : [`It starts from ${jobConfig.savePointPath}`];
  return [
    `${what}: run ${id}, job ${jobId ?? '-'}.${again}`,
    ...from,
    ...notesOf(answer, result),
    `Follow it: dinghy watch ${id}${api.words}`,
  ];
}
