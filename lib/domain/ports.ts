/** What the use cases need from outside. Adapters and the tests' fakes implement these; every call may fail with an AppError. */
import type { Mask } from './errors.ts';
import type { ClusterNotes } from './run/answering.ts';
import type {
  ClusterConfiguration,
  ClusterDefinition,
  DatabaseDefinition,
  TaskDefinition,
  VariableDefinition,
} from './definition/definitions.ts';
import type { CallerMarks, CancelMark, Refusal } from './run/caller-marks.ts';
import type { Deployment } from './options/own-cluster.ts';
import type { FlinkJob, FlinkJobState, InstanceStatus } from './run/status.ts';
import type { HeadChange, RunBody, RunHead, RunResult } from './run/run.ts';
import type { RecordedSavepoint } from './plan/start-from.ts';
import type { JobCheckpoints, Savepoint } from './run/savepoint.ts';
import type { TaskClaims } from './run/claims.ts';

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

export interface ClaimRequest {
  readonly taskId: number;
  readonly fp: string;
  readonly runId: number;
  /** The run that the claim named when it was read; null when there was none. */
  readonly seen: number | null;
  /** A second claim, made in the same write, on the same condition. */
  readonly also?: { readonly fp: string; readonly seen: number | null } | undefined;
  /** Count of all claims of the task when it was read: for a request that no other run of the task may stand beside. */
  readonly seenClaimSeq?: number;
}

/** A caller's Idempotency-Key, or the id of an event. */
export interface RequestKey {
  readonly caller: string;
  /** SHA-256 of the key. */
  readonly hash: string;
}

/** What a key stands for, for 24 h. */
export interface KeyedRequest {
  readonly runId: number;
  /** Of everything the request asks for: the same key for something else is an error. */
  readonly requestHash: string;
}

/** `owner`: random for each submission, so that it knows its own write again. */
export interface KeyOwner {
  readonly runId: number;
  readonly owner: string;
}

/** Keys and marks: items that live for hours. An item past its time counts as absent. */
export interface KeyStore extends Bindable<KeyStore> {
  /** Puts the key if it is absent or past its time; else gives what is there. Null: it is this request's now. */
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

/** A run as the index of runs with something left to do shows it. It may lag behind: it only says where to look. */
export interface ActiveRun {
  readonly id: number;
  readonly hosts: string;
  readonly jobId: string | null;
  readonly status: InstanceStatus;
  readonly intentAt: number;
  readonly cancelAskedAt: number | null;
  readonly missedAt: number | null;
  readonly unreachableSince: number | null;
  /** The cluster that the run started for itself; null when it runs on one that others share. */
  readonly deployment: Deployment | null;
}

export interface ActivePage {
  readonly runs: readonly ActiveRun[];
  /** Rows that can't be read: which, and why. */
  readonly unreadable?: readonly string[];
  /** The run to go on after; null: the partition is at its end. */
  readonly after: number | null;
}

/** What the reconciler reads and keeps between its sweeps. */
export interface SweepStore {
  /** A page of a partition of the index, by run id, after the given one. */
  activeRuns(partition: string, after: number | null): Promise<ActivePage>;
  readCursor(): Promise<SweepCursor>;
  writeCursor(cursor: SweepCursor): Promise<void>;
  /**
   * Who answered the sweep that asked a cluster at this time: its `web.tmpdir`, null when it does not say, undefined when
   * nobody did. Gives all that is known of it.
   */
  noteCluster(hosts: string, askedAt: number, answeredBy: string | null | undefined): Promise<ClusterNotes>;
}

/** The last run that was looked at, by partition; of a partition that is not named, the next sweep begins at the start. */
export type SweepCursor = Readonly<Record<string, number>>;

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
  readBody(head: RunHead): Promise<RunBody | null>;
  /** Creates HEAD. Null when it was created by this call, else the HEAD that is there. */
  putHead(head: RunHead): Promise<RunHead | null>;
  /** Strongly consistent. */
  readHead(runId: number): Promise<RunHead | null>;
  /** `v = v + 1` on condition of the version that was read; null when that has moved on. */
  updateHead(head: RunHead, change: HeadChange, cause: string | null): Promise<RunHead | null>;
  /** Takes the right to ask Flink for a poll: true for one caller. */
  takeRefresh(head: RunHead, now: number): Promise<boolean>;
  /** Ids of the newest runs of a task, newest first; from an index, which may lag a moment behind. */
  runsOfTask(taskId: number): Promise<number[]>;
  putResult(runId: number, result: RunResult): Promise<void>;
  readResult(runId: number): Promise<RunResult | null>;
}

