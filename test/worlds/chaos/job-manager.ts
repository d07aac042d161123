/**
 * A JobManager with all that the protocol says about it: it takes an id once per memory, forgets ended jobs in REST after
 * an hour but refuses their ids for longer, loses everything at a restart unless it has high availability, freezes.
 */
import type { JobCheckpoints } from '../../../lib/domain/run/savepoint.ts';
import type { FlinkJob, FlinkJobState } from '../../../lib/domain/run/status.ts';
import { fakeCheckpoints } from '../../fakes/fake-checkpoints.ts';
import { type Acceptance, type Ledger, note } from './ledger.ts';
import type { Prng } from './prng.ts';
import type { Sim } from './sim-clock.ts';
import { SimSavepoints } from './sim-savepoints.ts';

export type HighAvailability = 'none' | 'keeps' | 'forgets';

type Config = Readonly<Record<string, string>>;

/** What becomes of a job. */
export interface JobCourse {
  readonly initMs: number;
  readonly startMs: number;
  /** Null: it goes on. */
  readonly endsAfterMs: number | null;
  readonly end: 'FINISHED' | 'FAILED' | 'CANCELED' | 'FAILED in initialisation';
}

export interface SimJob {
  readonly id: string;
  readonly acceptance: Acceptance;
  /** Options of the statement that started it. */
  readonly config: Config;
  state: FlinkJobState;
  ranAt: number | null;
  endedAt: number | null;
  cause: string | null;
  /** After a change of leader it is not shown before this moment. */
  shownFrom: number;
}

/** By the name of the request, as network.ts has it. */
export type Hangs = (what: string) => boolean;
export const hangsNowhere: Hangs = () => false;

export type Receipt = 'down' | 'noReply' | 'duplicate' | SimJob;

const EXPIRATION_MS = 60 * 60_000;
/** Until then a job that runs has tasks that do not. */
const TASKS_START_MS = 700;
const LATEST_SHOWN_MS = 45_000;
const REST_TIMEOUT_MS = 15_000;

export class SimJobManager {
  readonly jobs = new Map<string, SimJob>();
  /** Ids that are refused: running, or in the job result store. */
  readonly #refused = new Set<string>();
  readonly #sim: Sim;
  readonly #rng: Prng;
  readonly ledger: Ledger;
  ha: HighAvailability;
  up = true;
  /** Up, but Dinghy can't get there. */
  cutOff = false;
  frozenUntil = 0;
  /** Requests that it accepts and never answers. */
  hangs: Hangs = hangsNowhere;
  /** Jobs whose details it can't show: an error 500, or no answer. */
  readonly poisoned = new Map<string, 'error 500' | 'hangs'>();
  process: number;
  memory: number;
  /** With high availability: it stays when the leader changes. */
  readonly haCluster: string;
  /** With high availability: the processes that answer in place of the leader's own, each with a web.tmpdir of its own. */
  standbys: readonly number[] = [];
  /** Since when they answer. */
  standbysSince: number | null = null;
  courseOf: (rng: Prng) => JobCourse = () => ({ initMs: 50, startMs: 100, endsAfterMs: null, end: 'FINISHED' });

  constructor(sim: Sim, rng: Prng, ledger: Ledger, ha: HighAvailability) {
    this.#sim = sim;
    this.#rng = rng;
    this.ledger = ledger;
    this.ha = ha;
    this.process = ledger.starts.length;
    this.memory = this.process;
    this.haCluster = `cluster of process ${this.process}`;
    this.savepoints = new SimSavepoints(sim, rng, {
      isLive: (id) => this.shown(id)?.state === 'RUNNING',
      isStarting: (id) => this.isStarting(id),
      end: (id, state) => {
        const job = this.shown(id);
        if (job !== null) this.end(job, state, null);
      },
      process: () => this.process,
      frozenUntil: () => this.frozenUntil,
      ledger: ledger.savepoints,
    });
  }

