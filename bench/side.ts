/** One of the two ways of submitting that are measured beside each other. */
interface Submitted {
  /** From the call to the answer. */
  readonly ms: number;
  readonly jobId: string;
}

export interface Side {
  /** Whatever has to be there before submit `n`; not timed. */
  prepare(n: number): Promise<void>;
  /** Fails unless the submit went well. */
  submit(n: number): Promise<Submitted>;
}
