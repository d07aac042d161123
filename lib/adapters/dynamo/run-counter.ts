/** The counter that gives out run numbers, one item of the Jobs table. */
import { AppError } from '../../domain/errors.ts';
import { LAST_RUN_NUMBER } from '../../domain/limits.ts';
import type { JobStore } from '../../domain/ports.ts';
import { countedSchema, counterSchema } from './item-schemas.ts';
import type { Items } from './items.ts';
import { runCounterKey } from './job-keys.ts';
import { readItem } from './read-item.ts';
import { tableAccess } from './table-access.ts';
import { toUpdate } from './update-expression.ts';

export function runCounter(items: Items, table: string): Pick<JobStore, 'nextRunId' | 'raiseRunCounter'> {
  const { read, update } = tableAccess(items, table);
  return {
    nextRunId: async () => {
      const counted = await items.update({ TableName: table, Key: { ...runCounterKey }, ...COUNT_UP });
      if (counted === null) {
        // The condition fails as well where `n` is no number.
        readItem(counterSchema, (await read(runCounterKey)) ?? { ...runCounterKey, n: 0 });
        throw numbersExhausted(table);
      }
      return readItem(countedSchema, { ...runCounterKey, ...counted }).n;
    },

    raiseRunCounter: async (to) => {
      const set = { n: Math.min(to, LAST_RUN_NUMBER) };
      // A failed condition is fine: the counter is already there.
      await update(runCounterKey, toUpdate({ set, condition: 'attribute_not_exists(#n) OR #n < :n' }));
    },
  };
}

const COUNT_UP = {
  ...toUpdate({
    add: { n: 1 },
    condition: 'attribute_not_exists(#n) OR #n < :last',
    values: { last: LAST_RUN_NUMBER },
  }),
  ReturnValues: 'UPDATED_NEW',
} as const;

function numbersExhausted(table: string): AppError {
  const why = `the table "${table}" has already used run number ${LAST_RUN_NUMBER}, the last one that clients can read`;
  const hint = 'Point the deployment at a new, empty Jobs table (docs/operate/tables.md, "Run numbers").';
  return new AppError('run.numbersExhausted', `There are no run numbers left: ${why}. Nothing was started. ${hint}`);
}
