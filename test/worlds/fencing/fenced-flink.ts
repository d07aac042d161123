/**
 * A Flink that keeps a ledger of every job it ever accepted: what really happened, whatever Dinghy believes. A statement
 * may arrive long after its sender gave up; a JobManager that restarts forgets everything and its jobs end with it.
 * Held to the real Flink by test/contracts/flink-jobs.contract.ts.
 */
import { AppError } from '../../../lib/domain/errors.ts';
import type { GatewaySession, JobManager, SqlGateway } from '../../../lib/domain/ports.ts';
import type { Cell } from '../../../lib/domain/results/cell.ts';
import type { ResultPage } from '../../../lib/domain/results/result-page.ts';
import type { JobCheckpoints } from '../../../lib/domain/run/savepoint.ts';
import type { SavepointTrigger } from '../../../lib/domain/run/savepoint-trigger.ts';
import type { FlinkJob, FlinkJobState } from '../../../lib/domain/run/status.ts';
import { FakeSavepoints } from '../../fakes/fake-savepoints.ts';
import type { CallSpec, Process, Simulation } from './simulation.ts';

export interface LedgerEntry {
  /** Of the run it was sent for, whatever id the JobManager gave the job. */
  readonly jobId: string;
  readonly preview: boolean;
  /** Number of the JobManager's start that took it. */
  readonly jobManager: number;
  state: FlinkJobState;
  endedAt: number | null;
  /** It went with its JobManager: nobody can be told of it any more. */
  lost: boolean;
}

/** What Flink promises; a test takes one away. */
export interface FlinkPromises {
  readonly refusesSecondJob: boolean;
  readonly showsRestart: boolean;
  /** With high availability: to which cluster a JobManager belongs. */
  readonly showsCluster: boolean;
  readonly takesJobId: boolean;
  /** An upload, and its id, are gone with the JobManager that had it. */
  readonly uploadsGoAtRestart: boolean;
  /** A run that is answered "the jar is gone" has not run main(). */
  readonly goneRanNothing: boolean;
  /** A failure of main(), which may have come after the job, can be told from one before main(). */
  readonly tellsMainFailure: boolean;
}

interface Operation {
  readonly preview: boolean;
  readonly jobId: string;
  outcome: 'pending' | 'accepted' | 'duplicate';
}

const JOB_ID = '$internal.pipeline.job-id';
const LATE_MS = 17 * 60_000;
/** A request to the JobManager itself: nobody repeats it for its sender. */
const SOON_MS = 10_000;

/** `rest.async.store-duration`. */
const TRIGGERS_KEPT_MS = 5 * 60_000;

