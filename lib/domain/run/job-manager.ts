/** The identity of a JobManager. */
export interface JobManagerIdentity {
  /** "host:port" of the one that answered. */
  readonly address: string;
  /** New at each start of a JobManager; null when it does not say. */
  readonly jmId: string | null;
  readonly highAvailability: boolean;
  /** True when it forgets the ids of ended jobs at once (high availability, `job-result-store.delete-on-commit`). */
  readonly forgetsEnded: boolean;
  /** With high availability: the identity of its cluster, a hash of where that keeps its records. */
  readonly haCluster?: string;
  /** The one job it was made for, and the name of its cluster on Kubernetes, when it says so. */
  readonly ownJobId?: string;
  readonly kubernetesClusterId?: string;
}
