/** A caller's own name for a request, and the run that it names. */
/** A caller's Idempotency-Key, or the id of an event. */
export interface RequestKey {
  readonly caller: string;
  /** SHA-256 of the key. */
  readonly hash: string;
}

/** The run of a key, for 24 h. */
export interface KeyedRequest {
  readonly runId: number;
  /** A hash of the whole request: the same key with another request is an error. */
  readonly requestHash: string;
}

/** `owner`: random for each submission, so that it knows its own write again. */
export interface KeyOwner {
  readonly runId: number;
  readonly owner: string;
}
