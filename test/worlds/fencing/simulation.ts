/**
 * Processes whose every step waits at a gate: the explorer says which call takes effect next, which reply is lost, who
 * dies and when time passes. Nothing else moves, so that the same choices always give the same history.
 */
import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../../lib/domain/errors.ts';
import type { Clock } from '../../../lib/domain/ports.ts';
import { mix } from './mix.ts';

export const START = Date.UTC(2026, 0, 31, 12, 0, 0);

/** What may happen to a call instead of the usual. `run` takes its effect and says what the caller gets. */
export interface Fault<T> {
  readonly name: string;
  readonly run: () => FaultOutcome<T>;
}

type FaultOutcome<T> =
  | { readonly kind: 'reply'; readonly value: T }
  | { readonly kind: 'error'; readonly error: AppError }
  /** The SDK asks again; the caller goes on waiting. */
  | { readonly kind: 'again'; readonly effect: () => Promise<T> };

export interface CallSpec<T> {
  readonly name: string;
  readonly effect: () => Promise<T>;
  readonly faults?: readonly Fault<T>[];
  readonly signal?: AbortSignal;
  /** Still takes effect, or not, when its sender has died or given up. */
  readonly outlives?: 'process' | 'caller';
}

export interface Op {
  readonly process: Process;
  readonly name: string;
  readonly outlives: CallSpec<unknown>['outlives'];
  readonly faults: readonly string[];
  /** Takes effect, with the fault of that index, and replies. */
  readonly perform: (fault: number | null) => void;
  readonly effect: () => Promise<unknown>;
}

/** Something under way whose sender waits for it no more. */
export interface Stray {
  readonly name: string;
  readonly until: number;
  readonly land: () => void;
}

export interface Process {
  readonly name: string;
  state: 'running' | 'answered' | 'dead';
  /** Hash of everything it has seen: two equal ones go on equally. */
  history: number;
  ops: Op[];
}

interface Timer {
  readonly process: Process;
  readonly at: number;
  readonly wake: () => void;
}

export class Simulation {
  now = START;
  processes: Process[] = [];
  strays: Stray[] = [];
  readonly log: string[] = [];
  #timers: Timer[] = [];

  /** Lets every process run until it waits at a gate or for the clock. */
  async settle(): Promise<void> {
    await setImmediate();
  }

  start<T>(name: string, main: () => Promise<T>, begin: () => void, answered: (outcome: T | Error) => void): Process {
    const process: Process = { name, state: 'running', history: mix(0, name), ops: [] };
    this.processes.push(process);
    const end = (outcome: T | Error): void => {
      process.state = 'answered';
      this.log.push(`${name} answers${outcome instanceof Error ? `: ${outcome.message}` : ''}`);
      answered(outcome);
    };
    const effect = async (): Promise<void> => {
      begin();
    };
    void this.call(process, { name: 'begin', effect }).then(main).then(end, end);
    return process;
  }

