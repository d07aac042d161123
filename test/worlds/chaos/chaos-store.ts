/** A table whose calls fail, come late, lose their replies, and are repeated by the SDK. */
import { AppError } from '../../../lib/domain/errors.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { orOutOfTime } from '../../fakes/bindable.ts';
import type { Faults } from './faults.ts';
import type { Prng } from './prng.ts';
import type { Process } from './process.ts';
import type { Sim } from './sim-clock.ts';

export interface StoreWorld {
  readonly sim: Sim;
  readonly rng: Prng;
  readonly faults: Faults;
  readonly heads: ReadonlyMap<number, RunHead>;
  readonly trace: (text: string) => void;
}

type Method = (...args: unknown[]) => Promise<unknown>;

/** After three tries the SDK gives up by itself. */
const SDK_GIVES_UP_MS = 3_200;
/** No budget is as long. */
const HANGS_MS = 120_000;

/** Every method of `inner`, as this process meets it; bound to a signal, if there is one. */
export function chaosStore<T extends object>(world: StoreWorld, process: Process, inner: T, signal?: AbortSignal): T {
  const wrapped = Object.entries(inner).map(([name, method]) => {
    if (name === 'within') return [name, (other: AbortSignal) => chaosStore(world, process, inner, other)] as const;
    if (typeof method !== 'function') return [name, method] as const;
    const plain = method as Method;
    const call = (...args: unknown[]): Promise<unknown> =>
      process.call(name, () => {
        if (isThrottled(world, name, args[0])) return throttled();
        const done = (): Promise<unknown> => perform(world, process, name, () => plain(...args));
        return signal === undefined ? done() : orOutOfTime(signal, done);
      });
    return [name, call] as const;
  });
  return Object.fromEntries(wrapped) as T;
}

/** One read of all the index fails with each part of it. */
function isThrottled({ faults: { failingPartitions } }: StoreWorld, name: string, partition: unknown): boolean {
  if (name === 'wholeIndex') return failingPartitions.size > 0;
  return name === 'activeRuns' && failingPartitions.has(String(partition));
}

function throttled(): Promise<never> {
  return Promise.reject(new AppError('store.unavailable', 'DynamoDB could not be used (Throttling). Try again.'));
}

async function perform(
  world: StoreWorld,
  process: Process,
  name: string,
  effect: () => Promise<unknown>,
): Promise<unknown> {
  const { sim, rng, faults, trace } = world;
  if (!faults.active) return await traced(world, process, name, effect);
  const fault = faults.store();
  if (fault !== null) trace(`${process.name} ${name}: store ${fault}`);
  await sim.sleep(fault === 'slow' ? rng.int(200, rng.pick([3_000, 12_000])) : rng.int(1, 6));
  switch (fault) {
    case 'errorBefore':
      throw new AppError('store.unavailable', 'DynamoDB could not be used (InternalServerError). Try again.');
    case 'throttled':
      await sim.sleep(rng.int(50, 400));
      return await throttled();
    case 'hangs':
      if (rng.chance(0.5)) await traced(world, process, name, effect);
      // A sweep has time for as long as the SDK takes; for any other call only its budget counts.
      await sim.sleep(process.name.startsWith('sweep') ? SDK_GIVES_UP_MS : HANGS_MS);
      throw new AppError('store.unavailable', 'DynamoDB could not be used (TimeoutError). Try again.');
    case 'lateEffect':
      sim.after(rng.int(50, rng.pick([2_500, 10_000])), () => {
        traced(world, process, `${name} (late)`, effect).catch(() => undefined);
      });
      throw new AppError('store.unavailable', 'DynamoDB could not be used (TimeoutError). Try again.');
    case 'lostReply':
      await traced(world, process, name, effect);
      throw new AppError('store.unavailable', 'DynamoDB could not be used (TimeoutError). Try again.');
    case 'retried':
      return await repeated(world, process, name, effect);
    case 'slow':
    case null: {
      const answer = await traced(world, process, name, effect);
      await sim.sleep(rng.int(1, 6));
      return answer;
    }
  }
}

/** The SDK repeats a write whose reply was lost; the store must know its own write again. */
async function repeated(
  world: StoreWorld,
  process: Process,
  name: string,
  effect: () => Promise<unknown>,
): Promise<unknown> {
  const first = await traced(world, process, name, effect);
  await world.sim.sleep(world.rng.int(50, 3_200));
  if (name !== 'updateHead') return await traced(world, process, `${name} (again)`, effect);
  // The adapter fixes the nonce before the first try: the second fails its condition, and then looks whose write is there.
  const mine = first as RunHead | null;
  const there = mine === null ? undefined : world.heads.get(mine.id);
  return there?.nonce === mine?.nonce ? (there ?? null) : null;
}

async function traced(
  { trace }: StoreWorld,
  process: Process,
  name: string,
  effect: () => Promise<unknown>,
): Promise<unknown> {
  const answer = await effect();
  if (/claim|putHead|putKey|repoint|markRefusal|takeRefresh|nextRunId/i.test(name))
    trace(`${process.name} ${name} -> ${shown(answer)}`);
  return answer;
}

function shown(answer: unknown): string {
  const head = answer as Partial<RunHead> | null;
  return typeof head?.v === 'number' ? `run ${head.id} v${head.v} ${head.status}` : JSON.stringify(answer);
}
