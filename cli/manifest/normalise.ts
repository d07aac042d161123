/** Fields that people write in more shapes than one -> the one shape that is stored. Unknown shapes pass through: the field's schema names them. */
import { SAVEPOINT_STRATEGIES } from '../../lib/domain/definition/definitions.ts';
import type { Kind } from '../../lib/domain/definition/kinds.ts';
import { isSensitiveName } from '../../lib/domain/secrets/sensitive-name.ts';
import { numbersAsTexts } from '../../lib/http/number-texts.ts';
import { MASK } from '../mask-definition.ts';
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
  'TASK.configJson': { wanted: 'text', normalise: taskConfig },
  'TASK.clusterId': REFERENCE,
  'TASK.clusterConfigurationId': REFERENCE,
  'TASK.envId': REFERENCE,
  'TASK.parameters': { wanted: 'text', normalise: parameters },
  'TASK.savePointStrategy': { wanted: 'data', normalise: savePointStrategy },
  'CLUSTER.config': { wanted: 'text', normalise: (value) => toMap(value, 'value') },
  'CLUSTER_CONFIGURATION.configJson': { wanted: 'letters', normalise: clusterConfig },
  'VARIABLES.value': { wanted: 'text', normalise: asIs },
};

export function shapeOf(kind: Kind, field: string): Shape {
  return SHAPES[`${kind}.${field}`] ?? DATA;
}

/** Defaults and values keep their letters; `required` is no text. */
function parameters(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown) => {
    if (!isRecord(item) || !('required' in item)) return item;
    const { required } = item;
    const isFlag = required === 'true' || required === 'false';
    return { ...item, required: isFlag ? required === 'true' : required };
  });
}

/** Names as Dinky's pages show them, or the numbers that it stores. */
function savePointStrategy(value: unknown): unknown {
  const index = SAVEPOINT_STRATEGIES.findIndex((name) => name === String(value).toUpperCase());
  return index < 0 ? value : index;
}

/**
 * Dinky keeps options as a list of {key, value}, functions as a list of {name, className} in `udfRefer` or
 * `udfConfig.udfRefers`; Dinky 0.7 all of it as JSON in a text, which is the list of options alone.
 */
function taskConfig(written: unknown): unknown {
  const parsed = parsedJson(written);
  const value = Array.isArray(parsed) ? { customConfig: parsed } : parsed;
  if (!isRecord(value)) return written;
  const { customConfig, udfRefer, udfConfig, ...rest } = value;
  const refers = udfRefer ?? (isRecord(udfConfig) ? udfConfig['udfRefers'] : udfConfig);
  return {
    ...rest,
    ...(customConfig != null && { customConfig: toMap(customConfig, 'value') }),
    ...(refers != null && { udfRefer: toMap(withNames(refers), 'className') }),
  };
}

function parsedJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    JSON.parse(value);
    return JSON.parse(numbersAsTexts(value)) as unknown;
  } catch {
    // Any error: it is no JSON, and stays the text that it is.
    return value;
  }
}

/** A function without a name is called like its class, the first letter small: so does Dinky. */
function withNames(refers: unknown): unknown {
  if (!Array.isArray(refers)) return refers;
  return refers.map((item: unknown) => {
    if (!isRecord(item) || typeof item['className'] !== 'string') return item;
    if (item['name'] != null && item['name'] !== '') return item;
    const simple = item['className'].replace(/^.*\./s, '');
    return { ...item, name: simple.charAt(0).toLowerCase() + simple.slice(1) };
  });
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

/** [{key|name, value}] -> {name: value}; a map stays one. Rows that nobody has filled in say nothing. */
function toMap(value: unknown, valueField: string): unknown {
  if (!Array.isArray(value)) return value;
  const pairs = value
    .filter((item) => !isEmptyRow(item))
    .map((item: unknown) => {
      if (!isRecord(item)) return null;
      const name = item['key'] ?? item['name'];
      return typeof name === 'string' && valueField in item ? ([name, item[valueField]] as const) : null;
    });
  return pairs.includes(null) ? value : Object.fromEntries(withDoubles(pairs as [string, unknown][]));
}

/** A name with two values gets the list of both, which its schema refuses: nobody knows which one is meant. */
function withDoubles(pairs: readonly [string, unknown][]): Map<string, unknown> {
  const map = new Map<string, unknown>();
  for (const [name, value] of pairs) {
    const other = map.get(name);
    const values = isSensitiveName(name) ? [MASK, MASK] : [other, value];
    map.set(name, map.has(name) && other !== value ? values : value);
  }
  return map;
}

function isEmptyRow(item: unknown): boolean {
  return item === null || (isRecord(item) && Object.values(item).every((field) => field === null || field === ''));
}

const textOf = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
const textValues = (map: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, textOf(value)]));
const textValue = (item: unknown): unknown => (isRecord(item) ? textValues(item) : item);

export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
