/** A task as the body of a request describes it: `{id?, statement?, type?, clusterId?, …, variables?}` (contract.md, "Asking about a task"). */
import type { Subject } from '../domain/access/may-call.ts';
import { MAX_PARALLELISM } from '../domain/definition/definitions.ts';
import type { DescribedTask, TaskFields } from '../domain/definition/described-task.ts';
import { isRecord, taskConfig } from '../domain/definition/dinky-config.ts';
import { numbersAsTexts } from './number-texts.ts';
import {
  invalid,
  isEmpty,
  kindOf,
  readBoolean,
  readId,
  readJsonObject,
  readText,
  readVariables,
  readWholeNumber,
  type Request,
  shown,
  writtenParameter,
} from './request.ts';

export interface TaskBody {
  readonly task: DescribedTask;
  readonly variables: Readonly<Record<string, string>>;
}

export function readTaskBody(request: Request): TaskBody {
  const body = readJsonObject(request);
  const id = isNobody(body['id']) ? null : readId('id', body['id']);
  const fields = readFields(body, writtenParameter(request, 'configJson'));
  if (id === null && (fields.statement ?? '').trim() === '') {
    throw invalid('The request has no "statement" and no "id" of a task. Give one of them: {"statement": "SELECT 1"}.');
  }
  const variables = readVariables('variables', body['variables'], writtenParameter(request, 'variables'));
  return { task: { id, fields }, variables };
}

/** A stored task with replaced fields is the caller's own task. */
export function subjectOf({ task: { id, fields } }: TaskBody): Subject {
  return id === null || Object.keys(fields).length > 0 ? 'unstored' : id;
}

type Body = Readonly<Record<string, unknown>>;

const TEXTS = ['name', 'dialect', 'type', 'statement'] as const;
const REFERENCES = ['clusterId', 'clusterConfigurationId', 'envId'] as const;
const FLAGS = ['fragment', 'statementSet', 'batchModel'] as const;

/**
 * Empty means not given: clients send every field of their form. `nameOf`: the body's name of a text or a flag.
 */
export function readFields(
  body: Body,
  writtenConfig: unknown,
  nameOf: (field: string) => string = (field) => field,
): TaskFields {
  const given = (name: string): boolean => !isEmpty(body[name]);
  const named = (name: string): boolean => !isNobody(body[name]);
  return {
    ...fieldsOf(
      TEXTS.filter((field) => given(nameOf(field))),
      (field) => readText(nameOf(field), body[nameOf(field)]),
    ),
    ...fieldsOf(REFERENCES.filter(named), (name) => readId(name, body[name])),
    ...fieldsOf(
      FLAGS.filter((field) => given(nameOf(field))),
      (field) => readBoolean(nameOf(field), body[nameOf(field)]),
    ),
    ...(named('parallelism') && { parallelism: readWholeNumber('parallelism', body['parallelism'], MAX_PARALLELISM) }),
    ...(given('configJson') && { configJson: readConfig(body['configJson'], writtenConfig) }),
  };
}

function fieldsOf<Name extends string>(names: readonly Name[], read: (name: Name) => unknown): TaskFields {
  return Object.fromEntries(names.map((name) => [name, read(name)]));
}

const NOBODY = new Set<unknown>([undefined, null, '', 0, -1, '0', '-1']);

/** Dinky writes -1 for none, Dinky 0.7 also 0. */
export const isNobody = (value: unknown): boolean => NOBODY.has(value);

type TaskConfig = NonNullable<TaskFields['configJson']>;

function readConfig(value: unknown, written: unknown): TaskConfig {
  const read = taskConfig(typeof value === 'string' ? parsed(value) : written);
  if (!isRecord(read)) throw invalid(`The parameter "configJson" is ${kindOf(value)}. Give an object.`);
  return {
    customConfig: readTexts('configJson.customConfig', read['customConfig']),
    udfRefer: readTexts('configJson.udfRefer', read['udfRefer']),
  };
}

export function readTexts(name: string, value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isRecord(value))
    throw invalid(`The parameter "${name}" is ${kindOf(value)}. Give an object of names and texts.`);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readOption(name, key, item)]));
}

function readOption(name: string, key: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  throw invalid(
    `"${shown(key)}" in the parameter "${name}" is ${kindOf(value)}. Give a text, a number, true or false.`,
  );
}

function parsed(text: string): unknown {
  try {
    JSON.parse(text);
    return JSON.parse(numbersAsTexts(text)) as unknown;
  } catch {
    // Any error: it is no JSON.
    return text;
  }
}
