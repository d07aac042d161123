/** After the definitions are written: their schedules in EventBridge, in the group of the stage. */
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import type { Call } from '../command.ts';
import { awsConfig, definitionsTable } from '../connect.ts';
import type { Done } from '../plan/carry-out.ts';
import { bringSchedules } from './bring-schedules.ts';
import { scheduler } from './scheduler.ts';
import { readStackOutputs, stackOfTable } from './stack-outputs.ts';

export async function applySchedules(done: readonly Done[], { io, env, ...where }: Call): Promise<number> {
  const tasks = done.flatMap(tasksWithSchedules);
  if (tasks.length === 0 || where.local) return 0;
  const stack = where.stack ?? stackOfTable(definitionsTable(where, env));
  if (stack === null) {
    io.err('No schedules were made: the table does not say of which stack it is. Give --stack, such as dinghy-prod.');
    return 1;
  }
  try {
    const outputs = await readStackOutputs(awsConfig(where, env, 'CLOUDFORMATION'), stack);
    const there = scheduler(awsConfig(where, env, 'SCHEDULER'), outputs);
    await bringSchedules(tasks, there, Date.now(), (outcome, name) => io.out(`${outcome.padEnd(9)}  schedule ${name}`));
    return 0;
  } catch (error) {
    // Any error: whatever it is, the definitions are written, and that must be said.
    const why = error instanceof Error ? error.message : String(error);
    io.err(`The definitions are written, but not all schedules were made. Apply again when this is mended: ${why}`);
    return 1;
  }
}

/** Those that have schedules, and those that had some: they are to be removed. */
function tasksWithSchedules({ change, definition }: Done): TaskDefinition[] {
  if (change.kind !== 'TASK') return [];
  const task = definition as TaskDefinition;
  const before = change.kindOfChange === 'update' ? (change.stored.definition as TaskDefinition | null) : null;
  return [task, before].some((it) => (it?.schedules ?? []).length > 0) ? [task] : [];
}
