/** The Flink clusters of a world, each with its own gateway and JobManager: what goes wrong with one is not the other's matter. */
import type { ClusterDefinition } from '../../../lib/domain/definition/definitions.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { aCluster } from '../../fakes/memory-definitions.ts';
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
  /** The one that answers at the address. */
  jobManager: SimJobManager;
  /** The one that answers there when nothing is wrong. */
  home: SimJobManager;
  /** All that ever answered there, which may go on unseen. */
  readonly jobManagers: Set<SimJobManager>;
  readonly gateway: SimGateway;
  readonly jars: SimJars;
}

export function clusterAt(
  address: Pick<SimCluster, 'name' | 'gatewayUrl' | 'hosts'>,
  sim: Sim,
  rng: Prng,
  jobManager: SimJobManager,
): SimCluster {
  // The gateway's client goes to the same address as everybody.
  const answering = (): SimJobManager => cluster.jobManager;
  const cluster: SimCluster = {
    ...address,
    jobManager,
    home: jobManager,
    jobManagers: new Set([jobManager]),
    gateway: new SimGateway(sim, rng, answering),
    jars: new SimJars(sim, rng, answering),
  };
  return cluster;
}

/** From now on this one answers at the cluster's address; the one before goes on, and nobody can reach it. */
export function putInPlace(cluster: SimCluster, jobManager: SimJobManager): void {
  if (cluster.jobManager === jobManager) return;
  cluster.jobManager = jobManager;
  cluster.jobManagers.add(jobManager);
  jobManager.takesThePlace();
}

export type Clusters = readonly [SimCluster, SimCluster];

const SECOND_ID = 2;
/** A high availability is rarer than none. */
const KINDS: readonly HighAvailability[] = ['none', 'none', 'none', 'keeps', 'forgets'];

export function newClusters(sim: Sim, rng: Prng, startAt: number): Clusters {
  const make = (name: string, suffix: string): SimCluster => {
    const jobManager = new SimJobManager(sim, rng, newLedger(startAt), rng.pick(KINDS));
    return clusterAt(
      { name, gatewayUrl: `http://gateway${suffix}:8083`, hosts: `jobmanager${suffix}:8081` },
      sim,
      rng,
      jobManager,
    );
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
