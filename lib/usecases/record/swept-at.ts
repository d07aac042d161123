/** When a sweep last saw all jobs of a cluster. Without it an earlier time is known, which keeps nobody from an answer. */
import { AppError } from '../../domain/errors.ts';
import type { JobStore, Log } from '../../domain/ports.ts';
import { shownAddress } from '../../domain/secrets/shown-address.ts';

export interface SweptAtDeps {
  readonly store: JobStore;
  readonly log: Log;
}

/** One read, in UTC milliseconds; null: no sweep has, or it could not be read. */
export async function sweptAt({ store, log }: SweptAtDeps, hosts: string): Promise<number | null> {
  try {
    return await store.sweptAt(hosts);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const fields = { hosts: shownAddress(hosts), error: error.message };
    log.warn('when a sweep last saw the jobs of a cluster could not be read', fields);
    return null;
  }
}
