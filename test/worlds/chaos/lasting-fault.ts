/**
 * One fault that goes on when all others are over: a gateway or a JobManager that hangs, a job that can't be shown, a part
 * of the index that can't be read. Whatever it does not touch must be settled as soon as if it were not there.
 */
import { INTENT_PARTITIONS, LIVE_PARTITIONS, WATCH_PARTITIONS } from '../../../lib/domain/run/active-partitions.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { isFinal } from '../../../lib/domain/run/status.ts';
import { putInPlace, type SimCluster } from './clusters.ts';
import type { Faults } from './faults.ts';
import { hangsNowhere } from './job-manager.ts';
import type { Prng } from './prng.ts';
import type { Sim } from './sim-clock.ts';

export const LASTING_KINDS = [
  'gateway hangs',
  'JobManager hangs',
  'one job poisons',
  'index query fails',
  'foreign JobManager',
  'standby answers',
] as const;
export type LastingKind = (typeof LASTING_KINDS)[number];

export interface LastingFault {
  readonly text: string;
  /** The run can't be settled while the fault goes on. */
  touches(head: RunHead): boolean;
  /** Not all of this cluster's runs can be settled. */
  spoils(hosts: string): boolean;
  begin(): void;
  end(): void;
}

/** Null: the whole of it hangs; else this request alone. */
const GATEWAY_PATHS = [null, null, 'version', 'open', 'configure', 'start', 'fetch'] as const;
const JOB_MANAGER_PATHS = [null, null, 'identify', 'overview', 'job', 'checkpoints'] as const;

/** A cluster without high availability has no standby. */
export function suited(kind: LastingKind, { home }: SimCluster): LastingKind {
  return kind === 'standby answers' && home.ha === 'none' ? 'foreign JobManager' : kind;
}

export interface StruckWorld {
  readonly sim: Sim;
  readonly rng: Prng;
  readonly faults: Faults;
  readonly heads: ReadonlyMap<number, RunHead>;
}

export function lastingFault(world: StruckWorld, cluster: SimCluster, kind: LastingKind): LastingFault {
  switch (kind) {
    case 'gateway hangs':
      return gatewayHangs(world, cluster);
    case 'JobManager hangs':
      return jobManagerHangs(world, cluster);
    case 'one job poisons':
      return jobPoisons(world, cluster);
    case 'index query fails':
      return queryFails(world);
    case 'foreign JobManager':
      return foreignAnswers(world, cluster);
    case 'standby answers':
      return standbyAnswers(world, cluster);
  }
}

/** What has to be sent again waits; what is confirmed needs no gateway. */
function gatewayHangs({ rng }: StruckWorld, { name, hosts, gateway }: SimCluster): LastingFault {
  const path = rng.pick(GATEWAY_PATHS);
  return {
    text: `${name}: gateway hangs at ${path ?? 'everything'}`,
    touches: (head) => head.hosts === hosts && head.status === 'INITIALIZING',
    spoils: (at) => at === hosts,
    begin: () => (gateway.hangs = (what) => path === null || what.startsWith(path)),
    end: () => (gateway.hangs = hangsNowhere),
  };
}

function jobManagerHangs({ rng }: StruckWorld, { name, hosts, jobManager }: SimCluster): LastingFault {
  const path = rng.pick(JOB_MANAGER_PATHS);
  return {
    text: `${name}: JobManager hangs at ${path ?? 'everything'}`,
    touches: (head) => head.hosts === hosts,
    spoils: (at) => at === hosts,
    begin: () => (jobManager.hangs = (what) => path === null || what.startsWith(path)),
    end: () => (jobManager.hangs = hangsNowhere),
  };
}

function jobPoisons({ rng, heads }: StruckWorld, { name, hosts, jobManager }: SimCluster): LastingFault {
  const shown = [...heads.values()].filter(({ jobId }) => jobId !== null && jobManager.shown(jobId) !== null);
  const unsettled = shown.filter(({ status }) => !isFinal(status));
  const head = unsettled.length > 0 ? rng.pick(unsettled) : shown.length > 0 ? rng.pick(shown) : null;
  const how = rng.pick(['error 500', 'hangs'] as const);
  const jobId = head?.jobId ?? '';
  return {
    text: `${name}: job ${jobId} of run ${head?.id ?? '-'} poisons (${how})`,
    touches: ({ id, hosts: at }) => id === head?.id && at === hosts,
    spoils: () => false,
    begin: () => void jobManager.poisoned.set(jobId, how),
    end: () => void jobManager.poisoned.delete(jobId),
  };
}

function queryFails({ rng, faults }: StruckWorld): LastingFault {
  const partition = rng.pick([...INTENT_PARTITIONS, ...LIVE_PARTITIONS, ...WATCH_PARTITIONS]);
  return {
    text: `index partition ${partition} can't be read`,
    touches: ({ active }) => active === partition,
    spoils: () => true,
    begin: () => void faults.failingPartitions.add(partition),
    end: () => void faults.failingPartitions.delete(partition),
  };
}

const DIES = 0.25;

/**
 * A process of another cluster answers at the address, as after a change of DNS or of a Service. It knows none of our jobs,
 * and takes what is submitted to it; the first one and its jobs go on, or have really died.
 */
function foreignAnswers({ rng }: StruckWorld, cluster: SimCluster): LastingFault {
  const { name, hosts, home: first } = cluster;
  const foreign = first.another();
  const dies = first.ha === 'none' && rng.chance(DIES);
  return {
    text: `${name}: foreign JobManager ${foreign.jmId} answers${dies ? ', the first one has died' : ''}`,
    touches: (head) => head.hosts === hosts,
    spoils: (at) => at === hosts,
    begin: () => {
      if (dies) {
        first.stop();
        cluster.home = foreign;
      }
      putInPlace(cluster, foreign);
    },
    end: () => putInPlace(cluster, cluster.home),
  };
}

/** Far from the numbers of processes that lead. */
const STANDBY = 1_000;
const LEADER_CHANGES = 0.6;

/**
 * With high availability: a standby answers, alone or by turns with the leader's endpoint, each with its own web.tmpdir and
 * the leader's jobs. The leader may change behind it: then the same endpoint shows ended jobs no more.
 */
function standbyAnswers({ sim, rng }: StruckWorld, { name, hosts, home: jobManager }: SimCluster): LastingFault {
  const standby = STANDBY + rng.int(1, 1_000_000);
  const byTurns = rng.chance(0.5);
  const changes = rng.chance(LEADER_CHANGES);
  return {
    text: `${name}: standby ${standby} answers${byTurns ? ', by turns' : ''}${changes ? ', the leader changes' : ''}`,
    touches: (head) => changes && head.hosts === hosts,
    spoils: (at) => changes && at === hosts,
    begin: () => {
      jobManager.standIn(byTurns ? [standby, jobManager.process] : [standby]);
      if (!changes || !jobManager.up) return;
      sim.after(rng.int(1_000, 120_000), () => {
        jobManager.stop();
        sim.after(rng.int(6_000, 30_000), () => jobManager.start());
      });
    },
    end: () => jobManager.standIn([]),
  };
}
