/** The protocol's conditions, each as the world without it. */
import { AppError } from '../../../lib/domain/errors.ts';
import type { JobStore, RequestKeyStore } from '../../../lib/domain/ports.ts';
import type { HeadChange } from '../../../lib/domain/run/run.ts';
import type { MemoryTable } from '../../fakes/memory-job-store.ts';
import type { MemoryKeys } from '../../fakes/memory-request-key-store.ts';
import type { Bound } from './explorer.ts';
import type { Broken, Scenario } from './fenced-world.ts';
import type { Rule } from './rules.ts';
import { SCENARIOS } from './scenarios.ts';

export interface Missing {
  readonly condition: string;
  readonly broken: Broken;
  readonly scenario: Scenario;
  readonly bound?: Partial<Bound>;
  readonly rules: readonly Rule[];
}

export const store = (change: (store: JobStore, table: MemoryTable, by: string) => Partial<JobStore>): Broken => ({
  store: (whole, table, by) => ({ ...whole, ...change(whole, table, by) }),
});

const keys = (change: (keys: RequestKeyStore, all: MemoryKeys) => Partial<RequestKeyStore>): Broken => ({
  keys: (whole, all) => ({ ...whole, ...change(whole, all) }),
});

export function onAnyVersion(isMeant: (change: HeadChange) => boolean): Broken {
  return store((whole, table) => ({
    updateHead: (head, change, cause) => {
      const v = isMeant(change) ? (table.heads.get(head.id)?.v ?? head.v) : head.v;
      return whole.updateHead({ ...head, v }, change, cause);
    },
  }));
}

/** What a sweep notes of a run's turn is lost. */
const turnsNotNoted = store((whole) => ({
  updateHead: async (head, change, cause) =>
    change.triedAt === undefined ? await whole.updateHead(head, change, cause) : head,
}));

/** Any failure of one request is taken for the absence of the cluster. */
function blindAfterOneFailure(): Broken {
  return {
    jobManager: (whole) => {
      let away: AppError | null = null;
      const ask = async <T>(request: () => Promise<T>): Promise<T> => {
        if (away !== null) throw away;
        return await request().catch((error: unknown) => {
          away = new AppError('flink.unreachable', 'Away.');
          throw error;
        });
      };
      return {
        ...whole,
        identify: (hosts, signal) => ask(() => whole.identify(hosts, signal)),
        overview: (address, signal) => ask(() => whole.overview(address, signal)),
        job: (address, id, signal) => ask(() => whole.job(address, id, signal)),
      };
    },
  };
}

/** A part of the index that can not be read ends the sweep of all of it. */
function endsAtOneQuery(): Broken {
  return {
    sweep: (whole) => {
      let failure: AppError | null = null;
      return {
        ...whole,
        activeRuns: async (partition, after) => {
          if (failure !== null) throw failure;
          return await whole.activeRuns(partition, after).catch((error: unknown) => {
            failure = new AppError('store.unavailable', 'One query has failed.');
            throw error;
          });
        },
      };
    },
  };
}

