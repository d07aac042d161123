export interface ClaimRequest {
  readonly taskId: number;
  readonly fp: string;
  readonly runId: number;
  /** The run that the claim named when it was read; null when there was none. */
  readonly seen: number | null;
  /** A second claim, made in the same write, on the same condition. */
  readonly also?: { readonly fp: string; readonly seen: number | null } | undefined;
  /** Count of all claims of the task when it was read: for a request that allows no other live run of the task. */
  readonly seenClaimSeq?: number;
}
