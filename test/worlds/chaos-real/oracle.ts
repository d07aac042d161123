/** Holds Dinghy's records against what Flink says of itself. */
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { isFinal } from '../../../lib/domain/run/status.ts';
import type { Acknowledged } from './callers.ts';
import type { Ledger, LedgerJob } from './ledger.ts';
import { BAD_SQL } from './tasks.ts';
import type { Verdicts } from './verdicts.ts';

export interface Case {
  readonly heads: ReadonlyMap<number, RunHead>;
  readonly ledger: Pick<Ledger, 'jobs' | 'jobsOf' | 'process'>;
  /** How often each JobManager process took on each job. */
  readonly takenOn: ReadonlyMap<string, readonly number[]>;
  /** How often each JobManager process ran the main() of each job. */
  readonly mains: ReadonlyMap<string, readonly number[]>;
  /** The JobManager that is there now. */
  readonly jmId: string | null;
  readonly verdicts: Verdicts;
}

export function judge(given: Case, acknowledged: readonly Acknowledged[]): void {
  const runs = [...given.heads.values()].filter(({ status }) => status !== 'VOID');
  for (const head of runs) {
    judgeStarts(given, head);
    judgeMains(given, head);
    if (isFinal(head.status)) judgeFinal(given, head);
    else judgeLive(given, head);
  }
  judgeOverlaps(given, runs);
  judgeOrphans(given, runs);
  judgeAcknowledged(given, acknowledged);
}

function judgeStarts({ takenOn, verdicts }: Case, head: RunHead): void {
  const starts = takenOn.get(head.jobId ?? '') ?? [];
  if (starts.length < 2) return;
  const twiceInOne = new Set(starts).size < starts.length;
  const text = `job ${head.jobId} was taken on ${starts.length} times, by JobManager processes ${starts.join(', ')}`;
  if (twiceInOne || head.sends > 1) verdicts.complain('duplicate', head.id, text);
  else verdicts.setApart('10.4 request under way when the JobManager was restarted', String(head.id));
}

/** Once, or once for each send. */
function judgeMains({ mains, verdicts }: Case, head: RunHead): void {
  const count = mains.get(head.jobId ?? '')?.length ?? 0;
  if (count <= (head.once ? 1 : head.sends)) return;
  verdicts.complain('duplicate', head.id, `${told(head)}, but its main() ran ${count} times`);
}

function judgeFinal(given: Case, head: RunHead): void {
  const { ledger, takenOn, verdicts } = given;
  const jobs = ledger.jobsOf(head.jobId);
  const states = jobs.map(({ state }) => state);
  const started = jobs.length > 0 || takenOn.has(head.jobId ?? '');
  const wrong = (why: string): void => verdicts.complain('wrong final', head.id, `${told(head)}, but ${why}`);
  // Told as a twin, which is for a person to decide about.
  if (head.givenUpFor === null && jobs.some(({ endAt }) => endAt === Infinity))
    wrong(`its job lives: ${shown(states)}`);
  if (head.kind === 'job' && head.submitStatus === 'SUCCESS' && !started) wrong('no job was ever started');
  const why = started ? contradiction(head, states, given) : contradictionWithoutJob(head, given);
  if (why !== null) wrong(why);
  if (!started && head.status === 'FAILED') judgeNeverRan(verdicts, head);
}

/** A preview's rows count, not how its job ended: Dinghy cancels it when it has them. */
function contradiction(head: RunHead, states: readonly string[], given: Case): string | null {
  const { status, kind } = head;
  if (status === 'UNKNOWN') return whyKnown(head, given);
  const mustBe = status === 'FAILED' || kind === 'job';
  return mustBe && !states.includes(status) ? `Flink says ${shown(states)}` : null;
}

function contradictionWithoutJob(head: RunHead, given: Case): string | null {
  if (head.status === 'UNKNOWN') return whyKnown(head, given);
  if (head.status === 'CANCELED' && head.cancelAskedAt === null) return 'nobody asked for that';
  return head.status === 'FINISHED' && head.kind === 'job' ? 'Flink has no such job' : null;
}

/** Only a JobManager that lost its memory, or was away for long, or statements whose replies were lost, leave anything unknown. */
function whyKnown({ kind, jmId, givenUpFor }: RunHead, given: Case): string | null {
  if (kind === 'none' || givenUpFor !== null) return null;
  return jmId !== given.jmId ? null : 'this JobManager has lost no memory';
}

