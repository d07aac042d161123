/** What is served: one list, from which serverless.yml makes the routes of API Gateway, and the handlers find theirs. */
import routes from './routes.json' with { type: 'json' };

/** What a caller must be allowed to do. */
export type Verb = 'submit' | 'read' | 'control' | 'analyse' | 'adhoc';

export interface ServedRoute {
  /** A part such as `{id}` stands for any text without a slash. */
  readonly path: string;
  readonly methods: readonly string[];
  /** The Lambda function that serves it. */
  readonly function: string;
  /** Null: open to everybody. */
  readonly verb: Verb | null;
}

export const SERVED = routes as readonly ServedRoute[];

const patterns = SERVED.map((route) => ({ route, pattern: toPattern(route.path) }));

function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

export function servedRoute(path: string): ServedRoute | null {
  return patterns.find(({ pattern }) => pattern.test(path))?.route ?? null;
}
