/**
 * The shape of every definition, field by field. Stored items are parsed with it, and the `dinghy` command checks
 * manifests with the same fields, so that what was accepted once can be read again. A message is a noun phrase: it is
 * put behind "must be".
 */
import * as v from 'valibot';
import { MAX_PRINCIPAL_NAME } from '../../domain/access/principal.ts';
import { TASK_DEFAULTS } from '../../domain/definition/definitions.ts';
import {
  type DefinitionByKind,
  isNumbered,
  type ItemKey,
  type Kind,
  type StoredItem,
} from '../../domain/definition/kinds.ts';
import { AppError } from '../../domain/errors.ts';
import { MAX_ID, MAX_LOST_AFTER_MINUTES } from '../../domain/limits.ts';
import { PARAMETER_TYPES } from '../../domain/variables/parameters.ts';
import { grantFields } from './access-key-item.ts';
import { SCHEMA_VERSION } from './definition-keys.ts';
import { flagField as flag, orNull } from './read-item.ts';

const MINUTES = `a whole number of minutes from 1 to ${MAX_LOST_AFTER_MINUTES}`;
const SCHEDULE_NAME = 'a name of at most 40 letters, digits, "_", "-" and "."';
const PARALLELISM = 'a whole number from 1 to 32768';

const text = (message = 'text') => v.pipe(v.string(message), v.regex(/\S/, message));
const whole = (from: number, message = `a whole number from ${from} to ${MAX_ID}`) =>
  v.pipe(v.number(message), v.integer(message), v.minValue(from, message), v.maxValue(MAX_ID, message));
const MAP_OF_TEXTS = 'a map of names to text';
const texts = v.pipe(
  v.custom<Record<string, string>>((input) => !Array.isArray(input), MAP_OF_TEXTS), // to valibot a list is a record too
  v.record(v.string(), v.string('text'), MAP_OF_TEXTS),
);
const anything = v.record(v.string(), v.unknown(), 'a map');
const nameValue = v.object({ name: text(), value: v.string('text') }, 'a list of {name, value}');

const parameter = v.strictObject(
  {
    name: text(),
    type: v.picklist(PARAMETER_TYPES, `one of ${PARAMETER_TYPES.join(', ')}`),
    required: v.optional(flag, false),
    default: orNull(v.string('text')),
    pattern: orNull(text()),
    values: orNull(v.array(v.string('text'), 'a list of texts')),
  },
  'a map with name and type, and optionally required, default, pattern, values',
);

/** Whether its times can be read is checked in a manifest: this shape goes into every function. */
const schedule = v.strictObject(
  {
    name: v.pipe(v.string(SCHEDULE_NAME), v.regex(/^[\w.-]{1,40}$/, SCHEDULE_NAME)),
    cron: orNull(text()),
    rate: orNull(text()),
    at: orNull(text()),
    timeZone: v.optional(text(), 'UTC'),
    start: orNull(text()),
    end: orNull(text()),
    variables: v.optional(texts, {}),
    enabled: v.optional(flag, true),
    catchUp: v.optional(v.picklist(['skip', 'run'], 'skip or run'), 'skip'),
    overlap: v.optional(v.picklist(['skip', 'queue', 'cancel'], 'skip, queue or cancel'), 'skip'),
  },
  'a map with name, one of cron, rate and at, and optionally timeZone, start, end, variables, enabled, catchUp, overlap',
);

/** Keys of the maps in a list, for whoever says which one is misspelt. */
export const LIST_ITEM_KEYS: Readonly<Record<string, readonly string[]>> = {
  parameters: Object.keys(parameter.entries),
  schedules: Object.keys(schedule.entries),
};

const task = {
  id: whole(1),
  version: whole(1),
  name: text(),
  dialect: v.optional(text(), TASK_DEFAULTS.dialect),
  type: text(),
  statement: text('SQL text'),
  note: orNull(v.string('text')),
  enabled: v.optional(flag, TASK_DEFAULTS.enabled),
  step: v.optional(whole(0), TASK_DEFAULTS.step),
  clusterId: orNull(whole(1)),
  clusterConfigurationId: orNull(whole(1)),
  envId: orNull(whole(1)),
  checkpoint: orNull(whole(1, 'a whole number of milliseconds from 1')),
  savePointStrategy: v.optional(
    v.picklist([0, 1, 2, 3], '0 (NONE), 1 (LATEST), 2 (EARLIEST) or 3 (CUSTOM)'),
    TASK_DEFAULTS.savePointStrategy,
  ),
  savePointPath: orNull(text()),
  allowNonRestoredState: v.optional(flag, TASK_DEFAULTS.allowNonRestoredState),
  savePointPrefixes: orNull(v.array(text('a list of paths'), 'a list of paths')),
  parallelism: orNull(v.pipe(whole(1, PARALLELISM), v.maxValue(32_768, PARALLELISM))),
  fragment: v.optional(flag, TASK_DEFAULTS.fragment),
  statementSet: v.optional(flag, TASK_DEFAULTS.statementSet),
  batchModel: v.optional(flag, TASK_DEFAULTS.batchModel),
  maxRowNum: v.optional(whole(1), TASK_DEFAULTS.maxRowNum),
  useResult: v.optional(flag, TASK_DEFAULTS.useResult),
  useChangeLog: v.optional(flag, TASK_DEFAULTS.useChangeLog),
  useAutoCancel: v.optional(flag, TASK_DEFAULTS.useAutoCancel),
  configJson: v.optional(
    v.object({ customConfig: v.optional(texts, {}), udfRefer: v.optional(texts, {}) }, 'a map'),
    TASK_DEFAULTS.configJson,
  ),
  dedupeSeconds: v.optional(whole(0), TASK_DEFAULTS.dedupeSeconds),
  repeatable: v.optional(flag, TASK_DEFAULTS.repeatable),
  parameters: orNull(v.array(parameter, 'a list of {name, type}')),
  schedules: orNull(v.array(schedule, 'a list of {name, cron}')),
};

