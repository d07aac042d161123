/** Gateways and JobManagers as a sweep asks them: each by way of what the sweep knows of it (party.ts). */
import type { GatewaySession, JarRunner, JobManager, SqlGateway } from '../../domain/ports.ts';
import { shownAddress } from '../../domain/secrets/shown-address.ts';
import { Party, type PartyDeps, type Question } from './party.ts';

/** One that is quick goes first alone, to find out whether the others would wait for nothing. */
const quick = (withinMs: number, maxTimeouts: number): Question => ({ withinMs, tried: true, maxTimeouts });
/** One that may be slow keeps no other one waiting. */
const slow = (withinMs: number | null): Question => ({ withinMs, tried: false, maxTimeouts: OF_RUN });
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
const ASK_FOR_SAVEPOINT = quick(10_000, OF_RUN);
const SAVEPOINT_STATE = quick(10_000, OF_RUN);
const FIND_JAR = quick(10_000, OF_RUN);

const VERSION = quick(5_000, OF_ALL);
/** A session may have slow catalogs. */
const OPEN = quick(15_000, OF_ALL);
/** A statement may be slow, up to the time that one run has. */
const CONFIGURE = slow(23_000);
const FETCH = quick(10_000, OF_RUN);
const CLOSE = slow(null);

export interface AskedDeps {
  readonly gateway: SqlGateway;
  readonly jobManager: JobManager;
  readonly jars: JarRunner;
}

/** All that one sweep asks. */
export class Parties {
  readonly #deps: AskedDeps;
  readonly #partyDeps: PartyDeps;
  readonly #known = new Map<string, Party>();

  constructor(deps: AskedDeps, partyDeps: PartyDeps) {
    this.#deps = deps;
    this.#partyDeps = partyDeps;
  }

  /** `kept` false: of a cluster that one run has for itself; nobody else will ask for it. */
  jobManager(hosts: string, kept: boolean): Party {
    const { jobManager } = this.#deps;
    const make = (): Party =>
      new Party(`The JobManager at ${shownAddress(hosts)}`, this.#partyDeps, IDENTIFY, (signal) =>
        jobManager.identify(hosts, signal),
      );
    return kept ? this.#remembered(`jobManager ${hosts}`, make) : make();
  }

  gateway(url: string): Party {
    const { gateway } = this.#deps;
    return this.#remembered(
      `gateway ${url}`,
      () =>
        new Party(`The SQL gateway at ${shownAddress(url)}`, this.#partyDeps, VERSION, (signal) =>
          gateway.version(url, signal),
        ),
    );
  }

  #remembered(key: string, make: () => Party): Party {
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

export function askedJobManager(inner: JobManager, party: Party): JobManager {
  return {
    identify: (hosts, signal) => party.ask(IDENTIFY, signal, (s) => inner.identify(hosts, s)),
    overview: (address, signal) => party.ask(OVERVIEW, signal, (s) => inner.overview(address, s)),
    job: (address, id, signal) => party.ask(JOB, signal, (s) => inner.job(address, id, s)),
    allTasksRun: (address, id, signal) => party.ask(JOB, signal, (s) => inner.allTasksRun(address, id, s)),
    failureCause: (address, id, signal, mask) =>
      party.ask(FAILURE_CAUSE, signal, (s) => inner.failureCause(address, id, s, mask)),
    restarts: (address, id, signal) => party.ask(RESTARTS, signal, (s) => inner.restarts(address, id, s)),
    slots: (address, signal) => party.ask(SLOTS, signal, (s) => inner.slots(address, s)),
    checkpoints: (address, id, signal) => party.ask(CHECKPOINTS, signal, (s) => inner.checkpoints(address, id, s)),
    cancel: (address, id, signal) => party.ask(CANCEL, signal, (s) => inner.cancel(address, id, s)),
    askForSavepoint: (address, id, ask, signal) =>
      party.ask(ASK_FOR_SAVEPOINT, signal, (s) => inner.askForSavepoint(address, id, ask, s)),
    savepointState: (address, id, triggerId, signal) =>
      party.ask(SAVEPOINT_STATE, signal, (s) => inner.savepointState(address, id, triggerId, s)),
  };
}

/** What starts a job is passed on at once: it leaves in the tick in which its permission was checked. */
export function askedGateway(inner: SqlGateway, party: Party): SqlGateway {
  return {
    version: (url, signal) => party.ask(VERSION, signal, (s) => inner.version(url, s)),
    open: async (url, properties, signal) =>
      askedSession(await party.ask(OPEN, signal, (s) => inner.open(url, properties, s)), party),
  };
}

function askedSession(inner: GatewaySession, party: Party): GatewaySession {
  return {
    configure: (sql, signal) => party.ask(CONFIGURE, signal, (s) => inner.configure(sql, s)),
    start: (sql, config, signal) => inner.start(sql, config, signal),
    deploy: (script, config, signal) => inner.deploy(script, config, signal),
    fetch: (operation, token, signal) => party.ask(FETCH, signal, (s) => inner.fetch(operation, token, s)),
    close: (signal) => party.ask(CLOSE, signal, (s) => inner.close(s)),
  };
}

export function askedJars(inner: JarRunner, party: Party): JarRunner {
  return {
    find: (address, sha256, signal) => party.ask(FIND_JAR, signal, (s) => inner.find(address, sha256, s)),
    upload: (address, jar, signal) => inner.upload(address, jar, signal),
    run: (address, jarId, what, signal) => inner.run(address, jarId, what, signal),
  };
}
