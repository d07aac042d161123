/**
 * The marks of a caller and a task (protocol.md section 7), one item. A refusal is an entry of a set, so that any number of
 * them can be added at the same moment, and the SDK's own retry adds nothing. A call that uses one up puts an attribute
 * of its own beside it, once, with its own name as the value: a retry finds that the name is its own.
 */
import * as v from 'valibot';
import { MARKS_LIFE_MS, REFUSAL_ECHO_MS } from '../../domain/limits.ts';
import type { RequestKeyStore } from '../../domain/ports.ts';
import {
  type CallerMarks,
  type CancelMark,
  NO_MARKS,
  type Refusal,
  type RefusalMark,
} from '../../domain/run/caller-marks.ts';
import type { Item, Items } from './items.ts';
import { marksKey, SCHEMA_VERSION, ttlSeconds } from './job-keys.ts';
import { idField, readItem, timeField, unreadable } from './read-item.ts';
import { type ItemUpdate, tableAccess } from './table-access.ts';
import { toUpdate } from './update-expression.ts';

type Marks = Pick<RequestKeyStore, 'markRefusal' | 'readMarks' | 'takeRefusal' | 'noteCancel'>;

/** More entries than this are looked through for those that explain nothing any more. */
const MANY_REFUSALS = 20;

export function callerMarks(items: Items, table: string): Marks {
  const { read, update } = tableAccess(items, table);
  return {
    markRefusal: async (caller, taskId, refusal) => {
      const key = marksKey(caller, taskId);
      const returned = { ReturnValues: 'UPDATED_NEW', TableName: table, Key: { ...key } } as const;
      const updated = await items.update({ ...toMark(refusal), ...returned }).catch(async (error: unknown) => {
        // The attribute is no set of texts: this error is clearer than DynamoDB's.
        toMarks(await read(key));
        throw error;
      });
      const old = tooMany({ ...key, ...updated }, refusal.at);
      if (old.length > 0) await update(key, toCleaning(old));
    },

    readMarks: async (caller, taskId) => toMarks(await read(marksKey(caller, taskId))),

    takeRefusal: async (caller, taskId, refusal, by) => {
      const key = marksKey(caller, taskId);
      if (await update(key, toTaking(refusal, by))) return true;
      return (await read(key))?.[takenName(entryOf(refusal))] === by;
    },

    noteCancel: async (caller, taskId, seen, mark) => {
      const key = marksKey(caller, taskId);
      if (await update(key, toNote(seen, mark))) return true;
      const { cancel } = toMarks(await read(key));
      return cancel?.runId === mark.runId && cancel.at === mark.at;
    },
  };
}

function toMark(refusal: Refusal): ItemUpdate {
  return toUpdate({
    add: { refusals: new Set([entryOf(refusal)]) },
    set: { expiresAt: endOf(refusal.at), schemaVersion: SCHEMA_VERSION },
  });
}

function toTaking(refusal: Refusal, by: string): ItemUpdate {
  const entry = entryOf(refusal);
  return toUpdate({
    set: { taken: by },
    // `at`: the one refusal that version 0.1 kept.
    condition: 'attribute_not_exists(#taken) AND (contains(refusals, :entry) OR #at = :at)',
    values: { entry, at: refusal.at },
    names: { taken: takenName(entry), at: 'at' },
  });
}

/** The cancel before it is the one that was seen. */
function toNote(seen: CancelMark | null, { runId, at }: CancelMark): ItemUpdate {
  const same = '#cancelRunId = :seenRun AND #cancelAt = :seenAt';
  return toUpdate({
    set: { cancelRunId: runId, cancelAt: at, expiresAt: endOf(at), schemaVersion: SCHEMA_VERSION },
    condition: seen === null ? 'attribute_not_exists(#cancelRunId)' : same,
    values: { seenRun: seen?.runId, seenAt: seen?.at },
  });
}

/** Entries that explain nothing any more, with what was put beside them. */
function toCleaning(entries: readonly string[]): ItemUpdate {
  const names = Object.fromEntries(entries.map((entry, n) => [`t${n}`, takenName(entry)]));
  return toUpdate({ delete: { refusals: new Set(entries) }, remove: Object.keys(names), names });
}

function tooMany(updated: Item, now: number): string[] {
  const entries = readItem(v.object({ refusals: entriesSchema }), updated).refusals;
  if (entries.length <= MANY_REFUSALS) return [];
  return entries.filter((entry) => now - atOf(entry) >= REFUSAL_ECHO_MS);
}

function endOf(at: number): number {
  return ttlSeconds(at + MARKS_LIFE_MS);
}

function entryOf({ at, id }: Refusal): string {
  return `${at}#${id}`;
}

function atOf(entry: string): number {
  return Number(entry.slice(0, entry.indexOf('#')));
}

function takenName(entry: string): string {
  return `taken#${entry}`;
}

const entriesSchema = v.optional(
  v.pipe(
    v.set(v.pipe(v.string('text'), v.regex(/^\d{1,16}#/, 'a time and an id')), 'a set of texts'),
    v.transform((set) => [...set]),
  ),
  () => new Set<string>(),
);

const marksSchema = v.object({
  refusals: entriesSchema,
  cancelRunId: v.optional(idField),
  cancelAt: v.optional(timeField),
  /** Records of version 0.1, which kept one refusal. */
  at: v.optional(timeField),
});

export function toMarks(item: Item | undefined): CallerMarks {
  if (item === undefined) return NO_MARKS;
  const { refusals, cancelRunId: runId, cancelAt, at } = readItem(marksSchema, item);
  const entries = at === undefined ? refusals : [...refusals, `${at}#`];
  return { refusals: entries.map((entry) => toRefusal(item, entry)), cancel: toCancel(item, runId, cancelAt) };
}

function toCancel(item: Item, runId: number | undefined, at: number | undefined): CancelMark | null {
  if (runId !== undefined && at !== undefined) return { runId, at };
  if (runId === undefined && at === undefined) return null;
  // With only one of the two, the condition of a cancel would always fail.
  throw unreadable(item, `its attribute "${runId === undefined ? 'cancelRunId' : 'cancelAt'}" is missing`);
}

function toRefusal(item: Item, entry: string): RefusalMark {
  const takenBy = item[takenName(entry)] ?? null;
  // Taken for open, it would be asked for again and again, and never be had.
  if (takenBy !== null && typeof takenBy !== 'string') {
    throw unreadable(item, `its attribute "${takenName(entry)}" must be text`);
  }
  return { at: atOf(entry), id: entry.slice(entry.indexOf('#') + 1), takenBy };
}
