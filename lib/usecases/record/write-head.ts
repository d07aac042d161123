import type { Requester } from '../../domain/access/principal.ts';
import type { JobStore } from '../../domain/ports.ts';
import type { HeadChange, RunHead } from '../../domain/run/run.ts';

export interface HeadWrite {
  readonly change: HeadChange;
  /** For the history; null: it is not part of it. */
  readonly cause: string | null;
  readonly requester?: Requester;
}

/** Returns the head as it is stored afterwards: if another writer came first, that one's. */
export async function writeHead(
  store: JobStore,
  head: RunHead,
  { change, cause, requester }: HeadWrite,
): Promise<RunHead> {
  return (await store.updateHead(head, change, cause, requester)) ?? (await store.readHead(head.id)) ?? head;
}
