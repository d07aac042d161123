/** The words for kinds on the command line and in manifests. */
import type { Kind } from '../lib/domain/definition/kinds.ts';
import { didYouMean } from '../lib/domain/suggest.ts';
import { UsageError } from './usage-error.ts';

export const SECTION_OF: Readonly<Record<Kind, string>> = {
  CLUSTER: 'clusters',
  CLUSTER_CONFIGURATION: 'clusterConfigurations',
  VARIABLES: 'variables',
  DATABASES: 'databases',
  PRINCIPALS: 'principals',
  TASK: 'tasks',
};

/** Accepts "task", "tasks", "cluster-configuration": people should not have to remember which. */
export function parseKind(word: string): Kind {
  const plural = (text: string): string => text.toLowerCase().replace(/[-_ ]/g, '').replace(/s?$/, 's');
  const found = Object.entries(SECTION_OF).find(([, section]) => section.toLowerCase() === plural(word));
  if (found) return found[0] as Kind;
  const words = Object.values(SECTION_OF);
  throw new UsageError(`unknown kind "${word}".${didYouMean(word, words)} Use ${words.join(', ')}.`);
}
