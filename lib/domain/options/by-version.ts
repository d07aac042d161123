/** Names of Flink options that differ between versions (flink-rest.md section 4). A new version's differences go here. */

const NEW_NAMES_SINCE = [1, 20] as const;

const SAVEPOINT_PATH = { old: 'execution.savepoint.path', new: 'execution.state-recovery.path' } as const;

/** Versions that know the new name go on reading the old one. */
export const SAVEPOINT_PATH_KEYS: readonly string[] = Object.values(SAVEPOINT_PATH);

export function savepointPathKey(flinkVersion: string): string {
  return SAVEPOINT_PATH[isAtLeast(flinkVersion, NEW_NAMES_SINCE) ? 'new' : 'old'];
}

export const IGNORE_UNCLAIMED_STATE = 'execution.state-recovery.ignore-unclaimed-state';

/** Options about the state that a job starts from, and what versions call them that don't know these names. */
const OLD_STATE_NAMES: Readonly<Record<string, string>> = {
  [IGNORE_UNCLAIMED_STATE]: 'execution.savepoint.ignore-unclaimed-state',
  'execution.state-recovery.claim-mode': 'execution.savepoint-restore-mode',
};

/** The options that this version has other names for, under these names. */
export function withOldNames(options: Readonly<Record<string, string>>, flinkVersion: string): Record<string, string> {
  if (isAtLeast(flinkVersion, NEW_NAMES_SINCE)) return {};
  const old = Object.entries(OLD_STATE_NAMES).flatMap(([name, oldName]) => {
    const value = options[name];
    return value === undefined || options[oldName] !== undefined ? [] : [[oldName, value] as const];
  });
  return Object.fromEntries(old);
}

export function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [seenMajor = 0, seenMinor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return seenMajor > major || (seenMajor === major && seenMinor >= minor);
}

/** Flink 1.17 renamed it, and a config.yaml can't hold the old name beside kubernetes.container.image.pull-policy. */
const IMAGE = 'kubernetes.container.image';

/** One name for one option: else a layer could not override another that uses the old name. */
export function withNewNames(options: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { [IMAGE]: image, ...others } = options;
  return image === undefined ? options : { ...others, [`${IMAGE}.ref`]: image };
}

/** The id that a job gets. In a cluster that was made for one job, its JobManager names that job by it. */
export const JOB_ID_OPTION = '$internal.pipeline.job-id';
