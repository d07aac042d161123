/** The directory for savepoints in the run's own options; null leaves it to the cluster. */
import { MASK } from '../secrets/text-spans.ts';
import type { RunBody } from './run-body.ts';

/** Flink 1.19 and earlier know the second name alone; later ones know both. */
const KEYS = ['execution.checkpointing.savepoint-dir', 'state.savepoints.dir'];

/** SET wins over the other options. A directory with a hidden value in it can't be sent to Flink. */
export function savepointDirectory({ plan, jobConfig }: Pick<RunBody, 'plan' | 'jobConfig'>): string | null {
  const shown = valueIn(jobConfig.configJson);
  return isUsable(shown) ? shown : usable(valueIn(plan.properties));
}

function valueIn(options: Readonly<Record<string, string>> | undefined): string | null {
  return KEYS.map((key) => options?.[key]?.trim() ?? '').find((value) => value !== '') ?? null;
}

function usable(directory: string | null): string | null {
  return isUsable(directory) ? directory : null;
}

function isUsable(directory: string | null): boolean {
  return directory !== null && !directory.includes(MASK) && !directory.includes('${');
}
