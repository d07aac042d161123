/** The rules, told by the tables and by Flink's ledger, never by what Dinghy answers about itself. */
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { SavepointTrigger, SavepointWish } from '../../../lib/domain/run/savepoint-trigger.ts';
import { wantsSavepoint } from '../../../lib/domain/run/savepoint-wish.ts';
import { isFinal } from '../../../lib/domain/run/status.ts';
import { endOfPath } from '../../fakes/fake-savepoints.ts';
import type { MemoryTable } from '../../fakes/memory-job-store.ts';
import type { FencedFlink, LedgerEntry } from './fenced-flink.ts';
import type { FencedJars } from './fenced-jars.ts';
import type { Simulation } from './simulation.ts';
import type { StoredRun } from './stored-runs.ts';

export class BrokenRule extends Error {
  readonly rule: Rule;

  constructor(rule: Rule, message: string) {
    super(`${rule}: ${message}`);
    this.rule = rule;
  }
}

export type Rule =
  | 'one job per run'
  | 'main() no more often than permitted'
  | 'a run runs one jar'
  | 'one live run'
  | 'intent before effect'
  | 'final stays final'
  | 'nobody asked for that cancel'
  | 'given up too early'
  | 'final agrees with Flink'
  | 'claim taken over without an end'
  | 'one run per key'
  | 'everything converges'
  | 'nothing left running'
  | 'no false success'
  | 'no new send'
  | 'settled beside what hangs'
  | 'an end says why'
  | 'trigger id before trigger'
  | 'no more savepoints than wishes'
  | 'a wish ends once'
  | 'no cancel beside a savepoint'
  | 'a savepoint ends truly'
  | 'a restart leaves one job'
  | 'a restart keeps the state'
  | 'unexpected error';

export interface Answer {
  readonly by: string;
  readonly key: string | null;
  readonly head: RunHead;
}

/** What the rules are told by. */
export interface Facts {
  readonly sim: Simulation;
  readonly table: MemoryTable;
  readonly flink: FencedFlink;
  readonly jars: FencedJars;
}

/** The law's number, not the code's. */
const SEND_WITHIN_MS = 20_000;
const LOST_AFTER_MS = 5 * 60_000;

export class Rules {
  readonly #facts: Facts;
  readonly #table: MemoryTable;
  readonly #flink: FencedFlink;
  /** `isOnline`: no second live run of the task, whatever its variables. */
  readonly #alone: boolean;
  readonly #ended = new Map<number, string>();
  /** Lost runs whose place nobody has taken. */
  readonly #mayComeBack = new Set<number>();
  readonly #keys = new Map<string, number>();
  /** Jobs that were sent to Flink, whatever became of it. */
  readonly #sent = new Set<string>();
  readonly #lastSends = new Map<number, number>();
  #claims = new Map<string, number>();

  constructor(facts: Facts, alone: boolean) {
    const { table, flink } = facts;
    this.#facts = facts;
    this.#table = table;
    this.#flink = flink;
    this.#alone = alone;
    flink.onSend = (jobId, by) => this.#send(jobId, by);
    flink.onSavepoint = (jobId, ask, by) => this.#ask(jobId, ask, by);
    flink.onCancel = (jobId, by) => this.#cancel(jobId, by);
  }

  /** Whatever happens, the job that ran at the start, or one that took its place, runs at the end. */
  onlyOnDemand = false;
  readonly #wishes = new Map<string, Set<string>>();