/** What the runs of a task have left behind to start from. Kept apart by the fingerprint of the runs' variables. */
export interface SavepointStore extends Bindable<SavepointStore> {
  /** Once for each path and time of completion; harmless to repeat. */
  record(savepoint: Savepoint): Promise<void>;
  /** By time of completion, strongly consistent; null when there is none. */
  find(taskId: number, fp: string, which: RecordedSavepoint): Promise<Savepoint | null>;
}

export interface Cell {
  readonly op: '+I' | '-U' | '+U' | '-D';
  readonly fields: readonly (string | null)[];
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

/** One page of an operation's result. */
export interface ResultPage {
  /** notReady: ask again; page: `rows` may be empty; end: there is nothing more. */
  readonly kind: 'notReady' | 'page' | 'end';
  readonly jobId: string | null;
  readonly columns: readonly string[];
  readonly rows: readonly Cell[];
}

/** One session of a SQL gateway. Errors carry the codes `flink.*` of errors.ts, which say what is known to have happened. */
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

/** What a JobManager says of itself. */
export interface JobManagerIdentity {
  /** "host:port" of the one that answered. */
  readonly address: string;
  /** New at each start of a JobManager; null when it does not say. */
  readonly jmId: string | null;
  readonly highAvailability: boolean;
  /** True when it forgets the ids of ended jobs at once (high availability, `job-result-store.delete-on-commit`). */
  readonly forgetsEnded: boolean;
  /** With high availability: which cluster it belongs to, a hash of where that keeps its records. */
  readonly haCluster?: string;
  /** The one job it was made for, and the name of its cluster on Kubernetes, when it says so. */
  readonly ownJobId?: string;
  readonly kubernetesClusterId?: string;
}

export interface JobManager {
  /** The first of "host:port[,host:port...]" that answers as leader. */
  identify(hosts: string, signal: AbortSignal): Promise<JobManagerIdentity>;
  /** State of every job it knows, by id. */
  overview(address: string, signal: AbortSignal): Promise<ReadonlyMap<string, FlinkJobState>>;
  /** Null when the JobManager does not know the job (404). */
  job(address: string, jobId: string, signal: AbortSignal): Promise<FlinkJob | null>;
  /** One line: why the job failed, masked before it is made one line; null when Flink gives no reason. */
  failureCause(address: string, jobId: string, signal: AbortSignal, mask?: Mask): Promise<string | null>;
  /** What a job has completed, also of one that has ended; null when the JobManager knows nothing of it (404). */
  checkpoints(address: string, jobId: string, signal: AbortSignal): Promise<JobCheckpoints | null>;
  cancel(address: string, jobId: string, signal: AbortSignal): Promise<void>;
}

/** A jar on this machine's disk. */
export interface LocalJar {
  readonly sha256: string;
  /** File name, as people know it: "orders.jar". */
  readonly name: string;
  readonly sizeBytes: number;
  readonly path: string;
  /** It is not needed any more. */
  release(): void;
}

/** Where jars are kept: buckets, web servers, in the local stack files. */
export interface JarSource {
  /** Brings the jar to this machine, unless an unchanged copy is here. Whoever gets it must release it. */
  read(uri: string, signal: AbortSignal): Promise<LocalJar>;
}

/** What the main() of a jar is run with. */
export interface JarRun {
  /** The one job that it may start gets this id. */
  readonly jobId: string;
  readonly entryClass: string | null;
  readonly args: readonly string[];
  readonly parallelism: number | null;
  readonly savePointPath: string | null;
  readonly allowNonRestoredState: boolean;
  readonly flinkConfiguration: Readonly<Record<string, string>>;
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
