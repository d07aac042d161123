/** What a JobManager does with jars, as far as the use cases rely on it; run on the fake and on the real one, of each version. */
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { JarRunner, JobManager } from '../../lib/domain/ports.ts';
import type { JarRun, LocalJar } from '../../lib/domain/run/jar.ts';

export interface JarsUnderTest {
  readonly jars: JarRunner;
  readonly jobManager: JobManager;
  readonly address: string;
  /** With the example job and the mains of test/live/jar-jobs in it. */
  readonly jar: LocalJar;
  newJobId(): string;
}

const PATIENCE_MS = 60_000;
const NUMBERS = 'dinghy.example.NumbersJob';
const bad = (name: string): string => `dinghy.test.BadMains$${name}`;

export function jarsContract(name: string, make: () => JarsUnderTest): void {
  describe(`jars: ${name}`, { timeout: PATIENCE_MS }, () => {
    let j: JarsUnderTest;
    const signal = new AbortController().signal;
    beforeEach(() => {
      j = make();
    });

    const what = (jobId: string, entryClass: string): JarRun => {
      const rest = { parallelism: 1, savePointPath: null, allowNonRestoredState: false, flinkConfiguration: {} };
      return { jobId, entryClass, args: [], ...rest };
    };
    const upload = (): Promise<string> => j.jars.upload(j.address, j.jar, signal);
    const run = async (jobId: string, entryClass = NUMBERS, jarId?: string): Promise<string> => {
      const id = jarId ?? (await upload());
      const error: unknown = await j.jars.run(j.address, id, what(jobId, entryClass), signal).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (error === null) return 'started';
      if (error instanceof AppError) return error.code;
      throw error instanceof Error ? error : new Error('not even an error was thrown');
    };
    const stateOf = async (jobId: string): Promise<string | null> =>
      (await j.jobManager.job(j.address, jobId, signal))?.state ?? null;

    it('finds a jar by the hash of its content, and no other', async () => {
      const id = await upload();
      const found = await j.jars.find(j.address, j.jar.sha256, signal);
      expect(found).not.toBeNull();
      expect(id).toContain(j.jar.sha256);
      expect(await j.jars.find(j.address, '0'.repeat(64), signal)).toBeNull();
    });

    it('runs what was found as well as what was uploaded, under the job id it is given', async () => {
      await upload();
      const found = await j.jars.find(j.address, j.jar.sha256, signal);
      const jobId = j.newJobId();
      expect(await run(jobId, NUMBERS, found ?? '')).toBe('started');
      expect(['INITIALIZING', 'CREATED', 'RUNNING']).toContain(await stateOf(jobId));
      await j.jobManager.cancel(j.address, jobId, signal);
    });

    it('refuses a second job under an id, of the same jar and of five at once', async () => {
      const jobId = j.newJobId();
      const jarId = await upload();
      const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => run(jobId, NUMBERS, jarId)));
      expect(outcomes.sort()).toEqual([...Array<string>(4).fill('flink.duplicate'), 'started']);
      expect(await run(jobId)).toBe('flink.duplicate');
      await j.jobManager.cancel(j.address, jobId, signal);
    });

    it('says of a jar that it does not have that it is gone, and starts nothing', async () => {
      const jobId = j.newJobId();
      expect(await run(jobId, NUMBERS, 'upload-0_nope.jar')).toBe('flink.jarGone');
      expect(await stateOf(jobId)).toBeNull();
    });

    it.each([
      ['a class that is not in it', 'nope.Nope', 'flink.rejected'],
      ['a main() that starts nothing', bad('StartsNothing'), 'flink.rejected'],
      ['a main() that fails before it starts a job', bad('FailsBefore'), 'flink.mainFailed'],
    ])('of %s: nothing was started, and the JobManager knows no job', async (_what, entryClass, code) => {
      const jobId = j.newJobId();
      expect(await run(jobId, entryClass)).toBe(code);
      expect(await stateOf(jobId)).toBeNull();
    });

    it('knows the job of a main() that fails afterwards as soon as it has answered', async () => {
      const jobId = j.newJobId();
      expect(await run(jobId, bad('FailsAfter'))).toBe('flink.mainFailed');
      expect(await stateOf(jobId)).not.toBeNull();
      await j.jobManager.cancel(j.address, jobId, signal);
    });
  });
}
