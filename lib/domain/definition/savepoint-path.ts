/** Whether a text can be the path of a savepoint, without asking Flink. */

const LONGEST = 1024;

/**
 * Without a scheme Flink uses its default file system, which is fine. It would look for a path that is not absolute
 * in the folder in which the JobManager was started.
 */
const ABSOLUTE = /^(?:[a-z][a-z0-9+.-]*:)?\/[^/]|^[a-z][a-z0-9+.-]*:\/{2,3}[^/]/i;

export function savepointPathProblem(path: string): string | null {
  if (path.trim() === '') return 'it is blank';
  if (path !== path.trim()) return 'it begins or ends with a blank';
  // Older Flinks remove them at both ends, as they do blanks: a name could then become `..`.
  if (/\p{Cc}/u.test(path)) return 'it has a control character';
  if (path.length > LONGEST) return `it has ${path.length} characters, more than ${LONGEST}`;
  return ABSOLUTE.test(path) ? null : 'it is not absolute';
}
