/** A request's own statement or jar, with the field names of Dinky 0.x and 1.x (adhoc.md). */
import { SAVEPOINT_STRATEGIES } from '../domain/definition/definitions.ts';
import type { TaskFields } from '../domain/definition/described-task.ts';
import { toMap } from '../domain/definition/dinky-config.ts';
import type { UnstoredRequest } from '../domain/run/submit-request.ts';
import {
  invalid,
  isEmpty,
  readBoolean,
  readJsonObject,
  readText,
  readVariables,
  readWholeNumber,
  type Request,
  seen,
  writtenParameter,
} from './request.ts';
import { readKey } from './request-key.ts';
import { isNobody, readFields, readTexts } from './task-body.ts';

export type Body = Readonly<Record<string, unknown>>;

export function readAdhocBody(request: Request, ownFields: (body: Body) => TaskFields): UnstoredRequest {
  const body = readJsonObject(request);
  refuseStored(body);
  refuseAddress(body);
  return {
    fields: { ...readAllFields(body, request), ...ownFields(body) },
    variables: readVariables('variables', body['variables'], writtenParameter(request, 'variables')),
    savePointPath: readText('savePointPath', body['savePointPath']),
    key: readKey(request),
  };
}

/** The first of these names that has a value in the body. */
export function givenName(body: Body, names: readonly string[]): string | undefined {
  return names.find((name) => Object.hasOwn(body, name) && !isEmpty(body[name]));
}

/** Other names of fields, in Dinky 0.x or in both. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  name: ['jobName', 'name'],
  statementSet: ['statementSet', 'useStatementSet'],
};
const RESULT_FLAGS = ['useResult', 'useChangeLog', 'useAutoCancel'] as const;

function readAllFields(body: Body, request: Request): TaskFields {
  const flags = RESULT_FLAGS.filter((name) => givenName(body, [name]) !== undefined);
  const checkpoint = wholeNumber(body, ['checkPoint', 'checkpoint']);
  const maxRowNum = wholeNumber(body, ['maxRowNum']);
  return {
    ...readFields(
      body,
      writtenParameter(request, 'configJson'),
      (field) => givenName(body, NAMES[field] ?? []) ?? field,
    ),
    ...Object.fromEntries(flags.map((name) => [name, readBoolean(name, body[name])])),
    ...(checkpoint !== null && { checkpoint }),
    ...(maxRowNum !== null && { maxRowNum }),
    ...(givenName(body, ['savePointStrategy']) && { savePointStrategy: readStrategy(body['savePointStrategy']) }),
    ...readOptions(body, request),
  };
}

/** Null: not given. Dinky writes 0 or -1 for none. */
function wholeNumber(body: Body, names: readonly string[]): number | null {
  const name = givenName(body, names);
  return name === undefined || isNobody(body[name]) ? null : readWholeNumber(name, body[name]);
}

function readStrategy(value: unknown): number {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim().toUpperCase() : '';
  const found = SAVEPOINT_STRATEGIES.findIndex((name, at) => text === name || text === String(at));
  if (found >= 0) return found;
  const names = SAVEPOINT_STRATEGIES.map((name, at) => `${at} or ${name}`).join(', ');
  throw invalid(`The parameter "savePointStrategy" is ${seen(value)}. Give ${names}.`);
}

/** Dinky 0.x has Flink options in `configuration`, beside the other fields. */
const OPTIONS = ['configuration', 'customConfig'] as const;

function readOptions(body: Body, request: Request): TaskFields {
  const name = OPTIONS.find((one) => givenName(body, [one]) !== undefined);
  if (name === undefined) return {};
  if (givenName(body, ['configJson']) !== undefined)
    throw invalid(`The request has "${name}" and "configJson". Put all options into configJson.customConfig.`);
  const customConfig = readTexts(name, toMap(writtenParameter(request, name), 'value'));
  return { configJson: { customConfig, udfRefer: {} } };
}

function refuseStored(body: Body): void {
  if (isNobody(body['id'])) return;
  const hint = 'Leave it out. To start a stored task, call submitTask.';
  throw invalid(
    `The parameter "id" names a stored task, but this call runs the request's own statement or jar. ${hint}`,
  );
}

/** Only definitions have the address of Flink: a request must not send statements and secrets elsewhere. */
function refuseAddress(body: Body): void {
  if (givenName(body, ['address']) === undefined || !isNobody(body['clusterId'])) return;
  const hint = 'Name a stored cluster by "clusterId", or leave both out for the cluster of the deployment.';
  throw invalid(`The parameter "address" can't be used: a request can't choose a JobManager by its address. ${hint}`);
}
