/** A task's `parameters`: which values a request may give. */
import type { TaskDefinition, TaskParameter } from '../definition/definitions.ts';
import { matches, MAX_MATCHED_LENGTH, patternProblem } from '../definition/parameter-pattern.ts';
import { AppError } from '../errors.ts';
import { isSensitiveName } from '../secrets/sensitive-name.ts';
import { MASK } from '../secrets/text-spans.ts';
import { isNamePath, isNumber } from '../sql/one-value.ts';
import { shownValue } from './refused.ts';

export const PARAMETER_TYPES = ['string', 'number', 'date', 'timestamp', 'identifier', 'boolean', 'sql'] as const;

type Values = Readonly<Record<string, string>>;

export interface ChosenValues {
  readonly data: Values;
  /** Put into the text as it is. */
  readonly sql: Values;
}

/** The request's values and defaults. Without `parameters` a request may give any variable, as data. */
export function chosenValues({ id, parameters }: TaskDefinition, given: Values): ChosenValues {
  if (parameters == null) return { data: given, sql: {} };
  refuseUndeclared(id, parameters, given);
  const chosen = parameters.flatMap((parameter) => {
    const value = chosenValue(id, parameter, given);
    return value === null ? [] : [{ parameter, value }];
  });
  const ofKind = (isSql: boolean): Values =>
    Object.fromEntries(
      chosen
        .filter(({ parameter }) => (parameter.type === 'sql') === isSql)
        .map(({ parameter, value }) => [parameter.name, value]),
    );
  return { data: ofKind(false), sql: ofKind(true) };
}

function refuseUndeclared(id: number, parameters: readonly TaskParameter[], given: Values): void {
  const names = parameters.map(({ name }) => name);
  const strange = Object.keys(given).find((name) => !names.includes(name));
  if (strange === undefined) return;
  const known = names.length === 0 ? 'It takes none.' : `Its parameters are ${names.join(', ')}.`;
  throw new AppError('variable.refused', `Task ${id} takes no variable "${strange}". ${known} Leave it out.`);
}

function chosenValue(id: number, parameter: TaskParameter, given: Values): string | null {
  const { name, required } = parameter;
  const value = Object.hasOwn(given, name) ? given[name] : parameter.default;
  if (value == null) {
    if (!required) return null;
    throw new AppError(
      'variable.missing',
      `Task ${id} needs the parameter "${name}" (${parameter.type}). Give it with the request.`,
    );
  }
  const problem = parameterProblem(parameter, value);
  if (problem === null) return value;
  throw new AppError(
    'variable.refused',
    `The parameter "${name}" of task ${id} is ${shownValue(name, value)}. ${problem}`,
  );
}

/** Without the values of one with a sensitive name. */
export function shownParameter(parameter: TaskParameter): TaskParameter {
  if (!isSensitiveName(parameter.name)) return parameter;
  const hide = <T extends string | null | undefined>(value: T): T | string => (value == null ? value : MASK);
  const { default: usual, values } = parameter;
  return { ...parameter, default: hide(usual), values: values == null ? values : values.map(hide) };
}

/** What is wrong with a value, as a sentence; null if it is valid. */
export function parameterProblem({ name, type, pattern, values }: TaskParameter, value: string): string | null {
  const wanted = typeProblem(type, value);
  if (wanted !== null) return `Give ${wanted}.`;
  if (values != null && !values.includes(value)) {
    return `Give one of ${isSensitiveName(name) ? 'the values in its definition' : values.join(', ')}.`;
  }
  if (pattern == null) return null;
  const unusable = patternProblem(pattern);
  if (unusable !== null) return `Its pattern "${pattern}" ${unusable}: correct the definition of the task.`;
  const length = value.length > MAX_MATCHED_LENGTH ? ` of at most ${MAX_MATCHED_LENGTH} characters` : '';
  return matches(pattern, value) ? null : `Give a text${length} that matches ${pattern} as a whole.`;
}

/** The expected form; null if the value has the type. */
function typeProblem(type: TaskParameter['type'], value: string): string | null {
  switch (type) {
    case 'string':
      return null;
    case 'number':
      return isNumber(value) ? null : 'a number';
    case 'date':
      return isDate(value) ? null : 'a date, as 2026-01-31';
    case 'timestamp':
      return isTimestamp(value) ? null : 'a timestamp, as 2026-01-31 12:00:00';
    case 'identifier':
      return isNamePath(value) ? null : 'a name, or a path of names';
    case 'boolean':
      return /^(?:true|false)$/i.test(value) ? null : 'true or false';
    case 'sql':
      return value.includes('${') ? 'SQL without ${…}: a value of a request is not expanded' : null;
  }
}

function isDate(value: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value) ?? [];
  if (year === undefined) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

function isTimestamp(value: string): boolean {
  const [, date = '', time = ''] = /^(\S+) (\S+)$/.exec(value) ?? [];
  return isDate(date) && /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?$/.test(time);
}
