/** A savepoint that is asked of a live run: of Flink, and as HEAD keeps it (protocol.md section 12). Times are UTC milliseconds. */

/** trigger: the job goes on. stop: it ends FINISHED with the savepoint. cancel: it ends CANCELED when the savepoint is there. */
export type SavepointType = 'trigger' | 'stop' | 'cancel';

/** The request to Flink. */
export interface SavepointTrigger {
  readonly type: SavepointType;
  /** 32 hex digits, chosen by Dinghy. */
  readonly triggerId: string;
  /** Null leaves it to the cluster's configuration. */
  readonly directory: string | null;
}

/** The state of a trigger in Flink. `unknown`: Flink never had it, or has forgotten it. */
export type TriggerState =
  | { readonly kind: 'inProgress' | 'unknown' }
  | { readonly kind: 'done'; readonly path: string }
  | { readonly kind: 'failed'; readonly reason: string };

export interface SavepointWish {
  readonly type: SavepointType;
  readonly triggerId: string;
  readonly askedAt: number;
  readonly askedBy: string;
  /** When it may have reached Flink first, and when its newest send was permitted; null: it was not sent. */
  readonly firstSentAt: number | null;
  readonly sentAt: number | null;
  /** Since when Flink does not know the trigger, although it may have been sent. */
  readonly missedAt: number | null;
  /** Since when it is known to be done. */
  readonly doneAt: number | null;
  readonly state: 'wanted' | 'done' | 'failed';
  /** The path of a savepoint that is done. */
  readonly path: string | null;
  /** Why it failed. */
  readonly reason: string | null;
}
