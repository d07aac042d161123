/** The way from a process to Flink and back: connections refused and reset, replies lost, late, cut or not Flink's own. */
import { AppError } from '../../../lib/domain/errors.ts';
import type { GatewaySession, JarRunner, JobManager, SqlGateway } from '../../../lib/domain/ports.ts';
import type { SavepointTrigger } from '../../../lib/domain/run/savepoint-trigger.ts';
import type { SimCluster } from './clusters.ts';
import type { Faults } from './faults.ts';
import { checkpointsOf, type SimJobManager, toFlinkJob } from './job-manager.ts';
import type { Prng } from './prng.ts';
import type { Process } from './process.ts';
import type { Sim } from './sim-clock.ts';
import type { SimGateway } from './sql-gateway.ts';

export interface FlinkWorld {
  readonly sim: Sim;
  readonly rng: Prng;
  readonly faults: Faults;
  readonly clusters: readonly SimCluster[];
  readonly trace: (text: string) => void;
  /** A process asks something of a cluster's gateway, or its JobManager. */
  readonly asking?: (process: Process, cluster: SimCluster, what: string) => void;
  /** A process is about to ask for the end of a job. */
  readonly cancelling?: (process: Process, jobId: string) => void;
  /** A process is about to ask for a savepoint of a job. */
  readonly savepointing?: (process: Process, jobId: string, ask: SavepointTrigger) => void;
  /** A statement with a job id, or the run of a jar, is about to leave a process. */
  readonly sending: (process: Process, jobId: string) => void;
}

const QUICK_MS = 10_000;
const PATIENT_MS = 60_000;

interface Host {
  readonly up: boolean;
  readonly cutOff: boolean;
  readonly frozenUntil: number;
  /** It accepts this request and never answers. */
  hangsOn(what: string): boolean;
}

interface Exchange<T> {
  readonly what: string;
  readonly host: Host;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Takes effect at the server; its error is Flink's answer. */
  readonly deliver: () => Promise<T> | T;
}

export type Flink = SqlGateway & JobManager & { readonly jars: JarRunner };

export function flinkOf(world: FlinkWorld, process: Process): Flink {
  const ask = <T>(what: string, host: Host, timeoutMs: number, signal: AbortSignal, deliver: () => Promise<T> | T) =>
    process.call(what, () => exchange(world, process, { what, host, timeoutMs, signal, deliver }));
  return {
    ...gatewaysOf(world, process, ask),
    ...jobManagersOf(world, process, ask),
    jars: jarsOf(world, process, ask),
  };
}

type Ask = <T>(
  what: string,
  host: Host,
  timeoutMs: number,
  signal: AbortSignal,
  deliver: () => Promise<T> | T,
) => Promise<T>;

function gatewaysOf(world: FlinkWorld, process: Process, ask: Ask): SqlGateway {
  const { clusters, sending } = world;
  const session = (gateway: SimGateway, handle: string): GatewaySession => ({
    configure: (sql, signal) => ask('configure', gateway, PATIENT_MS, signal, () => gateway.configure(handle, sql)),
    start: (sql, config, signal) => {
      const jobId = config['$internal.pipeline.job-id'];
      if (jobId !== undefined && process.alive) sending(process, jobId);
      return ask(`start ${jobId ?? ''}`, gateway, PATIENT_MS, signal, () => gateway.start(handle, sql, config));
    },
    deploy: (_script, _config, signal) =>
      ask('deploy', gateway, PATIENT_MS, signal, () => {
        throw new AppError('flink.rejected', 'Application Mode not supported by standalone deployments.');
      }),
    fetch: (operation, token, signal) =>
      ask('fetch', gateway, PATIENT_MS, signal, () => gateway.fetch(handle, operation, token)),
    close: (signal) => ask('close', gateway, QUICK_MS, signal, () => gateway.close(handle)),
  });
  const at = (url: string, what: string): SimGateway => {
    const cluster = found(clusters, url, ({ gatewayUrl }) => gatewayUrl);
    world.asking?.(process, cluster, what);
    return cluster.gateway;
  };
  return {
    version: (url, signal) => ask('version', at(url, 'version'), QUICK_MS, signal, () => '2.3.0'),
    open: async (url, _properties, signal) => {
      const gateway = at(url, 'open');
      return session(gateway, await ask('open', gateway, PATIENT_MS, signal, () => gateway.open()));
    },
  };
}

