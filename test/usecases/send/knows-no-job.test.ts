/** That a JobManager knows no job is a proof only if it is the one that was given it, and leads by itself. */
import { expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { JobManager } from '../../../lib/domain/ports.ts';
import type { JobManagerIdentity } from '../../../lib/domain/run/job-manager.ts';
import { knowsNoJob } from '../../../lib/usecases/send/knows-no-job.ts';
import { withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { headAt } from '../../builders/a-head.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';

const JOB_ID = 'a'.repeat(32);
const ASKED: JobManagerIdentity = { address: 'jm:8081', jmId: 'one', highAvailability: false, forgetsEnded: false };

interface Case {
  readonly asked?: Partial<JobManagerIdentity>;
  readonly after?: Partial<JobManagerIdentity>;
  readonly head?: { readonly highAvailability?: boolean; readonly jobId?: string | null };
  readonly job?: () => Promise<null>;
}

async function known({ asked, after, head, job = () => Promise.resolve(null) }: Case): Promise<boolean> {
  const jobManager = { job, identify: () => Promise.resolve({ ...ASKED, ...after }) } as unknown as JobManager;
  const run = { ...headAt(0), jobId: JOB_ID, highAvailability: false, ...head };
  return await withinBudget(virtualClock(), 1_000, (budget) =>
    knowsNoJob(jobManager, { ...ASKED, ...asked }, run, budget),
  );
}

it('is one, where the same process says so that was given the job', async () => {
  expect(await known({})).toBe(true);
});

it.each<[string, Case]>([
  ['the run has no job', { head: { jobId: null } }],
  ['nobody knows which process it was', { asked: { jmId: null } }],
  ['that one has high availability', { asked: { highAvailability: true } }],
  ['the run was given to one with high availability', { head: { highAvailability: true } }],
  ['it has been restarted since', { after: { jmId: 'two' } }],
  ['another one with high availability answers now', { after: { highAvailability: true } }],
  ['it does not answer', { job: () => Promise.reject(new AppError('flink.unreachable', 'away')) }],
])('is none where %s', async (_where, one) => expect(await known(one)).toBe(false));

it('passes a bug on', async () => {
  await expect(known({ job: () => Promise.reject(new TypeError('a bug')) })).rejects.toThrow('a bug');
});
