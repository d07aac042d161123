/** What goes wrong around Dinghy for a while: machines down, restarted, frozen, cut off; a table that takes nothing. */
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { type Clusters, putInPlace, type SimCluster } from './clusters.ts';
import type { Faults } from './faults.ts';
import type { JarBucket } from './jar-source.ts';
import { hangsNowhere, type JobCourse } from './job-manager.ts';
import { LASTING_KINDS, lastingFault, suited } from './lasting-fault.ts';
import type { Prng } from './prng.ts';
import type { Sim } from './sim-clock.ts';
import type { SavepointCourse } from './sim-savepoints.ts';

export interface FaultyWorld {
  readonly sim: Sim;
  readonly rng: Prng;
  readonly faults: Faults;
  readonly clusters: Clusters;
  readonly bucket: JarBucket;
  readonly heads: ReadonlyMap<number, RunHead>;
  readonly trace: (text: string) => void;
}

const S = 1_000;
const MIN = 60 * S;
const KINDS = [
  'JobManager restarted',
  'JobManager restarted',
  'JobManager cut off',
  'JobManager frozen',
  'gateway restarted',
  'gateway cut off',
  'gateway frozen',
  'slow planning',
  'slow DDL',
  'table out',
  'client loses replies',
  'slow savepoints',
  'savepoints fail',
  'slow main()',
  'uploads deleted',
  'jar exchanged',
  ...LASTING_KINDS,
  ...LASTING_KINDS,
] as const;
type Kind = (typeof KINDS)[number];

/** Schedules `count` events over the period. */
export function planClusterFaults(world: FaultyWorld, count: number, durationMs: number): void {
  for (let i = 0; i < count; i += 1) {
    const kind = world.rng.pick(KINDS);
    const cluster = world.rng.pick(world.clusters);
    world.sim.after(world.rng.int(0, durationMs), () => strike(world, cluster, kind));
  }
}

// eslint-disable-next-line complexity -- a table of cases, a few lines each
function strike(world: FaultyWorld, cluster: SimCluster, drawn: Kind): void {
  const kind = drawn === 'standby answers' ? suited(drawn, cluster) : drawn;
  const { sim, rng, faults, bucket, trace } = world;
  const { jobManager, gateway, jars } = cluster;
  if (!faults.active) return;
  faults.count(kind);
  const lengthMs = rng.chance(0.8) ? rng.int(2 * S, 90 * S) : rng.int(2 * MIN, 25 * MIN);
  trace(`CLUSTER FAULT ${cluster.name}: ${kind} for ${lengthMs} ms`);
  const over = (ms: number, then: () => void): void =>
    void sim.after(ms, () => {
      if (!faults.active) return;
      trace(`CLUSTER FAULT over, ${cluster.name}: ${kind}`);
      then();
    });
  switch (kind) {
    case 'JobManager restarted':
      jobManager.stop();
      over(lengthMs, () => jobManager.start());
      break;
    case 'JobManager cut off':
      jobManager.cutOff = true;
      over(lengthMs, () => void (jobManager.cutOff = false));
      break;
    case 'JobManager frozen':
      jobManager.frozenUntil = sim.now() + Math.min(lengthMs, 90 * S);
      break;
    case 'gateway restarted':
      gateway.stop();
      over(lengthMs, () => (gateway.up = true));
      break;
    case 'gateway cut off':
      gateway.cutOff = true;
      over(lengthMs, () => (gateway.cutOff = false));
      break;
    case 'gateway frozen':
      gateway.frozenUntil = sim.now() + Math.min(lengthMs, 60 * S);
      break;
    case 'slow planning':
      gateway.planningMs = (r) => r.int(5 * S, r.pick([30 * S, 2 * MIN, 11 * MIN]));
      over(lengthMs, () => (gateway.planningMs = quickPlanning));
      break;
    case 'slow DDL':
      gateway.ddlMs = (r) => r.int(1 * S, 22 * S);
      over(lengthMs, () => (gateway.ddlMs = quickDdl));
      break;
    case 'table out':
      faults.storeOut = true;
      over(Math.min(lengthMs, 3 * MIN), () => (faults.storeOut = false));
      break;
    case 'client loses replies':
      gateway.losesReply = (r) => r.chance(0.5);
      over(lengthMs, () => (gateway.losesReply = () => false));
      break;
    case 'slow savepoints':
      jobManager.savepoints.courseOf = (r) => ({ ...someSavepoint(r), takesMs: r.int(10 * S, 8 * MIN) });
      over(lengthMs, () => (jobManager.savepoints.courseOf = someSavepoint));
      break;
    case 'savepoints fail':
      jobManager.savepoints.courseOf = (r) => ({ ...someSavepoint(r), failure: 'the disk is full' });
      over(lengthMs, () => (jobManager.savepoints.courseOf = someSavepoint));
      break;
    case 'slow main()':
      jars.mainMs = (r) => r.int(5 * S, r.pick([30 * S, 2 * MIN, 11 * MIN]));
      over(lengthMs, () => (jars.mainMs = someMain));
      break;
    case 'uploads deleted':
      jars.deleteAll();
      break;
    case 'jar exchanged':
      bucket.edition += 1;
      break;
    case 'gateway hangs':
    case 'JobManager hangs':
    case 'one job poisons':
    case 'index query fails':
    case 'foreign JobManager':
    case 'standby answers': {
      const fault = lastingFault(world, cluster, kind);
      fault.begin();
      trace(`CLUSTER FAULT ${fault.text}`);
      over(kind === 'foreign JobManager' ? rng.int(1 * MIN, 12 * MIN) : lengthMs, () => fault.end());
      break;
    }
  }
}

