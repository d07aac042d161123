/** The served calls: from this list serverless.yml makes the routes of API Gateway, and handlers find theirs. */
import type { Verb } from '../domain/access/verbs.ts';
import routes from './routes.json' with { type: 'json' };

export interface ServedRoute {
  /** A part such as `{id}` stands for any text without a slash. */
  readonly path: string;
  readonly methods: readonly string[];
  /** The Lambda function that serves it. */
  readonly function: string;
  /** The verb that a caller needs. any: every authenticated caller may; null: open to everybody. */
  readonly verb: Verb | 'any' | null;
}

export const SERVED = routes as readonly ServedRoute[];

const patterns = SERVED.map((route) => ({ route, pattern: toPattern(route.path) }));

function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

export function servedRoute(path: string): ServedRoute | null {
  return patterns.find(({ pattern }) => pattern.test(path))?.route ?? null;
}