function jobManagersOf({ clusters, cancelling, savepointing }: FlinkWorld, process: Process, ask: Ask): JobManager {
  const at = (hosts: string): SimJobManager => found(clusters, hosts, (cluster) => cluster.hosts).jobManager;
  const on = <T>(what: string, hosts: string, signal: AbortSignal, deliver: (jobManager: SimJobManager) => T) => {
    const jobManager = at(hosts);
    return ask(what, jobManager, QUICK_MS, signal, () => deliver(jobManager));
  };
  return {
    identify: (hosts, signal) =>
      on('identify', hosts, signal, (jm) => {
        const { ha } = jm;
        const highAvailability = ha !== 'none';
        return {
          address: hosts.split(',')[0] ?? '',
          jmId: jm.answerer(),
          highAvailability,
          forgetsEnded: ha === 'forgets',
          ...(highAvailability ? { haCluster: jm.haCluster } : {}),
        };
      }),
    overview: (address, signal) => on('overview', address, signal, (jm) => jm.overview()),
    job: (address, id, signal) =>
      on(`job ${id}`, address, signal, (jm) => {
        if (jm.poisoned.get(id) === 'error 500') throw new AppError('flink.failed', 'Internal server error.');
        return toFlinkJob(jm.shown(id));
      }),
    allTasksRun: (address, id, signal) => on(`tasks ${id}`, address, signal, (jm) => !jm.isStarting(id)),
    failureCause: (address, id, signal) => on('failureCause', address, signal, (jm) => jm.shown(id)?.cause ?? null),
    restarts: (address, id, signal) => on(`restarts ${id}`, address, signal, () => null),
    slots: (address, signal) => on('slots', address, signal, () => ({ total: 4, free: 4 })),
    checkpoints: (address, id, signal) => on(`checkpoints ${id}`, address, signal, (jm) => checkpointsOf(jm, id)),
    cancel: (address, id, signal) => {
      if (process.alive) cancelling?.(process, id);
      return on(`cancel ${id}`, address, signal, (jm) => jm.cancel(id));
    },
    triggerSavepoint: (address, id, ask, signal) => {
      if (process.alive) savepointing?.(process, id, ask);
      return on(`savepoint ${ask.type} ${id}`, address, signal, (jm) => jm.savepoints.ask(id, ask));
    },
    savepointState: (address, id, triggerId, signal) =>
      on(`trigger ${id}`, address, signal, (jm) => jm.savepoints.state(id, triggerId)),
  };
}

function jarsOf(world: FlinkWorld, process: Process, ask: Ask): JarRunner {
  const { clusters, sending } = world;
  const at = (address: string): SimCluster => found(clusters, address, ({ hosts }) => hosts);
  return {
    find: (address, sha256, signal) => {
      const cluster = at(address);
      world.asking?.(process, cluster, 'find jar');
      const { jobManager, jars } = cluster;
      return ask('find jar', jobManager, QUICK_MS, signal, () => jars.find(sha256));
    },
    upload: (address, { sha256 }, signal) => {
      const { jobManager, jars } = at(address);
      return ask('upload jar', jobManager, PATIENT_MS, signal, () => jars.upload(sha256));
    },
    run: (address, jarId, what, signal) => {
      const { jobManager, jars } = at(address);
      if (process.alive) sending(process, what.jobId);
      return ask(`run jar ${what.jobId}`, jobManager, PATIENT_MS, signal, () => jars.run(jarId, what));
    },
  };
}

function found(clusters: readonly SimCluster[], address: string, of: (cluster: SimCluster) => string): SimCluster {
  const cluster = clusters.find((one) => of(one) === address);
  if (cluster === undefined) throw new AppError('flink.unreachable', `Nothing is known at "${address}".`);
  return cluster;
}

