/** An API key as an item of the Definitions table: one partition, so that one query lists all; the sort key is its hash. */
import * as v from 'valibot';
import type { AccessKey } from '../../domain/access/access-key.ts';
import { taskScopeProblem } from '../../domain/access/task-scope.ts';
import { VERBS } from '../../domain/access/verbs.ts';
import type { ItemKey } from '../../domain/definition/kinds.ts';
import { AppError } from '../../domain/errors.ts';
import { SCHEMA_VERSION } from './definition-keys.ts';
import type { Item } from './items.ts';
import { textField, timeField } from './read-item.ts';

export const KEYS_PARTITION = 'APIKEY';

export const accessKeyKey = (hash: string): ItemKey => ({ pk: KEYS_PARTITION, sk: hash });

/** The rights of a caller, in an item of any kind. */
export const grantFields = {
  tasks: v.pipe(
    v.string('* or ids of tasks'),
    v.check((text) => taskScopeProblem(text) === null, '* or ids of tasks, such as 1,2,10-20'),
  ),
  verbs: v.array(v.picklist(VERBS, `some of ${VERBS.join(', ')}`), `some of ${VERBS.join(', ')}`),
};

const accessKey = v.object({
  sk: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  // Not "id", which is a number in the index of this table.
  keyId: v.pipe(textField, v.regex(/^[0-9a-f]{12}$/, '12 hex digits')),
  name: textField,
  ...grantFields,
  createdBy: textField,
  createdAt: timeField,
  // Never left out: a key whose end was lost is damaged, not one that lives for ever.
  expiresAt: v.nullable(timeField),
  revokedAt: v.nullable(timeField),
});

export function fromAccessKeyItem(item: Item): AccessKey {
  const version = item['schemaVersion'];
  if (typeof version === 'number' && version > SCHEMA_VERSION) {
    throw unreadable(item, `a newer Dinghy wrote it (schemaVersion ${version}, this one reads ${SCHEMA_VERSION})`);
  }
  const parsed = v.safeParse(accessKey, item);
  if (!parsed.success) throw unreadable(item, problemOf(parsed.issues[0]));
  const { sk: hash, keyId: id, ...fields } = parsed.output;
  return { hash, id, ...fields };
}

export function toAccessKeyItem({ hash, id, ...fields }: AccessKey): Item {
  return { ...accessKeyKey(hash), schemaVersion: SCHEMA_VERSION, keyId: id, ...fields };
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  // Stryker disable next-line StringLiteral: each issue of an item has a path
  const field = v.getDotPath(issue) ?? '?';
  if (issue.input === undefined) return `its field "${field}" is missing`;
  return `its field "${field}" must be ${field === 'sk' ? 'a SHA-256' : issue.message}`;
}

function unreadable({ sk }: Item, problem: string): AppError {
  const which = typeof sk === 'string' ? sk.slice(0, 80) : '?';
  const hint = 'It is refused until you correct or delete the item.';
  return new AppError('store.invalid', `The API key ${KEYS_PARTITION}, ${which} can't be read: ${problem}. ${hint}`);
}
