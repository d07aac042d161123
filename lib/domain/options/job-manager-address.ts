import { hostsProblem } from '../definition/addresses.ts';
import { shownAddress } from '../secrets/shown-address.ts';
import { deploymentSizeProblem } from './own-cluster-size.ts';

const EXAMPLE = '"https://flink.example.com/{clusterId}" or "{clusterId}-rest.flink:8081"';

/** Null if the pattern is valid: it has `{clusterId}`, and is an address when an id replaces this. */
export function jobManagerProblem(pattern: string): string | null {
  if (!pattern.includes('{clusterId}')) {
    return `"${shownAddress(pattern)}" names the same JobManager for every run; write {clusterId} where the id of the run's cluster belongs, as ${EXAMPLE}.`;
  }
  const address = pattern.replaceAll('{clusterId}', 'id').replaceAll('{namespace}', 'ns');
  const isUrl = /^https?:\/\//.test(address) && URL.canParse(address) && !address.includes(',');
  const tooLong = deploymentSizeProblem({ type: 'kubernetes-application', jobManager: pattern, properties: {} });
  if (tooLong !== null) return tooLong;
  if (isUrl || (!address.includes(',') && hostsProblem(address) === null)) return null;
  return `"${shownAddress(pattern)}" is not the address of a JobManager; write it as ${EXAMPLE}.`;
}
