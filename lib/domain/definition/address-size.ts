/**
 * How long the addresses of a cluster may be: they are kept with every run, whose record is small (head-size.ts). Compared
 * and asked, so none of them may be cut.
 */
import { bytesOf, cutText } from '../cut-text.ts';
import { shownAddress } from '../secrets/shown-address.ts';

/** All addresses of a cluster together, and each of them: "https://", a name of 253 characters, a port. */
export const MAX_HOSTS_LENGTH = 800;
const MAX_HOST_LENGTH = 267;
/** The JobManager address of a run's own cluster, as a pattern and with the id in it. */
export const MAX_ADDRESS_LENGTH = 300;
/** Kubernetes allows no longer ones. */
const MAX_NAMESPACE_LENGTH = 63;
/** The id of a cluster that a gateway may answer. Kubernetes allows 45, YARN's have about 40. */
export const MAX_CLUSTER_ID_LENGTH = 100;

/** Null when they are short enough. */
export function hostsSizeProblem(hosts: string): string | null {
  const longest = hosts.split(',').find((host) => bytesOf(host.trim()) > MAX_HOST_LENGTH);
  if (longest !== undefined) return tooLong('the address', longest.trim(), MAX_HOST_LENGTH);
  if (bytesOf(hosts) <= MAX_HOSTS_LENGTH) return null;
  return `the addresses have ${bytesOf(hosts)} characters (maximum ${MAX_HOSTS_LENGTH}); name fewer JobManagers.`;
}

export function namespaceProblem(namespace: string): string | null {
  return bytesOf(namespace) > MAX_NAMESPACE_LENGTH
    ? tooLong('kubernetes.namespace', namespace, MAX_NAMESPACE_LENGTH)
    : null;
}

const SHOWN_BYTES = 60;

export function tooLong(what: string, text: string, most: number): string {
  return `${what} "${cutText(shownAddress(text), SHOWN_BYTES)}" has ${bytesOf(text)} characters (maximum ${most}); use a shorter name.`;
}
