/** Savepoints of a JobManager in memory, by trigger id. What time brings is worked out when somebody looks. */
import { AppError } from '../../lib/domain/errors.ts';
import type { SavepointTrigger, TriggerState } from '../../lib/domain/run/savepoint-trigger.ts';

interface Trigger {
  readonly jobId: string;
  readonly ask: SavepointTrigger;
  readonly readyAt: number;
  state: TriggerState;
  overAt: number | null;
}

/** The JobManager around it. */
export interface SavepointJobs {
  readonly now: () => number;
  readonly isLive: (jobId: string) => boolean;
  readonly isStarting: (jobId: string) => boolean;
  readonly end: (jobId: string, state: 'FINISHED' | 'CANCELED') => void;
  readonly completed: (jobId: string, path: string, ask: SavepointTrigger) => void;
  /** Why this one fails, beside `failure`; null: it does not. */
  readonly fails?: (ask: SavepointTrigger) => string | null;
  /** How long the outcome of one is kept; not there: for ever. */
  readonly keptMs?: number;
}

/** The ids of tests have the process in front, and a count at the end. */
export function endOfPath(triggerId: string): string {
  return triggerId.slice(0, 8) + triggerId.slice(-4);
}

export class FakeSavepoints {
  readonly #jobs: SavepointJobs;
  readonly #triggers = new Map<string, Trigger>();
  /** Every savepoint that was begun, whoever asked how often. */
  readonly begun: { readonly jobId: string; readonly ask: SavepointTrigger }[] = [];
  /** How long one takes. */
  takesMs = 0;
  /** Of the cluster's configuration; null: it has none. */
  directory: string | null = 'file:/savepoints';
  /** Why the next ones fail; null: they do not. */
  failure: string | null = null;

  constructor(jobs: SavepointJobs) {
    this.#jobs = jobs;
  }

  ask(jobId: string, ask: SavepointTrigger): void {
    this.progress();
    if ((ask.directory ?? this.directory) === null) {
      throw new AppError('flink.rejected', 'No savepoint directory is known for this job.');
    }
    const key = `${jobId} ${ask.triggerId}`;
    if (this.#triggers.has(key)) return;
    this.begun.push({ jobId, ask });
    const readyAt = this.#jobs.now() + this.takesMs;
    this.#triggers.set(key, { jobId, ask, readyAt, state: { kind: 'inProgress' }, overAt: null });
    this.progress();
  }

  state(jobId: string, triggerId: string): TriggerState {
    this.progress();
    return this.#triggers.get(`${jobId} ${triggerId}`)?.state ?? { kind: 'unknown' };
  }

  /** Another process knows none of them. */
  forget(): void {
    this.#triggers.clear();
  }

  progress(): void {
    const { now, keptMs = Infinity } = this.#jobs;
    for (const [key, trigger] of this.#triggers) {
      if (trigger.state.kind === 'inProgress') this.#goOn(trigger);
      if (trigger.state.kind !== 'inProgress') trigger.overAt ??= now();
      if (trigger.overAt !== null && now() > trigger.overAt + keptMs) this.#triggers.delete(key);
    }
  }

  #goOn(trigger: Trigger): void {
    const { jobId, ask, readyAt } = trigger;
    if (!this.#jobs.isLive(jobId)) {
      trigger.state = { kind: 'failed', reason: 'the job has ended' };
      return;
    }
    if (this.#jobs.isStarting(jobId)) {
      trigger.state = { kind: 'failed', reason: 'Not all required tasks are currently running.' };
      return;
    }
    if (this.#jobs.now() < readyAt) return;
    const failure = this.failure ?? this.#jobs.fails?.(ask) ?? null;
    if (failure !== null) {
      trigger.state = { kind: 'failed', reason: failure };
      return;
    }
    const path = `${ask.directory ?? this.directory}/savepoint-${jobId.slice(0, 6)}-${endOfPath(ask.triggerId)}`;
    trigger.state = { kind: 'done', path };
    this.#jobs.completed(jobId, path, ask);
    if (ask.type !== 'trigger') this.#jobs.end(jobId, ask.type === 'stop' ? 'FINISHED' : 'CANCELED');
  }

  stateText(): string {
    return JSON.stringify([...this.#triggers.values()]);
  }
}