const never = new Promise<never>(() => {
  // For good.
});
/** Neither an answer nor an end of the connection. */
const forGood = new Promise<never>(() => {
  // Never.
});
const outOfTime = (): AppError => new AppError('budget.exceeded', 'Out of time.');
const unreachable = (why: string): AppError => new AppError('flink.unreachable', `Flink can't be reached: ${why}.`);
const noReply = (why: string): AppError => new AppError('flink.noReply', `No reply from Flink: ${why}.`);

// eslint-disable-next-line complexity -- a table of cases, one line each
async function exchange<T>(world: FlinkWorld, process: Process, request: Exchange<T>): Promise<T> {
  const { sim, rng, faults, trace } = world;
  const { what, signal, host } = request;
  if (signal.aborted) throw unreachable('out of time');
  const fault = faults.net(what);
  if (fault !== null) trace(`${process.name} ${what}: flink ${fault}`);
  if (faults.active) await sim.sleep(rng.int(0, 3));
  if (fault === 'refused' || !host.up || host.cutOff || signal.aborted) throw unreachable('connection refused');
  if (host.hangsOn(what)) return await inTime(world, request, never);
  const deliver = async (): Promise<T> => {
    if (!host.up) throw noReply('the connection was reset');
    const answer = await request.deliver();
    if (/^(start|cancel|savepoint|run jar|upload jar)/.test(what)) trace(`${process.name} ${what} delivered`);
    return answer;
  };
  switch (fault) {
    case 'resetBefore':
      throw noReply('the connection was reset');
    case 'error500':
      throw new AppError(rng.chance(0.5) ? 'flink.failed' : 'flink.protocol', 'Internal server error.');
    case 'late':
      sim.after(rng.int(50, 5_000), () => void deliver().catch(() => undefined));
      throw noReply('the connection was reset');
    case 'resetAfter':
    case 'half':
    case 'html':
      // A main() may take longer than its sender waits.
      await inTime(world, request, Promise.allSettled([deliver()]) as Promise<unknown> as Promise<T>);
      throw fault === 'html'
        ? new AppError('flink.protocol', 'It answered <html>.')
        : noReply('the reply ended half-way');
    case 'hangs':
      if (rng.chance(0.5)) deliver().catch(() => undefined);
      return await inTime(world, request, forGood as Promise<T>);
    case 'slow':
      return await inTime(world, request, slowly(world, deliver));
    case null:
      break;
  }
  const frozenMs = host.frozenUntil - sim.now();
  if (frozenMs > 0) return await inTime(world, request, sim.sleep(frozenMs).then(deliver));
  if (what !== 'configure' && !what.startsWith('run jar')) {
    const answer = await deliver();
    if (faults.active) await sim.sleep(rng.int(0, 3));
    if (signal.aborted) throw outOfTime();
    return answer;
  }
  return await inTime(world, request, deliver());
}

/** On its way there, or on its way back. */
async function slowly<T>({ sim, rng }: FlinkWorld, deliver: () => Promise<T>): Promise<T> {
  const ms = rng.int(300, 70_000);
  if (rng.chance(0.5)) {
    await sim.sleep(ms);
    return await deliver();
  }
  const answer = await deliver();
  await sim.sleep(ms);
  return answer;
}

/** The sender waits until its time is up; what it sent goes on. */
async function inTime<T>({ sim }: FlinkWorld, { timeoutMs, signal }: Exchange<T>, answer: Promise<T>): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const settle = (then: () => void): void => {
      forget();
      signal.removeEventListener('abort', onAbort);
      then();
    };
    const onAbort = (): void => settle(() => reject(outOfTime()));
    const forget = sim.after(timeoutMs, () => settle(() => reject(noReply(`nothing arrived within ${timeoutMs} ms`))));
    signal.addEventListener('abort', onAbort, { once: true });
    answer.then(
      (value) => settle(() => resolve(value)),
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- passed on as it came
      (error: unknown) => settle(() => reject(error)),
    );
  });
}
