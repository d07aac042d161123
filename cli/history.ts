import { callerOf, type Principal } from '../lib/domain/access/principal.ts';
import { shownStatus, toHistory } from '../lib/domain/answer.ts';
import { shownTaskId } from '../lib/domain/definition/described-task.ts';
import { shownEvents } from '../lib/domain/run/history.ts';
import type { RunEvent, RunHead } from '../lib/domain/run/run.ts';
import { alignColumns } from './align-columns.ts';
import type { Call } from './command.ts';
import { connectJobs } from './connect.ts';
import { findGaps, firstSeq } from './find-gaps.ts';
import type { Io } from './io.ts';
import { oneLine } from './one-line.ts';
import { readNumber } from './read-number.ts';
import { taskText } from './task-text.ts';
import { UsageError } from './usage-error.ts';
import { readZone, type Zone } from './zone.ts';

/** Exit code 1 also when the history has a gap: that must never happen, and a script should notice. */
export async function history({ positionals: [word = ''], json, zone, io, env, ...where }: Call): Promise<number> {
  const id = readNumber('RUN', word);
  const times = readZone(zone);
  const head = await connectJobs(where, env).run(id);
  if (head === null) throw new UsageError(`there is no run ${id}. See dinghy runs.`);
  const gaps = findGaps(head.events);
  if (json) io.out(JSON.stringify(toJson(head, gaps), null, 2));
  else print(head, times, io);
  for (const gap of gaps) io.err(`warning: the history of run ${id} has a gap: ${gap}.`);
  if (!json && gaps.length === 0) io.out(`Complete: ${eventCount(head.events)}, no gap.`);
  return gaps.length === 0 ? 0 : 1;
}

function print(head: RunHead, { name, write }: Zone, io: Io): void {
  io.out(headLine(head));
  if (head.principal !== undefined) io.out(askedLine(head.principal));
  if (head.error !== null) io.out(`error: ${oneLine(head.error)}`);
  io.out('');
  const rows = shownEvents(head).map((event) => {
    const { at, status, by, cause, count = 1 } = event;
    return [seqText(event), String(count), write(at), status, by, ...askedBy(event), oneLine(cause)];
  });
  // The cause comes last, because Flink's texts may be long.
  const heading = ['SEQ', 'EVENTS', `TIME (${name})`, 'STATUS', 'BY', 'WHO', 'FROM', 'REQUEST', 'CAUSE'];
  for (const line of alignColumns([heading, ...rows])) io.out(line);
}

function headLine(head: RunHead): string {
  const { id, taskId, name, jobId, submitStatus, sends, createdBy } = head;
  const job = jobId === null ? 'no job' : `job ${jobId}`;
  const sent = `${sends} send${sends === 1 ? '' : 's'}`;
  const what = `run ${id}: ${taskText(taskId)} "${name}", ${shownStatus(head)}, submission ${submitStatus}`;
  return `${what}, ${job}, ${sent}, created by ${createdBy === '' ? 'nobody' : createdBy}`;
}

function askedLine(principal: Principal): string {
  const from = principal.sourceIp === null ? '' : ` from ${principal.sourceIp}`;
  return `asked by ${callerOf(principal)}${from}, request ${principal.requestId}`;
}

/** The request id leads to the log lines. */
function askedBy({ who, principal }: RunEvent): string[] {
  return [who, principal?.sourceIp, principal?.requestId].map((text) => text ?? '-');
}

function seqText(event: RunEvent): string {
  const first = firstSeq(event);
  return first === event.seq ? String(first) : `${first}-${event.seq}`;
}

function eventCount(events: readonly RunEvent[]): string {
  const count = events.reduce((sum, event) => sum + (event.count ?? 1), 0);
  return `${count} event${count === 1 ? '' : 's'}`;
}

/** Times are always UTC here, for programs. */
function toJson(head: RunHead, gaps: readonly string[]): object {
  const { id, taskId, taskVersion, name, jobId, submitStatus, error, sends, createdBy, principal = null } = head;
  return {
    ...{
      id,
      taskId: shownTaskId(taskId),
      taskVersion,
      name,
      jobId,
      status: shownStatus(head),
      submitStatus,
      error,
      sends,
      createdBy,
      principal,
    },
    gaps,
    events: toHistory(head),
  };
}
