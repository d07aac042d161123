/** A row of the index of runs with something left to do, as a sweep reads it. */
import type { Deployment } from '../options/own-cluster.ts';
import type { InstanceStatus } from './status.ts';

/** A run as the index of runs with something left to do shows it. It may lag behind: it only says where to look. */
export interface ActiveRun {
  readonly id: number;
  readonly hosts: string;
  readonly jobId: string | null;
  readonly status: InstanceStatus;
  readonly intentAt: number;
  readonly cancelAskedAt: number | null;
  readonly missedAt: number | null;
  readonly unreachableSince: number | null;
  /** The partition of the index that it was found in. */
  readonly active: string | null;
  /** The cluster that the run started for itself; null when it runs on one that others share. */
  readonly deployment: Deployment | null;
}

export interface ActivePage {
  readonly runs: readonly ActiveRun[];
  /** Rows that can't be read: which, and why. */
  readonly unreadable?: readonly string[];
  /** The run to go on after; null: the partition is at its end. */
  readonly after: number | null;
}

/** The last run that was checked, by partition; for a missing partition, the next sweep begins at the start. */
export type SweepCursor = Readonly<Record<string, number>>;
