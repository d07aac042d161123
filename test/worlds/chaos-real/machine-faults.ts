/** What befalls the processes themselves while requests are under way: frozen, killed, started again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlinkProcess } from '../../../local/flink.ts';
import type { FaultProxy } from './fault-proxy.ts';
import type { RealWorld } from './real-world.ts';

export type MachineFault = 'gateway frozen' | 'JobManager frozen' | 'gateway killed' | 'JobManager killed';

export async function inflict(world: RealWorld, fault: MachineFault): Promise<void> {
  const { flink, rng, faults } = world;
  await sleep(rng.int(50, 2_000));
  faults.add(fault);
  world.trace(`MACHINE ${fault}`);
  switch (fault) {
    case 'gateway frozen': {
      await freeze(flink.gateway, rng.int(1_000, 3_000));
      return;
    }
    case 'JobManager frozen': {
      await freeze(flink.jobManager, rng.int(1_000, 3_000));
      return;
    }
    case 'gateway killed': {
      await killAndRestart(flink.gateway, world.gatewayProxy, () => undefined);
      return;
    }
    case 'JobManager killed':
      await world.ledger.look();
      await killAndRestart(flink.jobManager, world.jobManagerProxy, () => world.ledger.died(Date.now()));
      await flink.ready();
      world.trace('MACHINE JobManager is back');
  }
}

async function freeze(process: FlinkProcess, ms: number): Promise<void> {
  await process.kill('SIGSTOP');
  await sleep(ms);
  await process.kill('SIGCONT');
}

/** While it is down its port refuses connections, as the machine behind a proxy that went with it would. */
async function killAndRestart(process: FlinkProcess, proxy: FaultProxy, died: () => void): Promise<void> {
  await process.kill('SIGKILL');
  died();
  proxy.refuse();
  await process.restart();
  await proxy.listen();
}
