/** The page of the API, made of the OpenAPI document: `npm run docs:api` writes it. */
import { anchorOf } from './pages.ts';

type Json = Readonly<Record<string, unknown>>;

interface Content {
  readonly 'application/json'?: { readonly schema: Json; readonly example?: Json };
}

interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly { readonly name: string; readonly required: boolean; readonly description: string }[];
  readonly requestBody?: Json;
  readonly responses: { readonly 200: { readonly content: Content } };
}

export function apiPage(document: Json): string {
  const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  const calls = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  );
  const parts = calls.map((call, place) => callPart(call, calls.slice(0, place)));
  return `${[HEAD, ...parts].join('\n\n')}\n`;
}

interface Call {
  readonly name: string;
  readonly operation: Operation;
}

const HEAD = `# Every call

This page is made from the [OpenAPI document](#get-openapijson) that each deployment serves. Do not edit it: change
\`lib/http/openapi/operations.ts\`, then run \`npm run docs:api\`. [The calls and their answers](contract.md) explains the
calls and their fields, and shows most answers. The examples here are real answers, shortened. \`datas\` is left out where it
repeats \`data\`.`;

/** Answers that contract.md shows, by the heading above them there. */
const SHOWN_IN_CONTRACT: Readonly<Record<string, string>> = {
  '/openapi/getJobInstance': 'Job instance',
  '/openapi/getJobInstanceByTaskId': 'Job instance',
  '/openapi/getJobInstanceList': 'Job instance',
  '/openapi/getJobData': 'results and result',
  '/openapi/runs': 'Lists',
  '/openapi/cancel': 'cancel',
  '/openapi/savepointTask': 'savepointTask',
  '/openapi/savepoint': 'savepointTask',
  '/openapi/offLineTask': 'savepointTask',
  '/openapi/explainSql': 'explainSql',
  '/openapi/getJobPlan': 'getJobPlan and getStreamGraph',
  '/openapi/getStreamGraph': 'getJobPlan and getStreamGraph',
  '/openapi/exportSql': 'exportSql',
  '/openapi/getTaskLineage': 'getTaskLineage and getLineage',
  '/openapi/getLineage': 'getTaskLineage and getLineage',
  '/openapi/version': 'version',
};

/** Parameters and answers that an earlier call has shown are links. */
function callPart({ name, operation }: Call, earlier: readonly Call[]): string {
  const { summary, description } = operation;
  const needs = description === undefined ? '' : ` ${description}`;
  return [`## ${name}`, `${summary}.${needs}`, parameters(operation, earlier), answer({ name, operation }, earlier)]
    .filter((part) => part !== '')
    .join('\n\n');
}

function linkTo({ name }: Call): string {
  return `[${name}](#${anchorOf(name)})`;
}

function parameters(operation: Operation, earlier: readonly Call[]): string {
  const shown = table(parametersOf(operation));
  const same = shown === '' ? undefined : earlier.find((one) => table(parametersOf(one.operation)) === shown);
  return same === undefined ? shown : `Parameters: the same as for ${linkTo(same)}.`;
}

function answer({ name, operation }: Call, earlier: readonly Call[]): string {
  const heading = SHOWN_IN_CONTRACT[name.split(' ')[1] ?? ''];
  if (heading !== undefined) return `Answer: [${heading}](contract.md#${anchorOf(heading)}).`;
  const shown = example(operation);
  const shape = JSON.stringify(schemaOf(operation));
  const isNamed = shown !== '' && shape.includes('$ref');
  const same = isNamed ? earlier.find((one) => JSON.stringify(schemaOf(one.operation)) === shape) : undefined;
  return same === undefined ? shown : `Answer: the same as for ${linkTo(same)}.`;
}

const schemaOf = ({ responses }: Operation) => responses[200].content['application/json']?.schema ?? {};

interface Row {
  readonly name: string;
  readonly required: boolean;
  readonly text: string;
}

function parametersOf({ parameters, requestBody }: Operation): Row[] {
  if (requestBody === undefined) {
    return (parameters ?? []).map(({ name, required, description }) => ({ name, required, text: description }));
  }
  const content = requestBody['content'] as Readonly<Record<string, { schema: Json }>>;
  const schema = content['application/json']?.schema ?? {};
  const required = (schema['required'] ?? []) as readonly string[];
  return Object.entries(schema['properties'] as Readonly<Record<string, { description: string }>>).map(
    ([name, { description }]) => ({ name, required: required.includes(name), text: description }),
  );
}

function table(rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const lines = rows.map(({ name, required, text }) => `| \`${name}\`${required ? ', required' : ''} | ${text} |`);
  return ['| parameter | meaning |', '|---|---|', ...lines].join('\n');
}

function example({ responses }: Operation): string {
  const shown = responses[200].content['application/json']?.example;
  if (shown === undefined) return '';
  return ['```json', JSON.stringify(withoutCopy(shown), null, 2), '```'].join('\n');
}

/** `datas` repeats `data` for clients of Dinky 0.x. */
function withoutCopy(shown: Json): Json {
  const { datas, ...others } = shown;
  return JSON.stringify(datas) === JSON.stringify(shown['data']) ? others : shown;
}
