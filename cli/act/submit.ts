import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { type Api, findApi } from '../api/api.ts';
import { type Answer, callApi } from '../api/call-api.ts';
import { readData } from '../api/read-data.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../usage-error.ts';
import { findTask } from './find-task.ts';
import { follow } from './follow.ts';
import { JOB_RESULT, type JobResult, notesOf, taskOf } from './job-result.ts';
import { readTimeout } from './read-timeout.ts';
import { readVars } from './read-vars.ts';
import { reportDone, reportFailed } from './report.ts';

/** The key names this request for a day: however often it is sent, it starts one run. */
const REPEAT_WITHIN_MS = 120_000;

/** `dinghy submit`: done when the run is accepted; with --wait, when it has ended. */
export async function submit(call: Call): Promise<number> {
  const { positionals: [word = ''], wait = false, savepoint } = call; // prettier-ignore
  const timeoutMs = readTimeout(call.timeout);
  if (timeoutMs !== null && !wait) throw new UsageError('--timeout needs --wait. Add it.');
  const variables = readVars(call.var ?? []);
  const api = findApi(call);
  const task = await findTask(api, word);
  const answer = await send(api, {
    id: task,
    variables,
    ...(savepoint === undefined ? {} : { savePointPath: savepoint }),
  });
  const result = readData(api, v.nullable(JOB_RESULT), answer.data);
  if (!answer.success || result === null) return failed(call, api, answer, result);
  const lines = [startText(result, answer), ...notesOf(answer, result)];
  if (wait) reportDone(call, api, { lines });
  else
    reportDone(call, api, { data: answer.data, lines: [...lines, `Follow it: dinghy watch ${result.id}${api.words}`] });
  return wait ? await follow(api, { runId: result.id, timeoutMs }, call) : EXIT.done;
}

/** By POST: addresses are logged, and a variable may be secret. */
function send(api: Api, body: Readonly<Record<string, unknown>> & { readonly id: number }): Promise<Answer> {
  return callApi(api, {
    method: 'POST',
    path: '/openapi/submitTask',
    body,
    headers: { 'idempotency-key': `dinghy-command-${randomUUID()}` },
    repeatWithinMs: REPEAT_WITHIN_MS,
    ifLost: `It is not known whether a run was started. Check: dinghy status ${body.id}`,
  });
}

function failed(call: Call, api: Api, answer: Answer, result: JobResult | null): number {
  const code = reportFailed(call, api, answer);
  return result?.status === 'CANCEL' ? EXIT.cancelled : code;
}

function startText(result: JobResult, { repeated }: Answer): string {
  const { id, status, jobId, duplicate } = result;
  const task = taskOf(result);
  const run = `run ${id}, job ${jobId ?? '-'}`;
  if (duplicate && !repeated) return `${task} is already live, and nothing new was started: ${run}.`;
  return status === 'INITIALIZE'
    ? `${task} was accepted, and Flink has not started it yet: ${run}.`
    : `${task} was started: ${run}.`;
}
