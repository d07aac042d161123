/**
 * Whether the path of a savepoint is under one of the paths that requests may name. By whole parts, as Flink reads a path:
 * s3://b/a allows s3://b/a/x and not s3://b/ab.
 */
import { AppError } from '../errors.ts';
import { shownAddress } from '../secrets/shown-address.ts';
import { savepointPathProblem } from './savepoint-path.ts';

/** Null when it can be used. */
export function prefixProblem(prefix: string): string | null {
  return savepointPathProblem(prefix) ?? (partsOf(prefix) === null ? 'it has a part "." or ".."' : null);
}

export interface AllowedPaths {
  readonly taskId: number;
  /** The prefixes of the deployment and of the task; without any, every path is allowed. */
  readonly prefixes: readonly string[];
}

/** @throws AppError request.invalid */
export function checkRequestedPath(path: string, { taskId, prefixes }: AllowedPaths): void {
  if (prefixes.length === 0 || prefixes.some((prefix) => isUnder(path, prefix))) return;
  const shown = shownAddress(path).slice(0, SHOWN_LENGTH);
  const where = `the savePointPrefixes of task ${taskId} and the deployment's SAVEPOINT_PATHS`;
  throw new AppError(
    'request.invalid',
    `The parameter "savePointPath" is "${shown}", which is not under any path that requests may use: ${where}.`,
  );
}

const SHOWN_LENGTH = 100;

export function isUnder(path: string, prefix: string): boolean {
  const [parts, wanted] = [partsOf(path), partsOf(prefix)];
  return wanted?.every((part, at) => parts?.[at] === part) ?? false;
}

/**
 * Scheme, authority and the parts of the path. Flink takes `\` for `/` and several slashes for one. Null for a path that
 * climbs, also one that would only after its escapes are read.
 */
function partsOf(path: string): string[] | null {
  // Stryker disable next-line StringLiteral,ArrayDeclaration: it matches any text, and no scheme is the same in every path
  const [, scheme = '', authority = '', rest = ''] = /([a-z][a-z0-9+.-]*:)?(?:\/\/([^/]*))?(.*)/is.exec(path) ?? [];
  // Flink takes `s3://b\a` for a bucket of this name.
  if (authority.includes('\\')) return null;
  const parts = rest.split(/[/\\]/).filter((part) => part !== '');
  if (parts.some((part) => /^(?:\.|%2e){1,2} *$|%2f|%5c|%00|[\0-\x1f\x7f]/i.test(part))) return null;
  // Stryker disable next-line MethodExpression: one case or the other
  return [scheme.toLowerCase(), authority, ...parts];
}
