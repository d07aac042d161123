/**
 * Jars on the fenced JobManager, with a ledger of every main() that ever ran: what a job shows is not enough, since main()
 * acts before its job is submitted. An upload goes with the JobManager's process, and its id never comes again.
 */
import { AppError } from '../../../lib/domain/errors.ts';
import type { JarRunner, JarSource } from '../../../lib/domain/ports.ts';
import type { JarRun } from '../../../lib/domain/run/jar.ts';
import type { FencedFlink, FlinkPromises } from './fenced-flink.ts';
import type { CallSpec, Fault, Process, Simulation } from './simulation.ts';

export interface MainRun {
  readonly jobId: string;
  readonly sha256: string;
}

type Main = 'starts its job' | 'fails before' | 'fails after' | 'takes long';

const LATE_MS = 17 * 60_000;
const SUBMITTED = 'a'.repeat(64);
const EXCHANGED = 'b'.repeat(64);

export class FencedJars {
  readonly mains: MainRun[] = [];
  readonly #sim: Simulation;
  readonly #flink: FencedFlink;
  readonly #promises: FlinkPromises;
  /** Content at the jar's URI. */
  #kept = SUBMITTED;
  readonly #uploads = new Map<string, string>();
  #count = 0;

  constructor(sim: Simulation, flink: FencedFlink, promises: FlinkPromises) {
    this.#sim = sim;
    this.#flink = flink;
    this.#promises = promises;
  }

  get anyUploads(): boolean {
    return this.#uploads.size > 0;
  }

  restart(): void {
    if (this.#promises.uploadsGoAtRestart) this.#uploads.clear();
  }

  get wasExchanged(): boolean {
    return this.#kept === EXCHANGED;
  }

  exchange(): void {
    this.#kept = EXCHANGED;
  }

  stateText(): string {
    return `${this.#kept} ${JSON.stringify([...this.#uploads])} ${JSON.stringify(this.mains)}`;
  }

  sourceFor(process: Process): JarSource {
    return {
      read: async () => {
        const sha256 = this.#kept;
        this.#sim.note(process, `read ${sha256}`);
        return { sha256, name: 'job.jar', sizeBytes: 1_000, path: `/nowhere/${sha256}`, release: () => undefined };
      },
    };
  }

  runnerFor(process: Process): JarRunner {
    return {
      find: async (_address, sha256) => {
        const id = [...this.#uploads].find(([, known]) => known === sha256)?.[0] ?? null;
        this.#sim.note(process, `find ${id}`);
        return id;
      },
      upload: (_address, jar, signal) => this.#sim.call(process, this.#uploadCall(jar.sha256, signal)),
      run: (_address, jarId, what, signal) => {
        if (!signal.aborted) this.#flink.onSend(what.jobId, process.name);
        return this.#sim.call(process, this.#runCall(jarId, what, signal));
      },
    };
  }

  #uploadCall(sha256: string, signal: AbortSignal): CallSpec<string> {
    const store = (): string => {
      const id = `upload-${(this.#count += 1)}`;
      this.#uploads.set(id, sha256);
      return id;
    };
    const arrivesUnheard = (): ReturnType<typeof lost> => {
      store();
      return lost();
    };
    return {
      name: 'upload jar',
      signal,
      effect: async () => store(),
      faults: [
        { name: 'arrives, no reply', run: arrivesUnheard },
        { name: 'late, no reply', run: () => this.#later('upload', store) },
        { name: 'refused', run: () => said('flink.unreachable', 'refused') },
        { name: 'no room', run: () => said('flink.failed', 'no space left on device') },
      ],
    };
  }

  #runCall(jarId: string, what: JarRun, signal: AbortSignal): CallSpec<undefined> {
    const arrives = (main: Main): undefined => {
      this.#arrive(jarId, what.jobId, main);
    };
    const replied = (main: Main): Fault<undefined>['run'] => {
      return () => {
        try {
          arrives(main);
          return { kind: 'reply', value: undefined };
        } catch (error) {
          return { kind: 'error', error: error as AppError };
        }
      };
    };
    const unheard = (main: Main): Fault<undefined>['run'] => {
      return () => {
        replied(main)();
        return lost();
      };
    };
    return {
      name: 'run jar',
      signal,
      outlives: 'caller',
      effect: async () => arrives('starts its job'),
      faults: [
        { name: 'arrives, no reply', run: unheard('starts its job') },
        { name: 'late, no reply', run: () => this.#later('run jar', replied('starts its job')) },
        { name: 'refused', run: () => said('flink.unreachable', 'refused') },
        { name: 'main() takes long, no reply', run: unheard('takes long') },
        { name: 'main() fails', run: replied('fails before') },
        { name: 'main() fails after its job was started', run: replied('fails after') },
        { name: 'the jar was deleted', run: () => this.#deleted(jarId, what.jobId) },
      ],
    };
  }

  #deleted(jarId: string, jobId: string): ReturnType<Fault<undefined>['run']> {
    const sha256 = this.#uploads.get(jarId);
    if (!this.#promises.goneRanNothing && sha256 !== undefined) this.mains.push({ jobId, sha256 });
    this.#uploads.delete(jarId);
    return { kind: 'error', error: gone() };
  }

  /** main() runs before the answer, and whether or not anybody waits for that. */
  #arrive(jarId: string, jobId: string, main: Main): void {
    const sha256 = this.#uploads.get(jarId);
    if (sha256 === undefined) throw gone();
    this.mains.push({ jobId, sha256 });
    if (main === 'takes long') {
      const { starts } = this.#flink;
      // It dies with the process that it runs in.
      this.#later(`main() of ${jobId}`, () => starts === this.#flink.starts && this.#flink.accept(jobId, false));
      return;
    }
    if (main === 'fails before') throw this.#mainFailed();
    const taken = this.#flink.accept(jobId, false);
    if (taken === 'duplicate') throw new AppError('flink.duplicate', 'Job has already been submitted.');
    if (main === 'fails after') throw this.#mainFailed();
  }

  #mainFailed(): AppError {
    const code = this.#promises.tellsMainFailure ? 'flink.mainFailed' : 'flink.rejected';
    return new AppError(code, 'main() failed: IllegalStateException');
  }

  #later(name: string, land: () => void): ReturnType<typeof lost> {
    this.#sim.addStray(`${name}, late`, this.#sim.now + LATE_MS, land);
    return lost();
  }
}

function gone(): AppError {
  return new AppError('flink.jarGone', 'The JobManager has lost the jar.');
}

function lost(): { readonly kind: 'error'; readonly error: AppError } {
  return said('flink.noReply', 'No reply.');
}

function said(code: AppError['code'], message: string): { readonly kind: 'error'; readonly error: AppError } {
  return { kind: 'error', error: new AppError(code, message) };
}
