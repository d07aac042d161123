/**
 * One small world: a Flink, a table, callers and a reconciler in simulated time, a period of faults, and the peace after
 * it in which everything must come right. All of it follows from its seed.
 */
import type { ClaimRequest } from '../../../lib/domain/run/claim-request.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { Savepoint } from '../../../lib/domain/run/savepoint.ts';
import type { SavepointTrigger } from '../../../lib/domain/run/savepoint-trigger.ts';
import { wantsSavepoint } from '../../../lib/domain/run/savepoint-wish.ts';
import { isFinal } from '../../../lib/domain/run/status.ts';
import { reconcile, type SweepDeps } from '../../../lib/usecases/reconcile.ts';
import type { SubmitDeps } from '../../../lib/usecases/submit/submission.ts';
import { memoryDefinitions } from '../../fakes/memory-definitions.ts';
import { memoryJobStore, type MemoryTable, memoryTable } from '../../fakes/memory-job-store.ts';
import { memoryKeys, memoryRequestKeyStore } from '../../fakes/memory-request-key-store.ts';
import { memorySavepointStore } from '../../fakes/memory-savepoint-store.ts';
import { memorySweepStore } from '../../fakes/memory-sweep-store.ts';
import { START_OF_TIME } from '../../fakes/virtual-clock.ts';
import { callOnce } from './callers.ts';
import { chaosStore } from './chaos-store.ts';
import { endClusterFaults, planClusterFaults, someCourse, someMain, someSavepoint } from './cluster-faults.ts';
import { type Clusters, definitionOf, newClusters, type SimCluster } from './clusters.ts';
import { commandOnce } from './commands.ts';
import { type Faults, newFaults } from './faults.ts';
import { JarBucket, jarSourceOf } from './jar-source.ts';
import { flinkOf } from './network.ts';
import { acceptancesOf, jobManagerOf, type Judged, judgeUnknown, wasConfirmed } from './oracle.ts';
import { type Prng, prng } from './prng.ts';
import { Process } from './process.ts';
import { type Sim, simClock } from './sim-clock.ts';
import { kindOfTask, TASKS, WITHOUT_CLAIM } from './tasks.ts';
import { Turns } from './turns.ts';
import type { Violation, ViolationKind } from './violations.ts';
import { WatchedHeads } from './watched-heads.ts';
import { isRestart, WishWatch } from './wish-watch.ts';

export type ProcessKind = 'submit' | 'sweep' | 'cancel' | 'poll' | 'command';

const MIN = 60_000;
/** Commands for each submit, in all. */
const COMMANDS_SHARE = 0.7;
const SWEEP_LIFE_MS = 60_000;
const LOST_ANSWERS = 0.08;
const MAX_LATE_MS = 500;

export class ChaosWorld {
  readonly rng: Prng;
  readonly sim: Sim;
  readonly faults: Faults;
  readonly clusters: Clusters;
  readonly bucket = new JarBucket();
  readonly table: MemoryTable;
  readonly violations: Violation[] = [];
  readonly setApart = new Map<string, number>();
  readonly lines: string[] = [];
  readonly durationMs: number;
  readonly judged: Judged;
  /** Of all answers: how long after its budget the latest came (negative: before). */
  latestMs = -Infinity;
  answers = 0;
  /** Full passes that have ended since peace came. */
  onPass: (startedAt: number) => void = () => undefined;
  /** Sweeps that have ended, by themselves or by their time-out. */
  onSweep: (startedAt: number) => void = () => undefined;
  readonly turns = new Turns();
  /** How often each was sent. */
  readonly commands = new Map<string, number>();
  readonly wishes: WishWatch;
  readonly #tracing: boolean;
  readonly #keys = memoryKeys();
  readonly #savepoints: Savepoint[] = [];
  readonly #sweep;
  readonly #cancelled = new Set<number>();
  readonly #acknowledged = new Map<string, number>();
  #processes = 0;
  #submitsLeft: number;

