/** Where the jars of a world are kept, as a process meets it: now and then away, or slow. */
import { AppError } from '../../../lib/domain/errors.ts';
import type { JarSource } from '../../../lib/domain/ports.ts';
import type { Faults } from './faults.ts';
import type { Prng } from './prng.ts';
import type { Process } from './process.ts';
import type { Sim } from './sim-clock.ts';

export interface JarSourceWorld {
  readonly sim: Sim;
  readonly rng: Prng;
  readonly faults: Faults;
  readonly bucket: JarBucket;
}

/** One for all clusters. */
export class JarBucket {
  /** How often the jar was exchanged: the same for all tasks. */
  edition = 1;

  /** Of what is kept now. */
  get sha256(): string {
    return String(this.edition).padStart(64, 'a');
  }
}

const SLOWEST_MS = 30_000;

export function jarSourceOf({ sim, rng, faults, bucket }: JarSourceWorld, process: Process): JarSource {
  return {
    read: (uri, signal) =>
      process.call(`read ${uri}`, async () => {
        const fault = faults.jarSource();
        if (fault === 'slow') await sim.sleep(rng.int(300, SLOWEST_MS), signal);
        if (fault === 'unavailable' || signal.aborted) throw new AppError('jar.unavailable', `${uri} can't be read.`);
        const { sha256 } = bucket;
        return { sha256, name: 'job.jar', sizeBytes: 1_000, path: `/tmp/${sha256}`, release: () => undefined };
      }),
  };
}
