import { userInfo } from 'node:os';
import { jobManager } from '../lib/adapters/flink/job-manager.ts';
import { systemClock } from '../lib/adapters/system.ts';
import { sayLost } from '../lib/usecases/say-lost.ts';
import type { Call } from './command.ts';
import { connectJobStore } from './connect.ts';
import { readNumber } from './read-number.ts';
import { taskText } from './task-text.ts';
import { UsageError } from './usage-error.ts';

/** A person declares the end of a run that Dinghy still waits for. */
export async function resolve({ positionals: [word = ''], lost, by, io, env, ...where }: Call): Promise<number> {
  const runId = readNumber('RUN', word);
  if (lost !== true) {
    throw new UsageError(`run ${runId} can only be resolved as lost. If its job is gone, add --lost.`);
  }
  const person = by ?? userInfo().username;
  const deps = { store: connectJobStore(where, env), jobManager: jobManager(), clock: systemClock() };
  const { head, seen } = await sayLost(deps)({ runId, person });
  io.out(`Run ${runId} of ${taskText(head.taskId)} "${head.name}" has ended UNKNOWN: declared lost by ${person}.`);
  io.out(`At that time, ${seen}. You can submit its request again.`);
  io.out(`If job ${head.jobId ?? ''} reappears, the run is followed again, or listed by dinghy twins.`);
  return 0;
}
