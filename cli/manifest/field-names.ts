/** The fields that an entry may have: the stored ones, and spellings that only manifests allow. */
import { DEFINITION_FIELDS } from '../../lib/adapters/dynamo/definition-schema.ts';
import type { Kind, NumberedKind } from '../../lib/domain/definition/kinds.ts';

/** Other spelling -> ours. */
const ALIASES: Readonly<Record<string, string>> = { checkPoint: 'checkpoint' };

export const STATEMENT_FILE = 'statementFile';

/** References by name, and the field that keeps the id. */
export const BY_NAME: Readonly<Record<string, { field: 'clusterId' | 'clusterConfigurationId' | 'envId' }>> = {
  cluster: { field: 'clusterId' },
  clusterConfiguration: { field: 'clusterConfigurationId' },
  env: { field: 'envId' },
};

export const REFERENCE_KIND: Readonly<Record<'clusterId' | 'clusterConfigurationId' | 'envId', NumberedKind>> = {
  clusterId: 'CLUSTER',
  clusterConfigurationId: 'CLUSTER_CONFIGURATION',
  envId: 'TASK',
};

const LEAVE_OUT = 'Leave it out: Dinghy does not use it.';
const BY_NAME_TOO = 'Leave it out: the id is enough, or write the name as';

/** Fields of Dinky's exports that Dinghy does not know -> what to do about them. */
export const OF_DINKY: Readonly<Record<string, string>> = {
  alias: 'Leave it out: the job gets its name from "name".',
  jobName: 'Leave it out: the job gets its name from "name".',
  jarId: "Write the jar as EXECUTE JAR WITH ('uri' = '…', 'main-class' = '…') into the statement.",
  clusterName: `${BY_NAME_TOO} "cluster".`,
  clusterConfigurationName: `${BY_NAME_TOO} "clusterConfiguration".`,
  envName: `${BY_NAME_TOO} "env".`,
  ...Object.fromEntries(
    [
      ...['databaseId', 'databaseName', 'alertGroupId', 'alertGroupName', 'alertGroup', 'jobInstanceId', 'versionId'],
      ...['status', 'path', 'session', 'useSession', 'jarName', 'tenantId', 'operator', 'creator', 'updater'],
      ...['createTime', 'updateTime', 'firstLevelOwner', 'secondLevelOwners', 'savepoints', 'variables'],
    ].map((name) => [name, LEAVE_OUT]),
  ),
};

export const canonicalName = (name: string): string => ALIASES[name] ?? name;

export function allowedFields(kind: Kind): string[] {
  const stored = Object.keys(DEFINITION_FIELDS[kind]).filter((name) => name !== 'version');
  return kind === 'TASK' ? [...stored, STATEMENT_FILE, ...Object.keys(BY_NAME)] : stored;
}
