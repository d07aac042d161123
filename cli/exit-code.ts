/** The exit codes of the command (docs/guide/command.md, "Exit codes"). */
export const EXIT = {
  done: 0,
  failed: 1,
  /** Wrong arguments: nothing was sent. */
  usage: 2,
  cancelled: 3,
  notAllowed: 4,
  /** As that of `timeout`: the outcome is not known yet. */
  timedOut: 124,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
