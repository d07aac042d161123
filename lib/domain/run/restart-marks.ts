/** The attributes of a restart in the heads of its two runs (protocol.md section 13). */

/** In the head of the run that is to stop. */
export interface Restart {
  /** The run that takes its place. */
  readonly runId: number;
  /** failed: the new run does not start, regardless of the end of this one. */
  readonly state: 'wanted' | 'failed';
  /** Why it failed. */
  readonly reason: string | null;
  /** When it was asked for; not there in records of earlier versions. */
  readonly askedAt?: number;
}

/** Kept by the run that takes the place of another. */
export interface Follows {
  readonly runId: number;
  /** Until the other one has ended, nothing of this one is sent. */
  readonly isWaiting: boolean;
  /** The request said what it starts from. */
  readonly isGiven: boolean;
}
