/** One world of an exploration: the real use cases as processes over the fake store and the fenced Flink. */
import type { TaskDefinition } from '../../../lib/domain/definition/definitions.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import type { Clock, JobManager, JobStore, RequestKeyStore, SweepStore } from '../../../lib/domain/ports.ts';
import { liveIn, watchIn } from '../../../lib/domain/run/active-partitions.ts';
import type { ClusterNotes } from '../../../lib/domain/run/answering.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { SubmitRequest } from '../../../lib/domain/run/submit-request.ts';
import { cancelTask } from '../../../lib/usecases/cancel-task.ts';
import { getJobInstanceByTaskId } from '../../../lib/usecases/job-instance.ts';
import { reconcile } from '../../../lib/usecases/reconcile.ts';
import { restartTask } from '../../../lib/usecases/restart-task.ts';
import { submitTask } from '../../../lib/usecases/submit-task.ts';
import { headAt } from '../../builders/a-head.ts';
import { fakeIds } from '../../fakes/fake-ids.ts';
import { aTask, memoryDefinitions } from '../../fakes/memory-definitions.ts';
import { memoryJobStore, type MemoryTable, memoryTable } from '../../fakes/memory-job-store.ts';
import { type MemoryKeys, memoryKeys, memoryRequestKeyStore } from '../../fakes/memory-request-key-store.ts';
import { memorySavepointStore } from '../../fakes/memory-savepoint-store.ts';
import { memorySweepStore } from '../../fakes/memory-sweep-store.ts';
import { FencedFlink, type FlinkPromises } from './fenced-flink.ts';
import { FencedJars } from './fenced-jars.ts';
import { gatedKeys, gatedStore } from './gated-store.ts';
import { mix } from './mix.ts';
import { placedBody } from './placed-body.ts';
import { BrokenRule, Rules } from './rules.ts';
import { type Process, Simulation, START } from './simulation.ts';
import { type StoredRun, storeRuns } from './stored-runs.ts';

export interface ProcessPlan {
  readonly does: 'submit' | 'reconcile' | 'cancel' | 'poll' | 'kill' | 'stop' | 'trigger' | 'restart';
  /** Of a restart: where the new run starts from. */
  readonly path?: string;
  readonly request?: Partial<SubmitRequest>;
  /** When it begins at the earliest, in ms from the start. */
  readonly at?: number;
}

export interface Scenario {
  readonly name: string;
  /** Of the one task; else it inserts. */
  readonly task?: Partial<TaskDefinition>;
  readonly processes: readonly ProcessPlan[];
  /** How far time may jump while others could go on. */
  readonly jumps: readonly number[];
  /** Flink may end a job by itself. */
  readonly jobsEnd?: boolean;
  readonly restarts?: boolean;
  /** Another jar may be put where the task's jar is kept. */
  readonly exchanges?: boolean;
  /** Flink has high availability, and another such cluster may come to answer at its address. */
  readonly clusters?: boolean;
  readonly alone?: boolean;
  /** Runs that were there before the start. */
  readonly stored?: readonly StoredRun[];
  /** Gateways that take connections and do not answer this request. */
  readonly hanging?: Readonly<Record<string, 'version' | 'open'>>;
  /** A partition of the active runs that can not be read for some time from the start. */
  readonly unreadable?: { readonly partition: string; readonly forMs: number };
  /** After so many undisturbed sweeps the stored runs that are not sick are settled, or sent again. */
  readonly settledWithin?: number;
  /** How much time passes at least when everybody sleeps. */
  readonly idleMs?: number;
  /** Variables of a run that was given up before the start, and whose job goes on. */
  readonly lost?: Readonly<Record<string, string>>;
  /** A confirmed run is there at the start, and other JobManagers answer in the place of its own. */
  readonly foreign?: Foreign;
  /** A confirmed run is there at the start, and its job runs. */
  readonly running?: boolean;
  /**
   * What a clock of the submitters' machines misses of the time that passes: the monotonic one stands still while a machine
   * sleeps, the wall clock is set back after the intent.
   */
  readonly stands?: 'monotonic' | 'wall';
  /** All requests are served by one process, as in the local stack. */
  readonly oneProcess?: boolean;
}