const quickPlanning = (rng: Prng): number => rng.int(100, 700);
const quickMain = (rng: Prng): number => rng.int(20, 1_500);
/** Longer than PATIENCE, now and then: then it is run again while it still runs. */
export const someMain = (rng: Prng): number => (rng.chance(0.8) ? quickMain(rng) : rng.int(5 * S, 5 * MIN));
/** One in eight takes longer than the budget of a call, and one in twelve fails. */
export const someSavepoint = (rng: Prng): SavepointCourse => ({
  takesMs: rng.chance(0.85) ? rng.int(20, 3_000) : rng.int(5 * S, 4 * MIN),
  failure: rng.chance(0.08) ? 'a task has declined the savepoint' : null,
});
const quickSavepoint = (rng: Prng): SavepointCourse => ({ takesMs: rng.int(20, 800), failure: null });
const quickDdl = (rng: Prng): number => rng.int(1, 20);

export function endClusterFaults({ faults, clusters }: Pick<FaultyWorld, 'faults' | 'clusters'>): void {
  faults.storeOut = false;
  faults.failingPartitions.clear();
  clusters.forEach(endFaultsOf);
}

function endFaultsOf(cluster: SimCluster): void {
  const { home: jobManager, gateway, jars } = cluster;
  putInPlace(cluster, jobManager);
  jobManager.standIn([]);
  Object.assign(jobManager, { cutOff: false, frozenUntil: 0, hangs: hangsNowhere });
  jobManager.poisoned.clear();
  jobManager.savepoints.courseOf = quickSavepoint;
  jobManager.start();
  Object.assign(gateway, { up: true, cutOff: false, frozenUntil: 0, hangs: hangsNowhere, losesReply: () => false });
  gateway.planningMs = quickPlanning;
  gateway.ddlMs = quickDdl;
  jars.mainMs = quickMain;
}

/** Streaming jobs that go on, bounded ones that end, some at once; failures at run time and in initialisation. */
export function someCourse(rng: Prng): JobCourse {
  const initMs = rng.chance(0.9) ? rng.int(10, 800) : rng.int(1 * S, 20 * S);
  const startMs = rng.chance(0.9) ? rng.int(10, 2_000) : rng.int(5 * S, 60 * S);
  const endsAfterMs = rng.chance(0.45)
    ? null
    : rng.pick([rng.int(1, 500), rng.int(1 * S, 60 * S), rng.int(1 * MIN, 20 * MIN)]);
  const end = rng.pick(['FINISHED', 'FINISHED', 'FAILED', 'CANCELED', 'FAILED in initialisation'] as const);
  return {
    initMs,
    startMs,
    endsAfterMs,
    end: endsAfterMs === null && end === 'FAILED in initialisation' ? 'FINISHED' : end,
  };
}
