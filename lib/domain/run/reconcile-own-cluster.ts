/**
 * What the reconciler does about a run with a cluster of its own whose job it does not see (protocol.md section 11). Such a
 * cluster comes up slowly, goes away with its job, and nobody else's 404 says anything about it. Nothing is sent again.
 */
import { CLUSTER_GONE_MS, LANDING_MS, MISSED_MS } from '../limits.ts';
import { type Deployment, whereToLook } from '../options/own-cluster.ts';
import { shownAddress } from '../secrets/shown-address.ts';
import type { Look, ReconcileDecision } from './observation.ts';
import type { RunHead } from './run.ts';

export function decideDeployed(head: RunHead, deployment: Deployment, look: Look): ReconcileDecision {
  if (head.status === 'INITIALIZING') return unconfirmed(head, deployment, look);
  if (!isOwn(head, deployment, look)) return outOfReach(head, deployment, look.askedAt);
  if (head.unreachableSince !== null) return { kind: 'reach', unreachableSince: null };
  // It is there, and still reads the script, or has refused it.
  if (head.status === 'CREATED' && look.askedAt <= head.sentAt + LANDING_MS) return { kind: 'wait', why: 'landing' };
  return missed(head, look, `Flink no longer knows this job; ${howToLook(deployment)}`);
}

/** A JobManager that answers, and says that it was made for this run. */
function isOwn({ jobId }: RunHead, { type, name }: Deployment, { seen, jobManager }: Look): boolean {
  if (seen.kind !== 'noJob' || jobManager === null) return false;
  const { ownJobId, kubernetesClusterId } = jobManager;
  if (ownJobId !== undefined) return ownJobId === jobId;
  return type === 'kubernetes-application' && kubernetesClusterId === name;
}

/** Whether a cluster was made is not known; in reach or not, a 404 of its JobManager proves nothing. */
function unconfirmed(head: RunHead, deployment: Deployment, look: Look): ReconcileDecision {
  if (head.open.length === 0) {
    return { kind: 'end', status: 'FAILED', reason: head.refusal ?? 'no submission was sent' };
  }
  if (look.askedAt <= head.sentAt + LANDING_MS) return { kind: 'wait', why: 'landing' };
  const said = head.refusal === null ? 'no reply came' : `the gateway said: ${head.refusal}`;
  return missed(head, look, `it is not known whether a cluster was started (${said}); ${howToLook(deployment)}`);
}

function outOfReach(head: RunHead, deployment: Deployment, askedAt: number): ReconcileDecision {
  if (head.unreachableSince === null) return { kind: 'reach', unreachableSince: askedAt };
  if (askedAt - head.unreachableSince < CLUSTER_GONE_MS) return { kind: 'wait', why: 'unreachable' };
  return { kind: 'end', status: 'UNKNOWN', reason: `${goneText(head, deployment)}; ${howToLook(deployment)}` };
}

function goneText({ address, lastSeenAt }: RunHead, { jobManager }: Deployment): string {
  if (address === '') {
    const why =
      jobManager === null
        ? 'the cluster configuration has no jobManager'
        : "the gateway did not return the cluster's id";
    return `the cluster was created, but the address of its JobManager is not known: ${why}`;
  }
  const first = `the JobManager at ${shownAddress(address)}`;
  return lastSeenAt === null
    ? `${first} was never reachable`
    : `${first} is out of reach, which is normal after its job has ended`;
}

function missed(head: RunHead, { askedAt, jobManager }: Look, reason: string): ReconcileDecision {
  if (head.missedAt === null) {
    const highAvailability = jobManager?.highAvailability === true;
    return { kind: 'miss', by: jobManager?.jmId ?? null, highAvailability, doubted: false };
  }
  if (askedAt - head.missedAt < MISSED_MS) return { kind: 'wait', why: 'missed' };
  return { kind: 'end', status: 'UNKNOWN', reason };
}

function howToLook(deployment: Deployment): string {
  return `check with: ${whereToLook(deployment)}`;
}