export interface Foreign {
  /** Who did not know the job ten minutes or so ago: another process, or one that said it was its own. */
  readonly missedBy: 'another' | 'its own';
  /** Another one has answered for so long before the start; null: its own answers at the start. */
  readonly sinceMs: number | null;
  /** Sweeps have seen that, and nothing else. */
  readonly noted?: boolean;
}

/** A condition that is taken away. */
export interface Broken {
  /** `by`: name of the process that asks, here and below. */
  readonly store?: (store: JobStore, table: MemoryTable, by: string) => JobStore;
  readonly keys?: (keys: RequestKeyStore, all: MemoryKeys) => RequestKeyStore;
  readonly clock?: (clock: Clock, by: string) => Clock;
  readonly jobManager?: (jobManager: JobManager, by: string) => JobManager;
  readonly sweep?: (sweep: SweepStore) => SweepStore;
  readonly flink?: Partial<FlinkPromises>;
}

export const KEEPS: FlinkPromises = {
  refusesSecondJob: true,
  showsRestart: true,
  showsCluster: true,
  takesJobId: true,
  uploadsGoAtRestart: true,
  goneRanNothing: true,
  tellsMainFailure: true,
};
const RUNNING = { status: 'RUNNING', submitStatus: 'SUCCESS', open: [], active: liveIn(1) } as const;
/** After them no job need be live. */
const ENDS: readonly ProcessPlan['does'][] = ['cancel', 'kill', 'stop'];
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const SETTINGS = { sqlGatewayUrl: 'http://gw:8083', flinkRest: 'jm:8081', flinkConfig: {} };
/** Runs of other `x` are other work. */
const INSERT = 'x := 0; INSERT INTO snk_${x} SELECT id FROM src;';
const BUDGET_MS = 25_000;
export const LANDED_MS = 21 * 60_000;

export class FencedWorld {
  readonly sim = new Simulation();
  readonly table = memoryTable();
  readonly keys = memoryKeys();
  readonly clusters = new Map<string, ClusterNotes>();
  readonly savepoints = memorySavepointStore();
  readonly flink: FencedFlink;
  readonly jars: FencedJars;
  readonly rules: Rules;
  restarted = false;
  readonly #scenario: Scenario;
  readonly #broken: Broken;
  readonly #twins: readonly string[];
  #failure: Error | null = null;

  constructor(scenario: Scenario, broken: Broken = {}) {
    this.#scenario = scenario;
    this.#broken = broken;
    this.#twins = scenario.processes.map((plan) => JSON.stringify(plan));
    const promises = { ...KEEPS, ...broken.flink };
    this.flink = new FencedFlink(this.sim, promises, scenario.clusters === true);
    this.jars = new FencedJars(this.sim, this.flink, promises);
    this.rules = new Rules(this, scenario.alone === true);
    const asksForNoEnd = scenario.processes.every(({ does }) => !ENDS.includes(does));
    this.rules.onlyOnDemand = scenario.running === true && scenario.jobsEnd !== true && asksForNoEnd;
    storeRuns(scenario.stored ?? [], this.table, this.flink);
    for (const [url, what] of Object.entries(scenario.hanging ?? {})) this.flink.hanging.set(url, what);
    if (scenario.lost !== undefined) this.#loseRun(scenario.lost);
    if (scenario.foreign !== undefined) this.#placeForeign(scenario.foreign);
    if (scenario.running === true) this.#placeRun({}, RUNNING);
    scenario.processes.forEach((plan, index) => this.begin(plan, `${plan.does}${index + 1}`, index + 1));
  }