  /** A process of another cluster, which knows nothing of this one's jobs. What both take is in one ledger. */
  another(): SimJobManager {
    this.ledger.starts.push(this.#sim.now());
    const ha = this.ha === 'none' ? 'none' : this.#rng.pick(['none', 'keeps', this.ha] as const);
    const other = new SimJobManager(this.#sim, this.#rng, this.ledger, ha);
    other.courseOf = this.courseOf;
    other.savepoints.courseOf = this.savepoints.courseOf;
    return other;
  }

  /** It begins to answer at the address. */
  takesThePlace(): void {
    const { exchanges } = this.ledger;
    const at = this.#sim.now();
    // There and back in one moment: nobody can have noticed.
    if (exchanges.at(-1)?.at === at) exchanges.pop();
    if (exchanges.at(-1)?.process !== this.process) exchanges.push({ at, process: this.process });
  }

  /** None: it answers itself again. */
  standIn(standbys: readonly number[]): void {
    this.standbys = standbys;
    this.standbysSince = standbys.length === 0 ? null : this.#sim.now();
  }

  hangsOn(what: string): boolean {
    return this.hangs(what) || (what.startsWith('job ') && this.poisoned.get(what.slice('job '.length)) === 'hangs');
  }

  get jmId(): string {
    return webTmpdir(this.process);
  }

  /** `web.tmpdir` of the process that answers this request: with high availability not always the leader's. */
  answerer(): string {
    return this.standbys.length === 0 ? this.jmId : webTmpdir(this.#rng.pick(this.standbys));
  }

  /** A submission by Flink's client. Frozen: it may be taken when the JobManager thaws. */
  async receive(jobId: string, operation: number, handedAt: number, config: Config): Promise<Receipt> {
    if (!this.up) return 'down';
    if (this.frozenUntil > this.#sim.now()) {
      const { process } = this;
      const lands = this.#rng.chance(0.5);
      if (lands) {
        this.#sim.after(this.frozenUntil - this.#sim.now(), () => {
          if (this.process === process && this.up) this.take(jobId, operation, handedAt, config);
        });
      }
      await this.#sim.sleep(REST_TIMEOUT_MS);
      return 'noReply';
    }
    return this.take(jobId, operation, handedAt, config);
  }

  /** Taken or refused; main() of a jar submits like this, within the process. */
  take(jobId: string, operation: number, handedAt: number, config: Config): SimJob | 'duplicate' {
    if (this.#refused.has(jobId)) return 'duplicate';
    this.#refused.add(jobId);
    const { process, memory } = this;
    const at = this.#sim.now();
    const acceptance: Acceptance = { jobId, at, process, memory, operation, handedAt, endedAt: null, end: null };
    note(this.ledger.accepted, jobId, acceptance);
    const job: SimJob = {
      id: jobId,
      acceptance,
      config,
      state: 'INITIALIZING',
      ranAt: null,
      endedAt: null,
      cause: null,
      shownFrom: 0,
    };
    this.jobs.set(jobId, job);
    this.#live(job, this.courseOf(this.#rng));
    return job;
  }

  #live(job: SimJob, course: JobCourse): void {
    const then = (ms: number, next: () => void): void => {
      this.#sim.after(ms, () => {
        if (job.endedAt !== null || this.jobs.get(job.id) !== job) return;
        // Nothing changes while nobody leads.
        if (this.up) next();
        else then(5_000, next);
      });
    };
    then(course.initMs, () => {
      if (course.end === 'FAILED in initialisation') {
        this.end(job, 'FAILED', 'savepoint not found');
        return;
      }
      job.state = 'CREATED';
      then(course.startMs, () => {
        if (job.state === 'CREATED') job.state = 'RUNNING';
        job.ranAt = this.#sim.now();
        const { end, endsAfterMs } = course;
        if (endsAfterMs !== null) then(endsAfterMs, () => this.end(job, end as FlinkJobState, 'it broke'));
      });
    });
  }

  end(job: SimJob, state: FlinkJobState, cause: string | null): void {
    if (job.endedAt !== null) return;
    Object.assign(job, { state, endedAt: this.#sim.now(), cause: state === 'FAILED' ? cause : null });
    Object.assign(job.acceptance, { endedAt: job.endedAt, end: state });
    if (this.ha === 'forgets') this.#refused.delete(job.id);
  }

  /** Triggers are kept by the process that leads. */
  readonly savepoints: SimSavepoints;

  /** RUNNING, but not all its tasks are. */
  isStarting(jobId: string): boolean {
    const job = this.shown(jobId);
    return job?.endedAt === null && (job.ranAt === null || this.#sim.now() < job.ranAt + TASKS_START_MS);
  }

  /** What REST shows. */
  shown(jobId: string): SimJob | null {
    const job = this.jobs.get(jobId);
    if (job === undefined || job.shownFrom > this.#sim.now()) return null;
    return job.endedAt !== null && this.#sim.now() > job.endedAt + EXPIRATION_MS ? null : job;
  }

  overview(): ReadonlyMap<string, FlinkJobState> {
    const shown = [...this.jobs.keys()].flatMap((id) => this.shown(id) ?? []);
    return new Map(shown.map((job) => [job.id, job.state]));
  }

  cancel(jobId: string): void {
    const job = this.shown(jobId);
    if (job?.endedAt !== null || job.state === 'CANCELLING') return;
    job.state = 'CANCELLING';
    this.#endWhenLed(job, this.#rng.int(5, 3_000));
  }

  #endWhenLed(job: SimJob, ms: number): void {
    this.#sim.after(ms, () => {
      if (this.jobs.get(job.id) !== job) return;
      if (this.up) this.end(job, 'CANCELED', null);
      else this.#endWhenLed(job, 5_000);
    });
  }

  /** The process is gone; what it ran goes with it unless another one can take it over. */
  stop(): void {
    if (!this.up) return;
    this.up = false;
    this.savepoints.forget();
    this.frozenUntil = 0;
    this.standbys = this.standbys.filter((one) => one !== this.process);
    for (const [id, job] of this.jobs) {
      const survives = this.ha !== 'none' && job.endedAt === null;
      if (survives) continue;
      if (job.endedAt === null) Object.assign(job.acceptance, { endedAt: this.#sim.now(), end: 'lost' });
      this.jobs.delete(id);
    }
    if (this.ha === 'none') this.#refused.clear();
  }

  start(): void {
    if (this.up) return;
    this.up = true;
    this.ledger.starts.push(this.#sim.now());
    this.process = this.ledger.starts.length;
    if (this.ha === 'none') this.memory = this.process;
    const shownFrom = this.#sim.now() + this.#rng.int(0, LATEST_SHOWN_MS);
    for (const job of this.jobs.values()) job.shownFrom = shownFrom;
  }
}

function webTmpdir(process: number): string {
  return `/tmp/flink-web-${process}`;
}

export function toFlinkJob(job: SimJob | null): FlinkJob | null {
  return job === null ? null : { state: job.state, ranAt: job.ranAt, endedAt: job.endedAt };
}

/** Every job that ran has left a savepoint behind when it ends, so that each end has something to record. */
export function checkpointsOf(jobManager: SimJobManager, id: string): JobCheckpoints | null {
  const job = jobManager.shown(id);
  if (job === null) return null;
  const savepoint = { isSavepoint: true, discarded: false };
  const asked = jobManager.ledger.savepoints.flatMap(({ jobId, path, completedAt }) =>
    jobId === id && path !== null && completedAt !== null ? [{ ...savepoint, path, completedAt }] : [],
  );
  if (asked.length > 0 || job.ranAt === null || job.endedAt === null) return fakeCheckpoints(job, asked.reverse());
  return fakeCheckpoints(job, [{ ...savepoint, path: leftAtItsEnd(id), completedAt: Math.floor(job.endedAt) }]);
}

/** Of a job of which nobody has asked for a savepoint. */
export function leftAtItsEnd(jobId: string): string {
  return `file:/savepoints/${jobId}`;
}
