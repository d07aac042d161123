/** Names of Flink options that differ between versions (flink-rest.md section 4). A new version's differences go here. */

const NEW_NAMES_SINCE = [1, 20] as const;

export function savepointPathKey(flinkVersion: string): string {
  return isAtLeast(flinkVersion, NEW_NAMES_SINCE) ? 'execution.state-recovery.path' : 'execution.savepoint.path';
}

export function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [seenMajor = 0, seenMinor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return seenMajor > major || (seenMajor === major && seenMinor >= minor);
}
