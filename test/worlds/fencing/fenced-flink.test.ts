/** The Flink of the fenced world does what the real one does with jobs, as long as nothing goes wrong. */
import { flinkJobsContract } from '../../contracts/flink-jobs.contract.ts';
import { fakeIds } from '../../fakes/fake-ids.ts';
import { FencedFlink } from './fenced-flink.ts';
import { KEEPS } from './fenced-world.ts';
import { type Process, Simulation } from './simulation.ts';

flinkJobsContract('the fenced one', () => {
  const sim = new Simulation();
  const flink = new FencedFlink(sim, KEEPS);
  const process: Process = { name: 'contract', state: 'running', history: 0, ops: [] };
  const ids = fakeIds();
  letThrough(process);
  return {
    gateway: flink.gatewayFor(process),
    jobManager: flink.jobManagerFor(process),
    gatewayUrl: 'http://gw:8083',
    hosts: 'jm:8081',
    version: '2.3.0',
    newJobId: () => ids.jobId(),
    pause: async () => sim.jumpTo(sim.now + 50),
  };
});

/** Every call takes effect at once, without a fault. */
function letThrough(process: Process): void {
  const timer = setInterval(() => {
    for (const op of process.ops) op.perform(null);
  }, 1);
  timer.unref();
}
