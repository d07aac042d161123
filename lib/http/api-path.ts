/** The part of a path that names the call. The base path of a custom domain, or a key, may precede it. */
export function apiPath(rawPath: string): string {
  const start = START.exec(rawPath);
  return start === null ? rawPath : rawPath.slice(start.index);
}

const START = /\/(?:openapi(?=\/|\.json$|$)|health$)/;