  constructor(seed: number, submits: number, tracing: boolean) {
    this.rng = prng(seed);
    const { rng } = this;
    this.#tracing = tracing;
    this.#submitsLeft = submits;
    this.sim = simClock(START_OF_TIME);
    this.durationMs = rng.pick([6, 25, 25, 75]) * MIN;
    const levels = {
      net: rng.pick([0, 0.02, 0.08]),
      store: rng.pick([0, 0.01, 0.05]),
      crash: rng.pick([0, 0.1, 0.35]),
    };
    this.faults = newFaults(rng, levels);
    this.clusters = newClusters(this.sim, rng, START_OF_TIME);
    for (const { name, jobManager, gateway } of this.clusters) {
      jobManager.courseOf = someCourse;
      gateway.trace = (text) => this.trace(`${name}, ${text}`);
    }
    const now = (): number => this.sim.now();
    const complain = (kind: ViolationKind, runId: number | null, text: string): void =>
      this.complain(kind, runId, text);
    this.wishes = new WishWatch(complain);
    const heads = new WatchedHeads({
      now,
      complain,
      trace: (text) => this.trace(text),
      written: (before, after) => {
        if (after.status === 'UNKNOWN' && before?.status !== 'UNKNOWN') judgeUnknown(this.judged, after);
        const begins =
          before === undefined || (before.follows?.isWaiting === true && after.follows?.isWaiting !== true);
        if (begins) this.#checkAlone(after);
        this.wishes.written(before, after);
        this.#checkTurn(before, after);
      },
    });
    this.table = { ...memoryTable(), heads };
    this.#sweep = memorySweepStore(heads, 7);
    this.judged = {
      heads,
      bodies: this.table.bodies,
      savepoints: this.#savepoints,
      clusters: this.clusters,
      now,
      complain,
      setApart: (kind) => void this.setApart.set(kind, (this.setApart.get(kind) ?? 0) + 1),
      cancelAsked: (taskId) => this.#cancelled.has(taskId),
      wishes: this.wishes,
    };
    endClusterFaults(this);
    for (const { jars, jobManager } of this.clusters) {
      jars.mainMs = someMain;
      jobManager.savepoints.courseOf = someSavepoint;
    }
    const ha = this.clusters.map(({ jobManager }) => jobManager.ha);
    this.trace(`WORLD seed ${seed}: ${JSON.stringify({ levels, ha, minutes: this.durationMs / MIN })}`);
    planClusterFaults(this, rng.int(0, 10), this.durationMs);
    for (let i = 0; i < submits; i += 1) this.sim.after(rng.int(0, this.durationMs), () => this.#start(callOnce(this)));
    for (let i = 0; i < submits * COMMANDS_SHARE; i += 1)
      this.sim.after(rng.int(0, this.durationMs), () => this.#start(commandOnce(this)));
    this.sim.after(rng.int(0, MIN), () => this.#sweepEachMinute());
  }

  /** Only one run of a task and its variables may be live. */
  #checkAlone(mine: RunHead): void {
    const { id, status, taskId, fp, follows } = mine;
    if (status !== 'INITIALIZING' || WITHOUT_CLAIM.includes(kindOfTask(taskId))) return;
    for (const other of this.table.heads.values()) {
      const same = other.id !== id && other.taskId === taskId && other.fp === fp;
      // It waits for the end of that one, or of the same one.
      const isNext = follows?.isWaiting === true && [other.id, other.follows?.runId].includes(follows.runId);
      if (same && !isNext && !isFinal(other.status) && !this.#cannotBegin(other))
        this.complain('duplicate', id, `run ${other.id} of the same task and variables is live`);
    }
  }

  /** A restart whose caller died before it had the claims: the new run sends nothing without them, and the next sweep ends it. */
  #cannotBegin({ id, taskId, follows, sends }: RunHead): boolean {
    const claims = this.table.tasks.get(taskId)?.claims ?? {};
    return follows?.isWaiting === true && sends === 0 && !Object.values(claims).includes(id);
  }

  /** No acknowledged run ends without its fair turn. */
  #checkTurn(before: RunHead | undefined, after: RunHead): void {
    if (before?.status !== 'INITIALIZING' || !['FAILED', 'UNKNOWN'].includes(after.status)) return;
    if (acceptancesOf(this, after).length > 0) return;
    const body = this.table.bodies.get(`${after.id}/${after.writer}`);
    this.turns.judge(after, body, (kind, runId, text) => this.complain(kind, runId, text));
  }

  get heads(): ReadonlyMap<number, RunHead> {
    return this.table.heads;
  }

  #start(work: Promise<void>): void {
    work.catch((error: unknown) =>
      this.complain('law', null, `a caller met ${error instanceof Error ? error.stack : String(error)}`),
    );
  }

