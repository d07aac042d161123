/** What a reading call may know about its caller. */
export interface ReadScope {
  /** How long the caller can wait. */
  readonly budgetMs: number;
  /** Other tasks, and their data, look to the caller as if they did not exist. */
  readonly maySee: (taskId: number) => boolean;
}
