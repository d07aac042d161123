/** What must never be, as it was found. */
export type ViolationKind = 'duplicate' | 'lost' | 'wrong final' | 'law' | 'late';

export interface Violation {
  readonly kind: ViolationKind;
  /** Null: no run is concerned, or none is known. */
  readonly runId: number | null;
  readonly text: string;
}

export type Complain = (kind: ViolationKind, runId: number | null, text: string) => void;
