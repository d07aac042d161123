/** What became of slots, in memory. Held to the real one by test/contracts/slot-store.contract.ts. */
import type { SlotStore } from '../../lib/domain/ports.ts';
import type { SlotRecord } from '../../lib/domain/schedule/slot-record.ts';
import { bindable } from './bindable.ts';

export interface MemorySlots extends SlotStore {
  readonly all: SlotRecord[];
}

export function memorySlotStore(): MemorySlots {
  const all: SlotRecord[] = [];
  return bindable<SlotStore, Omit<MemorySlots, 'within'>>({
    all,
    record: (record) => {
      const at = all.findIndex((one) => nameOf(one) === nameOf(record));
      if (at < 0) all.push({ ...record });
      else if (all[at]?.outcome === 'failed') all[at] = { ...record };
      return Promise.resolve();
    },
    newest: (taskId, schedule, limit) => {
      const mine = all.filter((one) => one.taskId === taskId && one.schedule === schedule);
      return Promise.resolve(mine.sort((a, b) => b.at - a.at).slice(0, limit));
    },
  });
}

const nameOf = ({ taskId, schedule, at }: SlotRecord): string => `${taskId} ${schedule} ${at}`;
