import { systemClock } from '../lib/adapters/system.ts';
import { shownStatus, toRunSummary } from '../lib/domain/answer.ts';
import { shownTaskId } from '../lib/domain/definition/described-task.ts';
import type { RunHead } from '../lib/domain/run/run.ts';
import type { RunPage, RunsWanted } from '../lib/domain/run/run-page.ts';
import { isFinal } from '../lib/domain/run/status.ts';
import { durationText } from './act/run-text.ts';
import { alignColumns } from './align-columns.ts';
import type { Call, Options } from './command.ts';
import { connectJobs } from './connect.ts';
import type { Io } from './io.ts';
import { oneLine } from './one-line.ts';
import { readWanted } from './runs-wanted.ts';
import { shellWord } from './shell-word.ts';
import { warnOfUnreadable } from './warn-unreadable.ts';
import { readZone, type Zone } from './zone.ts';

/** Exit code 1 also when an item can't be read: a run may be missing, and a script should notice. */
export async function runs({ io, ...call }: Call): Promise<number> {
  const { env, ...options } = call;
  const now = systemClock().now();
  const zone = readZone(options.zone);
  const wanted = await readWanted(call, now);
  const page = await connectJobs(options, env).runs(wanted);
  if (options.json) io.out(JSON.stringify(toJson(page), null, 2));
  else printPage(page, { wanted, zone, options, now }, io);
  return warnOfUnreadable(page, io);
}

interface Asked {
  readonly wanted: RunsWanted;
  readonly zone: Zone;
  readonly options: Options;
  readonly now: number;
}

function printPage(page: RunPage, asked: Asked, io: Io): void {
  const { wanted, options } = asked;
  if (page.runs.length === 0) io.out(nothing(wanted, page));
  else printRuns(page, asked, io);
  if (page.next !== null) io.out(`There are more: ${nextCommand(page.next, options)}`);
}

function printRuns(page: RunPage, asked: Asked, io: Io): void {
  // The error comes last, because Flink's texts may be long.
  const heading = [
    'RUN',
    'TASK',
    'NAME',
    'STATUS',
    'JOB ID',
    `STARTED (${asked.zone.name})`,
    'ENDED',
    'DURATION',
    'ERROR',
  ];
  for (const line of alignColumns([heading, ...page.runs.map((head) => cellsOf(head, asked))])) io.out(line);
}

function cellsOf(head: RunHead, { zone: { write }, now }: Asked): string[] {
  const { id, taskId, name, jobId, intentAt, finishedAt, error } = head;
  const ended = finishedAt === null ? '' : write(finishedAt);
  return [
    String(id),
    String(shownTaskId(taskId) ?? '-'),
    name,
    shownStatus(head),
    jobId ?? '-',
    write(intentAt),
    ended,
    tookText(head, now),
    error === null ? '' : oneLine(error),
  ];
}

/** A run that never became a job has no known end time. */
function tookText({ status, intentAt, finishedAt }: RunHead, now: number): string {
  if (finishedAt === null && isFinal(status)) return '-';
  return durationText(Math.max(0, (finishedAt ?? now) - intentAt) / 1_000);
}

function nothing({ taskId, live, statuses, since, after }: RunsWanted, { unreadable }: RunPage): string {
  const how = `${live ? ' live' : ''}${statuses === null ? '' : ` ${statuses.join(' or ')}`}`;
  const from = since === null ? '' : ` since ${new Date(since).toISOString()}`;
  const which = `${how} run${taskId === null ? '' : ` of task ${taskId}`}${from}`;
  const readable = unreadable.length === 0 ? '' : ' that can be read';
  return `There is no${which}${after === null ? '' : ` before run ${after}`}${readable}.`;
}

/** The same command for the next page: with every option that was given. */
function nextCommand(after: number, options: Options): string {
  const { task, status, since, limit, zone, endpoint, region } = options;
  const { table, 'jobs-table': jobs, 'data-dir': dataDir } = options;
  const where = { table, 'jobs-table': jobs, 'data-dir': dataDir, endpoint, region };
  const valued = { task, status, since, limit, zone, ...where, after: String(after) };
  const flags = { live: options.live === true, local: options.local };
  return [
    'dinghy runs',
    ...Object.entries(flags).flatMap(([name, on]) => (on ? [`--${name}`] : [])),
    ...Object.entries(valued).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name} ${shellWord(value)}`],
    ),
  ].join(' ');
}

/** Times are always UTC here, for programs. */
function toJson(page: RunPage): object {
  return {
    runs: page.runs.map(toRunSummary),
    next: page.next,
    unreadable: page.unreadable,
  };
}
