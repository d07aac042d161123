/** What protects savepoints, stops and restarts (protocol.md sections 12 and 13), each as the world without it. */
import { liveIn, wishIn } from '../../../lib/domain/run/active-partitions.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { type Missing, onAnyVersion, store } from './conditions.ts';
import type { Broken } from './fenced-world.ts';
import { SCENARIOS } from './scenarios.ts';

const ALONE = { switches: 0, crashes: 0, faults: 0, jumps: 0, events: 0 } as const;
const CRASH = { ...ALONE, crashes: 1 } as const;

const reading = (change: (head: RunHead, by: string) => RunHead): Broken =>
  store((whole, _table, by) => ({
    readHead: async (id) => {
      const head = await whole.readHead(id);
      return head === null ? null : change(head, by);
    },
  }));

export const MISSING_FOR_STOPS: readonly Missing[] = [
  {
    condition: 'the trigger id is durable before the trigger is sent',
    broken: {
      jobManager: (whole, by) => {
        let sent = 0;
        const triggerSavepoint: typeof whole.triggerSavepoint = (address, jobId, ask, signal) =>
          whole.triggerSavepoint(address, jobId, { ...ask, triggerId: `${by}-${(sent += 1)}` }, signal);
        return { ...whole, triggerSavepoint };
      },
    },
    scenario: SCENARIOS.stopping,
    bound: ALONE,
    rules: ['trigger id before trigger'],
  },
  {
    condition: 'a trigger that Flink may have forgotten is not sent again',
    broken: reading((head) =>
      head.savepoint?.firstSentAt == null
        ? head
        : { ...head, savepoint: { ...head.savepoint, firstSentAt: Number.MAX_SAFE_INTEGER } },
    ),
    scenario: SCENARIOS.forgotten,
    bound: CRASH,
    rules: ['no more savepoints than wishes'],
  },
  {
    condition: 'the permission to send a trigger is written on condition of the version that was read',
    broken: onAnyVersion((change) => change.savepoint?.state === 'wanted' && change.savepoint.sentAt !== null),
    scenario: SCENARIOS.killOrCancel,
    bound: { ...ALONE, switches: 2, total: 2 },
    rules: ['a wish ends once'],
  },
  {
    condition: 'before the end of a run Flink is asked what became of its savepoint',
    broken: {
      jobManager: (whole) => ({
        ...whole,
        savepointState: async (address, jobId, triggerId, signal) => {
          const job = await whole.job(address, jobId, signal);
          return job?.endedAt == null
            ? await whole.savepointState(address, jobId, triggerId, signal)
            : { kind: 'unknown' };
        },
      }),
    },
    scenario: SCENARIOS.stopping,
    bound: CRASH,
    rules: ['a savepoint ends truly'],
  },
  {
    condition: 'a run whose stop is wanted is looked at in each sweep',
    broken: store((whole) => ({
      updateHead: (head, change, ...rest) => {
        const active = change.active === wishIn(head.id) ? { active: liveIn(head.id) } : {};
        return whole.updateHead(head, { ...change, ...active }, ...rest);
      },
    })),
    scenario: SCENARIOS.restartOverSweeps,
    bound: CRASH,
    rules: ['everything converges'],
  },
  {
    condition: 'a cancel is written on condition of the version that was read',
    broken: onAnyVersion((change) => change.cancelAskedAt !== undefined && change.cancelAskedAt !== null),
    scenario: SCENARIOS.restartCancelled,
    bound: { ...ALONE, switches: 1 },
    rules: ['a wish ends once'],
  },
  {
    condition: 'the claims of a restart are made on condition of claimSeq',
    broken: store((whole) => ({
      claim: ({ seenClaimSeq: _, ...request }) => whole.claim(request),
    })),
    scenario: SCENARIOS.restarting,
    bound: { ...ALONE, switches: 1 },
    rules: ['one live run'],
  },
];
