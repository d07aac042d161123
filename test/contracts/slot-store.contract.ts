/** What every store of slots does. */
import { describe, expect, it } from 'vitest';
import type { SlotStore } from '../../lib/domain/ports.ts';
import type { SlotRecord } from '../../lib/domain/schedule/slot-record.ts';

const AT = Date.UTC(2026, 0, 31, 2);
const DAY_MS = 86_400_000;

function aRecord(changes: Partial<SlotRecord> = {}): SlotRecord {
  const slot = { taskId: 1, schedule: 'nightly', at: AT } as const;
  return { ...slot, outcome: 'started', runId: 7, reason: null, recordedAt: AT + 5, ...changes };
}

export function slotStoreContract(name: string, make: () => SlotStore): void {
  describe(`slots (${name})`, () => {
    it('gives what was recorded, newest first, of one schedule, and no more than asked for', async () => {
      const slots = make();
      const days = [0, 2, 1].map((day) => aRecord({ at: AT + day * DAY_MS, runId: day + 1 }));
      for (const day of days) await slots.record(day);
      await slots.record(aRecord({ schedule: 'nightly-2' }));
      await slots.record(aRecord({ taskId: 11 }));
      expect((await slots.newest(1, 'nightly', 9)).map(({ runId }) => runId)).toEqual([3, 2, 1]);
      expect(await slots.newest(1, 'nightly', 1)).toEqual([days[1]]);
      expect(await slots.newest(1, 'weekly', 9)).toEqual([]);
    });

    it.each(['started', 'skipped'] as const)('leaves what was %s as it is', async (outcome) => {
      const slots = make();
      await slots.record(aRecord({ outcome }));
      await slots.record(aRecord({ outcome: 'failed', runId: null, reason: 'Flink is out of reach' }));
      expect(await slots.newest(1, 'nightly', 9)).toEqual([aRecord({ outcome })]);
    });

    it('takes what a second delivery has made of a slot that had failed', async () => {
      const slots = make();
      await slots.record(aRecord({ outcome: 'failed', runId: null, reason: 'Flink is out of reach' }));
      await slots.record(aRecord());
      expect(await slots.newest(1, 'nightly', 9)).toEqual([aRecord()]);
    });
  });
}
