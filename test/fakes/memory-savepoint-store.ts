/** What runs have left behind, in memory. Held to the real one by test/contracts/savepoint-store.contract.ts. */
import { createHash } from 'node:crypto';
import type { SavepointStore } from '../../lib/domain/ports.ts';
import type { Savepoint } from '../../lib/domain/run/savepoint.ts';
import { bindable } from './bindable.ts';

export interface MemorySavepoints extends SavepointStore {
  readonly all: Savepoint[];
}

/** Several processes may share one list. */
export function memorySavepointStore(all: Savepoint[] = []): MemorySavepoints {
  return bindable<SavepointStore, Omit<MemorySavepoints, 'within'>>({
    all,
    record: (savepoint) => {
      if (!all.some((one) => keyOf(one) === keyOf(savepoint))) all.push({ ...savepoint });
      return Promise.resolve();
    },
    find: (taskId, fp, which) => {
      const mine = all.filter((one) => one.taskId === taskId && one.fp === fp);
      mine.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      return Promise.resolve((which === 'LATEST' ? mine.at(-1) : mine[0]) ?? null);
    },
  });
}

function keyOf({ taskId, fp, completedAt, path }: Savepoint): string {
  const hash = createHash('sha256').update(path).digest('hex');
  return `${taskId}#${fp}#${String(completedAt).padStart(20, '0')}#${hash}`;
}
