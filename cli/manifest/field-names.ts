/** Which fields an entry may have: those that are stored, and the ways of writing that only manifests know. */
import type { Kind, NumberedKind } from '../../lib/adapters/dynamo/definition-keys.ts';
import { DEFINITION_FIELDS } from '../../lib/adapters/dynamo/definition-schema.ts';

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

export const canonicalName = (name: string): string => ALIASES[name] ?? name;

export function allowedFields(kind: Kind): string[] {
  const stored = Object.keys(DEFINITION_FIELDS[kind]).filter((name) => name !== 'version');
  return kind === 'TASK' ? [...stored, STATEMENT_FILE, ...Object.keys(BY_NAME)] : stored;
}