/** What may be sent again has to be, unless Flink's SQL, an outage seen first-hand or Flink's own answer ended it. */
function judgeNeverRan(verdicts: Verdicts, head: RunHead): void {
  if (head.error === null) verdicts.complain('lost', head.id, `${told(head)}: without a reason`);
  if (head.taskId === BAD_SQL || head.once) return;
  if (head.error?.startsWith('Flink accepted none of'))
    verdicts.complain('lost', head.id, `${told(head)}: it could be sent again`);
  else verdicts.setApart(`FAILED without a job: ${reasonClass(head.error ?? '')}`, String(head.id));
}

function reasonClass(error: string): string {
  return error
    .replace(/127\.0\.0\.1:\d+/g, 'HOST')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}/g, 'ID')
    .slice(0, 90);
}

function judgeLive({ ledger, verdicts }: Case, head: RunHead): void {
  const jobs = ledger.jobsOf(head.jobId).filter(({ process }) => process === ledger.process);
  const alive = jobs.some(({ endAt }) => endAt === Infinity);
  if (head.status === 'INITIALIZING')
    verdicts.complain('lost', head.id, `${told(head)} for ever; Flink says ${shown(jobs.map(({ state }) => state))}`);
  else if (jobs.length === 0) verdicts.complain('lost', head.id, `${told(head)}, and Flink knows no such job`);
  else if (!alive) verdicts.setApart('ended between the last sweep and the look', String(head.id));
}

/** Two jobs of one task and the same variables at the same time. Previews only read. */
function judgeOverlaps({ ledger, verdicts }: Case, runs: readonly RunHead[]): void {
  const runOf = new Map(runs.map((head) => [head.jobId, head]));
  const jobs = ledger.jobs.filter(({ id }) => runOf.get(id)?.kind === 'job');
  jobs.forEach((a, i) => {
    for (const b of jobs.slice(i + 1)) {
      if (a.name !== b.name || a.id === b.id || !overlap(a, b)) continue;
      const [first, second] = [runOf.get(a.id), runOf.get(b.id)];
      const text = `runs ${first?.id} and ${second?.id} had jobs named ${a.name} at the same time: ${JSON.stringify([a, b])}`;
      if ([first, second].some((head) => (head?.givenUpFor ?? null) !== null))
        verdicts.setApart('a twin, told as one', a.id + b.id);
      else if (isLateLanding(first, a) || isLateLanding(second, b))
        verdicts.setApart('10.4 landed after its run was UNKNOWN', a.id + b.id);
      else verdicts.complain('duplicate', second?.id ?? null, text);
    }
  });
}

function overlap(a: LedgerJob, b: LedgerJob): boolean {
  return a.startAt < b.endAt && b.startAt < a.endAt;
}

function isLateLanding(head: RunHead | undefined, job: LedgerJob): boolean {
  return head?.status === 'UNKNOWN' && job.process > 0;
}

function judgeOrphans({ ledger, verdicts }: Case, runs: readonly RunHead[]): void {
  const known = new Set(runs.map(({ jobId }) => jobId));
  for (const { id, name } of ledger.jobs) {
    if (!known.has(id)) verdicts.complain('duplicate', null, `job ${id} (${name}) belongs to no run`);
  }
}

function judgeAcknowledged({ heads, verdicts }: Case, acknowledged: readonly Acknowledged[]): void {
  const byKey = new Map<string, number>();
  for (const { runId, key, caller } of acknowledged) {
    const head = heads.get(runId);
    if (head === undefined || head.status === 'VOID')
      verdicts.complain('lost', runId, 'a caller was given this run, and there is none');
    if (key === null) continue;
    const name = `${caller} ${key}`;
    const before = byKey.get(name) ?? runId;
    byKey.set(name, before);
    if (before !== runId) verdicts.complain('duplicate', runId, `key ${name} was answered with run ${before} before`);
  }
}

function told({ kind, status, submitStatus, error, sends, open, once }: RunHead): string {
  return `${kind} run is ${status}/${submitStatus} (${error ?? ''}), sends ${sends}, open [${open.join()}]${once ? ', once' : ''}`;
}

function shown(states: readonly string[]): string {
  return states.length === 0 ? 'nothing' : states.join(', ');
}
