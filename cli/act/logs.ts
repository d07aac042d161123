import { alignColumns } from '../align-columns.ts';
import { findApi } from '../api/api.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { oneLine } from '../one-line.ts';
import { plainLine } from '../plain-line.ts';
import { readNumber } from '../read-number.ts';
import { taskText } from '../task-text.ts';
import { readDetails, type RunDetails } from './run-details.ts';

/** `dinghy logs`: the history of a run, and Flink's error. */
export async function logs(call: Call): Promise<number> {
  const { positionals: [word = ''], json, io } = call; // prettier-ignore
  const runId = readNumber('RUN', word);
  const { details, data } = await readDetails(findApi(call), runId);
  if (json) io.out(JSON.stringify(data, null, 2));
  else for (const line of linesOf(details)) io.out(line);
  return EXIT.done;
}

function linesOf({ id, taskId, name, status, jobId, history, error }: RunDetails): string[] {
  const rows = history.map((event) => [timeText(event.at), event.status, event.who ?? '-', oneLine(event.cause)]);
  return [
    `run ${id} of ${taskText(taskId)} "${oneLine(name)}": ${status}, job ${jobId ?? '-'}`,
    '',
    ...alignColumns([['TIME (UTC)', 'STATUS', 'WHO', 'WHAT'], ...rows]),
    ...(error === null ? [] : ['', 'error:', ...shownLines(error)]),
  ];
}

/** 2026-01-31T12:00:00.123Z -> 2026-01-31 12:00:00 */
const timeText = (instant: string): string => instant.slice(0, 19).replace('T', ' ');

/** Flink's exceptions have many lines. No line may control the terminal. */
function shownLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => `  ${plainLine(line).trimEnd()}`);
}
