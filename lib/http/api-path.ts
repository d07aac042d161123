/** The part of a path that says what is called. Before it may stand the base path of a custom domain, or a key. */
export function apiPath(rawPath: string): string {
  const start = START.exec(rawPath);
  return start === null ? rawPath : rawPath.slice(start.index);
}

const START = /\/(?:openapi(?=\/|\.json$|$)|health$)/;
