/** Heads of several runs, read side by side: one that can't be read takes no other with it. */
import { AppError } from '../../domain/errors.ts';
import type { JobStore } from '../../domain/ports.ts';
import type { RunHead } from '../../domain/run/run.ts';
import { sideBySide } from '../waiting/side-by-side.ts';

export interface HeadsRead {
  /** The existing ones, in the order of the request. */
  readonly heads: RunHead[];
  readonly unreadable: UnreadableRun[];
}

export interface UnreadableRun {
  readonly id: number;
  /** Which item it is, and why. */
  readonly problem: string;
}

/** For the log, with the problem as `error`. */
export const PASSED_OVER = 'an item of the table was skipped';

export async function readHeads(store: Pick<JobStore, 'readHead'>, ids: readonly number[]): Promise<HeadsRead> {
  const found: HeadsRead = { heads: [], unreadable: [] };
  for (const entry of await sideBySide(...ids.map((id) => readOne(store, id)))) {
    if (entry === null) continue;
    if ('problem' in entry) found.unreadable.push(entry);
    else found.heads.push(entry);
  }
  return found;
}

async function readOne(store: Pick<JobStore, 'readHead'>, id: number): Promise<RunHead | UnreadableRun | null> {
  try {
    return await store.readHead(id);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store.invalid') throw error;
    return { id, problem: error.message };
  }
}
