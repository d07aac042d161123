/** npm run docs:api */
import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { openapiDocument } from '../../lib/http/openapi/document.ts';
import { apiPage } from './api-page.ts';

const page = new URL('../../docs/guide/api.md', import.meta.url).pathname;

writeFileSync(page, await format(apiPage(openapiDocument()), { ...(await resolveConfig(page)), filepath: page }));
