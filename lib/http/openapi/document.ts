/** The OpenAPI 3.1 document: the routes, their parameters and answers, and examples of real answers. */
import { SERVED, type ServedRoute } from '../served.ts';
import examples from './examples.json' with { type: 'json' };
import { type Operation, OPERATIONS, type Parameter } from './operations.ts';
import { SCHEMAS } from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

const EXAMPLES: Readonly<Record<string, { readonly request: unknown; readonly answer: unknown } | undefined>> =
  examples;

export function openapiDocument(): Json {
  const paths = SERVED.map((route) => [route.path, pathItem(route)] as const);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Dinghy',
      version: '1',
      description:
        "Starts Apache Flink jobs on request. It has the calls of Dinky's OpenAPI, and some of its own. Every answer under /openapi has HTTP status 200: `success` says whether the call succeeded.",
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The address of the deployment. It may contain a key: https://HOST/k/KEY' }],
    security: [{ token: [] }, { bearer: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: 'dinky-token' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
      schemas: SCHEMAS,
    },
  };
}

function pathItem({ path, methods, verb }: ServedRoute): Json {
  const items = methods.map((method) => {
    const operation = OPERATIONS[`${method} ${path}`];
    return [
      method.toLowerCase(),
      operation === undefined ? {} : toOperation(method, path, { operation, verb }),
    ] as const;
  });
  return Object.fromEntries(items);
}

function toOperation(
  method: string,
  path: string,
  { operation, verb }: { readonly operation: Operation; readonly verb: ServedRoute['verb'] },
): Json {
  const inBody = method === 'POST' && operation.query !== true;
  const example = EXAMPLES[`${method} ${path}`];
  return {
    operationId: `${method.toLowerCase()}_${path.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_|_$/g, '')}`,
    summary: operation.summary,
    ...(verb === null ? { security: [] } : {}),
    ...(verb === null || verb === 'any' ? {} : { description: `Needs the verb "${verb}".` }),
    ...(inBody ? { requestBody: toBody(operation) } : { parameters: toParameters(operation, path) }),
    responses: { 200: toResponse(operation, example?.answer) },
  };
}

function toParameters({ parameters, variables }: Operation, path: string): Json[] {
  const own = parameters.map(({ name, schema, text }) => {
    const inPath = path.includes(`{${name}}`);
    const required = inPath || isNeeded(name, parameters);
    return { name, in: inPath ? 'path' : 'query', required, description: text, schema };
  });
  if (variables !== true) return own;
  const description = 'variables of the task: `variables.NAME=value` for each';
  const schema = { type: 'object', additionalProperties: { type: 'string' } };
  return [
    ...own,
    { name: 'variables', in: 'query', required: false, style: 'form', explode: true, description, schema },
  ];
}

/** A parameter that another one may replace counts as optional: a schema can't say "one of both". */
function isNeeded(name: string, parameters: readonly Parameter[]): boolean {
  const isRequired = parameters.some((one) => one.name === name && one.required === true);
  return isRequired && !parameters.some(({ insteadOf }) => insteadOf === name);
}

function toBody({ parameters, variables }: Operation): Json {
  const more = variables === true ? { variables: VARIABLES } : {};
  const properties = { ...Object.fromEntries(parameters.map((one) => [one.name, toProperty(one)])), ...more };
  const required = parameters.map(({ name }) => name).filter((name) => isNeeded(name, parameters));
  const schema = { type: 'object', properties, ...(required.length > 0 ? { required } : {}) };
  return { required: true, content: { 'application/json': { schema } } };
}

const VARIABLES: Json = {
  type: 'object',
  description: 'variables of the task, by name',
  additionalProperties: { type: ['string', 'number', 'boolean'] },
};

function toProperty({ schema, text }: Parameter): Json {
  return { ...schema, description: text };
}

function toResponse({ data, bare }: Operation, example: unknown): Json {
  const schema = bare === true ? data : envelopeOf(data);
  const content = { schema, ...(example === undefined ? {} : { example }) };
  return { description: 'The answer', content: { 'application/json': content } };
}

/** In a failure `data` is null, or the JobResult of a run that was recorded. */
function envelopeOf(data: Json): Json {
  return {
    type: 'object',
    required: ['code', 'msg', 'data', 'success', 'time'],
    properties: {
      code: { enum: [0, 1], description: '0 if the call succeeded, else 1' },
      msg: { type: 'string', description: 'the outcome, or what is wrong and what to do' },
      data: { anyOf: [data, { type: 'null' }] },
      success: { type: 'boolean' },
      time: { type: 'string' },
    },
  };
}
