/** What can be known of a savepoint's path without asking Flink: whether it can be one at all. */

const LONGEST = 1024;

/**
 * Without a scheme Flink takes its default file system, which is fine; a path that is not absolute it would look for
 * wherever the JobManager happened to be started.
 */
const ABSOLUTE = /^(?:[a-z][a-z0-9+.-]*:)?\/[^/]|^[a-z][a-z0-9+.-]*:\/{2,3}[^/]/i;

export function savepointPathProblem(path: string): string | null {
  if (path.trim() === '') return 'it is blank';
  if (path !== path.trim()) return 'it begins or ends with a blank';
  // Older Flinks cut them off at both ends, as they do blanks: what is a name here would be `..` there.
  if (/\p{Cc}/u.test(path)) return 'it has a control character';
  if (path.length > LONGEST) return `it has ${path.length} characters, more than ${LONGEST}`;
  return ABSOLUTE.test(path) ? null : 'it is not absolute';
}