  /** Another JobManager has stood at the address until now. */
  #loseRun(variables: Readonly<Record<string, string>>): void {
    const missedAt = START - 10 * 60_000;
    const ended = { status: 'UNKNOWN', submitStatus: 'SUCCESS', open: [], active: watchIn(1) } as const;
    this.#placeRun(variables, { ...ended, missedAt, finishedAt: START - 5 * 60_000 });
  }

  #placeForeign({ missedBy, sinceMs, noted }: Foreign): void {
    const missedAt = START - (noted === true ? (sinceMs ?? 0) : 10 * 60_000);
    const by = { jmId: missedBy === 'another' ? 'jm-another' : 'jm-1', address: SETTINGS.flinkRest };
    const running = { status: 'RUNNING', submitStatus: 'SUCCESS', open: [], active: liveIn(1) } as const;
    this.#placeRun({}, { ...running, missedAt, missedBy: by });
    if (sinceMs === null) return;
    this.flink.exchange(START - sinceMs);
    if (noted !== true) return;
    const answerer = { jmId: 'jm-another', firstAt: missedAt, aloneSince: missedAt, lastAt: START };
    const notes = { lastSeenAt: START, unreachableSince: null, answeringSince: missedAt, answerers: [answerer] };
    this.clusters.set(SETTINGS.flinkRest, notes);
  }

  /** One that was submitted an hour ago, and whose job goes on. */
  #placeRun(variables: Readonly<Record<string, string>>, changes: Partial<RunHead>): void {
    const fp = fakeIds().sha256(JSON.stringify(Object.entries(variables)));
    const answeredAt = START - 60 * 60_000;
    const head = headAt(answeredAt, { id: 1, taskId: 1, fp, jmId: 'jm-1', shownBy: 'jm-1', answeredAt, ...changes });
    this.table.heads.set(1, head);
    this.table.bodies.set(`1/${head.writer}`, placedBody(this.#task(), SETTINGS, variables));
    this.table.counter = 1;
    this.table.tasks.set(1, { claims: { [fp]: 1 }, claimSeq: 1, latestRunId: 1 });
    this.flink.accept(head.jobId ?? '', false);
  }

  begin(plan: ProcessPlan, name: string, number: number): Process {
    const holder: { process?: Process } = {};
    const begin = (): void => {
      this.sim.jumpTo(START + (plan.at ?? 0));
    };
    const main = (): Promise<RunHead | null> => this.#main(plan, holder.process!, number);
    const answered = (outcome: RunHead | null | Error): void => this.#answered(plan, holder.process!, outcome);
    holder.process = this.sim.start(name, main, begin, answered);
    return holder.process;
  }

  #depsOf(process: Process, number: number) {
    const ids = { ...fakeIds(number), ...(this.#scenario.oneProcess === true && { writer: 'writer-1' }) };
    const intentAt = (): number | undefined =>
      [...this.table.heads.values()].find(({ writer }) => writer === ids.writer)?.intentAt;
    const stands = process.name.startsWith('submit') && this.#scenario.stands;
    const bareClock = standing(this.sim.clockOf(process), stands, intentAt);
    const clock = this.#broken.clock?.(bareClock, process.name) ?? bareClock;
    const jobManager = this.flink.jobManagerFor(process);
    const bare = memoryJobStore(clock, ids, this.table);
    const bareSweep = this.#sweepStore();
    const bareKeys = memoryRequestKeyStore(clock, this.keys);
    const store = this.#broken.store?.(bare, this.table, process.name) ?? bare;
    const keys = this.#broken.keys?.(bareKeys, this.keys) ?? bareKeys;
    return {
      definitions: memoryDefinitions({ tasks: [this.#task()] }),
      store: gatedStore(this.sim, process, store, this.table),
      keys: gatedKeys(this.sim, process, keys),
      savepoints: this.savepoints,
      sweep: this.#broken.sweep?.(bareSweep) ?? bareSweep,
      secrets: null,
      gateway: this.flink.gatewayFor(process),
      jobManager: this.#broken.jobManager?.(jobManager, process.name) ?? jobManager,
      jars: this.jars.runnerFor(process),
      jarSource: this.jars.sourceFor(process),
      clock,
      ids,
      log: SILENT,
      settings: SETTINGS,
    };
  }

  #task(): TaskDefinition {
    return aTask({ statement: INSERT, ...this.#scenario.task });
  }

  #sweepStore(): SweepStore {
    const whole = memorySweepStore(this.table.heads, 100, this.clusters);
    const { partition, forMs } = this.#scenario.unreadable ?? { partition: null, forMs: 0 };
    return {
      ...whole,
      // Part by part: then each of them may fail, and be read at its own moment.
      wholeIndex: () => Promise.resolve(null),
      activeRuns: async (asked, after) => {
        if (asked === partition && this.sim.now < START + forMs) throw new AppError('store.unavailable', 'Slow down.');
        return await whole.activeRuns(asked, after);
      },
    };
  }

  async #main({ does, request, path }: ProcessPlan, process: Process, number: number): Promise<RunHead | null> {
    const deps = this.#depsOf(process, number);
    const scope = { caller: 'test', budgetMs: BUDGET_MS };
    switch (does) {
      case 'submit': {
        const asked = { taskId: 1, variables: {}, savePointPath: null, isOnline: false, key: null, ...request };
        return (await submitTask(deps)(asked, scope)).head;
      }
      case 'reconcile':
        await reconcile(deps)({ budgetMs: 60_000 });
        return null;
      case 'cancel':
        return (await cancelTask(deps)({ taskId: 1, mayBeEcho: false }, scope)).cancelled;
      case 'kill':
      case 'stop':
      case 'trigger':
        return (await cancelTask(deps)({ taskId: 1, mayBeEcho: false, how: does }, scope)).cancelled;
      case 'restart':
        return (await restartTask(deps)({ taskId: 1, savePointPath: path ?? null }, scope)).head;
      case 'poll':
        return await getJobInstanceByTaskId(deps)({ id: 1 });
    }
  }

  #answered({ does, request }: ProcessPlan, process: Process, outcome: RunHead | null | Error): void {
    const left = this.sim.leftBy(process);
    try {
      if (outcome instanceof Error) this.#failed(process, outcome);
      if (left.length > 0) throw new BrokenRule('nothing left running', `${process.name} left ${left.join(', ')}`);
      if (outcome === null || outcome instanceof Error) return;
      const key = does === 'submit' ? (request?.key ?? null) : null;
      this.rules.answered({ by: process.name, key, head: outcome }, left);
    } catch (error) {
      this.#failure ??= error as Error;
    }
  }

  /** What was answered with an error, as "restart1: …". */
  readonly refusals: string[] = [];

  /** Errors for a caller are answers; anything else is a slip in the code. */
  #failed(process: Process, error: Error): void {
    this.refusals.push(`${process.name}: ${error.message}`);
    if (error.name === 'AppError') return;
    throw new BrokenRule('unexpected error', `${process.name}: ${error.stack ?? error.message}`);
  }

  /** Of equal processes that have not begun, the first one begins. */
  hasTwinAhead(process: Process): boolean {
    const waits = ({ ops }: Process): boolean => ops[0]?.name === 'begin';
    const number = this.sim.processes.indexOf(process);
    const plan = this.#twins[number];
    if (plan === undefined || !waits(process)) return false;
    return this.sim.processes.some((other, at) => at < number && this.#twins[at] === plan && waits(other));
  }

  restart(): void {
    this.restarted = true;
    this.flink.restart();
    this.jars.restart();
  }

  /** A run whose job is missing is not over yet. */
  waits(): boolean {
    return [...this.table.heads.values()].some(({ missedAt, finishedAt }) => missedAt !== null && finishedAt === null);
  }

  /** A step that was checked before, on the way to a new one. */
  follow(): void {
    this.rules.remember();
  }

  check(): void {
    if (this.#failure !== null) throw this.#failure;
    this.rules.check();
  }

  /** Of everything that what happens next depends on. The events of a run tell the past, and decide nothing. */
  hash(): number {
    const { heads, tasks, counter, bodies, results, previews } = this.table;
    const shown = [
      ...[...heads.values()].map(({ events: _, ...head }) => head),
      ...tasks.values(),
      counter,
      ...[bodies, results, previews].map((kept) => [...kept.keys()]),
      ...this.keys.keys.values(),
      ...this.keys.marks.values(),
      ...this.clusters.values(),
      ...this.savepoints.all,
    ];
    const facts = `${this.flink.stateText()} ${this.jars.stateText()} ${this.rules.stateText()}`;
    return mix(mix(this.sim.hash(), JSON.stringify(shown)), facts);
  }
}

function standing(clock: Clock, which: Scenario['stands'] | false, intentAt: () => number | undefined): Clock {
  if (which === 'monotonic') return { ...clock, monotonic: () => 0 };
  return which === 'wall' ? { ...clock, now: () => intentAt() ?? clock.now() } : clock;
}
