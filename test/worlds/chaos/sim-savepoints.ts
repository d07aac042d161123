/**
 * Savepoints of the simulated JobManager: each takes its time and may fail. Its outcome is forgotten some minutes later, or
 * with the process.
 */
import type { SavepointTrigger, TriggerState } from '../../../lib/domain/run/savepoint-trigger.ts';
import { FakeSavepoints, type SavepointJobs } from '../../fakes/fake-savepoints.ts';
import type { SavepointTaken } from './ledger.ts';
import type { Prng } from './prng.ts';
import type { Sim } from './sim-clock.ts';

export interface SavepointCourse {
  readonly takesMs: number;
  readonly failure: string | null;
}

/** `rest.async.store-duration`. */
const KEPT_MS = 5 * 60_000;

export interface SavepointPlace extends Pick<SavepointJobs, 'isLive' | 'isStarting' | 'end'> {
  /** Number of the process. */
  readonly process: () => number;
  readonly frozenUntil: () => number;
  readonly ledger: SavepointTaken[];
}

export class SimSavepoints {
  readonly #sim: Sim;
  readonly #rng: Prng;
  readonly #place: SavepointPlace;
  readonly #fake: FakeSavepoints;
  readonly #failures = new Map<string, string | null>();
  courseOf: (rng: Prng) => SavepointCourse = () => ({ takesMs: 20, failure: null });

  constructor(sim: Sim, rng: Prng, place: SavepointPlace) {
    this.#sim = sim;
    this.#rng = rng;
    this.#place = place;
    this.#fake = new FakeSavepoints({
      ...place,
      now: () => sim.now(),
      completed: (jobId, path, ask) => this.#complete(jobId, path, ask),
      fails: ({ triggerId }) => this.#failures.get(triggerId) ?? null,
      keptMs: KEPT_MS,
    });
  }

  ask(jobId: string, ask: SavepointTrigger): void {
    const { begun } = this.#fake;
    const before = begun.length;
    const { takesMs, failure } = this.courseOf(this.#rng);
    this.#fake.takesMs = takesMs;
    this.#failures.set(ask.triggerId, failure);
    this.#fake.ask(jobId, ask);
    if (begun.length === before) return;
    const { triggerId, type } = ask;
    const process = this.#place.process();
    this.#place.ledger.push({
      jobId,
      triggerId,
      type,
      process,
      beganAt: this.#sim.now(),
      path: null,
      completedAt: null,
    });
    this.#goOnIn(takesMs);
  }

  /** Nothing happens in a process that is frozen. */
  #goOnIn(ms: number): void {
    this.#sim.after(ms, () => {
      const frozenMs = this.#place.frozenUntil() - this.#sim.now();
      if (frozenMs > 0) this.#goOnIn(frozenMs);
      else this.#fake.progress();
    });
  }

  #complete(jobId: string, path: string, { triggerId }: SavepointTrigger): void {
    const taken = this.#place.ledger.findLast((one) => one.jobId === jobId && one.triggerId === triggerId);
    Object.assign(taken ?? {}, { path, completedAt: Math.floor(this.#sim.now()) });
  }

  state(jobId: string, triggerId: string): TriggerState {
    return this.#fake.state(jobId, triggerId);
  }

  forget(): void {
    this.#fake.forget();
  }
}