  #ask(jobId: string, { triggerId }: SavepointTrigger, by: string): void {
    const head = [...this.#table.heads.values()].find((one) => one.jobId === jobId);
    const known = this.#wishes.get(jobId) ?? new Set();
    if (!known.has(triggerId))
      this.#pending ??= new BrokenRule(
        'trigger id before trigger',
        `${by} asks for a savepoint of run ${head?.id ?? 0}`,
      );
  }

  #cancel(jobId: string, by: string): void {
    const head = [...this.#table.heads.values()].find((one) => one.jobId === jobId);
    if (head !== undefined && wantsSavepoint(head))
      this.#pending ??= new BrokenRule('no cancel beside a savepoint', `${by} cancels the job of run ${head.id}`);
  }

  /** Each wish as it was last. */
  readonly #lastWishes = new Map<number, SavepointWish>();

  #wishEnds({ id, savepoint }: RunHead): void {
    const last = this.#lastWishes.get(id);
    const isSame = savepoint?.triggerId === last?.triggerId;
    if (last !== undefined && isSame && last.state !== 'wanted' && savepoint?.state !== last.state)
      throw new BrokenRule('a wish ends once', `savepoint of run ${id} was ${last.state} and is ${savepoint?.state}`);
    if (last !== undefined && !isSame && last.state === 'wanted' && last.type !== 'trigger')
      throw new BrokenRule('a wish ends once', `the wish to end run ${id} is gone`);
    if (savepoint !== null) this.#lastWishes.set(id, savepoint);
  }

  /** Once all is settled, it is known what became of it. */
  #savepoints(): void {
    const { completed } = this.#flink;
    for (const { id, jobId, savepoint } of this.#table.heads.values()) {
      if (savepoint === null) continue;
      const { state, path, triggerId, reason } = savepoint;
      const taken = completed.filter((one) => one.jobId === jobId && one.path.endsWith(endOfPath(triggerId)));
      const says = `savepoint of run ${id} is ${state} (${path ?? reason ?? ''}), ${taken.length} are there`;
      const isForgotten = /does not know|came first/.test(reason ?? '');
      const isTrue = state === 'done' ? taken.some((one) => one.path === path) : taken.length === 0 || isForgotten;
      if (state === 'wanted') throw new BrokenRule('everything converges', says);
      if (!isTrue) throw new BrokenRule('a savepoint ends truly', says);
    }
  }

  #noteWishes(): void {
    for (const head of this.#table.heads.values()) {
      const { jobId, savepoint } = head;
      this.#wishEnds(head);
      if (savepoint === null || jobId === null) continue;
      this.#wishes.set(jobId, (this.#wishes.get(jobId) ?? new Set()).add(savepoint.triggerId));
    }
    for (const [jobId, wishes] of this.#wishes) {
      const begun = this.#flink.savepoints.begun.filter((one) => one.jobId === jobId).length;
      if (begun > wishes.size)
        throw new BrokenRule(
          'no more savepoints than wishes',
          `${begun} savepoints of job ${jobId}, ${wishes.size} wishes`,
        );
    }
  }

  /** Once all is settled. */
  #restarts(): void {
    if (!this.onlyOnDemand) return;
    const live = this.#flink.live().length;
    // Its SQL was refused after the old run had been stopped: the run says so.
    const isRefused = [...this.#table.heads.values()].some(
      ({ follows, sqlRefusedSend }) => follows !== null && sqlRefusedSend !== null,
    );
    if (isRefused) return;
    if (live !== 1) throw new BrokenRule('a restart leaves one job', `${live} jobs are live`);
    for (const { id, follows, savePointPath, jobId } of this.#table.heads.values()) {
      const isLive = this.#flink.live().some((job) => job.jobId === jobId);
      if (id > 1 && isLive && (follows === null || savePointPath === null))
        throw new BrokenRule('a restart keeps the state', `run ${id} started from ${savePointPath ?? 'nothing'}`);
    }
  }

  #send(jobId: string, by: string): void {
    this.#sent.add(jobId);
    const head = [...this.#table.heads.values()].find((one) => one.jobId === jobId);
    if (head === undefined)
      this.#pending ??= new BrokenRule('intent before effect', `${by} sends ${jobId} without a run`);
    else if (head.open.length === 0 || head.status === 'VOID')
      this.#pending ??= new BrokenRule('intent before effect', `${by} sends run ${head.id} without a permission`);
    else if (this.#facts.sim.now - head.sentAt > SEND_WITHIN_MS)
      this.#pending ??= new BrokenRule('intent before effect', `${by} sends run ${head.id} after its permission`);
  }

  /** Found inside a call of a process, which must not see it. */
  #pending: BrokenRule | null = null;

  /** After every step. */
  check(): void {
    if (this.#pending !== null) throw this.#pending;
    this.#noteWishes();
    this.#finals();
    this.#takenOver();
    this.#live();
    this.#jobs();
    this.#mains();
    this.#sends();
  }

  /** What they know of the past, where the tables do not say it. */
  stateText(): string {
    const wishes = [...this.#wishes.values()].map(({ size }) => size).join();
    return `${[...this.#keys].join()} ${[...this.#sent].join()} ${wishes}`;
  }

  /** What a later check compares with. */
  remember(): void {
    this.#noteWishes();
    this.#finals();
    this.#sends();
    this.#claims = this.#claimsNow();
  }

  /** A run that was asked to end, that Flink has shown, or that is over: nobody permits another send of it. */
  #sends(): void {
    for (const { id, sends, status, cancelAskedAt } of this.#table.heads.values()) {
      if (status === 'INITIALIZING' && cancelAskedAt === null) continue;
      const before = this.#lastSends.get(id) ?? sends;
      if (sends > before)
        throw new BrokenRule('no new send', `run ${id} is ${status}, and send ${sends} was permitted`);
      this.#lastSends.set(id, before);
    }
  }

  #finals(): void {
    for (const head of this.#table.heads.values()) {
      const { id, status } = head;
      const before = this.#ended.get(id);
      const isBack = this.#mayComeBack.has(id) && !isFinal(status);
      if (isBack) this.#ended.delete(id);
      if (isLostAlone(head)) this.#mayComeBack.add(id);
      else this.#mayComeBack.delete(id);
      if (before !== undefined && before !== status && !isBack) {
        throw new BrokenRule('final stays final', `run ${id} was ${before} and is ${status}`);
      }
      if (before === undefined && isFinal(status)) this.#checkGivenUp(head);
      if (isFinal(status)) this.#ended.set(id, status);
    }
  }

  /** While its job goes on elsewhere, another JobManager must have answered for long, up to this moment. */
  #checkGivenUp(head: RunHead): void {
    const { sim, flink } = this.#facts;
    const job = this.#jobOf(head);
    if (head.status !== 'UNKNOWN' || head.submitStatus !== 'SUCCESS' || job?.endedAt !== null || job.lost) return;
    // Given up before the first step.
    if (flink.exchangedAt.length === 0) return;
    const [before = sim.now, last = sim.now] = [-Infinity, ...flink.exchangedAt].slice(-2);
    const isShown = !flink.isElsewhere(head.jobId ?? '');
    // It may be back since Flink was asked last, in the same moment.
    const since = isShown && last === sim.now ? before : isShown ? sim.now : last;
    if (sim.now - since >= LOST_AFTER_MS) return;
    throw new BrokenRule('given up too early', `run ${head.id} is UNKNOWN, and its job goes on`);
  }

  #takenOver(): void {
    const claims = this.#claimsNow();
    for (const [name, before] of this.#claims) {
      const head = this.#table.heads.get(before);
      const next = claims.get(name);
      if (next === before || (head !== undefined && isFinal(head.status))) continue;
      // A restart: the claim goes to the run that waits for the end of this one, or back.
      const after = next === undefined ? undefined : this.#table.heads.get(next);
      if (isWaitingFor(after, head) || isWaitingFor(head, after)) continue;
      throw new BrokenRule('claim taken over without an end', `the claim of run ${before} is gone`);
    }
    this.#claims = claims;
  }

  #claimsNow(): Map<string, number> {
    const claims = new Map<string, number>();
    for (const [taskId, task] of this.#table.tasks) {
      for (const [fp, runId] of Object.entries(task.claims)) claims.set(`${taskId} ${fp}`, runId);
    }
    return claims;
  }

  #live(): void {
    const seen = new Map<string, number>();
    for (const { id, status, taskId, fp, kind, follows } of this.#table.heads.values()) {
      if (isFinal(status) || kind === 'preview' || follows?.isWaiting === true) continue;
      const name = this.#alone ? `${taskId}` : `${taskId} ${fp}`;
      const other = seen.get(name);
      if (other !== undefined) throw new BrokenRule('one live run', `runs ${other} and ${id} are live`);
      seen.set(name, id);
    }
  }

  #jobs(): void {
    const names = new Map<string, string>();
    const taken = new Set<string>();
    for (const { jobId, endedAt, preview, state } of this.#flink.ledger) {
      if (taken.has(jobId)) throw new BrokenRule('one job per run', `Flink took job ${jobId} twice`);
      taken.add(jobId);
      const head = [...this.#table.heads.values()].find((one) => one.jobId === jobId);
      if (head === undefined) throw new BrokenRule('intent before effect', `job ${jobId} has no run`);
      const wasConfirmed = head.kind === 'job' && head.submitStatus === 'SUCCESS';
      if (state === 'CANCELED' && wasConfirmed && !wasAskedToEnd(head))
        throw new BrokenRule('nobody asked for that cancel', `the job of run ${head.id} is cancelled`);
      // Two are live then, for a person to decide.
      const isTwin = head.status === 'UNKNOWN' && head.givenUpFor !== null;
      if (endedAt !== null || preview || isTwin) continue;
      const name = this.#alone ? `${head.taskId}` : `${head.taskId} ${head.fp}`;
      const other = names.get(name);
      if (other !== undefined) throw new BrokenRule('one live run', `jobs ${other} and ${jobId} are live`);
      names.set(name, jobId);
    }
  }

  /** A run that may be sent again may run main() with each send; another may once. */
  #mains(): void {
    const counts = new Map<string, number>();
    for (const { jobId, sha256 } of this.#facts.jars.mains) {
      const head = [...this.#table.heads.values()].find((one) => one.jobId === jobId);
      if (head === undefined) throw new BrokenRule('intent before effect', `main() ran for ${jobId}, which has no run`);
      const count = (counts.get(jobId) ?? 0) + 1;
      counts.set(jobId, count);
      if (count > (head.once ? 1 : head.sends))
        throw new BrokenRule('main() no more often than permitted', `run ${head.id}: ${count} times`);
      const job = this.#table.bodies.get(`${head.id}/${head.writer}`)?.plan.job;
      if (job?.kind !== 'jar' || job.sha256 !== sha256)
        throw new BrokenRule('a run runs one jar', `run ${head.id} has run ${sha256}, which it was not submitted with`);
    }
  }

  answered({ by, key, head }: Answer, left: readonly string[]): void {
    if (left.length > 0) throw new BrokenRule('nothing left running', `${by} answered and left ${left.join(', ')}`);
    if (head.kind === 'job' && head.submitStatus === 'SUCCESS' && this.#jobOf(head) === undefined) {
      throw new BrokenRule('no false success', `${by} was told that run ${head.id} has started`);
    }
    if (key === null) return;
    const before = this.#keys.get(key) ?? head.id;
    if (before !== head.id)
      throw new BrokenRule('one run per key', `key ${key} answered run ${before} and run ${head.id}`);
    this.#keys.set(key, head.id);
  }

  #jobOf({ jobId }: RunHead): LedgerEntry | undefined {
    return this.#flink.ledger.find((job) => job.jobId === jobId);
  }

  /** Whatever hangs beside them, they were sent again, or what became of them is recorded. */
  settledBeside(stored: readonly StoredRun[]): void {
    for (const { id, sick } of stored) {
      const head = this.#table.heads.get(id);
      if (head === undefined || sick === true) continue;
      const wasSent = this.#sent.has(head.jobId ?? '');
      if (!wasSent && !isFinal(head.status))
        throw new BrokenRule('settled beside what hangs', `run ${id} is ${head.status}, and nobody has sent it again`);
    }
  }

  /** Of its gateway somebody must have wanted something before anybody says that Flink took nothing. */
  #ends(head: RunHead): void {
    const url = this.#gatewayOf(head);
    if (head.kind !== 'job' || url === null || this.#jobOf(head) !== undefined || head.cancelAskedAt !== null) return;
    const { askedGateways, hanging } = this.#flink;
    const error = head.error ?? '';
    const says = `run ${head.id} is ${head.status}: ${error}`;
    if (head.status === 'FAILED' && !askedGateways.has(url)) throw new BrokenRule('an end says why', says);
    if (head.status === 'FAILED' && hanging.has(url) && !error.includes(url))
      throw new BrokenRule('an end says why', says);
    if (head.status === 'UNKNOWN' && !askedGateways.has(url) && !error.includes('no sweep came'))
      throw new BrokenRule('an end says why', says);
  }

  /** No gateway was ever asked for it: nobody can say what Flink would have made of it. */
  #hadNoTurn(head: RunHead): boolean {
    const url = this.#gatewayOf(head);
    return url !== null && !this.#flink.askedGateways.has(url);
  }

  /** A jar needs none. */
  #gatewayOf({ id, writer }: RunHead): string | null {
    const body = this.#table.bodies.get(`${id}/${writer}`);
    return body === undefined || body.plan.job?.kind === 'jar' ? null : body.gatewayUrl;
  }

  /** After the last sweep, with nothing under way any more. */
  settled(restarted: boolean): void {
    this.#savepoints();
    this.#restarts();
    for (const head of this.#table.heads.values()) {
      if (head.status === 'VOID') continue;
      const job = this.#jobOf(head);
      if (head.status === 'INITIALIZING')
        throw new BrokenRule('everything converges', `run ${head.id} is INITIALIZING`);
      // Nor can the one that answers tell of what the other one was sent.
      const isAnother = head.jmId !== this.#flink.jmId || this.#flink.isElsewhere(head.jobId ?? '');
      // With high availability no 404 is a proof.
      const isGone = restarted || isAnother || head.highAvailability;
      this.#ends(head);
      if (!agrees(head, job, isGone || this.#hadNoTurn(head))) {
        throw new BrokenRule('final agrees with Flink', `run ${head.id} is ${head.status}, but ${really(job)}`);
      }
      if (head.cancelAskedAt !== null && !isFinal(head.status)) {
        throw new BrokenRule('everything converges', `run ${head.id} was to be cancelled and is ${head.status}`);
      }
    }
  }
}