  call<T>(process: Process, spec: CallSpec<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (spec.signal?.aborted === true) {
        reject(outOfTime());
        return;
      }
      this.#gate(process, spec, {
        resolve: (value) => {
          process.history = mix(process.history, `${spec.name}=${JSON.stringify(value) ?? ''}@${this.now}`);
          resolve(value);
        },
        reject: (error) => {
          process.history = mix(process.history, `${spec.name}!${error.code}@${this.now}`);
          reject(error);
        },
      });
    });
  }

  #gate<T>(process: Process, spec: CallSpec<T>, caller: Caller<T>): void {
    const leave = (): void => {
      process.ops = process.ops.filter((other) => other !== op);
      spec.signal?.removeEventListener('abort', giveUp);
    };
    const faults = spec.faults ?? [];
    const reply = (value: Promise<T>): void => void value.then(caller.resolve, caller.reject);
    const op: Op = {
      process,
      name: spec.name,
      outlives: spec.outlives,
      effect: spec.effect,
      faults: faults.map(({ name }) => name),
      perform: (fault) => {
        leave();
        const outcome = fault === null ? null : (faults[fault]?.run() ?? null);
        if (outcome === null) reply(spec.effect());
        else if (outcome.kind === 'reply') caller.resolve(outcome.value);
        else if (outcome.kind === 'error') caller.reject(outcome.error);
        else {
          const again = { name: `${spec.name} again`, effect: outcome.effect };
          this.#gate(process, { ...again, ...(spec.signal === undefined ? {} : { signal: spec.signal }) }, caller);
        }
      },
    };
    const giveUp = (): void => {
      leave();
      if (op.outlives === 'caller') this.#stray(op);
      caller.reject(outOfTime());
    };
    process.ops.push(op);
    spec.signal?.addEventListener('abort', giveUp);
  }

  clockOf(process: Process): Clock {
    return {
      now: () => this.now,
      monotonic: () => this.now - START,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted === true) {
            resolve();
            return;
          }
          const wake = (): void => {
            signal?.removeEventListener('abort', wake);
            this.#timers = this.#timers.filter((other) => other !== timer);
            resolve();
          };
          const timer: Timer = { process, at: this.now + Math.max(0, ms), wake };
          this.#timers.push(timer);
          signal?.addEventListener('abort', wake);
        }),
    };
  }

  /** It has learned something at no gate. */
  note(process: Process, text: string): void {
    process.history = mix(process.history, text);
  }

  /** Time passes: everything due meanwhile happens late, as in a process that was held up. */
  jumpTo(time: number): void {
    this.now = Math.max(this.now, time);
    this.strays = this.strays.filter(({ until }) => until >= this.now);
    const due = this.#timers.filter(({ at }) => at <= this.now).sort((a, b) => a.at - b.at);
    for (const { process, wake } of due) {
      process.history = mix(process.history, `wake@${this.now}`);
      wake();
    }
  }

  /** What it had under way may still arrive. */
  kill(process: Process): void {
    process.state = 'dead';
    for (const op of process.ops) if (op.outlives !== undefined) this.#stray(op);
    process.ops = [];
    this.#timers = this.#timers.filter((timer) => timer.process !== process);
  }

  addStray(name: string, until: number, land: () => void): void {
    const stray: Stray = { name, until, land };
    this.strays.push(stray);
  }

  land(stray: Stray): void {
    this.strays = this.strays.filter((other) => other !== stray);
    stray.land();
  }

  /** What a process has left behind although it has answered. */
  leftBy(process: Process): string[] {
    const timers = this.#timers.filter((timer) => timer.process === process).map(({ at }) => `sleep until ${at}`);
    return [...process.ops.map(({ name }) => name), ...timers];
  }

  /** When the next sleeper wakes; null when nobody sleeps. */
  nextWake(): number | null {
    return this.#timers.length === 0 ? null : Math.min(...this.#timers.map(({ at }) => at));
  }

  sleeps(process: Process): boolean {
    return process.ops.length === 0 && this.#timers.some((timer) => timer.process === process);
  }

  hash(): number {
    let hash = mix(this.now - START, '');
    for (const { state, history, ops } of this.processes) {
      // What one knew that is gone decides nothing any more.
      hash = mix(hash, state === 'running' ? `${history}${ops.map(({ name }) => name).join()}` : state);
    }
    for (const { name } of this.strays) hash = mix(hash, name);
    return hash;
  }

  #stray(op: Op): void {
    const LATE_MS = 17 * 60_000;
    const SOON_MS = 10_000;
    const name = `${op.process.name}'s ${op.name}`;
    const within = op.outlives === 'caller' ? LATE_MS : SOON_MS;
    this.addStray(name, this.now + within, () => void op.effect().catch(() => undefined));
  }
}

interface Caller<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: AppError) => void;
}

function outOfTime(): AppError {
  return new AppError('budget.exceeded', 'Out of time.');
}
