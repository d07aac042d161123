/** What a call that reads may know of who asks. */
export interface ReadScope {
  /** How long the caller can be kept waiting. */
  readonly budgetMs: number;
  /** Other tasks, and what is of them, are as unknown to the caller as if they did not exist. */
  readonly maySee: (taskId: number) => boolean;
}
