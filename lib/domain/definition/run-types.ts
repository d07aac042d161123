/** Which dialects and run modes a definition may name, and what to say about one it may not. Never a silent default. */

const DIALECTS = ['FlinkSql', 'FlinkSqlEnv', 'FlinkJar'] as const;

/** Run modes on a cluster that is already there; the task names it by clusterId. */
export const SESSION_TYPES = ['standalone', 'yarn-session', 'kubernetes-session'] as const;
/** Run modes that start a cluster for the job; the task names a cluster configuration. */
export const DEPLOY_TYPES = ['yarn-application', 'kubernetes-application', 'yarn-per-job'] as const;
const RUN_TYPES = ['local', ...SESSION_TYPES, ...DEPLOY_TYPES] as const;

/** Dinky's dialects that run on a database or in a shell: known, so that the refusal can say why. */
const NOT_FLINK = new Set(
  [
    ...['Sql', 'Mysql', 'PostgreSql', 'Oracle', 'SqlServer', 'ClickHouse', 'Doris', 'StarRocks', 'Phoenix', 'Hive'],
    ...['Presto', 'Trino', 'Java', 'Scala', 'Python', 'KubernetesApplication'],
    'KubernetesApplaction', // as Dinky 0.7 spells it
  ].map((name) => name.toLowerCase()),
);

const isOneOf = (list: readonly string[], value: string): boolean => list.includes(value);

/** Null when the dialect is one of ours. */
export function dialectProblem(dialect: string): string | null {
  if (isOneOf(DIALECTS, dialect)) return null;
  const allowed = `Use ${DIALECTS.join(', ')}.`;
  if (NOT_FLINK.has(dialect.toLowerCase())) {
    return `dialect "${dialect}" is not supported: Dinghy only starts Flink jobs. Run such a task elsewhere. ${allowed}`;
  }
  return `unknown dialect "${dialect}". ${allowed}`;
}

/** Null when a task may have this run mode. */
export function runTypeProblem(type: string): string | null {
  if (isOneOf(RUN_TYPES, type)) return null;
  if (type === 'kubernetes-application-operator') {
    return `type "${type}" is not supported: use kubernetes-application, or point kubernetes-session at a cluster of the operator.`;
  }
  return `unknown type "${type}". Use one of ${RUN_TYPES.join(', ')}.`;
}

export const needsCluster = (type: string): boolean => isOneOf(SESSION_TYPES, type);
/** The whole task goes to Flink as a script, which the run's own cluster executes. */
export const isApplication = (type: string): boolean => type.endsWith('-application');
export const isYarn = (type: string): boolean => type.startsWith('yarn-');
export const needsClusterConfiguration = (type: string): boolean => isOneOf(DEPLOY_TYPES, type);
