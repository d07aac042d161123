/** An entry -> a draft and its problems. */
import * as v from 'valibot';
import { DEFINITION_FIELDS } from '../../lib/adapters/dynamo/definition-schema.ts';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import type { AnyDefinition, Kind } from '../../lib/domain/definition/kinds.ts';
import { checkStatement } from '../check-statement.ts';
import { checkDefinition } from './check-definition.ts';
import { type Draft, type Reference, SINGULAR } from './draft.ts';
import { BY_NAME, REFERENCE_KIND, STATEMENT_FILE } from './field-names.ts';
import { error, hasErrors, type Problem } from './problem.ts';
import type { Entry } from './read-entries.ts';
import { type ReadFields, readFields } from './read-fields.ts';
import { readStatement, type Statement } from './read-statement.ts';

export function readDraft(entry: Entry): { draft: Draft; problems: Problem[] } {
  const raw = readFields(entry);
  const statement = readStatement(entry, raw);
  const read: ReadFields = { ...raw, values: withStatement(withRunType(entry.kind, raw.values), statement) };
  const problems = [
    ...raw.problems,
    ...(statement.problem ? [statement.problem] : []),
    ...missingFields(entry, read),
    ...references(read).problems,
    ...checkDefinition(entry.kind, read, entry.place),
  ];
  const definition = hasErrors(problems) ? null : complete(entry.kind, read.values);
  const draft = toDraft(entry, read, statement, definition);
  return { draft, problems: [...problems, ...sqlProblems(draft)] };
}

/** An environment task has no run mode of its own: it runs where the task runs that names it. */
function withRunType(kind: Kind, values: ReadFields['values']): ReadFields['values'] {
  return kind === 'TASK' && values['dialect'] === 'FlinkSqlEnv' ? { type: 'local', ...values } : values;
}

function withStatement(values: ReadFields['values'], { text }: Statement): ReadFields['values'] {
  return text === null ? values : { ...values, statement: text };
}

function missingFields(entry: Entry, { fields, values }: ReadFields): Problem[] {
  return requiredFields(entry.kind)
    .filter(
      (name) =>
        values[name] === undefined && !fields.has(name) && !(name === 'statement' && fields.has(STATEMENT_FILE)),
    )
    .map((name) => error(entry.place, `a ${SINGULAR[entry.kind]} needs "${name}"${MISSING_HINT[name] ?? ''}.`));
}

const MISSING_HINT: Readonly<Record<string, string>> = {
  statement: ' (or "statementFile", the path of a .sql file)',
  type: ', as "type: standalone"',
  hosts: ', as "127.0.0.1:8081"',
};

/** Fields without a default, except the numbers that Dinghy assigns. */
function requiredFields(kind: Kind): string[] {
  return Object.entries(DEFINITION_FIELDS[kind] as Record<string, v.GenericSchema>)
    .filter(([name, schema]) => name !== 'id' && name !== 'version' && !v.is(schema, undefined))
    .map(([name]) => name);
}

function references({ fields, values }: ReadFields): { list: Reference[]; problems: Problem[] } {
  const list: Reference[] = [];
  const problems: Problem[] = [];
  for (const [byName, { field }] of Object.entries(BY_NAME)) {
    const [name, id] = [fields.get(byName), fields.get(field)];
    if (name && id) problems.push(error(name.keyPlace, `give either "${byName}" or "${field}", not both.`));
    const place = (name ?? id)?.place;
    const to = values[byName] ?? values[field];
    if (place && (typeof to === 'string' || typeof to === 'number')) {
      list.push({ field, kind: REFERENCE_KIND[field], to, place });
    }
  }
  return { list, problems };
}

/** With defaults; id and version follow when they are known. */
function complete(kind: Kind, values: ReadFields['values']): AnyDefinition {
  const fields = DEFINITION_FIELDS[kind] as Record<string, v.GenericSchema>;
  const entries = Object.entries(fields).map(([name, schema]): [string, unknown] => {
    if (name === 'id' || name === 'version') return [name, values[name] ?? 0];
    return [name, v.parse(schema, values[name])];
  });
  return Object.fromEntries(entries) as unknown as AnyDefinition;
}

function toDraft(entry: Entry, read: ReadFields, statement: Statement, definition: AnyDefinition | null): Draft {
  const { name, id } = read.values;
  return {
    kind: entry.kind,
    name: typeof name === 'string' ? name : '',
    id: typeof id === 'number' ? id : null,
    place: entry.place,
    namePlace: read.fields.get('name')?.place ?? entry.place,
    references: references(read).list,
    definition,
    fields: read.fields,
    statementPlace: statement.placeAt,
  };
}

function sqlProblems({ kind, definition, statementPlace }: Draft): Problem[] {
  if (kind !== 'TASK' || !definition) return [];
  return checkStatement(definition as TaskDefinition).map(({ severity, line, column, text }) => ({
    severity,
    place: statementPlace(line, column),
    text,
  }));
}
