/** The recorded place of a run: the cluster that answered, or its own, which does not exist yet. */
import type { TaskDefinition } from '../definition/definitions.ts';
import { AppError } from '../errors.ts';
import { type Deployment, jobManagerAddress, newDeployment, versionProblem } from '../options/own-cluster.ts';
import type { RunTarget } from '../plan/run-target.ts';
import { shownAddress } from '../secrets/shown-address.ts';
import type { JobManagerIdentity } from './job-manager.ts';

/** The identity of the JobManager that answered before the intent, as the run's record has it. */
type Asked = 'address' | 'jmId' | 'highAvailability' | 'forgetsEnded';

export interface RunPlace extends Pick<JobManagerIdentity, Asked> {
  readonly haCluster: string | null;
  readonly clusterId: number | null;
  readonly hosts: string;
  readonly lostAfterMs: number | null;
  readonly deployment: Deployment | null;
}

interface PlacedRun {
  readonly id: number;
  readonly jobId: string | null;
  /** Its options, all layers. */
  readonly properties: Readonly<Record<string, string>>;
}

export function runPlace(
  { clusterId, hosts, deploy, lostAfterMs = null }: RunTarget,
  { address, jmId, highAvailability, forgetsEnded, haCluster }: Pick<JobManagerIdentity, Asked | 'haCluster'>,
  { id, jobId, properties }: PlacedRun,
): RunPlace {
  const there = { clusterId, jmId, highAvailability, forgetsEnded, haCluster: haCluster ?? null, lostAfterMs };
  if (deploy === undefined || jobId === null) return { ...there, hosts, address, deployment: null };
  const deployment = newDeployment({ ...deploy, properties }, id, jobId);
  const own = jobManagerAddress(deployment);
  return { ...there, hosts: own, address: own, deployment };
}

/** Before the intent: what a gateway of this version can't do is refused without a run. */
export function checkGatewayVersion(task: TaskDefinition, target: RunTarget, version: string): void {
  const problem = target.deploy === undefined ? null : versionProblem(target.deploy.type, version);
  if (problem === null) return;
  const seen = `The one at ${shownAddress(target.gatewayUrl ?? '')} runs Flink ${version}.`;
  throw new AppError('cluster.invalid', `Task ${task.id} (${task.name}): ${problem}. ${seen} Nothing was started.`);
}
