/** A named place: an API, tables, or both. It belongs to the user, not to a checkout. */
import * as v from 'valibot';

const text = v.optional(v.pipe(v.string(), v.minLength(1)));

export const CONTEXT = v.strictObject({
  url: text,
  /** A path: the key itself is never stored here. */
  'key-file': text,
  table: text,
  'jobs-table': text,
  region: text,
  endpoint: text,
});

export type Context = v.InferOutput<typeof CONTEXT>;

export const CONTEXT_FIELDS = Object.keys(CONTEXT.entries) as readonly (keyof Context)[];

/** For people. */
export function contextText(context: Context): string {
  return CONTEXT_FIELDS.flatMap((field) => {
    const value = context[field];
    return value === undefined ? [] : [`${field} ${value}`];
  }).join(', ');
}
