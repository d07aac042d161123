/** What became of a slot: for people. Nothing is decided by it. */
import type { AskedSlot } from './plan-slot.ts';

export interface SlotRecord extends AskedSlot {
  readonly outcome: 'started' | 'skipped' | 'failed';
  /** The run that it started; of one that was skipped, the run that was live. */
  readonly runId: number | null;
  readonly reason: string | null;
  readonly recordedAt: number;
}
