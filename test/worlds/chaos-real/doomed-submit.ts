/** A submit in a process of its own, which is killed at a random moment: no code of Dinghy's gets to tidy up. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Places, Request } from './container.ts';
import type { RealWorld } from './real-world.ts';

export interface DoomedOrder {
  readonly places: Places;
  readonly aheadMs: number;
  readonly request: Request;
  readonly caller: string;
  readonly budgetMs: number;
}

const PROGRAM = join(import.meta.dirname, 'doomed-process.ts');
/** Said by the process when it begins: loading its code is not what is tested. */
export const READY = 'submitting';
const KILL_WITHIN_MS = 1_200;
const LOADED_WITHIN_MS = 20_000;

/** False: it ended, or did not get to begin, before anything was submitted. */
export async function submitInProcess(
  world: RealWorld,
  request: Request,
  caller: string,
  budgetMs: number,
): Promise<boolean> {
  const { rng, places, aheadMs } = world;
  const order: DoomedOrder = { places, aheadMs, request, caller, budgetMs };
  const killAfterMs = rng.int(20, KILL_WITHIN_MS);
  world.trace(`${caller} submits ${JSON.stringify(request)} in a process that is killed after ${killAfterMs} ms`);
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, TMPDIR: world.dir },
  });
  const ended = once(child, 'exit');
  const began = await Promise.race([
    once(child.stdout, 'data').then(() => true),
    ended.then(() => false),
    sleep(LOADED_WITHIN_MS, false, { ref: false }),
  ]);
  await Promise.race([ended, sleep(killAfterMs)]);
  child.kill('SIGKILL');
  await ended;
  return began;
}