  #sweepEachMinute(): void {
    this.sim.after(MIN, () => this.#sweepEachMinute());
    this.#start(this.#sweepOnce());
    // Delivered at least once, says EventBridge.
    if (this.faults.active && this.rng.chance(0.05))
      this.sim.after(this.rng.int(0, 20_000), () => this.#start(this.#sweepOnce()));
  }

  async #sweepOnce(): Promise<void> {
    const process = this.process('sweep');
    const startedAt = this.sim.now();
    const fromStart = Object.keys(this.#sweep.cursor).length === 0;
    const report = await process
      .handle(SWEEP_LIFE_MS, () => reconcile(this.depsOf(process))({ budgetMs: SWEEP_LIFE_MS }))
      .catch((error: unknown) => this.trace(`${process.name} failed: ${String(error)}`));
    this.onSweep(startedAt);
    if (report?.passEnded === true && fromStart) this.onPass(startedAt);
  }

  process(kind: ProcessKind): Process {
    const { sim, rng, faults } = this;
    const trace = (text: string): void => this.trace(text);
    return new Process(`${kind}-${(this.#processes += 1)}`, {
      sim,
      rng,
      faults,
      trace,
      complain: (text) => this.complain('law', null, text),
    });
  }

  depsOf(process: Process): SubmitDeps & SweepDeps {
    const { sim, rng, faults, table, clusters } = this;
    const trace = (text: string): void => this.trace(text);
    const storeWorld = { sim, rng, faults, heads: table.heads, trace };
    const {
      heads: _h,
      bodies: _b,
      results: _r,
      tasks: _t,
      ...store
    } = memoryJobStore(process.clock, process.ids, table);
    const claim: typeof store.claim = async (request) => {
      const seen = table.tasks.get(request.taskId)?.claims ?? {};
      const held = await store.claim(request);
      if (held) this.#checkClaim(request, seen, process.alone);
      return held;
    };
    const asking = (by: Process, { hosts }: SimCluster, what: string): void => {
      if (by.name.startsWith('sweep')) this.turns.asked(hosts, what, sim.now());
    };
    const cancelling = (by: Process, jobId: string): void => this.#checkCancel(by, jobId);
    const sending = (by: Process, jobId: string): void => this.#checkSend(by, jobId);
    const savepointing = (by: Process, jobId: string, ask: SavepointTrigger): void =>
      this.wishes.asking(table.heads, by.name, { jobId, ask, now: sim.now() });
    const flink = flinkOf({ sim, rng, faults, clusters, trace, asking, sending, cancelling, savepointing }, process);
    return {
      definitions: chaosStore(
        storeWorld,
        process,
        memoryDefinitions({ tasks: TASKS, clusters: [definitionOf(clusters)] }),
      ),
      store: chaosStore(storeWorld, process, { ...store, claim }),
      keys: chaosStore(storeWorld, process, memoryRequestKeyStore(process.clock, this.#keys)),
      savepoints: chaosStore(storeWorld, process, memorySavepointStore(this.#savepoints)),
      sweep: chaosStore(storeWorld, process, this.#sweep),
      secrets: null,
      gateway: flink,
      jobManager: flink,
      jars: flink.jars,
      jarSource: jarSourceOf(this, process),
      clock: process.clock,
      ids: process.ids,
      log: process.log,
      settings: { sqlGatewayUrl: clusters[0].gatewayUrl, flinkRest: clusters[0].hosts, flinkConfig: {} },
    };
  }

  /** A claim is taken from a run that is over; for a task that is to run alone, all its others must be. */
  #checkClaim({ fp, runId }: ClaimRequest, seen: Readonly<Record<string, number>>, alone: boolean): void {
    for (const [name, other] of Object.entries(seen)) {
      if (other === runId || (name !== fp && !alone)) continue;
      const head = this.table.heads.get(other);
      if (isRestart(head, this.table.heads.get(runId))) continue;
      if (head === undefined || !isFinal(head.status))
        this.complain('law', runId, `it was claimed although run ${other} may be live`);
    }
  }

  /** Intent before effect, and within the permission. */
  #checkSend(by: Process, jobId: string): void {
    const head = [...this.table.heads.values()].find((one) => one.jobId === jobId);
    if (head === undefined) {
      this.complain('law', null, `${by.name} sent job ${jobId}, of which there is no intent`);
      return;
    }
    if (this.sim.now() - head.sentAt > 20_000 + 3_000)
      this.complain('law', head.id, `${by.name} sent long after its permission`);
    const handed = jobManagerOf(this, head).ledger.handed.get(jobId)?.length ?? 0;
    if (handed >= head.sends)
      this.complain('law', head.id, `${by.name} sent without a permission: ${handed} sends of ${head.sends} were made`);
  }

  /** A job that Flink has once shown is ended by those who ask for that, and by nobody else. */
  #checkCancel(by: Process, jobId: string): void {
    const head = [...this.table.heads.values()].find((one) => one.jobId === jobId);
    if (head !== undefined && wantsSavepoint(head))
      this.complain('law', head.id, `${by.name} cancels its job, and its savepoint is still wanted`);
    if (head?.kind !== 'job' || head.cancelAskedAt !== null || !wasConfirmed(head)) return;
    const endWasShown = isFinal(head.status) && head.status !== 'UNKNOWN';
    if (!endWasShown) this.complain('lost', head.id, `${by.name} cancels its job, and nobody asked for that`);
  }

  /** To be called when the answer comes: it must not come later than this after its budget. */
  expectAnswer(who: string, budgetMs: number): () => void {
    const endsAt = this.sim.now() + budgetMs;
    return () => {
      const lateMs = this.sim.now() - endsAt;
      this.latestMs = Math.max(this.latestMs, lateMs);
      this.answers += 1;
      if (lateMs > MAX_LATE_MS) this.complain('late', null, `${who} was answered ${lateMs} ms after its budget`);
    };
  }

  takeSubmit(): boolean {
    if (this.#submitsLeft === 0) return false;
    this.#submitsLeft -= 1;
    return true;
  }

  losesAnswer(): boolean {
    const lost = this.faults.active && this.rng.chance(LOST_ANSWERS);
    if (lost) this.faults.count('answer lost on its way to the caller');
    return lost;
  }

  acknowledged(caller: string, key: string | null, runId: number): void {
    const head = this.table.heads.get(runId);
    if (head === undefined || head.status === 'VOID')
      this.complain('lost', runId, 'its submit was answered with success, and there is no run');
    if (key === null) return;
    const before = this.#acknowledged.get(`${caller} ${key}`) ?? runId;
    if (before !== runId) this.complain('duplicate', runId, `key ${key} of ${caller} was run ${before}`);
    this.#acknowledged.set(`${caller} ${key}`, before);
  }

  acknowledgedCommand(run: RunHead): void {
    this.acknowledged('', null, run.id);
    this.wishes.acknowledged(run);
  }

  commanded(command: string): void {
    this.commands.set(command, (this.commands.get(command) ?? 0) + 1);
  }

  cancelled(taskId: number): void {
    this.#cancelled.add(taskId);
  }

  complain(kind: ViolationKind, runId: number | null, text: string): void {
    this.trace(`VIOLATION ${kind}, run ${runId ?? '-'}: ${text}`);
    this.violations.push({ kind, runId, text });
  }

  /** A field, because it is handed around. */
  readonly trace = (text: string): void => {
    if (this.#tracing) this.lines.push(`${new Date(this.sim.now()).toISOString().slice(11, 23)} ${text}`);
  };
}
