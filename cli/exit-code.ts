/** What the exit code of the command says (docs/guide/command.md, "Exit codes"). */
export const EXIT = {
  done: 0,
  failed: 1,
  /** The command was called wrongly: nothing was asked, nothing was done. */
  usage: 2,
  cancelled: 3,
  notAllowed: 4,
  /** As that of `timeout`: what became of it is not known yet. */
  timedOut: 124,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
