/** Tasks for people to look at, by number, from the index byKind: definitions lie under keys of their own, in no order. */
import * as v from 'valibot';
import { MAX_ID } from '../../domain/limits.ts';
import type { TaskList } from '../../domain/ports.ts';
import type { Item, Items } from './items.ts';

export function taskList(items: Items, table: string): TaskList {
  return {
    within: (signal) => taskList(items.within(signal), table),

    tasks: async ({ limit, after }) => {
      const page = await items.query({
        TableName: table,
        IndexName: 'byKind',
        KeyConditionExpression: 'sk = :kind AND id > :after',
        ExpressionAttributeValues: { ':kind': 'TASK', ':after': after ?? 0 },
        // One more than asked for tells whether there is another page.
        Limit: limit + 1,
      });
      const shown = page.items.slice(0, limit);
      const read = shown.map((item) => v.safeParse(summarySchema, item));
      return {
        tasks: read.flatMap((parsed) => (parsed.success ? [parsed.output] : [])),
        next: page.items.length > limit ? numberOf(shown.at(-1)) : null,
        unreadable: shown.filter((_, i) => read[i]?.success === false).map(problemOf),
      };
    },
  };
}

const summarySchema = v.object({
  id: v.number(),
  name: v.string(),
  dialect: v.string(),
  type: v.string(),
  version: v.number(),
  enabled: v.boolean(),
  note: v.optional(v.nullable(v.string()), null),
});

/** DynamoDB sees to it that it is a number. */
function numberOf(item: Item | undefined): number {
  return Math.min(MAX_ID, Number(item?.['id']));
}

function problemOf(item: Item): string {
  const hint = 'Run "dinghy validate" and apply its definition again';
  return `The definition ${String(item['pk'])} can't be read: a field is missing or of another kind. ${hint}.`;
}
