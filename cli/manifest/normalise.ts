/** Fields that people write in several forms -> the stored form. The field's schema reports unknown forms. */
import { SAVEPOINT_STRATEGIES } from '../../lib/domain/definition/definitions.ts';
import { isRecord, taskConfig, toMap } from '../../lib/domain/definition/dinky-config.ts';
import type { Kind } from '../../lib/domain/definition/kinds.ts';
import { numbersAsTexts } from '../../lib/http/number-texts.ts';
import type { Wanted } from './read-yaml.ts';

interface Shape {
  readonly wanted: Wanted;
  readonly normalise: (value: unknown) => unknown;
}

const asIs = (value: unknown): unknown => value;
const DATA: Shape = { wanted: 'data', normalise: asIs };

/** Dinky writes -1 for none, Dinky 0.7 also 0. */
const REFERENCE: Shape = { wanted: 'data', normalise: (value) => (value === -1 || value === 0 ? null : value) };

const SHAPES: Readonly<Record<string, Shape>> = {
  'TASK.configJson': { wanted: 'text', normalise: (value) => taskConfig(parsedJson(value), value) },
  'TASK.clusterId': REFERENCE,
  'TASK.clusterConfigurationId': REFERENCE,
  'TASK.envId': REFERENCE,
  'TASK.parameters': { wanted: 'text', normalise: (value) => withFlags(value, 'required') },
  'TASK.schedules': { wanted: 'text', normalise: (value) => withFlags(value, 'enabled') },
  'TASK.savePointStrategy': { wanted: 'data', normalise: savePointStrategy },
  'CLUSTER.config': { wanted: 'text', normalise: (value) => toMap(value, 'value') },
  'CLUSTER_CONFIGURATION.configJson': { wanted: 'letters', normalise: clusterConfig },
  'PRINCIPALS.tasks': { wanted: 'text', normalise: listText },
  'VARIABLES.value': { wanted: 'text', normalise: asIs },
};

export function shapeOf(kind: Kind, field: string): Shape {
  return SHAPES[`${kind}.${field}`] ?? DATA;
}

/** Defaults and values stay as they are written; only this field of each item is no text. */
function withFlags(value: unknown, name: string): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown) => {
    if (!isRecord(item) || !(name in item)) return item;
    const flag = item[name];
    const isFlag = flag === 'true' || flag === 'false';
    return { ...item, [name]: isFlag ? flag === 'true' : flag };
  });
}

/** Accepts `tasks: 1`, `tasks: [1, 2]` and `tasks: "1,10-20"`. */
function listText(value: unknown): unknown {
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string' || typeof item === 'number');
  return isList ? value.join(',') : value;
}

/** Dinky's names, or the numbers that it stores. */
function savePointStrategy(value: unknown): unknown {
  const index = SAVEPOINT_STRATEGIES.findIndex((name) => name === String(value).toUpperCase());
  return index < 0 ? value : index;
}

function parsedJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    JSON.parse(value);
    return JSON.parse(numbersAsTexts(value)) as unknown;
  } catch {
    // Any error: it is no JSON, and stays a text.
    return value;
  }
}

function clusterConfig(value: unknown): unknown {
  if (!isRecord(value) || !isRecord(value['flinkConfig'])) return value;
  const { configuration, flinkConfigList, ...rest } = value['flinkConfig'];
  const list = Array.isArray(flinkConfigList) ? flinkConfigList.map(textValue) : flinkConfigList;
  const map = isRecord(configuration) ? textValues(configuration) : configuration;
  return {
    ...value,
    flinkConfig: {
      ...rest,
      ...(map != null && { configuration: map }),
      ...(list != null && { flinkConfigList: list }),
    },
  };
}

const textOf = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
const textValues = (map: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, textOf(value)]));
const textValue = (item: unknown): unknown => (isRecord(item) ? textValues(item) : item);
