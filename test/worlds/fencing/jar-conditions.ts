/** What protects jars beside the conditions that all runs share, each as the world without it. */
import type { JobManager } from '../../../lib/domain/ports.ts';
import { type Missing, store } from './conditions.ts';
import type { Broken } from './fenced-world.ts';
import { SCENARIOS } from './scenarios.ts';
import { START } from './simulation.ts';

const RESTART_AND_FAULT = { total: 2, switches: 0, crashes: 0, jumps: 0 } as const;

/** What those who submit are told by the JobManager; the sweep is told the truth. */
const submitter = (change: (jobManager: JobManager) => Partial<JobManager>): Broken => ({
  jobManager: (whole, by) => (by.startsWith('submit') ? { ...whole, ...change(whole) } : whole),
});

export const MISSING_FOR_JARS: readonly Missing[] = [
  {
    condition: 'a jar that runs once is not sent again',
    broken: store((whole) => ({
      readHead: async (id) => {
        const head = await whole.readHead(id);
        return head === null ? null : { ...head, once: false };
      },
    })),
    scenario: SCENARIOS.jarOnce,
    rules: ['main() no more often than permitted'],
  },
  {
    condition: 'the jar that is run again is the one that was submitted',
    broken: store((whole) => ({
      readBody: async (head) => {
        const body = await whole.readBody(head);
        const { job } = body?.plan ?? { job: null };
        if (body === null || job?.kind !== 'jar') return body;
        const { sha256: _, ...anyContent } = job;
        return { ...body, plan: { ...body.plan, job: anyContent } };
      },
    })),
    scenario: SCENARIOS.jarHead,
    bound: RESTART_AND_FAULT,
    rules: ['a run runs one jar'],
  },
  {
    condition: 'a permission ends by the wall clock, also when the monotonic one has stood still',
    broken: { clock: (clock, by) => (by.startsWith('submit') ? { ...clock, now: () => START } : clock) },
    scenario: SCENARIOS.jarSlept,
    rules: ['intent before effect'],
  },
  {
    condition: 'a permission ends by the monotonic clock, also when the wall clock was set back',
    broken: { clock: (clock) => ({ ...clock, monotonic: () => 0 }) },
    scenario: SCENARIOS.jarSetBack,
    rules: ['intent before effect'],
  },
  {
    condition: 'a failure of main() is told from one before it',
    broken: { flink: { tellsMainFailure: false } },
    scenario: SCENARIOS.jarOnce,
    rules: ['final agrees with Flink'],
  },
  {
    condition: 'after a failure of main() the JobManager is asked for the job',
    broken: submitter(() => ({ job: async () => null })),
    scenario: SCENARIOS.jarOnce,
    rules: ['final agrees with Flink'],
  },
  {
    condition: 'after a failure of main() the JobManager is asked whether it is still the same process',
    broken: submitter(({ identify }) => ({
      identify: async (hosts, signal) => ({ ...(await identify(hosts, signal)), jmId: 'jm-1' }),
    })),
    scenario: SCENARIOS.jarOnceRestart,
    bound: RESTART_AND_FAULT,
    rules: ['final agrees with Flink'],
  },
  {
    condition: '"the jar is gone" means that main() was not run',
    broken: { flink: { goneRanNothing: false } },
    scenario: SCENARIOS.jarOnce,
    rules: ['main() no more often than permitted'],
  },
  {
    condition: 'an upload goes with the JobManager that has it',
    broken: { flink: { uploadsGoAtRestart: false } },
    scenario: SCENARIOS.jarRestart,
    bound: RESTART_AND_FAULT,
    rules: ['one job per run'],
  },
  {
    condition: 'Flink refuses a second job under an id, also of a jar',
    broken: { flink: { refusesSecondJob: false } },
    scenario: SCENARIOS.jarAgain,
    rules: ['one job per run'],
  },
  {
    condition: 'no jar is run again in a JobManager that was restarted since the intent',
    broken: { flink: { showsRestart: false } },
    scenario: SCENARIOS.jarRestart,
    bound: RESTART_AND_FAULT,
    rules: ['one job per run'],
  },
];
