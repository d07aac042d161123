/** Those who stop, save and restart what runs, and send a command again when its answer was dropped. */
import { AppError } from '../../../lib/domain/errors.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { isFinal } from '../../../lib/domain/run/status.ts';
import type { StopHow } from '../../../lib/domain/run/stop.ts';
import { cancelTask } from '../../../lib/usecases/cancel-task.ts';
import { restartTask } from '../../../lib/usecases/restart-task.ts';
import type { ChaosWorld } from './chaos-world.ts';
import type { Process } from './process.ts';
import { TASKS } from './tasks.ts';

const BUDGET_MS = 25_000;
const FUNCTION_MS = 29_000;
const MAX_TRIES = 3;
/** Where somebody else has put a savepoint. */
export const GIVEN_PATH = 'file:/savepoints/by-hand';

type Command = StopHow | 'restart' | 'restart from a path';

/** By how often each comes. */
const COMMANDS: readonly Command[] = [
  ...(['kill', 'kill', 'kill', 'stop', 'stop', 'stop', 'trigger', 'trigger', 'trigger', 'trigger'] as const),
  ...(['cancelWithSavepoint', 'cancel', 'restart', 'restart', 'restart', 'restart', 'restart'] as const),
  'restart from a path',
];
const ENDS: readonly Command[] = ['kill', 'stop', 'cancelWithSavepoint', 'cancel'];

interface Call {
  readonly command: Command;
  readonly taskId: number;
  readonly caller: string;
}

export async function commandOnce(world: ChaosWorld): Promise<void> {
  const { rng, sim } = world;
  if (!world.faults.active) return;
  const call = { command: rng.pick(COMMANDS), taskId: someTask(world), caller: `caller-${rng.int(1, 3)}` };
  for (let i = 0; i < MAX_TRIES; i += 1) {
    const isAnswered = await send(world, call);
    if (isAnswered || rng.chance(0.3)) return;
    await sim.sleep(rng.pick([0, 200, 3_000, 20_000]));
  }
}

/** Mostly of something that runs. */
function someTask({ rng, heads }: ChaosWorld): number {
  const live = [...heads.values()].filter(({ kind, status }) => kind === 'job' && !isFinal(status));
  return live.length > 0 && rng.chance(0.9) ? rng.pick(live).taskId : rng.pick(TASKS).id;
}

/** False: the caller has no answer. */
async function send(world: ChaosWorld, call: Call): Promise<boolean> {
  const { command, taskId, caller } = call;
  const process = world.process('command');
  world.commanded(command);
  if (ENDS.includes(command)) world.cancelled(taskId);
  const answered = world.expectAnswer(`${process.name} ${caller}`, BUDGET_MS);
  world.trace(`${process.name} ${caller}: ${command}, task ${taskId}`);
  try {
    const run = await process.handle(FUNCTION_MS, () => carryOut(world, process, call));
    if (!process.alive) return false;
    answered();
    world.trace(`${process.name} answers run ${run?.id ?? '-'} ${run?.status ?? ''}`);
    if (run) world.acknowledgedCommand(run);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    answered();
    world.trace(`${process.name} refuses: ${error.code} ${error.message}`);
  }
  return !world.losesAnswer();
}

async function carryOut(world: ChaosWorld, process: Process, call: Call): Promise<RunHead | null> {
  const { command, taskId, caller } = call;
  const scope = { caller, budgetMs: BUDGET_MS };
  const deps = world.depsOf(process);
  if (command !== 'restart' && command !== 'restart from a path')
    return (await cancelTask(deps)({ taskId, mayBeEcho: false, how: command }, scope)).cancelled;
  const savePointPath = command === 'restart' ? null : GIVEN_PATH;
  return (await restartTask(deps)({ taskId, savePointPath }, scope)).head;
}
