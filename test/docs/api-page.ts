/** The page of the API, made of the OpenAPI document: `npm run docs:api` writes it. */
type Json = Readonly<Record<string, unknown>>;

interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly { readonly name: string; readonly required: boolean; readonly description: string }[];
  readonly requestBody?: Json;
  readonly responses: { readonly 200: { readonly content: Json } };
}

export function apiPage(document: Json): string {
  const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  const calls = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => callPart(`${method.toUpperCase()} ${path}`, operation)),
  );
  return `${[HEAD, ...calls].join('\n\n')}\n`;
}

const HEAD = `# Every call

This page is made from the [OpenAPI document](#get-openapijson) that each deployment serves. Do not edit it: change
\`lib/http/openapi/operations.ts\`, then run \`npm run docs:api\`. [The calls and their answers](contract.md) explains what
the calls do. The answers are real ones, shortened.`;

function callPart(name: string, operation: Operation): string {
  const { summary, description } = operation;
  const needs = description === undefined ? '' : ` ${description}`;
  return [`## ${name}`, `${summary}.${needs}`, table(parametersOf(operation)), example(operation)]
    .filter((part) => part !== '')
    .join('\n\n');
}

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
  const content = responses[200].content['application/json'] as { readonly example?: unknown };
  if (content.example === undefined) return '';
  return ['```json', JSON.stringify(content.example, null, 2), '```'].join('\n');
}
