/**
 * One that a sweep asks, a gateway or a JobManager, and what this sweep has learned of it. One that does not answer costs
 * a sweep one time-out: it is not asked again before the next sweep, whoever wants something of it (protocol.md section 6).
 */
import { AppError } from '../../domain/errors.ts';
import type { Clock } from '../../domain/ports.ts';
import { timed } from '../waiting/timed.ts';
import type { WidthLimit } from '../waiting/width-limit.ts';

export interface EndpointDeps {
  readonly clock: Clock;
  /** Of all requests of a sweep. */
  readonly limit: WidthLimit;
}

/** One kind of request, such as that for a job. What is learned of it is kept by this object. */
export interface CallKind {
  /** Null: it takes as long as its sender allows, as a statement does. */
  readonly withinMs: number | null;
  /** The first one goes alone. */
  readonly tried: boolean;
  /** So many time-outs, while the endpoint is alive, and it is not asked this any more. */
  readonly maxTimeouts: number;
}

type Send<T> = (signal: AbortSignal) => Promise<T>;

/** One that answered so short a time ago is alive. */
const CHECKED_FOR_MS = 2_000;

export class Endpoint {
  readonly name: string;
  readonly #deps: EndpointDeps;
  readonly #probe: CallKind;
  readonly #sendProbe: Send<unknown>;
  /** The first request of each kind: the others wait for it, so that a hang is met once. */
  readonly #trials = new Map<CallKind, Promise<boolean>>();
  readonly #timeouts = new Map<CallKind, number>();
  #checking: Promise<void> | null = null;
  #checkedUntilMs = 0;
  /** Why nothing is asked of it any more; null: it answers, as far as is known. */
  away: string | null = null;

  /** `probe`: the cheapest kind that only one that is alive answers. */
  constructor(name: string, deps: EndpointDeps, probe: CallKind, sendProbe: Send<unknown>) {
    this.name = name;
    this.#deps = deps;
    this.#probe = probe;
    this.#sendProbe = sendProbe;
  }

  async call<T>(kind: CallKind, signal: AbortSignal, send: Send<T>): Promise<T> {
    if (!kind.tried) return await this.#send(kind, signal, send);
    for (;;) {
      const trial = this.#trials.get(kind);
      if (trial === undefined) break;
      if (await trial) return await this.#send(kind, signal, send);
    }
    const before = this.#timeouts.get(kind);
    const sending = this.#send(kind, signal, send);
    // After a time-out the next one goes alone, too.
    const passed = (): boolean => this.#timeouts.get(kind) === before || !this.#trials.delete(kind);
    this.#trials.set(kind, sending.then(passed, passed));
    return await sending;
  }

  /** Why it does not answer; null: it is alive. Asked once in a sweep. */
  async whyAway(signal: AbortSignal): Promise<string | null> {
    if (this.away === null && !this.#trials.has(this.#probe)) {
      await this.call(this.#probe, signal, this.#sendProbe).catch(onlyOurs);
    }
    return this.away;
  }

  async #send<T>(kind: CallKind, signal: AbortSignal, send: Send<T>): Promise<T> {
    const { limit, clock } = this.#deps;
    return await limit(async () => {
      if (this.#isSilent(kind)) {
        throw new AppError('flink.unreachable', `${this.name} is not asked again in this sweep: it did not answer.`);
      }
      const limited = timed(clock, kind.withinMs, signal);
      try {
        return await send(limited.signal);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const told = limited.isOver() ? noAnswer(this.name, kind, error) : error;
        if (!signal.aborted) await this.#learn(kind, told, limited.isOver(), signal);
        throw told;
      } finally {
        await limited.lift();
      }
    });
  }

  #isSilent(kind: CallKind): boolean {
    return this.away !== null || (this.#timeouts.get(kind) ?? 0) >= kind.maxTimeouts;
  }

  /** From a request that failed: does the endpoint not answer at all, or this request alone? */
  async #learn(kind: CallKind, error: AppError, timedOut: boolean, signal: AbortSignal): Promise<void> {
    if (error.code === 'local.exhausted') return;
    const silence = timedOut || SILENCE.has(error.code);
    if (kind === this.#probe) {
      if (silence || error.code === 'flink.protocol') this.away = error.message;
      return;
    }
    if (timedOut) this.#timeouts.set(kind, (this.#timeouts.get(kind) ?? 0) + 1);
    if (silence) await this.#check(signal);
  }

  /** Within the turn of the request that failed: it takes no further place of the sweep's width. */
  async #check(signal: AbortSignal): Promise<void> {
    if (this.away !== null || this.#deps.clock.monotonic() < this.#checkedUntilMs) return;
    this.#checking ??= this.#runProbe(signal);
    await this.#checking;
    this.#checking = null;
  }

  async #runProbe(signal: AbortSignal): Promise<void> {
    const limited = timed(this.#deps.clock, this.#probe.withinMs, signal);
    try {
      await this.#sendProbe(limited.signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const told = limited.isOver() ? noAnswer(this.name, this.#probe, error) : error;
      if (!signal.aborted) await this.#learn(this.#probe, told, limited.isOver(), signal);
    } finally {
      await limited.lift();
      this.#checkedUntilMs = this.#deps.clock.monotonic() + CHECKED_FOR_MS;
    }
  }
}

const SILENCE: ReadonlySet<string> = new Set(['flink.unreachable', 'flink.noReply']);

function onlyOurs(error: unknown): void {
  if (!(error instanceof AppError)) throw error;
}

/** Whether a byte was sent is the adapter's knowledge, and stays: "unreachable" proves that nothing was started. */
function noAnswer(name: string, { withinMs }: CallKind, error: AppError): AppError {
  const code = error.code === 'budget.exceeded' ? 'flink.noReply' : error.code;
  return new AppError(code, `${name} did not answer within ${withinMs} ms.`, { cause: error });
}