export class FencedFlink {
  readonly ledger: LedgerEntry[] = [];
  /** Looks at each send that starts a job, before it leaves. */
  onSend: (jobId: string, by: string) => void = () => undefined;
  /** Looks at each savepoint that is asked for, before it leaves. */
  onSavepoint: (jobId: string, ask: SavepointTrigger, by: string) => void = () => undefined;
  /** Looks at each cancel, before it leaves. */
  onCancel: (jobId: string, by: string) => void = () => undefined;
  /** Jobs whose details are a 500, and gateways that take connections and do not answer this request. */
  readonly poisoned = new Set<string>();
  readonly hanging = new Map<string, 'version' | 'open'>();
  /** Gateways of which anybody wanted anything. */
  readonly askedGateways = new Set<string>();
  readonly #sim: Simulation;
  readonly #promises: FlinkPromises;
  /** It keeps the ids of ended jobs, and so does the other cluster. */
  readonly #highAvailability: boolean;
  #starts = 1;
  #known = new Map<string, LedgerEntry>();
  /** Of the process that does not answer at the address now. */
  #elsewhere = new Map<string, LedgerEntry>();
  /** When another JobManager took the address, and when the first one was back, by turns. */
  readonly exchangedAt: number[] = [];
  #operations = 0;
  readonly savepoints = new FakeSavepoints({
    now: () => this.#sim.now,
    isLive: (jobId) => this.#find(jobId)?.endedAt === null,
    isStarting: () => false,
    end: (jobId, state) => {
      const job = this.#find(jobId);
      if (job !== undefined) this.end(job, state);
    },
    completed: (jobId, path) => {
      this.completed.push({ jobId, path, completedAt: this.#sim.now });
    },
    keptMs: TRIGGERS_KEPT_MS,
  });
  readonly completed: { readonly jobId: string; readonly path: string; readonly completedAt: number }[] = [];

  constructor(sim: Simulation, promises: FlinkPromises, highAvailability = false) {
    this.#sim = sim;
    this.#highAvailability = highAvailability;
    this.#promises = promises;
  }

  /** Number of the JobManager's start. */
  get starts(): number {
    return this.#starts;
  }

  live(): LedgerEntry[] {
    return this.ledger.filter(({ endedAt }) => endedAt === null);
  }

  end(job: LedgerEntry, state: FlinkJobState): void {
    if (job.endedAt === null) Object.assign(job, { state, endedAt: this.#sim.now });
  }

  restart(): void {
    for (const job of this.live()) {
      job.lost = true;
      this.end(job, 'FAILED');
    }
    this.#known = new Map();
    this.savepoints.forget();
    this.#starts += 1;
  }

  get isAway(): boolean {
    return this.exchangedAt.length % 2 === 1;
  }

  /** From now on another process answers at the address, or the first one again; the jobs of both go on. */
  exchange(since = this.#sim.now): void {
    [this.#known, this.#elsewhere] = [this.#elsewhere, this.#known];
    this.exchangedAt.push(since);
  }

  /** Its process goes on, and does not answer at the address. */
  isElsewhere(jobId: string): boolean {
    return [...this.#elsewhere.values()].some((job) => job.jobId === jobId);
  }

  stateText(): string {
    const known = [...this.#known.keys()].join();
    const seen = `${JSON.stringify(this.exchangedAt)} ${[...this.askedGateways].join()}`;
    const saved = `${this.savepoints.begun.length} ${JSON.stringify(this.completed)} ${this.savepoints.stateText()}`;
    return `${this.#starts} ${known} ${seen} ${JSON.stringify(this.ledger)} ${saved}`;
  }

  #accept(operation: Operation): void {
    operation.outcome = this.accept(operation.jobId, operation.preview);
  }

  accept(jobId: string, preview: boolean): 'accepted' | 'duplicate' {
    const name = this.#promises.takesJobId ? jobId : `${jobId}-${this.ledger.length}`;
    if (this.#promises.refusesSecondJob && this.#known.has(name)) return 'duplicate';
    const started = { jobManager: this.#starts, state: 'RUNNING', endedAt: null, lost: false } as const;
    const job: LedgerEntry = { jobId, preview, ...started };
    this.ledger.push(job);
    this.#known.set(name, job);
    return 'accepted';
  }

  #find(jobId: string): LedgerEntry | undefined {
    return [...this.#known.values()].find((job) => job.jobId === jobId);
  }

  jobManagerFor(process: Process): JobManager {
    const call = <T>(name: string, signal: AbortSignal, effect: () => T, faulty = true): Promise<T> =>
      this.#sim.call(process, {
        name,
        signal,
        effect: async () => effect(),
        faults: faulty ? [{ name: 'noReply', run: () => ({ kind: 'error', error: noReply() }) }] : [],
      });
    return {
      identify: async (hosts) => {
        const { jmId } = this;
        this.#sim.note(process, jmId);
        const base = { address: hosts, jmId, highAvailability: this.#highAvailability, forgetsEnded: false };
        return this.#highAvailability ? { ...base, haCluster: this.#cluster } : base;
      },
      overview: async () => new Map([...this.#known.values()].map(({ jobId, state }) => [jobId, state])),
      job: (_address, jobId, signal) => call('GET job', signal, () => this.#show(jobId)),
      allTasksRun: async () => true,
      failureCause: async () => null,
      restarts: async () => null,
      slots: async () => ({ total: 4, free: 4 }),
      checkpoints: async (_address, jobId) => this.#checkpoints(jobId),
      cancel: (_address, jobId, signal) => {
        if (!signal.aborted) this.onCancel(jobId, process.name);
        return call('PATCH cancel', signal, () => {
          const job = this.#find(jobId);
          if (job !== undefined) this.end(job, 'CANCELED');
        });
      },
      triggerSavepoint: (_address, jobId, ask, signal) => {
        if (!signal.aborted) this.onSavepoint(jobId, ask, process.name);
        return this.#sim.call(process, {
          name: `POST savepoint ${ask.type}`,
          signal,
          outlives: 'caller',
          effect: async () => this.savepoints.ask(jobId, ask),
          faults: [
            {
              name: 'arrives, no reply',
              run: () => {
                this.savepoints.ask(jobId, ask);
                return { kind: 'error', error: noReply() };
              },
            },
            {
              name: 'late, no reply',
              run: () => {
                this.#sim.addStray(`savepoint ${jobId}`, this.#sim.now + SOON_MS, () =>
                  this.savepoints.ask(jobId, ask),
                );
                return { kind: 'error', error: noReply() };
              },
            },
            { name: 'refused', run: () => ({ kind: 'error', error: new AppError('flink.unreachable', 'refused') }) },
            {
              name: 'fails',
              run: () => {
                this.#failing(jobId, ask);
                return { kind: 'reply', value: undefined };
              },
            },
          ],
        });
      },
      savepointState: (_address, jobId, triggerId, signal) =>
        call('GET trigger', signal, () => this.savepoints.state(jobId, triggerId)),
    };
  }

  get #cluster(): string {
    return this.isAway && this.#promises.showsCluster ? 'another' : 'first';
  }

  /** Of the process that answers. */
  get jmId(): string {
    if (this.isAway) return 'jm-another';
    return this.#promises.showsRestart ? `jm-${this.#starts}` : 'jm';
  }

  gatewayFor(process: Process): SqlGateway {
    return {
      version: async (url, signal) => {
        await this.#reach(process, url, 'version', signal);
        return '2.3.0';
      },
      open: async (url, _properties, signal) => {
        await this.#reach(process, url, 'open', signal);
        return this.#session(process);
      },
    };
  }

  async #reach(process: Process, url: string, what: 'version' | 'open', signal: AbortSignal): Promise<void> {
    this.askedGateways.add(url);
    const [gateway = ''] = url.split('#');
    if (this.hanging.get(gateway) !== what) return;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#sim.note(process, `${what} ${url} hangs`);
    throw new AppError('budget.exceeded', 'Out of time.');
  }

  #failing(jobId: string, ask: SavepointTrigger): void {
    this.savepoints.failure = 'the disk is full';
    this.savepoints.ask(jobId, ask);
    this.savepoints.failure = null;
  }

  /** A savepoint stays, whatever becomes of the job. */
  #checkpoints(jobId: string): JobCheckpoints | null {
    const own = this.completed.filter((one) => one.jobId === jobId);
    if (this.#find(jobId) === undefined) return null;
    const completed = own.map(({ path, completedAt }) => ({ path, isSavepoint: true, completedAt, discarded: false }));
    return { completed, retention: 'never', restoredFrom: null };
  }

  #show(jobId: string): FlinkJob | null {
    if (this.poisoned.has(jobId)) throw new AppError('flink.failed', 'HTTP 500.');
    return toJob(this.#find(jobId));
  }

  #session(process: Process): GatewaySession {
    const operations = new Map<string, Operation>();
    let isClosed = false;
    const checkOpen = (): void => {
      if (isClosed) throw new AppError('flink.failed', 'Session does not exist.');
    };
    return {
      configure: async () => checkOpen(),
      start: async (sql, config, signal) => {
        checkOpen();
        const handle = `operation-${(this.#operations += 1)}`;
        if (sql.startsWith('CALL')) return this.#sim.call(process, { name: sql, signal, effect: async () => sql });
        const operation: Operation = {
          jobId: config[JOB_ID] ?? '',
          preview: sql.startsWith('SELECT'),
          outcome: 'pending',
        };
        operations.set(handle, operation);
        if (!signal.aborted) this.onSend(operation.jobId, process.name);
        return this.#sim.call(process, this.#startCall(handle, operation, signal));
      },
      deploy: async () => {
        throw new AppError('flink.rejected', 'Application Mode not supported by standalone deployments.');
      },
      fetch: async (handle, token, signal) => {
        checkOpen();
        return handle.startsWith('CALL') ? ALL_DONE : await this.#fetch(process, operations.get(handle), token, signal);
      },
      close: async () => {
        isClosed = true;
        for (const { preview, jobId } of operations.values()) {
          const job = preview ? this.#find(jobId) : undefined;
          if (job !== undefined) this.end(job, 'CANCELED');
        }
      },
    };
  }

  #startCall(handle: string, operation: Operation, signal: AbortSignal): CallSpec<string> {
    const later = (): void => {
      this.#sim.addStray(`job ${operation.jobId}`, this.#sim.now + LATE_MS, () => this.#accept(operation));
    };
    const lost = (effect: () => void) => () => {
      effect();
      return { kind: 'error', error: noReply() } as const;
    };
    return {
      name: 'start job',
      signal,
      outlives: 'caller',
      effect: async () => {
        this.#accept(operation);
        return handle;
      },
      faults: [
        { name: 'arrives, no reply', run: lost(() => this.#accept(operation)) },
        { name: 'late, no reply', run: lost(later) },
        { name: 'late', run: () => (later(), { kind: 'reply', value: handle }) },
        { name: 'refused', run: () => ({ kind: 'error', error: new AppError('flink.unreachable', 'refused') }) },
        { name: 'bad SQL', run: () => ({ kind: 'error', error: new AppError('flink.rejected', 'no such table') }) },
      ],
    };
  }

  #fetch(process: Process, operation: Operation | undefined, token: number, signal: AbortSignal): Promise<ResultPage> {
    const effect = async (): Promise<ResultPage> => this.#page(operation, token);
    return operation?.preview === true ? this.#sim.call(process, { name: `fetch ${token}`, effect, signal }) : effect();
  }

  #page(operation: Operation | undefined, token: number): ResultPage {
    const empty = { jobId: null, columns: ['id'], rows: [] };
    if (operation === undefined) throw new AppError('flink.failed', 'no such operation');
    if (operation.outcome === 'pending') return { kind: 'notReady', ...empty };
    if (operation.outcome === 'duplicate') throw new AppError('flink.duplicate', 'Job has already been submitted.');
    const page = { ...empty, jobId: operation.jobId };
    if (!operation.preview) return { kind: 'page', ...page };
    if (token === 0) return { kind: 'page', ...page, rows: ROWS };
    const job = this.#find(operation.jobId);
    if (job !== undefined) this.end(job, 'FINISHED');
    return { kind: 'end', ...page };
  }
}

const ROWS: readonly Cell[] = ['1', '2'].map((id) => ({ op: '+I', fields: [id] }));
const ALL_DONE: ResultPage = { kind: 'end', jobId: null, columns: ['result'], rows: [] };

function toJob(job: LedgerEntry | undefined): FlinkJob | null {
  return job === undefined ? null : { state: job.state, ranAt: 1, endedAt: job.endedAt };
}

function noReply(): AppError {
  return new AppError('flink.noReply', 'No reply.');
}
