/** The OpenAPI document is one, covers every route, and the page in docs is made from it. */
import { readFileSync } from 'node:fs';
import { validate } from '@readme/openapi-parser';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { openapiDocument } from '../../lib/http/openapi/document.ts';
import { OPERATIONS } from '../../lib/http/openapi/operations.ts';
import { SERVED } from '../../lib/http/served.ts';
import { apiPage } from './api-page.ts';

const page = new URL('../../docs/guide/api.md', import.meta.url).pathname;
const calls = SERVED.flatMap(({ methods, path }) => methods.map((method) => `${method} ${path}`));

it('the document is valid OpenAPI 3.1', async () => {
  const result = await validate(structuredClone(openapiDocument()) as never);
  expect(result).toMatchObject({ valid: true, specification: 'OpenAPI' });
});

it('a document that is none would be noticed', async () => {
  const broken = { ...structuredClone(openapiDocument()), paths: { 'no-slash': {} } };
  expect(await validate(broken as never)).toMatchObject({ valid: false });
});

it('describes every route, and nothing else', () => {
  expect(Object.keys(OPERATIONS).sort()).toEqual(calls.sort());
});

it('docs/guide/api.md is what `npm run docs:api` writes', async () => {
  const made = await format(apiPage(openapiDocument()), { ...(await resolveConfig(page)), filepath: page });
  expect(readFileSync(page, 'utf8')).toBe(made);
});
