/** The Flink clusters of a world, each with its own gateway and JobManager: what goes wrong with one is not the other's matter. */
import type { ClusterDefinition } from '../../lib/domain/definitions.ts';
import type { RunHead } from '../../lib/domain/run.ts';
import { aCluster } from '../fakes/memory-definitions.ts';
import { type HighAvailability, SimJobManager } from './job-manager.ts';
import { newLedger } from './ledger.ts';
import type { Prng } from './prng.ts';
import type { Sim } from './sim-clock.ts';
import { SimJars } from './sim-jars.ts';
import { SimGateway } from './sql-gateway.ts';

export interface SimCluster {
  readonly name: string;
  readonly gatewayUrl: string;
  /** "host:port" of its JobManager. */
  readonly hosts: string;
  readonly jobManager: SimJobManager;
  readonly gateway: SimGateway;
  readonly jars: SimJars;
}

export type Clusters = readonly [SimCluster, SimCluster];

const SECOND_ID = 2;
/** A high availability is rarer than none. */
const KINDS: readonly HighAvailability[] = ['none', 'none', 'none', 'keeps', 'forgets'];

export function newClusters(sim: Sim, rng: Prng, startAt: number): Clusters {
  const make = (name: string, suffix: string): SimCluster => {
    const jobManager = new SimJobManager(sim, rng, newLedger(startAt), rng.pick(KINDS));
    return {
      name,
      gatewayUrl: `http://gateway${suffix}:8083`,
      hosts: `jobmanager${suffix}:8081`,
      jobManager,
      gateway: new SimGateway(sim, rng, jobManager),
      jars: new SimJars(sim, rng, jobManager),
    };
  };
  return [make('cluster a', ''), make('cluster b', '-b')];
}

/** The first cluster is the one of the deployment's settings; the second is defined by name. */
export function definitionOf([, second]: Clusters): ClusterDefinition {
  return aCluster({ id: SECOND_ID, name: 'b', hosts: second.hosts, sqlGateway: second.gatewayUrl });
}

export const ON_SECOND = { type: 'standalone', clusterId: SECOND_ID } as const;

/** The cluster that a run was submitted to. */
export function clusterOf(clusters: readonly SimCluster[], { hosts }: Pick<RunHead, 'hosts'>): SimCluster {
  const found = clusters.find((cluster) => cluster.hosts === hosts);
  if (found === undefined) throw new Error(`There is no cluster at "${hosts}".`);
  return found;
}
