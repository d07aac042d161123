import type {
  ClusterDefinition,
  PrincipalDefinition,
  TaskDefinition,
  VariableDefinition,
} from '../lib/domain/definition/definitions.ts';
import type { Kind } from '../lib/domain/definition/kinds.ts';
import { alignColumns } from './align-columns.ts';
import type { Call } from './command.ts';
import { connect } from './connect.ts';
import type { Io } from './io.ts';
import { parseKind, SECTION_OF } from './kinds.ts';
import { maskDefinition } from './mask-definition.ts';
import { readStored, type Stored } from './plan/stored.ts';

export async function list({ positionals: [word], json, io, env, ...where }: Call): Promise<number> {
  const kinds = word === undefined ? (Object.keys(SECTION_OF) as Kind[]) : [parseKind(word)];
  const stored = await readStored(connect(where, env));
  const listed = kinds.map((kind) => ({ kind, rows: stored.filter((it) => it.kind === kind) }));
  if (json) io.out(JSON.stringify(toJson(listed), null, 2));
  else printTables(listed, io);
  for (const { problem } of listed.flatMap(({ rows }) => rows)) if (problem) io.err(`warning: ${problem}`);
  return 0;
}

type Listed = readonly { kind: Kind; rows: readonly Stored[] }[];

function toJson(listed: Listed): Record<string, unknown[]> {
  const definitions = (rows: readonly Stored[]) =>
    rows.flatMap(({ definition }) => definition ?? []).map(maskDefinition);
  return Object.fromEntries(listed.map(({ kind, rows }) => [SECTION_OF[kind], definitions(rows)]));
}

function printTables(listed: Listed, io: Io): void {
  const filled = listed.filter(({ rows }) => rows.length > 0);
  if (filled.length === 0) io.out('Nothing is defined yet. Try: dinghy apply examples');
  filled.forEach(({ kind, rows }, i) => {
    if (i > 0) io.out('');
    const table = [HEADINGS[kind], ...rows.map((row) => cellsOf(row))];
    for (const line of alignColumns(table)) io.out(line);
  });
}

const HEADINGS: Readonly<Record<Kind, readonly string[]>> = {
  TASK: ['TASK', 'NAME', 'VERSION', 'DIALECT', 'TYPE', 'ENABLED', 'NOTE'],
  CLUSTER: ['CLUSTER', 'NAME', 'TYPE', 'HOSTS', 'NOTE'],
  CLUSTER_CONFIGURATION: ['CLUSTER CONFIGURATION', 'NAME', 'TYPE', 'NOTE'],
  VARIABLES: ['VARIABLE', 'VALUE', 'NOTE'],
  DATABASES: ['DATABASE', 'NOTE'],
  PRINCIPALS: ['PRINCIPAL', 'KIND', 'TASKS', 'VERBS', 'ENABLED', 'NOTE'],
};

function cellsOf({ kind, id, name, definition }: Stored): string[] {
  if (!definition) return [id === null ? name : String(id), id === null ? '' : name, '(cannot be used)'];
  const shown = maskDefinition(definition);
  const note = (shown.note ?? '').split('\n')[0] ?? '';
  if (kind === 'TASK') {
    const { version, dialect, type, enabled } = shown as TaskDefinition;
    return [String(id), name, String(version), dialect, type, enabled ? 'yes' : 'no', note];
  }
  if (kind === 'CLUSTER')
    return [String(id), name, (shown as ClusterDefinition).type, (shown as ClusterDefinition).hosts, note];
  if (kind === 'CLUSTER_CONFIGURATION') return [String(id), name, (shown as ClusterDefinition).type, note];
  if (kind === 'PRINCIPALS') {
    const { kind: by, tasks, verbs, enabled } = shown as PrincipalDefinition;
    return [name, by, tasks, verbs.join(','), enabled ? 'yes' : 'no', note];
  }
  return kind === 'VARIABLES' ? [name, valueText(shown as VariableDefinition), note] : [name, note];
}

function valueText({ value }: VariableDefinition): string {
  const text = typeof value === 'string' ? value : `secret ${value.secret}`;
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