const cluster = {
  id: whole(1),
  name: text(),
  type: text(),
  hosts: text('host:port[,host:port...]'),
  sqlGateway: orNull(text('a URL')),
  lostAfterMinutes: orNull(v.pipe(whole(1, MINUTES), v.maxValue(MAX_LOST_AFTER_MINUTES, MINUTES))),
  config: v.optional(texts, {}),
  note: orNull(v.string('text')),
  enabled: v.optional(flag, true),
};

const clusterConfiguration = {
  id: whole(1),
  name: text(),
  type: text(),
  sqlGateway: orNull(text('a URL')),
  jobManager: orNull(text('an address with {clusterId} in it')),
  configJson: v.optional(
    v.object(
      {
        clusterConfig: v.exactOptional(anything),
        flinkConfig: v.exactOptional(
          // Dinky's other fields are kept: whether they can be used is decided where a run reads them (cluster-configuration.ts).
          v.looseObject(
            { configuration: v.exactOptional(texts), flinkConfigList: v.exactOptional(v.array(nameValue, 'a list')) },
            'a map',
          ),
        ),
        kubernetesConfig: v.exactOptional(anything),
        appConfig: v.exactOptional(anything),
      },
      'a map',
    ),
    {},
  ),
  note: orNull(v.string('text')),
  enabled: v.optional(flag, true),
};

const variable = {
  name: text(),
  value: v.union([v.string(), v.strictObject({ secret: text() })], 'text or {secret: name of the secret}'),
  note: orNull(v.string('text')),
};

const database = { name: text(), flinkConfig: text('Flink options as SQL text'), note: orNull(v.string('text')) };

const principal = {
  name: v.pipe(text(), v.maxLength(MAX_PRINCIPAL_NAME, `a name of at most ${MAX_PRINCIPAL_NAME} characters`)),
  kind: v.picklist(['iam', 'jwt'], 'iam or jwt'),
  ...grantFields,
  note: orNull(v.string('text')),
  enabled: v.optional(flag, true),
};

/** Fields of each kind, for whoever checks them one by one. */
export const DEFINITION_FIELDS = {
  TASK: task,
  CLUSTER: cluster,
  CLUSTER_CONFIGURATION: clusterConfiguration,
  VARIABLES: variable,
  DATABASES: database,
  PRINCIPALS: principal,
} as const satisfies Record<Kind, Record<string, v.GenericSchema>>;

const SCHEMAS: { readonly [K in Kind]: v.GenericSchema<unknown, DefinitionByKind[K]> } = {
  TASK: v.object(task),
  CLUSTER: v.object(cluster),
  CLUSTER_CONFIGURATION: v.object(clusterConfiguration),
  VARIABLES: v.object(variable),
  DATABASES: v.object(database),
  PRINCIPALS: v.object(principal),
};

const LABELS: Record<Kind, string> = {
  TASK: 'Task',
  CLUSTER: 'Cluster',
  CLUSTER_CONFIGURATION: 'Cluster configuration',
  VARIABLES: 'Variable',
  DATABASES: 'Database',
  PRINCIPALS: 'Principal',
};

/** "Task 3", 'Variable "region"': how messages name a definition. */
function labelOf(kind: Kind, key: ItemKey): string {
  return isNumbered(kind) ? `${LABELS[kind]} ${key.pk.slice(kind.length + 1)}` : `${LABELS[kind]} "${key.sk}"`;
}

/** A stored item as a definition, defaults filled in; throws `definition.invalid` naming item, field and value. */
export function parseDefinition<K extends Kind>(kind: K, item: StoredItem): DefinitionByKind[K] {
  if (typeof item['schemaVersion'] === 'number' && item['schemaVersion'] > SCHEMA_VERSION) {
    throw new AppError('definition.invalid', newerText(labelOf(kind, item), item['schemaVersion']));
  }
  const schema: v.GenericSchema<unknown, DefinitionByKind[K]> = SCHEMAS[kind];
  const parsed = v.safeParse(schema, item);
  if (parsed.success) return parsed.output;
  throw new AppError('definition.invalid', unfitText(labelOf(kind, item), parsed.issues[0]));
}

function newerText(label: string, seen: number): string {
  return `${label} was written by a newer Dinghy (schemaVersion ${seen}, this one reads ${SCHEMA_VERSION}). Deploy the newer version.`;
}

function unfitText(label: string, issue: v.BaseIssue<unknown>): string {
  const missing = issue.input === undefined || issue.message.startsWith('Invalid key');
  const must = missing ? 'is missing' : `must be ${issue.message}, not ${shown(issue.input)}`;
  return `${label} cannot be used: its stored field "${v.getDotPath(issue) ?? '?'}" ${must}. Correct it with "dinghy apply".`;
}

/** A value as people see it in a message, cut to a readable length. */
export function shown(value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) return 'nothing';
  return json.length > 100 ? `${json.slice(0, 100)}…` : json;
}
