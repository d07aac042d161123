/**
 * A process of Dinghy's: a function's invocation. Everything it asks of the world goes through `call`; once it is killed
 * no answer reaches it any more and nothing new leaves it, while what is under way takes effect as it would.
 */
import { createHash } from 'node:crypto';
import type { Clock, Ids, Log } from '../../../lib/domain/ports.ts';
import type { Faults } from './faults.ts';
import type { Prng } from './prng.ts';
import type { Sim } from './sim-clock.ts';

export interface ProcessDeps {
  readonly sim: Sim;
  readonly rng: Prng;
  readonly faults: Faults;
  readonly trace: (text: string) => void;
  /** The law was broken in a way that needs no oracle. */
  readonly complain: (text: string) => void;
}

const MAX_SKEW_MS = 1_500;
const never = new Promise<never>(() => {
  // For good.
});

export class Process {
  alive = true;
  /** Its handler has answered: nothing may leave it any more. */
  answered = false;
  /** It submits for a task that is to run alone. */
  alone = false;
  readonly name: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly died: Promise<void>;
  readonly #deps: ProcessDeps;
  readonly #crashAt: number | null;
  #calls = 0;
  #die: () => void = () => undefined;

  constructor(name: string, deps: ProcessDeps) {
    const { sim, rng, faults, trace } = deps;
    this.name = name;
    this.#deps = deps;
    this.#crashAt = faults.crashAt();
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
    const skewMs = rng.int(-MAX_SKEW_MS, MAX_SKEW_MS);
    const startedAt = sim.now();
    this.clock = {
      now: () => sim.now() + skewMs,
      monotonic: () => sim.now() - startedAt,
      sleep: async (ms, signal) => {
        await sim.sleep(ms, signal);
        if (!this.alive) await never;
      },
    };
    this.ids = {
      jobId: () => rng.hex32(),
      writer: `${name}-${rng.hex32().slice(0, 6)}`,
      sha256: (text) => createHash('sha256').update(text).digest('hex'),
    };
    const say = (message: string, fields?: unknown): void => trace(`${name} log: ${message} ${JSON.stringify(fields)}`);
    this.log = { info: say, warn: say, error: say };
  }

  /** `perform` is the call's way through the world, which goes on when the process is gone. */
  async call<T>(what: string, perform: () => Promise<T>): Promise<T> {
    if (!this.alive) return await never;
    if (this.answered) this.#deps.complain(`${this.name} called ${what} after it had answered`);
    this.#calls += 1;
    if (this.#calls === this.#crashAt) {
      const underWay = this.#deps.rng.chance(0.6);
      this.#deps.faults.count(underWay ? 'crash during a call' : 'crash before a call');
      this.crash(`at call ${this.#calls}, ${what}${underWay ? ' (under way)' : ''}`);
      if (underWay) perform().catch(() => undefined);
      return await never;
    }
    try {
      const answer = await perform();
      return this.alive ? answer : await never;
    } catch (error) {
      if (this.alive) throw error;
      return await never;
    }
  }

  crash(why: string): void {
    if (!this.alive) return;
    this.alive = false;
    this.#deps.trace(`${this.name} KILLED ${why}`);
    this.#die();
  }

  /** Runs a handler's work; undefined: the process was killed. The function's own time-out is 29 s, the sweep's 60 s. */
  async handle<T>(lifeMs: number, work: () => Promise<T>): Promise<T | undefined> {
    const forget = this.#deps.sim.after(lifeMs, () => {
      if (this.answered) return;
      if (this.alive && !this.name.startsWith('sweep')) this.#deps.complain(`${this.name} did not answer in its time`);
      this.crash('by its time-out');
    });
    try {
      const answer = await Promise.race([work(), this.died]);
      return answer === undefined ? undefined : answer;
    } finally {
      this.answered = true;
      forget();
    }
  }
}
