/**
 * Jars on the simulated JobManager. main() runs in its process before the answer, whoever waits for it, and dies with it;
 * uploads go with the process too, with high availability or without.
 */
import { AppError } from '../../../lib/domain/errors.ts';
import type { JarRun } from '../../../lib/domain/run/jar.ts';
import { type Main, mainOf } from '../../fakes/fake-jars.ts';
import type { SimJobManager } from './job-manager.ts';
import { note } from './ledger.ts';
import type { Prng } from './prng.ts';
import type { Sim } from './sim-clock.ts';

interface Upload {
  readonly sha256: string;
  /** `web.tmpdir` of the process that has it. */
  readonly at: string;
}

export class SimJars {
  readonly #sim: Sim;
  readonly #rng: Prng;
  readonly #answering: () => SimJobManager;
  readonly #uploads = new Map<string, Upload>();
  #count = 0;
  #runs = 0;
  mainMs: (rng: Prng) => number = () => 20;

  constructor(sim: Sim, rng: Prng, answering: () => SimJobManager) {
    this.#sim = sim;
    this.#rng = rng;
    this.#answering = answering;
  }

  find(sha256: string): string | null {
    const at = this.#answering().answerer();
    return [...this.#uploads].find(([, one]) => one.sha256 === sha256 && one.at === at)?.[0] ?? null;
  }

  upload(sha256: string): string {
    const id = `upload-${(this.#count += 1)}_${sha256}`;
    this.#uploads.set(id, { sha256, at: this.#answering().answerer() });
    return id;
  }

  /** Somebody tidies up. */
  deleteAll(): void {
    this.#uploads.clear();
  }

  async run(jarId: string, { jobId, entryClass, flinkConfiguration }: JarRun): Promise<void> {
    const jobManager = this.#answering();
    const { process, ledger } = jobManager;
    const upload = this.#uploads.get(jarId);
    if (upload?.at !== jobManager.answerer()) throw new AppError('flink.jarGone', 'The JobManager has lost the jar.');
    const main = mainOf(entryClass);
    const handedAt = this.#sim.now();
    note(ledger.handed, jobId, handedAt);
    note(ledger.mains, jobId, { at: handedAt, process, sha256: upload.sha256 });
    await this.#lasts(this.mainMs(this.#rng), jobManager, process);
    if (main === 'starts' || main === 'failsAfter') {
      // By itself, not by a client that would repeat it.
      const number = -(this.#runs += 1);
      if (jobManager.take(jobId, number, handedAt, flinkConfiguration) === 'duplicate')
        throw new AppError('flink.duplicate', 'Job has already been submitted.');
    }
    throwFor(main);
  }

  /** In a process that may be frozen, or end. */
  async #lasts(ms: number, jobManager: SimJobManager, process: number): Promise<void> {
    await this.#sim.sleep(ms);
    while (jobManager.process === process && jobManager.frozenUntil > this.#sim.now())
      await this.#sim.sleep(jobManager.frozenUntil - this.#sim.now());
    if (jobManager.process !== process || !jobManager.up)
      throw new AppError('flink.noReply', 'No reply from Flink: the connection was reset.');
  }
}

function throwFor(main: Main): void {
  switch (main) {
    case 'starts':
      return;
    case 'nothing':
      throw new AppError('flink.rejected', 'main() ended without starting a job: it must call execute() once.');
    case 'failsBefore':
    case 'failsAfter':
      throw new AppError('flink.mainFailed', 'main() failed: IllegalStateException: something in main()');
  }
}
