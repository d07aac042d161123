/** An entry's fields -> values of the right types, each checked by its schema, or problems with their places. */
import * as v from 'valibot';
import { isMap, isSeq } from 'yaml';
import { DEFINITION_FIELDS, LIST_ITEM_KEYS, shown } from '../../lib/adapters/dynamo/definition-schema.ts';
import { isRecord } from '../../lib/domain/definition/dinky-config.ts';
import type { Kind } from '../../lib/domain/definition/kinds.ts';
import { maskValue } from '../../lib/domain/secrets/mask-sql.ts';
import { isSensitiveName } from '../../lib/domain/secrets/sensitive-name.ts';
import { didYouMean } from '../../lib/domain/suggest.ts';
import { SINGULAR } from './draft.ts';
import { allowedFields, BY_NAME, canonicalName, OF_DINKY, STATEMENT_FILE } from './field-names.ts';
import { shapeOf } from './normalise.ts';
import { error, type Place, type Problem } from './problem.ts';
import type { Entry, EntryField } from './read-entries.ts';
import { plain, target } from './read-yaml.ts';

export interface ReadFields {
  readonly fields: ReadonlyMap<string, EntryField>;
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
}

export function readFields(entry: Entry): ReadFields {
  const problems: Problem[] = [];
  const fields = knownFields(entry, problems);
  const values: Record<string, unknown> = {};
  for (const [name, field] of fields) {
    const read = readField(entry, name, field);
    if ('problem' in read) problems.push(read.problem);
    else values[name] = read.value;
  }
  return { fields, values, problems };
}

/** By their proper names; empty fields count as missing. */
function knownFields(entry: Entry, problems: Problem[]): Map<string, EntryField> {
  const allowed = allowedFields(entry.kind);
  const fields = new Map<string, EntryField>();
  for (const field of entry.fields) {
    const name = canonicalName(field.name);
    if (!allowed.includes(name)) problems.push(...strangeField(entry, field, allowed));
    else if (fields.has(name))
      problems.push(error(field.keyPlace, `"${name}" is given twice, once in another spelling.`));
    else if (plain(entry.document, field.node) !== null) fields.set(name, field);
  }
  return fields;
}

/** An empty field of Dinky's needs no warning. */
function strangeField(entry: Entry, field: EntryField, allowed: string[]): Problem[] {
  const { kind, document } = entry;
  const advice = kind === 'TASK' && Object.hasOwn(OF_DINKY, field.name) ? OF_DINKY[field.name] : undefined;
  if (advice === undefined) return [unknownField(kind, field, allowed)];
  if (plain(document, field.node) === null) return [];
  return [error(field.keyPlace, `"${field.name}" is a field of Dinky's. ${advice}`)];
}

function unknownField(kind: Kind, field: EntryField, allowed: string[]): Problem {
  if (field.name === 'version') {
    return error(field.keyPlace, 'leave "version" out: Dinghy counts the versions of a task.');
  }
  const hint = didYouMean(field.name, allowed) || ` Known are ${allowed.join(', ')}.`;
  return error(field.keyPlace, `unknown field "${field.name}" in a ${SINGULAR[kind]}.${hint}`);
}

type Read = { value: unknown } | { problem: Problem };

function readField(entry: Entry, name: string, field: EntryField): Read {
  const shape = shapeOf(entry.kind, name);
  const value = shape.normalise(plain(entry.document, field.node, shape.wanted));
  const schema = schemaOf(entry.kind, name);
  const stray = strayOf(entry, name, field, value);
  if (stray) return { problem: stray };
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return { value: parsed.output };
  return { problem: unfit(entry, field, parsed.issues[0]) };
}

const NAME_OF_OTHER = v.pipe(v.string('the name of another definition'), v.regex(/\S/, 'a name'));

function schemaOf(kind: Kind, name: string): v.GenericSchema {
  if (name in BY_NAME) return NAME_OF_OTHER;
  if (name === STATEMENT_FILE) return v.pipe(v.string('a path'), v.regex(/\S/, 'a path'));
  const fields: Record<string, v.GenericSchema> = DEFINITION_FIELDS[kind];
  return fields[name] ?? v.unknown();
}

const CONFIG_KEYS: Partial<Record<Kind, readonly string[]>> = {
  TASK: ['customConfig', 'udfRefer', 'udfConfig'],
  CLUSTER_CONFIGURATION: ['clusterConfig', 'flinkConfig', 'kubernetesConfig', 'appConfig'],
};

/** A key that this field does not have. */
function strayOf(entry: Entry, name: string, field: EntryField, value: unknown): Problem | null {
  const ofItems = LIST_ITEM_KEYS[name];
  const allowed = ofItems ?? (name === 'configJson' ? (CONFIG_KEYS[entry.kind] ?? []) : null);
  if (allowed === null) return null;
  const maps = ofItems === undefined ? [[value, []] as const] : listed(value).map((item, at) => [item, [at]] as const);
  for (const [map, path] of maps) {
    const stray = isRecord(map) ? Object.keys(map).find((key) => !allowed.includes(key)) : undefined;
    if (stray === undefined) continue;
    const hint = didYouMean(stray, allowed) || ` Known are ${allowed.join(', ')}.`;
    return error(placeOf(entry, field, [...path, stray]), `unknown key "${stray}" in ${name}.${hint}`);
  }
  return null;
}

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function unfit(entry: Entry, field: EntryField, issue: v.BaseIssue<unknown>): Problem {
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  const name = [field.name, ...path].join('.');
  const seen = issue.input === undefined ? '' : `, not ${shownInput([field.name, ...path.map(String)], issue.input)}`;
  return error(placeOf(entry, field, path), `"${name}" must be ${issue.message}${seen}.`);
}

/** The value if its names say that it is no secret; else only its kind. A map may hold anything. */
function shownInput(names: readonly string[], value: unknown): string {
  if (names.some((name) => name === 'value' || isSensitiveName(name))) return `this ${kindOf(value)}`;
  if (typeof value === 'string') return shown(maskValue(value));
  const isOfTexts = Array.isArray(value) && value.every((one) => typeof one === 'string');
  if (isOfTexts) return shown(value.map(maskValue));
  return typeof value === 'object' && value !== null ? `this ${kindOf(value)}` : shown(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return isRecord(value) ? 'map' : 'value';
}

/** The place of the deepest node on the path that the author wrote; normalising may have added nodes. */
function placeOf(entry: Entry, field: EntryField, path: readonly (string | number)[]): Place {
  let node = field.node;
  let place = field.place;
  for (const key of path) {
    if (!isMap(node) && !isSeq(node)) break;
    const next = target(entry.document, node.get(key, true));
    if (!next) break;
    node = next;
    if (next.range) place = entry.file.placeAt(next.range[0]);
  }
  return place;
}
