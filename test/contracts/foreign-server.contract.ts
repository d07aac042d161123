/** What a server that isn't Flink proves when it answers at a JobManager's address: nothing. Run on the fake and the real adapter. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobManager } from '../../lib/domain/ports.ts';
import { appErrorOf } from '../builders/app-error-of.ts';

export interface ForeignServer {
  readonly jobManager: JobManager;
  /** A server answers here that knows no path: 404, in a form of its own. */
  readonly address: string;
  close(): void;
}

const JOB = 'a'.repeat(32);

type AskForJob = (jobManager: JobManager, address: string, signal: AbortSignal) => Promise<unknown>;

export function foreignServerContract(name: string, make: () => Promise<ForeignServer> | ForeignServer): void {
  describe(`a server that is not Flink: ${name}`, () => {
    let f: ForeignServer;
    const { signal } = new AbortController();
    beforeEach(async () => {
      f = await make();
    });
    afterEach(() => f.close());

    it.each<[string, AskForJob]>([
      ['that a job is unknown', (it, address) => it.job(address, JOB, signal)],
      ['that a job is cancelled or gone', (it, address) => it.cancel(address, JOB, signal)],
      ['that a job left no checkpoints', (it, address) => it.checkpoints(address, JOB, signal)],
      ['that there are no jobs', (it, address) => it.overview(address, signal)],
      ['who the JobManager is', (it, address) => it.identify(address, signal)],
    ])('does not prove %s', async (_what, ask) => {
      expect((await appErrorOf(ask(f.jobManager, f.address, signal))).code).toBe('flink.protocol');
    });
  });
}
