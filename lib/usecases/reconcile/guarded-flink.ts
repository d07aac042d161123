/** Gateways and JobManagers as a sweep asks them: each by way of what the sweep knows of it (endpoint.ts). */
import type { GatewaySession, JarRunner, JobManager, SqlGateway } from '../../domain/ports.ts';
import { shownAddress } from '../../domain/secrets/shown-address.ts';
import { type CallKind, Endpoint, type EndpointDeps } from './endpoint.ts';

/** One that is quick goes first alone, to find out whether the others would wait for nothing. */
const quick = (withinMs: number, maxTimeouts: number): CallKind => ({ withinMs, tried: true, maxTimeouts });
/** One that may be slow keeps no other one waiting. */
const slow = (withinMs: number | null): CallKind => ({ withinMs, tried: false, maxTimeouts: OF_RUN });
/** It concerns no run: one time-out tells of all. */
const OF_ALL = 1;
const OF_RUN = 2;

const IDENTIFY = quick(5_000, OF_ALL);
/** Of a hundred thousand jobs it takes a while. */
const OVERVIEW = quick(10_000, OF_ALL);
const JOB = quick(10_000, OF_RUN);
const RESTARTS = quick(10_000, OF_RUN);
const SLOTS = quick(10_000, OF_RUN);
const CHECKPOINTS = quick(10_000, OF_RUN);
const FAILURE_CAUSE = quick(10_000, OF_RUN);
const CANCEL = quick(10_000, OF_RUN);
const TRIGGER_SAVEPOINT = quick(10_000, OF_RUN);
const SAVEPOINT_STATE = quick(10_000, OF_RUN);
const FIND_JAR = quick(10_000, OF_RUN);

const VERSION = quick(5_000, OF_ALL);
/** A session may have slow catalogs. */
const OPEN = quick(15_000, OF_ALL);
/** A statement may be slow, up to the time that one run has. */
const CONFIGURE = slow(23_000);
const FETCH = quick(10_000, OF_RUN);
const CLOSE = slow(null);

export interface FlinkPorts {
  readonly gateway: SqlGateway;
  readonly jobManager: JobManager;
  readonly jars: JarRunner;
}

/** All that one sweep asks. */
export class Endpoints {
  readonly #deps: FlinkPorts;
  readonly #endpointDeps: EndpointDeps;
  readonly #known = new Map<string, Endpoint>();

  constructor(deps: FlinkPorts, endpointDeps: EndpointDeps) {
    this.#deps = deps;
    this.#endpointDeps = endpointDeps;
  }

  /** `kept` false: of a cluster that one run has for itself; nobody else will ask for it. */
  jobManager(hosts: string, kept: boolean): Endpoint {
    const { jobManager } = this.#deps;
    const make = (): Endpoint =>
      new Endpoint(`The JobManager at ${shownAddress(hosts)}`, this.#endpointDeps, IDENTIFY, (signal) =>
        jobManager.identify(hosts, signal),
      );
    return kept ? this.#remembered(`jobManager ${hosts}`, make) : make();
  }

  gateway(url: string): Endpoint {
    const { gateway } = this.#deps;
    return this.#remembered(
      `gateway ${url}`,
      () =>
        new Endpoint(`The SQL gateway at ${shownAddress(url)}`, this.#endpointDeps, VERSION, (signal) =>
          gateway.version(url, signal),
        ),
    );
  }

  #remembered(key: string, make: () => Endpoint): Endpoint {
    const there = this.#known.get(key);
    if (there !== undefined) return there;
    const made = make();
    this.#known.set(key, made);
    return made;
  }

  /** For people: who did not answer. */
  away(): readonly string[] {
    return [...this.#known.values()].flatMap(({ away }) => away ?? []);
  }
}

export function guardedJobManager(inner: JobManager, endpoint: Endpoint): JobManager {
  return {
    identify: (hosts, signal) => endpoint.call(IDENTIFY, signal, (s) => inner.identify(hosts, s)),
    overview: (address, signal) => endpoint.call(OVERVIEW, signal, (s) => inner.overview(address, s)),
    job: (address, id, signal) => endpoint.call(JOB, signal, (s) => inner.job(address, id, s)),
    allTasksRun: (address, id, signal) => endpoint.call(JOB, signal, (s) => inner.allTasksRun(address, id, s)),
    failureCause: (address, id, signal, mask) =>
      endpoint.call(FAILURE_CAUSE, signal, (s) => inner.failureCause(address, id, s, mask)),
    restarts: (address, id, signal) => endpoint.call(RESTARTS, signal, (s) => inner.restarts(address, id, s)),
    slots: (address, signal) => endpoint.call(SLOTS, signal, (s) => inner.slots(address, s)),
    checkpoints: (address, id, signal) => endpoint.call(CHECKPOINTS, signal, (s) => inner.checkpoints(address, id, s)),
    cancel: (address, id, signal) => endpoint.call(CANCEL, signal, (s) => inner.cancel(address, id, s)),
    triggerSavepoint: (address, id, ask, signal) =>
      endpoint.call(TRIGGER_SAVEPOINT, signal, (s) => inner.triggerSavepoint(address, id, ask, s)),
    savepointState: (address, id, triggerId, signal) =>
      endpoint.call(SAVEPOINT_STATE, signal, (s) => inner.savepointState(address, id, triggerId, s)),
  };
}

/** What starts a job is passed on at once: it leaves in the tick in which its permission was checked. */
export function guardedGateway(inner: SqlGateway, endpoint: Endpoint): SqlGateway {
  return {
    version: (url, signal) => endpoint.call(VERSION, signal, (s) => inner.version(url, s)),
    open: async (url, properties, signal) =>
      guardedSession(await endpoint.call(OPEN, signal, (s) => inner.open(url, properties, s)), endpoint),
  };
}

function guardedSession(inner: GatewaySession, endpoint: Endpoint): GatewaySession {
  return {
    configure: (sql, signal) => endpoint.call(CONFIGURE, signal, (s) => inner.configure(sql, s)),
    start: (sql, config, signal) => inner.start(sql, config, signal),
    deploy: (script, config, signal) => inner.deploy(script, config, signal),
    fetch: (operation, token, signal) => endpoint.call(FETCH, signal, (s) => inner.fetch(operation, token, s)),
    close: (signal) => endpoint.call(CLOSE, signal, (s) => inner.close(s)),
  };
}

export function guardedJars(inner: JarRunner, endpoint: Endpoint): JarRunner {
  return {
    find: (address, sha256, signal) => endpoint.call(FIND_JAR, signal, (s) => inner.find(address, sha256, s)),
    upload: (address, jar, signal) => inner.upload(address, jar, signal),
    run: (address, jarId, what, signal) => inner.run(address, jarId, what, signal),
  };
}
