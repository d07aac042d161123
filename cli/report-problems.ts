import type { Io } from './io.ts';
import { formatProblem, inOrder, type Problem } from './manifest/problem.ts';

/** Prints all problems and their number. */
export function reportProblems(problems: readonly Problem[], io: Io): void {
  for (const problem of inOrder(problems)) io.err(formatProblem(problem));
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) io.err(`${errors} error${errors === 1 ? '' : 's'}.`);
}
