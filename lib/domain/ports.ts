/** What the use cases need from outside. Adapters and the tests' fakes implement these; every call may fail with an AppError. */
import type { AccessKey, Grant } from './access/access-key.ts';
import type { Requester } from './access/principal.ts';
import type {
  ClusterConfiguration,
  ClusterDefinition,
  DatabaseDefinition,
  TaskDefinition,
  VariableDefinition,
} from './definition/definitions.ts';
import type { AnyDefinition, Kind, NumberedKind, StoredItem } from './definition/kinds.ts';
import type { TaskPage, TasksWanted } from './definition/task-page.ts';
import type { Mask } from './errors.ts';
import type { RunBody } from './plan/run-body.ts';
import type { RecordedSavepoint } from './plan/start-from.ts';
import type { ResultPage } from './results/result-page.ts';
import type { RunResult } from './results/statement-result.ts';
import type { ActivePage, SweepCursor } from './run/active-run.ts';
import type { ClusterNotes } from './run/answering.ts';
import type { CallerMarks, CancelMark, Refusal } from './run/caller-marks.ts';
import type { ClaimRequest } from './run/claim-request.ts';
import type { TaskClaims } from './run/claims.ts';
import type { JarRun, LocalJar } from './run/jar.ts';
import type { JobManagerIdentity } from './run/job-manager.ts';
import type { KeyedRequest, KeyOwner, RequestKey } from './run/request-key.ts';
import type { HeadChange, RunHead } from './run/run.ts';
import type { RunPage, RunsWanted } from './run/run-page.ts';
import type { JobCheckpoints, Savepoint } from './run/savepoint.ts';
import type { SavepointTrigger, TriggerState } from './run/savepoint-trigger.ts';
import type { FlinkJob, FlinkJobState } from './run/status.ts';
import type { Slots } from './run/trouble.ts';
import type { SlotRecord } from './schedule/slot-record.ts';

/** A port whose calls end with a signal. A call that ends so fails with `store.unavailable`, and nothing of it goes on here. */
export interface Bindable<Port> {
  /** The same port, bound to this signal instead of any other. */
  within(signal: AbortSignal): Port;
}

/** Definitions, read strongly consistent; null where there is none. */
export interface DefinitionReader extends Bindable<DefinitionReader> {
  task(id: number): Promise<TaskDefinition | null>;
  cluster(id: number): Promise<ClusterDefinition | null>;
  clusterConfiguration(id: number): Promise<ClusterConfiguration | null>;
  variables(): Promise<VariableDefinition[]>;
  databases(): Promise<DatabaseDefinition[]>;
}

/** Keys and marks: items that live for hours. An item past its time counts as absent. */
export interface RequestKeyStore extends Bindable<RequestKeyStore> {
  /** Puts the key if it is absent or expired; else returns the existing one. Null: this request has it now. */
  putKey(key: RequestKey, request: KeyedRequest & KeyOwner): Promise<KeyedRequest | null>;
  /** True when the key now names the run of `to`; false when it no longer named `from`. */
  repointKey(key: RequestKey, from: number, to: KeyOwner): Promise<boolean>;
  /** A submit of this task was refused to this caller. */
  markRefusal(caller: string, taskId: number, refusal: Refusal): Promise<void>;
  /** Strongly consistent. */
  readMarks(caller: string, taskId: number): Promise<CallerMarks>;
  /** The call `by` (random) uses the mark of a refusal up: true for one call. */
  takeRefusal(caller: string, taskId: number, refusal: Refusal, by: string): Promise<boolean>;
  /** Which run the caller's cancel means; false when that has changed since it was read as `seen`. */
  noteCancel(caller: string, taskId: number, seen: CancelMark | null, mark: CancelMark): Promise<boolean>;
}

/** API keys as the functions see them, which may not write them. */
export interface AccessKeyReader extends Bindable<AccessKeyReader> {
  /** By the SHA-256 of its secret; strongly consistent. Null where there is none. */
  find(hash: string): Promise<AccessKey | null>;
  /** What a caller may do that API Gateway has authenticated; strongly consistent. Null: nothing. */
  grantOf(kind: 'iam' | 'jwt', name: string): Promise<Grant | null>;
  /** Keeps when a key was last used; does nothing where that was noted within the hour before. */
  noteUse(keyId: string, at: number): Promise<void>;
}

