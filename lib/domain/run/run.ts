/**
 * One run of a task as it is stored (protocol.md section 1): a small head that polls read alone, a frozen body,
 * and the result. Times are UTC milliseconds.
 */
import type { Principal } from '../access/principal.ts';
import type { Deployment } from '../options/own-cluster.ts';
import type { RunKind } from '../plan/run-body.ts';
import type { Follows, Restart } from './restart-marks.ts';
import type { SavepointWish } from './savepoint-trigger.ts';
import type { InstanceStatus, SubmitStatus } from './status.ts';

/** Why the record changed. `by` is the writer, random per process. */
export interface RunEvent {
  readonly seq: number;
  readonly at: number;
  readonly status: InstanceStatus;
  readonly cause: string;
  readonly by: string;
  /**
   * Who asked for the change: the principal, or the caller alone where that is all that is known. Neither is there for what
   * nobody asked for, such as what Flink has shown. That of the first event is the run's own.
   */
  readonly who?: string;
  readonly principal?: Principal;
  /** How many events were folded into this one; absent for one. */
  readonly count?: number;
}

/** The slot of a schedule of the task that started a run. */
export interface RunSlot {
  readonly schedule: string;
  readonly at: number;
}

export interface RunHead {
  readonly id: number;
  /** Version: every change is conditional on the one that was read. */
  readonly v: number;
  /** Random per update: tells a writer whose reply was lost that the write was its own. */
  readonly nonce: string;
  /** The nonce of the write that created this head; no update changes it. Null in heads of earlier versions. */
  readonly creation: string | null;
  readonly kind: RunKind;
  readonly taskId: number;
  readonly taskVersion: number;
  /** Fingerprint of all variables of the request. */
  readonly fp: string;
  /** Fingerprint of those that the task's texts use; not there when that is the same, and in heads of earlier versions. */
  readonly usedFp?: string;
  /** Name, life cycle and cluster of the task as they were: an answer to a poll needs no other item. */
  readonly name: string;
  readonly step: number;
  readonly clusterId: number | null;
  /** All REST addresses of the JobManager, and the one that answered as leader ("host:port"). Empty: not known (yet). */
  readonly hosts: string;
  readonly address: string;
  /** 32 hex digits, chosen by Dinghy; null when the task has no job. */
  readonly jobId: string | null;
  readonly status: InstanceStatus;
  readonly submitStatus: SubmitStatus;
  readonly writer: string;
  readonly createdBy: string;
  /** The whole requester of the run; missing in heads of earlier versions. */
  readonly principal?: Principal;
  /** Not there in runs that no schedule started. */
  readonly slot?: RunSlot;
  readonly intentAt: number;
  /** How many sends were permitted, and the numbers of those not known to be over. */
  readonly sends: number;
  readonly open: readonly number[];
  /** When the newest send was permitted. */
  readonly sentAt: number;
  /** `web.tmpdir` of the JobManager at the intent: new at each of its starts. */
  readonly jmId: string | null;
  /** At the intent, or later. With it a 404 proves nothing: any process answers for a leader that may have changed. */
  readonly highAvailability: boolean;
  /** At the intent the ids of ended jobs were forgotten with them (high availability's default). */
  readonly forgetsEnded: boolean;
  /** With high availability: the cluster at the intent. Else null, also in heads of earlier versions. */
  readonly haCluster: string | null;
  /** True when the plan must not be sent a second time. */
  readonly once: boolean;
  readonly savePointPath: string | null;
  /** The cluster that the run starts for itself; null when it runs on one that is there already. */
  readonly deployment: Deployment | null;
  readonly refusal: string | null;
  /** Number of the newest send that Flink's SQL refused: it would refuse it again. */
  readonly sqlRefusedSend: number | null;
  /** Flink ran the statement as this job, which is not the one of the run: nothing is sent again. */
  readonly otherJobId: string | null;
  /** The newest savepoint that was asked of it. */
  readonly savepoint: SavepointWish | null;
  /** Another run is to take its place; and the run whose place this one takes. */
  readonly restart: Restart | null;
  readonly follows: Follows | null;
  readonly cancelAskedAt: number | null;
  /** The first requester; null too if an earlier version of Dinghy recorded the cancel. */
  readonly cancelAskedBy: string | null;
  /** Since when the job is not found where it should be; of a run that was given up, it stays. */
  readonly missedAt: number | null;
  /** The process that did not know the job then. */
  readonly missedBy: { readonly jmId: string | null; readonly address: string } | null;
  /** The JobManager process that a sweep saw the job in; null: none has yet. */
  readonly shownBy: string | null;
  /** How long another JobManager must answer before the run is given up; null: the default. */
  readonly lostAfterMs: number | null;
  /** The run that has taken the place of this lost one: from then on its job is nobody's to follow. */
  readonly givenUpFor: number | null;
  /** Since when the job of a run that was given up is seen to go on. */
  readonly twinSince: number | null;
  /** When a sweep last tried to send the run again and could not, and what kept it from it; null: it never came to that. */
  readonly triedAt: number | null;
  readonly triedWhy: string | null;
  /** When a sweep first found the job ended without being able to ask for its savepoints or its details. */
  readonly endSeenAt: number | null;
  readonly unreachableSince: number | null;
  readonly lastSeenAt: number | null;
  readonly refreshedAt: number | null;
  readonly answeredAt: number | null;
  readonly finishedAt: number | null;
  /** Why it has ended; of a live run what keeps its job from running (trouble.ts). */
  readonly error: string | null;
  /** How often Flink has restarted its job, as far as that was asked; null: it was not seen RESTARTING. */
  readonly restarts: number | null;
  /** Partition of the index for the reconciler; null if nothing is left to do. */
  readonly active: string | null;
  readonly events: readonly RunEvent[];
}

/** Whether both are the same head, regardless of changes since it was created. */
export function isSameHead(a: RunHead, b: RunHead): boolean {
  return a.id === b.id && a.creation !== null && a.creation === b.creation;
}

/** The attributes that may change in a head; `v`, `nonce` and `events` belong to the writer. */
export type HeadChange = Partial<Omit<RunHead, 'id' | 'v' | 'nonce' | 'creation' | 'events' | 'kind' | 'taskId'>>;
