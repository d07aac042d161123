import { shownTaskId } from '../lib/domain/definition/described-task.ts';
import type { RunHead } from '../lib/domain/run/run.ts';
import type { RunPage } from '../lib/domain/run/run-page.ts';
import { alignColumns } from './align-columns.ts';
import type { Call } from './command.ts';
import { connectJobs } from './connect.ts';
import { warnOfUnreadable } from './warn-unreadable.ts';
import { readZone, type Zone } from './zone.ts';

/** Exit code 1 if there is one, or if an item can't be read: a script should notice. */
export async function twins({ json, zone, io, env, ...where }: Call): Promise<number> {
  const times = readZone(zone);
  const list = await connectJobs(where, env).twins();
  const found = list.runs;
  if (json) io.out(JSON.stringify(found.map(toJson), null, 2));
  else for (const line of found.length === 0 ? [noneText(list)] : table(found, times)) io.out(line);
  return Math.max(warnOfUnreadable(list, io), found.length === 0 ? 0 : 1);
}

function noneText({ unreadable }: Pick<RunPage, 'unreadable'>): string {
  if (unreadable.length > 0) return 'There are no twins among the items that can be read.';
  return 'There are no twins: no two live jobs of one request are known.';
}

function table(found: readonly RunHead[], { name, write }: Zone): string[] {
  const heading = ['RUN', 'TASK', 'NAME', 'JOB ID', 'JOBMANAGER', `SINCE (${name})`, 'TAKEN BY RUN'];
  const rows = found.map((head) => {
    const since = head.twinSince === null ? '' : write(head.twinSince);
    const { id, taskId, jobId, address, givenUpFor } = head;
    return [
      String(id),
      String(shownTaskId(taskId) ?? '-'),
      head.name,
      jobId ?? '-',
      address,
      since,
      String(givenUpFor ?? '-'),
    ];
  });
  const hint = 'Keep one job of each pair: cancel the run that took over, or end the other job in Flink.';
  return [...alignColumns([heading, ...rows]), hint];
}

/** Times are always UTC here, for programs. */
function toJson({ id, taskId, name, jobId, address, twinSince, givenUpFor }: RunHead): object {
  const since = twinSince === null ? null : new Date(twinSince).toISOString();
  return { id, taskId: shownTaskId(taskId), name, jobId, address, since, takenBy: givenUpFor };
}
