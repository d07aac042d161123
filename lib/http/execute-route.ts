/** POST /openapi/executeSql and executeJar: run the request's own statement or jar (adhoc.md). */
import type { SubmittedRun } from '../domain/answer.ts';
import type { TaskFields } from '../domain/definition/described-task.ts';
import type { UnstoredRequest } from '../domain/run/submit-request.ts';
import { type Body, givenName, readAdhocBody } from './adhoc-body.ts';
import { jarStatement } from './jar-body.ts';
import { invalid } from './request.ts';
import type { Route } from './route.ts';
import { toSubmitAnswer } from './submit-route.ts';

export const executeSqlRoute: Route<UnstoredRequest, SubmittedRun> = {
  bothDialects: true,
  parse: (request) => readAdhocBody(request, sqlFields),
  task: () => 'unstored',
  answer: toSubmitAnswer,
};

export const executeJarRoute: Route<UnstoredRequest, SubmittedRun> = {
  ...executeSqlRoute,
  parse: (request) => readAdhocBody(request, jarFields),
};

function sqlFields(body: Body): TaskFields {
  if (hasStatement(body)) return {};
  throw invalid('The request has no "statement". Give the SQL: {"statement": "SELECT 1"}.');
}

/** Dinky 0.x names the jar in fields, Dinky 1.x in a statement. */
function jarFields(body: Body): TaskFields {
  const statement = jarStatement(body);
  if (statement !== null && hasStatement(body))
    throw invalid('The request has a "statement" and fields of a jar. Give one of them.');
  if (statement === null && !hasStatement(body))
    throw invalid('The request names no jar. Give its address as "jarPath", or an EXECUTE JAR as "statement".');
  return {
    dialect: 'FlinkJar',
    ...(statement !== null && { statement }),
    ...(givenName(body, ['jobName', 'name']) === undefined && { name: 'jar' }),
  };
}

function hasStatement({ statement }: Body): boolean {
  return typeof statement === 'string' ? statement.trim() !== '' : statement !== undefined && statement !== null;
}
