import type { Cell } from './cell.ts';

/** One page of an operation's result. */
export interface ResultPage {
  /** notReady: ask again; page: `rows` may be empty; end: there is nothing more. */
  readonly kind: 'notReady' | 'page' | 'end';
  readonly jobId: string | null;
  readonly columns: readonly string[];
  readonly rows: readonly Cell[];
}
