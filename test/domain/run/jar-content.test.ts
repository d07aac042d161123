/** A run runs one jar: the one that was read when it was submitted, and the one that its statement wants. */
import { describe, expect, it } from 'vitest';
import type { JarJob, PlanJob } from '../../../lib/domain/plan/plan.ts';
import type { RunBody } from '../../../lib/domain/plan/run-body.ts';
import { changedJar, checkWantedJar, withJarContent } from '../../../lib/domain/run/jar-content.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';
import { aBody } from '../../contracts/job-store.contract.ts';

const [SEEN, OTHER] = ['ab'.repeat(32), 'cd'.repeat(32)];
const uri = 's3://me:hunter2@b/a.jar';
const jar: JarJob = {
  ...{ kind: 'jar', segments: ['x'], start: 0, uri, entryClass: null, args: [], parallelism: null },
  allowNonRestoredState: false,
};
const bodyWith = (job: PlanJob | null): RunBody => ({ ...aBody(), plan: { ...aBody().plan, job } });

describe('the jar of a run', () => {
  it('is kept with the hash of what was read', () => {
    expect(withJarContent(bodyWith(jar), SEEN)).toEqual(bodyWith({ ...jar, sha256: SEEN }));
  });

  it.each([null, { kind: 'job', segments: ['x'], start: 0 } as const])('is of no other job: %j', (job) => {
    expect(withJarContent(bodyWith(job), SEEN)).toEqual(bodyWith(job));
    expect(changedJar(bodyWith(job), jar, SEEN)).toBeNull();
  });

  it('is what its statement wants, if it wants something', () => {
    checkWantedJar(jar, SEEN);
    checkWantedJar({ ...jar, wantedSha256: SEEN }, SEEN);
    const { code, message } = thrownAppError(() => checkWantedJar({ ...jar, wantedSha256: OTHER }, SEEN));
    expect(code).toBe('jar.invalid');
    expect(message).toContain(`has the sha256 ${SEEN}, but its EXECUTE JAR expects ${OTHER}. Nothing was uploaded.`);
    expect(message).not.toContain('hunter2');
  });

  it('is not another one when the run is sent again', () => {
    const submitted = bodyWith({ ...jar, sha256: SEEN });
    expect(changedJar(submitted, jar, SEEN)).toBeNull();
    const why = changedJar(submitted, jar, OTHER);
    expect(why).toContain('has changed since the submission');
    expect(why).not.toContain('hunter2');
    // Runs of version 0.1 have no hash.
    expect(changedJar(bodyWith(jar), jar, OTHER)).toBeNull();
  });
});
