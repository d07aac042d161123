/** Unknown paths and wrong methods under /openapi, answered in the envelope. */
import { AppError } from '../domain/errors.ts';
import { didYouMean } from '../domain/suggest.ts';
import { shown } from './request.ts';
import type { Route } from './route.ts';
import { SERVED, servedRoute } from './served.ts';

const PREFIX = '/openapi/';

export const fallbackRoute: Route<never, never> = {
  bothDialects: true,
  task: null,
  parse: ({ method, path }) => {
    const served = servedRoute(path);
    const problem =
      served === null ? unknown(method, path) : `${shown(path)} takes ${served.methods.join(' or ')}, not ${method}.`;
    throw new AppError('request.notFound', problem);
  },
  answer: (nothing) => nothing,
};

function unknown(method: string, path: string): string {
  return `There is no ${method} ${shown(path)} here. ${advice(path)}`;
}

function advice(path: string): string {
  const name = path.startsWith(PREFIX) ? path.slice(PREFIX.length) : path;
  const known = SERVED.filter((route) => route.path.startsWith(PREFIX)).map((route) => route.path.slice(PREFIX.length));
  const meant = name.length <= MAX_NAME ? didYouMean(name, known).trim() : '';
  return meant === '' ? `Known calls: ${known.join(', ')}.` : meant;
}

/** Comparing longer names would take long, and no typo is that long. */
const MAX_NAME = 40;
