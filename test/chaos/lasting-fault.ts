/**
 * One fault that goes on when all others are over: a gateway or a JobManager that hangs, a job that can't be shown, a part
 * of the index that can't be read. Whatever it does not touch must be settled as soon as if it were not there.
 */
import { isFinal } from '../../lib/domain/job-status.ts';
import type { RunHead } from '../../lib/domain/run.ts';
import { INTENT_PARTITIONS, LIVE_PARTITIONS, WATCH_PARTITIONS } from '../../lib/domain/settle.ts';
import type { SimCluster } from './clusters.ts';
import type { Faults } from './faults.ts';
import { hangsNowhere } from './job-manager.ts';
import type { Prng } from './prng.ts';

export const LASTING_KINDS = ['gateway hangs', 'JobManager hangs', 'one job poisons', 'index query fails'] as const;
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

export interface StruckWorld {
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
