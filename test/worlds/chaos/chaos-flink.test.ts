import { flinkContract } from '../../contracts/flink.contract.ts';
import { jarsContract } from '../../contracts/jars.contract.ts';
import { START_OF_TIME } from '../../fakes/virtual-clock.ts';
import { clusterAt } from './clusters.ts';
import { newFaults } from './faults.ts';
import { SimJobManager } from './job-manager.ts';
import { newLedger } from './ledger.ts';
import { flinkOf } from './network.ts';
import { prng } from './prng.ts';
import { Process } from './process.ts';
import { simClock } from './sim-clock.ts';

const NAME = 'the simulated one of the chaos';
const GATEWAY = 'http://gateway:8083';
const HOSTS = 'jobmanager:8081';

function simulated() {
  const rng = prng(1);
  const sim = simClock(START_OF_TIME);
  const faults = newFaults(rng, { net: 0, store: 0, crash: 0 });
  faults.active = false;
  const jobManager = new SimJobManager(sim, rng, newLedger(START_OF_TIME), 'none');
  const nothing = (): void => undefined;
  const process = new Process('contract', { sim, rng, faults, trace: nothing, complain: nothing });
  const cluster = clusterAt({ name: 'one', gatewayUrl: GATEWAY, hosts: HOSTS }, sim, rng, jobManager);
  const world = { sim, rng, faults, clusters: [cluster], trace: nothing, sending: nothing };
  const timer = setInterval(() => {
    sim.runUntil(sim.now() + 50).catch(nothing);
  }, 1);
  timer.unref();
  return { flink: flinkOf(world, process), sim, newJobId: () => rng.hex32() };
}

flinkContract(NAME, () => {
  const { flink, sim, newJobId } = simulated();
  return {
    gateway: flink,
    jobManager: flink,
    gatewayUrl: GATEWAY,
    hosts: HOSTS,
    version: '2.3.0',
    newJobId,
    pause: () => sim.runUntil(sim.now() + 50),
  };
});

jarsContract(NAME, () => {
  const { flink, newJobId } = simulated();
  const jar = { sha256: 'a'.repeat(64), name: 'job.jar', sizeBytes: 3, path: '/nowhere', release: () => undefined };
  return { jars: flink.jars, jobManager: flink, address: HOSTS, jar, newJobId };
});