/** API keys as the `dinghy` command sees them. */
export interface AccessKeyRegistry {
  /** Every key, oldest first, and the errors of unreadable ones. */
  list(): Promise<{ readonly keys: readonly AccessKey[]; readonly unreadable: readonly string[] }>;
  /** When a key was last used, by its id, where that is known. */
  lastUses(keyIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  create(key: AccessKey): Promise<void>;
  /** From then on it is not accepted. False where there is no such key. */
  revoke(hash: string, at: number): Promise<boolean>;
  /** It ends then, or earlier if it would have ended earlier. False where there is no such key. */
  endBy(hash: string, at: number): Promise<boolean>;
}

/** What the reconciler reads and keeps between its sweeps. */
export interface SweepStore {
  /** All of the index in one read, by partition; null: it is too large for that. */
  wholeIndex(): Promise<ReadonlyMap<string, ActivePage> | null>;
  /** A page of a partition of the index, by run id, after the given one. */
  activeRuns(partition: string, after: number | null): Promise<ActivePage>;
  readCursor(): Promise<SweepCursor>;
  writeCursor(cursor: SweepCursor): Promise<void>;
  /**
   * Who answered the sweep that asked a cluster at this time: its `web.tmpdir`, null when it does not say, undefined when
   * nobody did. Gives all that is known of it.
   */
  noteCluster(hosts: string, askedAt: number, answeredBy: string | null | undefined): Promise<ClusterNotes>;
  /** A sweep that began at this time has seen the job of every live run of the cluster, or has noted in its head that it is missed. */
  noteSwept(hosts: string, at: number): Promise<void>;
}

/** The Jobs table. Every write is one conditional write of one item (protocol.md sections 1 and 2). */
export interface JobStore extends Bindable<JobStore> {
  /** @throws AppError run.numbersExhausted: clients can't read larger numbers. */
  nextRunId(): Promise<number>;
  /** From here on only numbers above this one are given; never lowers the counter. */
  raiseRunCounter(to: number): Promise<void>;
  readTask(taskId: number): Promise<TaskClaims>;
  /** True when the claim now names this run; false when it has changed since it was read. */
  claim(request: ClaimRequest): Promise<boolean>;
  /** Removes a claim, on condition that it still names this run. */
  dropClaim(taskId: number, fp: string, runId: number): Promise<void>;
  /** For runs that make no claim: the task's latest run is this one, if it is newer. */
  noteLatestRun(taskId: number, runId: number): Promise<void>;
  /** Written before HEAD, never changed. */
  putBody(runId: number, writer: string, body: RunBody): Promise<void>;
  /** For a body that no HEAD will name: DynamoDB deletes it within days. Does nothing where there is none. */
  expireBody(runId: number, writer: string): Promise<void>;
  readBody(head: RunHead): Promise<RunBody | null>;
  /** Creates HEAD. Null when it was created by this call, else the HEAD that is there. */
  putHead(head: RunHead): Promise<RunHead | null>;
  /** Strongly consistent. */
  readHead(runId: number): Promise<RunHead | null>;
  /** `v = v + 1` on condition of the version that was read; null when that has moved on. `requester`: who asked for it. */
  updateHead(head: RunHead, change: HeadChange, cause: string | null, requester?: Requester): Promise<RunHead | null>;
  /** Takes the right to ask Flink for a poll: true for one caller. */
  takeRefresh(head: RunHead, now: number): Promise<boolean>;
  /** When a sweep began that has seen all of a cluster (`noteSwept`); null: none has yet. */
  sweptAt(hosts: string): Promise<number | null>;
  /** Ids of the newest runs of a task, newest first; from an index, which may lag a moment behind. */
  runsOfTask(taskId: number): Promise<number[]>;
  putResult(runId: number, result: RunResult): Promise<void>;
  readResult(runId: number): Promise<RunResult | null>;
  /** So that the rows of a preview are found by its job, which is all that some callers know. */
  notePreview(jobId: string, runId: number): Promise<void>;
  /** The run of a preview's job; null: there is no such preview. */
  runOfPreview(jobId: string): Promise<number | null>;
}

/** What the runs of a task have left behind to start from. Kept apart by the fingerprint of the runs' variables. */
export interface SavepointStore extends Bindable<SavepointStore> {
  /** Once for each path and time of completion; harmless to repeat. */
  record(savepoint: Savepoint): Promise<void>;
  /** By time of completion, strongly consistent; null when there is none. */
  find(taskId: number, fp: string, which: RecordedSavepoint): Promise<Savepoint | null>;
}

/** What became of the slots of schedules. */
export interface SlotStore extends Bindable<SlotStore> {
  /** Leaves what another delivery of the slot has started or skipped as it is. */
  record(record: SlotRecord): Promise<void>;
  /** By time of the slot, newest first. */
  newest(taskId: number, schedule: string, limit: number): Promise<readonly SlotRecord[]>;
}

/** The stores of secrets. */
export interface SecretReader {
  /**
   * The value of a secret, never from a cache. The name is as a definition has it (secret-name.ts).
   *
   * @throws AppError secret.notFound, secret.refused, secret.unavailable: naming secret, store and what to do
   */
  read(name: string, signal: AbortSignal): Promise<string>;
}

/** One session of a SQL gateway. Errors have the codes `flink.*` of errors.ts, which say what is known to have happened. */
export interface GatewaySession {
  /** Runs one statement that changes the session, and waits for it. */
  configure(sql: string, signal: AbortSignal): Promise<void>;
  /** Hands a statement over; the answer is the operation's handle, not its outcome. */
  start(sql: string, executionConfig: Readonly<Record<string, string>>, signal: AbortSignal): Promise<string>;
  /** Has a script run in a cluster of its own (Flink 2.0); the answer is the cluster's id, once it was made. */
  deploy(script: string, executionConfig: Readonly<Record<string, string>>, signal: AbortSignal): Promise<string>;
  fetch(operation: string, token: number, signal: AbortSignal): Promise<ResultPage>;
  close(signal: AbortSignal): Promise<void>;
}

export interface SqlGateway {
  /** Flink's version, as "2.3.0". */
  version(gatewayUrl: string, signal: AbortSignal): Promise<string>;
  open(gatewayUrl: string, properties: Readonly<Record<string, string>>, signal: AbortSignal): Promise<GatewaySession>;
}

export interface JobManager {
  /** The first of "host:port[,host:port...]" that answers as leader. */
  identify(hosts: string, signal: AbortSignal): Promise<JobManagerIdentity>;
  /** State of every job it knows, by id. */
  overview(address: string, signal: AbortSignal): Promise<ReadonlyMap<string, FlinkJobState>>;
  /** Null when the JobManager does not know the job (404). */
  job(address: string, jobId: string, signal: AbortSignal): Promise<FlinkJob | null>;
  /** False while tasks of a job are still being started: Flink declines a savepoint then. True also where it does not know the job. */
  allTasksRun(address: string, jobId: string, signal: AbortSignal): Promise<boolean>;
  /** One line: why the job failed, masked before it is made one line; null when Flink gives no reason. */
  failureCause(address: string, jobId: string, signal: AbortSignal, mask?: Mask): Promise<string | null>;
  /** How often a job was restarted, a restart that goes on included. Null: that is not known, or not yet. */
  restarts(address: string, jobId: string, signal: AbortSignal): Promise<number | null>;
  /** Task slots of the whole cluster. */
  slots(address: string, signal: AbortSignal): Promise<Slots>;
  /** What a job has completed, also of one that has ended; null when the JobManager knows nothing of it (404). */
  checkpoints(address: string, jobId: string, signal: AbortSignal): Promise<JobCheckpoints | null>;
  cancel(address: string, jobId: string, signal: AbortSignal): Promise<void>;
  /**
   * Flink takes a repeat of a trigger id for the same savepoint, as long as it remembers it.
   *
   * @throws AppError flink.rejected: it was not taken, such as where no savepoint directory is known
   */
  triggerSavepoint(address: string, jobId: string, ask: SavepointTrigger, signal: AbortSignal): Promise<void>;
  savepointState(address: string, jobId: string, triggerId: string, signal: AbortSignal): Promise<TriggerState>;
}

/** Where jars are kept: buckets, web servers, in the local stack files. */
export interface JarSource {
  /** Brings the jar to this machine, unless an unchanged copy is here. The caller must release it. */
  read(uri: string, signal: AbortSignal): Promise<LocalJar>;
}

/** Jars on a JobManager; each JobManager knows only its own. */
export interface JarRunner {
  /** Id of a jar with this content; null when the JobManager has none. */
  find(address: string, sha256: string, signal: AbortSignal): Promise<string | null>;
  /** Gives its id. Starts nothing; a second upload of the same jar gets another id. */
  upload(address: string, jar: LocalJar, signal: AbortSignal): Promise<string>;
  /** Runs main() and returns when Flink has accepted its job. Errors: `flink.*` of errors.ts. */
  run(address: string, jarId: string, what: JarRun, signal: AbortSignal): Promise<void>;
}

export interface Clock {
  /** UTC milliseconds. */
  now(): number;
  /** Milliseconds that only grow; for durations on this machine. */
  monotonic(): number;
  /** Ends early, without an error, when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Ids {
  /** 128 random bits as 32 hex digits. */
  jobId(): string;
  /** Random per process. */
  readonly writer: string;
  sha256(text: string): string;
}

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What must be there for a write to happen: nothing yet, this version of a task, or anything (kinds without versions). */
export type Expected = 'nothing' | 'anything' | { readonly version: number };

/** `conflict`: somebody else has changed the definition since it was read; nothing was written. */
export type PutOutcome = 'written' | 'conflict';

export interface DefinitionWriter {
  readonly tableName: string;
  /** Every definition as it is stored, unparsed: the command must show and correct invalid ones. */
  list(): Promise<{ kind: Kind; item: StoredItem }[]>;
  put(kind: Kind, definition: AnyDefinition, expected: Expected): Promise<PutOutcome>;
  nextId(kind: NumberedKind): Promise<number>;
  /** From here on the counter hands out only numbers above this one. */
  raiseCounter(kind: NumberedKind, to: number): Promise<void>;
}

/** Stored tasks by number, from an index, which may lag a moment behind. */
export interface TaskList extends Bindable<TaskList> {
  tasks(wanted: TasksWanted): Promise<TaskPage>;
}

export interface RunList extends Bindable<RunList> {
  /** Also of a number that never became a run (VOID). */
  run(id: number): Promise<RunHead | null>;
  runs(wanted: RunsWanted): Promise<RunPage>;
  /** Runs that were given up and whose job goes on beside the one that took their place, by number. */
  twins(): Promise<Pick<RunPage, 'runs' | 'unreadable'>>;
}
