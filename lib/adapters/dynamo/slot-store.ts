/** The outcomes of slots of schedules, in the Jobs table: one item each, for people. */
import { cutText } from '../../domain/cut-text.ts';
import { MAX_ERROR_LENGTH, SLOT_RECORD_LIFE_MS } from '../../domain/limits.ts';
import type { SlotStore } from '../../domain/ports.ts';
import type { SlotRecord } from '../../domain/schedule/slot-record.ts';
import { slotRecordSchema } from './item-schemas.ts';
import type { Items } from './items.ts';
import { SCHEMA_VERSION, slotKey, slotsOf, ttlSeconds } from './job-keys.ts';
import { readItem } from './read-item.ts';
import { type ItemUpdate, tableAccess } from './table-access.ts';
import { toUpdate } from './update-expression.ts';

export function dynamoSlotStore(items: Items, table: string): SlotStore {
  const { update, query } = tableAccess(items, table);
  return {
    within: (signal) => dynamoSlotStore(items.within(signal), table),

    record: async (record) => {
      await update(slotKey(record), toRecord(record));
    },

    newest: async (taskId, schedule, limit) => {
      const page = await query({
        KeyConditionExpression: 'pk = :slots',
        ExpressionAttributeValues: { ':slots': slotsOf(taskId, schedule) },
        ScanIndexForward: false,
        Limit: limit,
      });
      return page.items.map((item) => readItem(slotRecordSchema, item));
    },
  };
}

/** A slot that has failed may be delivered again; what another delivery has started or skipped stays. */
function toRecord({ reason, ...record }: SlotRecord): ItemUpdate {
  const expiresAt = ttlSeconds(record.recordedAt + SLOT_RECORD_LIFE_MS);
  const kept = reason === null ? null : cutText(reason, MAX_ERROR_LENGTH);
  return toUpdate({
    set: { ...record, reason: kept, expiresAt, schemaVersion: SCHEMA_VERSION },
    condition: 'attribute_not_exists(pk) OR #outcome = :failed',
    values: { failed: 'failed' },
  });
}