function wasAskedToEnd({ cancelAskedAt, savepoint }: RunHead): boolean {
  return cancelAskedAt !== null || savepoint?.type === 'cancel';
}

function isWaitingFor(one: RunHead | undefined, other: RunHead | undefined): boolean {
  return one?.follows?.isWaiting === true && one.follows.runId === other?.id;
}

function isLostAlone({ status, missedAt, givenUpFor }: RunHead): boolean {
  return status === 'UNKNOWN' && missedAt !== null && givenUpFor === null;
}

function really(job: LedgerEntry | undefined): string {
  if (job === undefined) return 'Flink never took its job';
  return job.lost ? 'its job went with its JobManager' : `its job is ${job.state}`;
}

/** `unknowable`: nobody can tell what became of it. */
function agrees(head: RunHead, job: LedgerEntry | undefined, unknowable: boolean): boolean {
  if (head.kind === 'none') return isFinal(head.status);
  // A twin is told.
  if (head.status === 'UNKNOWN' && head.givenUpFor !== null) return job?.endedAt !== null || head.twinSince !== null;
  if (head.status === 'UNKNOWN') return unknowable;
  if (!isFinal(head.status)) return job?.state === head.status;
  // Nobody knows how it would have ended, so nothing but UNKNOWN is true.
  if (job?.lost === true) return false;
  if (head.kind === 'preview') return job?.endedAt !== null;
  if (job === undefined) return head.status === 'FAILED' || head.status === 'CANCELED';
  return job.state === head.status;
}
