/**
 * A run's jar on its way from where it is kept to the JobManager. Reading it and uploading it start nothing, so both may be
 * given up, repeated and done before the intent; each has to leave time for what comes after it.
 */
import { AppError } from '../../domain/errors.ts';
import type { Clock, JarRunner, JarSource } from '../../domain/ports.ts';
import type { LocalJar } from '../../domain/run/jar.ts';
import { type Budget, withinBudget } from '../waiting/budget.ts';

export interface JarDeps {
  readonly jarSource: JarSource;
  readonly jars: JarRunner;
  readonly clock: Clock;
}

/** The part of a run's time that is left for the upload, main() and the record; and of that, for main() and the record. */
const AFTER_READING_MS = 13_000;
const AFTER_UPLOAD_MS = 5_000;

/** `signal`: the upload is no longer needed. */
export async function readJar(deps: JarDeps, uri: string, budget: Budget, signal: AbortSignal): Promise<LocalJar> {
  const withinMs = Math.max(0, budget.remainingMs() - AFTER_READING_MS);
  return await withinBudget(deps.clock, withinMs, async (reading) => {
    try {
      return await deps.jarSource.read(uri, AbortSignal.any([signal, reading.signal]));
    } catch (error) {
      if (reading.isOpen() || signal.aborted || !(error instanceof AppError)) throw error;
      throw new AppError('jar.unavailable', `The jar could not be read within ${seconds(withinMs)}. ${SMALLER}`);
    }
  });
}

export class JarOnFlink {
  readonly #deps: JarDeps;
  readonly #address: string;
  readonly #jar: LocalJar;
  #id: string | null;

  /** `id`: its id on this JobManager, if it is already there. */
  constructor(deps: JarDeps, address: string, jar: LocalJar, id: string | null) {
    this.#deps = deps;
    this.#address = address;
    this.#jar = jar;
    this.#id = id;
  }

  get sha256(): string {
    return this.#jar.sha256;
  }

  /** Gives its id on the JobManager, after an upload if need be. */
  async bring(budget: Budget): Promise<string> {
    return (this.#id ??= await this.#upload(budget));
  }

  /** The JobManager has lost it. */
  forget(): void {
    this.#id = null;
  }

  async #upload(budget: Budget): Promise<string> {
    const { jars, clock } = this.#deps;
    const withinMs = Math.max(0, budget.remainingMs() - AFTER_UPLOAD_MS);
    return await withinBudget(clock, withinMs, async (uploading) => {
      try {
        return await jars.upload(this.#address, this.#jar, AbortSignal.any([budget.signal, uploading.signal]));
      } catch (error) {
        if (uploading.isOpen() || budget.signal.aborted || !(error instanceof AppError)) throw error;
        throw new AppError('budget.exceeded', `The jar could not be uploaded within ${seconds(withinMs)}. ${SMALLER}`);
      }
    });
  }
}

const SMALLER = "Submit again, or make it smaller: leave out what is already on the cluster's class path.";

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
