/** GET /openapi.json: this API as an OpenAPI document, without the envelope. */
import type { Route } from './route.ts';

export const openapiRoute: Route<null, object> = {
  bothDialects: false,
  task: null,
  parse: () => null,
  answer: (document) => ({ success: true, msg: '', data: null, bare: document }),
};

/** Loaded on demand: it is larger than the rest of its function. */
export const openapi = () => async () => (await import('./openapi/document.ts')).openapiDocument();
