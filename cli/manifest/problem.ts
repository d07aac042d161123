/** A problem of a manifest and its place. Problems are collected, not thrown: people get all of them at once. */
export interface Place {
  readonly file: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly place: Place;
  readonly text: string;
}

export const error = (place: Place, text: string): Problem => ({ severity: 'error', place, text });
export const warning = (place: Place, text: string): Problem => ({ severity: 'warning', place, text });

export const hasErrors = (problems: readonly Problem[]): boolean => problems.some((it) => it.severity === 'error');

/** file:line:column first, as compilers do, so that editors can jump there. */
export function formatProblem({ severity, place, text }: Problem): string {
  return `${place.file}:${place.line}:${place.column}: ${severity}: ${text}`;
}

/** In the order of files and lines. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    ({ place: a }, { place: b }) =>
      Number(a.file > b.file) - Number(a.file < b.file) || a.line - b.line || a.column - b.column,
  );
}
