import { bytesOf } from '../cut-text.ts';
import { MAX_ADDRESS_LENGTH, MAX_CLUSTER_ID_LENGTH, namespaceProblem, tooLong } from '../definition/address-size.ts';
import { MAX_ID } from '../limits.ts';
import { type DeployTarget, jobManagerAddress, newDeployment } from './own-cluster.ts';

/** For a run with its own cluster, before it exists: with the longest possible id. */
export function deploymentSizeProblem(target: DeployTarget): string | null {
  const deployment = { ...newDeployment(target, MAX_ID, NO_JOB), clusterId: LONGEST_ID };
  const { namespace, jobManager } = deployment;
  const addresses = [jobManager ?? '', jobManagerAddress(deployment)];
  const longest = addresses.find((one) => bytesOf(one) > MAX_ADDRESS_LENGTH);
  const ofNamespace = namespace === null ? null : namespaceProblem(namespace);
  return (
    ofNamespace ?? (longest === undefined ? null : tooLong("the JobManager's address", longest, MAX_ADDRESS_LENGTH))
  );
}

const NO_JOB = '0'.repeat(32);

const LONGEST_ID = 'x'.repeat(MAX_CLUSTER_ID_LENGTH);