export const MISSING: readonly Missing[] = [
  {
    condition: "one job that can not be shown is nobody else's absence",
    broken: blindAfterOneFailure(),
    scenario: SCENARIOS.poison,
    rules: ['settled beside what hangs'],
  },
  {
    condition: 'each partition of the index fails alone',
    broken: endsAtOneQuery(),
    scenario: SCENARIOS.unreadable,
    rules: ['settled beside what hangs'],
  },
  {
    condition: 'a turn that came to nothing is noted',
    broken: turnsNotNoted,
    scenario: SCENARIOS.gatewayHangs,
    rules: ['final agrees with Flink', 'an end says why'],
  },
  {
    condition: 'a run without a turn is told from one that had one',
    broken: store((whole) => ({
      readHead: async (id) => {
        const head = await whole.readHead(id);
        return head === null ? null : { ...head, triedAt: head.triedAt ?? head.intentAt };
      },
    })),
    scenario: SCENARIOS.noTurn,
    rules: ['an end says why'],
  },
  {
    condition: 'a run is sent again on condition of the version that was decided on',
    broken: onAnyVersion((change) => (change.sends ?? 1) > 1),
    scenario: SCENARIOS.movedOn,
    bound: { total: 2, switches: 2, faults: 0, crashes: 0, jumps: 0 },
    rules: ['no new send'],
  },
  {
    condition: 'HEAD is changed on condition of the version that was read',
    broken: store((whole, table) => ({
      updateHead: (head, change, cause) => {
        const v = table.heads.get(head.id)?.v ?? head.v;
        return whole.updateHead({ ...head, v }, change, cause);
      },
    })),
    scenario: SCENARIOS.head,
    bound: { total: 2, faults: 0, crashes: 0 },
    rules: ['final stays final'],
  },
  {
    condition: 'HEAD is created only if absent',
    broken: store((whole, table) => ({
      putHead: (head) => {
        table.heads.delete(head.id);
        return whole.putHead(head);
      },
    })),
    scenario: SCENARIOS.threeSubmits,
    bound: { total: 2, faults: 0, crashes: 0 },
    rules: ['final stays final', 'one live run', 'one job per run'],
  },
  {
    condition: 'a head in the way is known by its creation, not by its writer and job id',
    broken: store((whole) => ({
      putHead: async (head) => {
        const there = await whole.putHead(head);
        return there?.writer === head.writer && there.jobId === head.jobId ? null : there;
      },
    })),
    scenario: SCENARIOS.noJob,
    bound: { total: 2, crashes: 0 },
    rules: ['final stays final', 'one live run'],
  },
  {
    condition: 'a claim is changed on condition of what was seen',
    broken: store((whole, table) => ({
      claim: (request) => {
        const seen = table.tasks.get(request.taskId)?.claims[request.fp] ?? null;
        return whole.claim({ ...request, seen });
      },
    })),
    scenario: SCENARIOS.threeSubmits,
    rules: ['claim taken over without an end', 'one live run'],
  },
  {
    condition: 'a run that must be alone claims on condition of claimSeq',
    broken: store((whole) => ({
      claim: ({ taskId, fp, runId, seen }) => whole.claim({ taskId, fp, runId, seen }),
    })),
    scenario: SCENARIOS.online,
    rules: ['one live run'],
  },
  {
    condition: 'a claim without a run is made VOID before it is taken over',
    broken: store((whole) => ({
      putHead: (head) => (head.status === 'VOID' ? Promise.resolve(null) : whole.putHead(head)),
    })),
    scenario: SCENARIOS.threeSubmits,
    bound: { total: 2, faults: 0, crashes: 0 },
    rules: ['claim taken over without an end', 'one live run'],
  },
  {
    condition: 'a key is put only if absent',
    broken: keys((whole, all) => ({
      putKey: (key, request) => {
        all.keys.clear();
        return whole.putKey(key, request);
      },
    })),
    scenario: SCENARIOS.keys,
    rules: ['one run per key'],
  },
  {
    condition: 'the intent is durable before the send',
    broken: store((whole) => {
      const late: Parameters<JobStore['putHead']>[0][] = [];
      return {
        putHead: async (head) => {
          late.push(head);
          return null;
        },
        updateHead: async (head, change, cause) => {
          for (const one of late.splice(0)) await whole.putHead(one);
          return await whole.updateHead(head, change, cause);
        },
      };
    }),
    scenario: SCENARIOS.threeSubmits,
    rules: ['intent before effect'],
  },
  {
    condition: 'Flink refuses a second job under an id',
    broken: { flink: { refusesSecondJob: false } },
    scenario: SCENARIOS.resend,
    rules: ['one job per run'],
  },
  {
    condition: 'every send of a run carries its one job id',
    broken: { flink: { takesJobId: false } },
    scenario: SCENARIOS.resend,
    rules: ['one job per run'],
  },
  {
    condition: 'no send to another cluster with high availability than that of the intent',
    broken: { flink: { showsCluster: false } },
    scenario: SCENARIOS.clusters,
    bound: { total: 2, switches: 0, crashes: 0, jumps: 0 },
    rules: ['one job per run'],
  },
  {
    condition: 'no send to a JobManager that was restarted since the intent',
    broken: { flink: { showsRestart: false } },
    scenario: SCENARIOS.restart,
    bound: { total: 2, switches: 0, crashes: 0, jumps: 0 },
    rules: ['one job per run'],
  },
  {
    condition: 'a lost run is marked before its claim is taken',
    broken: store((whole) => ({
      updateHead: async (head, change, cause) =>
        change.givenUpFor === undefined ? await whole.updateHead(head, change, cause) : head,
    })),
    scenario: SCENARIOS.lost,
    rules: ['one live run', 'claim taken over without an end'],
  },
  {
    condition: 'the mark on a lost run is set on condition of its version',
    broken: onAnyVersion((change) => change.givenUpFor !== undefined),
    scenario: SCENARIOS.lost,
    bound: { total: 2, switches: 2, faults: 0, crashes: 0, jumps: 0 },
    rules: ['one live run', 'claim taken over without an end'],
  },
  {
    condition: 'a lost run is followed again on condition of its version',
    broken: onAnyVersion((change) => change.finishedAt === null),
    scenario: SCENARIOS.lost,
    bound: { total: 2, switches: 2, faults: 0, crashes: 0, jumps: 0 },
    rules: ['one live run', 'final stays final'],
  },
  {
    condition: 'a run that must be alone marks every lost run of the task',
    broken: store((whole, table) => ({
      updateHead: async (head, change, cause) => {
        const isOther = change.givenUpFor !== undefined && Object.keys(table.tasks.get(1)?.claims ?? {})[0] === head.fp;
        return isOther ? head : await whole.updateHead(head, change, cause);
      },
    })),
    scenario: SCENARIOS.lostOnline,
    bound: { total: 2, switches: 2, faults: 0, crashes: 0, jumps: 0 },
    rules: ['one live run'],
  },
  {
    condition: 'the process that does not know a job is compared with the one that showed it',
    broken: {
      jobManager: (whole) => ({
        ...whole,
        identify: async (hosts, signal) => ({ ...(await whole.identify(hosts, signal)), jmId: 'jm-1' }),
      }),
    },
    scenario: SCENARIOS.foreignHere,
    rules: ['given up too early'],
  },
  {
    condition: 'another JobManager counts from when it has answered steadily',
    broken: {
      sweep: (whole) => ({
        ...whole,
        noteCluster: async (hosts, askedAt, answeredBy) => {
          const notes = await whole.noteCluster(hosts, askedAt, answeredBy);
          const answerers = notes.answerers.map((one) => ({ ...one, firstAt: 0, aloneSince: 0 }));
          return { ...notes, answeringSince: 0, answerers };
        },
      }),
    },
    scenario: SCENARIOS.foreignHere,
    rules: ['given up too early'],
  },
  {
    condition: 'who answers is asked once more before a run is given up',
    broken: {
      jobManager: (whole) => {
        let first: ReturnType<typeof whole.identify> | undefined;
        return { ...whole, identify: (hosts, signal) => (first ??= whole.identify(hosts, signal)) };
      },
    },
    scenario: SCENARIOS.foreignComes,
    rules: ['given up too early'],
  },
];
