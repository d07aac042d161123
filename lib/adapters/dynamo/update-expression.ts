/**
 * The one builder of update expressions. Every attribute gets a placeholder of its own, because DynamoDB reserves words like
 * "owner".
 */
import type { Item } from './items.ts';
import type { ItemUpdate } from './table-access.ts';

export interface Change {
  /** Attributes and their new values. */
  readonly set?: Item;
  readonly remove?: readonly string[];
  /** Numbers to add, or entries of sets. */
  readonly add?: Item;
  /** Entries to take out of sets. */
  readonly delete?: Item;
  /** An attribute is called `#name` here, and its new value `:name`. */
  readonly condition?: string;
  /** More values that the condition names; what is undefined is not sent. */
  readonly values?: Item;
  /** Names that differ from those in the item: `{ claim: 'c#fp' }`. */
  readonly names?: Readonly<Record<string, string>>;
}

export function toUpdate(change: Change): ItemUpdate {
  const { set = {}, remove = [], add = {}, delete: deleted = {}, condition, values, names } = change;
  const changed = [...Object.keys(set), ...remove, ...Object.keys(add), ...Object.keys(deleted)];
  const attributes = { ...Object.fromEntries(changed.map((name) => [name, name])), ...names };
  const clauses = [
    clause('SET', Object.keys(set), (name) => `#${name} = :${name}`),
    clause('REMOVE', remove, (name) => `#${name}`),
    clause('ADD', Object.keys(add), (name) => `#${name} :${name}`),
    clause('DELETE', Object.keys(deleted), (name) => `#${name} :${name}`),
  ];
  return {
    UpdateExpression: clauses.filter((text) => text !== '').join(' '),
    ConditionExpression: condition,
    ExpressionAttributeNames: Object.fromEntries(Object.entries(attributes).map(([name, own]) => [`#${name}`, own])),
    ExpressionAttributeValues: prefixed({ ...set, ...add, ...deleted, ...values }),
  };
}

function clause(word: string, names: readonly string[], part: (name: string) => string): string {
  return names.length === 0 ? '' : `${word} ${names.map(part).join(', ')}`;
}

function prefixed(values: Item): Item {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value]));
}
