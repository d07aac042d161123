/**
 * A second Flink beside that of the world, reached through a proxy of its own. What goes wrong on the one must not be
 * felt on the other.
 */
import { join } from 'node:path';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { type Flink, startFlink } from '../../../local/flink.ts';
import { type Container, container } from './container.ts';
import { FaultProxy } from './fault-proxy.ts';
import { readHeads } from './heads.ts';
import { Ledger } from './ledger.ts';
import type { RealWorld } from './real-world.ts';
import { BESIDE } from './tasks.ts';

export interface Beside {
  readonly flink: Flink;
  readonly ledger: Ledger;
  readonly gatewayProxy: FaultProxy;
  /** Instances that know both clusters, one for each request at a time. */
  readonly containers: readonly Container[];
  stop(): Promise<void>;
}

const SLOTS = 12;
const CONTAINERS = 6;

export async function startBeside(world: RealWorld): Promise<Beside> {
  const { version } = world.flink;
  const flink = await startFlink({ version, dir: join(world.dir, 'beside'), slots: SLOTS });
  const { rng, faults: counts, places, clock } = world;
  const gatewayProxy = await FaultProxy.start({ target: flink.gatewayUrl, linkOf: () => 'gateway', rng, counts });
  const beside = { hosts: new URL(flink.restUrl).host, sqlGateway: gatewayProxy.url };
  const log = world.containers[0]?.log ?? world.sweeper.log;
  return {
    flink,
    ledger: new Ledger(flink),
    gatewayProxy,
    containers: Array.from({ length: CONTAINERS }, () => container({ ...places, beside }, clock, log)),
    stop: async () => {
      gatewayProxy.stop();
      await flink.stop();
    },
  };
}

/** Every run of this cluster. */
export async function headsOf(world: RealWorld, where: 'first' | 'beside'): Promise<RunHead[]> {
  const heads = await readHeads(world);
  return [...heads.values()].filter(({ clusterId }) => (clusterId === BESIDE) === (where === 'beside'));
}
