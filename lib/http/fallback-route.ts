/** Everything under /openapi that no other route takes: unknown paths and wrong methods, answered in the envelope. */
import { AppError } from '../domain/errors.ts';
import { shown } from './request.ts';
import type { Route } from './route.ts';

/** What is served, and by which methods; kept true by a test that compares it with serverless.yml. */
export const SERVED: Readonly<Record<string, readonly string[]>> = {
  '/openapi/submitTask': ['GET', 'POST'],
  '/openapi/version': ['GET'],
  '/openapi/getJobInstance': ['GET'],
  '/openapi/getJobInstanceByTaskId': ['GET'],
  '/openapi/onLineTask': ['GET'],
  '/openapi/cancel': ['GET'],
  '/openapi/savepointTask': ['POST'],
};

export const fallbackRoute: Route<never, never> = {
  bothDialects: true,
  parse: ({ method, path }) => {
    const methods = SERVED[path];
    if (methods !== undefined) {
      throw new AppError('request.notFound', `${path} takes ${methods.join(' or ')}, not ${method}.`);
    }
    const known = Object.keys(SERVED).map((known) => known.replace('/openapi/', ''));
    throw new AppError(
      'request.notFound',
      `There is no ${method} ${shown(path)} here. Known calls: ${known.join(', ')}.`,
    );
  },
  answer: (nothing) => nothing,
};
