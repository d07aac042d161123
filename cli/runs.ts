import { shownStatus, toRunSummary } from '../lib/domain/answer.ts';
import { shownTaskId } from '../lib/domain/definition/asked-task.ts';
import type { RunHead } from '../lib/domain/run/run.ts';
import { ANY_RUNS, type RunPage, type RunsWanted } from '../lib/domain/run/run-page.ts';
import { alignColumns } from './align-columns.ts';
import type { Call, Options } from './command.ts';
import { connectJobs } from './connect.ts';
import type { Io } from './io.ts';
import { readNumber } from './read-number.ts';
import { shellWord } from './shell-word.ts';
import { warnOfUnreadable } from './warn-unreadable.ts';
import { readZone, type Zone } from './zone.ts';

const DEFAULT_LIMIT = 20;
const MAX_ROWS = 1_000;

/** Exit code 1 also when an item can't be read: what is shown may lack a run, and a script should notice. */
export async function runs({ io, env, ...options }: Call): Promise<number> {
  const wanted = readWanted(options);
  const zone = readZone(options.zone);
  const page = await connectJobs(options, env).runs(wanted);
  if (options.json) io.out(JSON.stringify(toJson(page), null, 2));
  else printPage(page, { wanted, zone, options }, io);
  return warnOfUnreadable(page, io);
}

function readWanted({ task, live, limit, after }: Options): RunsWanted {
  return {
    ...ANY_RUNS,
    taskId: task === undefined ? null : readNumber('--task', task),
    live: live === true,
    limit: limit === undefined ? DEFAULT_LIMIT : readNumber('--limit', limit, MAX_ROWS),
    after: after === undefined ? null : readNumber('--after', after),
  };
}

interface Asked {
  readonly wanted: RunsWanted;
  readonly zone: Zone;
  readonly options: Options;
}

function printPage(page: RunPage, { wanted, zone, options }: Asked, io: Io): void {
  if (page.runs.length === 0) io.out(nothing(wanted, page));
  else printRuns(page, zone, io);
  if (page.next !== null) io.out(`There are more: ${nextCommand(page.next, options)}`);
}

function printRuns(page: RunPage, zone: Zone, io: Io): void {
  const heading = ['RUN', 'TASK', 'NAME', 'STATUS', 'JOB ID', `STARTED (${zone.name})`, 'ENDED'];
  for (const line of alignColumns([heading, ...page.runs.map((head) => cellsOf(head, zone))])) io.out(line);
}

function cellsOf(head: RunHead, { write }: Zone): string[] {
  const { id, taskId, name, jobId, intentAt, finishedAt } = head;
  const ended = finishedAt === null ? '' : write(finishedAt);
  return [
    String(id),
    String(shownTaskId(taskId) ?? '-'),
    name,
    shownStatus(head),
    jobId ?? '-',
    write(intentAt),
    ended,
  ];
}

function nothing({ taskId, live, after }: RunsWanted, { unreadable }: RunPage): string {
  const which = `${live ? ' live' : ''} run${taskId === null ? '' : ` of task ${taskId}`}`;
  const readable = unreadable.length === 0 ? '' : ' that can be read';
  return `There is no${which}${after === null ? '' : ` before run ${after}`}${readable}.`;
}

/** The same command for the next page: with every option that was given. */
function nextCommand(after: number, options: Options): string {
  const { task, limit, zone, endpoint, region, 'jobs-table': table, 'data-dir': dataDir } = options;
  const where = { 'jobs-table': table, 'data-dir': dataDir, endpoint, region };
  const valued = { task, limit, zone, ...where, after: String(after) };
  const flags = { live: options.live === true, local: options.local };
  return [
    'dinghy runs',
    ...Object.entries(flags).flatMap(([name, on]) => (on ? [`--${name}`] : [])),
    ...Object.entries(valued).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name} ${shellWord(value)}`],
    ),
  ].join(' ');
}

/** Times are UTC here, whatever the zone: programs read them. */
function toJson(page: RunPage): object {
  return {
    runs: page.runs.map(toRunSummary),
    next: page.next,
    unreadable: page.unreadable,
  };
}
