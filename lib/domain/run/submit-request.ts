/** What a caller asks for with a submit, however it arrives: by GET, by POST, or as an event. */
export interface SubmitRequest {
  readonly taskId: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly savePointPath: string | null;
  /** No other run of the task may be live beside this one. */
  readonly isOnline: boolean;
  /**
   * The caller's own name for this request, by the header Idempotency-Key or the id of an event: a repeat under it gets the
   * same run for 24 h. Null when there is none.
   */
  readonly key: string | null;
}
