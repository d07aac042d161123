import type { Asker } from '../../domain/access/principal.ts';
import type { JobStore } from '../../domain/ports.ts';
import type { HeadChange, RunHead } from '../../domain/run/run.ts';

export interface HeadWrite {
  readonly change: HeadChange;
  /** For the history; null: it is not part of it. */
  readonly cause: string | null;
  readonly asker?: Asker;
}

/** Gives the head as it is stored afterwards: when somebody else has written meanwhile, what is there counts. */
export async function writeHead(store: JobStore, head: RunHead, { change, cause, asker }: HeadWrite): Promise<RunHead> {
  return (await store.updateHead(head, change, cause, asker)) ?? (await store.readHead(head.id)) ?? head;
}
