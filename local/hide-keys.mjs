/**
 * Loaded into the process of the API before anything else. `serverless offline` writes the path of each request into its log,
 * and an API key may travel in it (/k/<key>/openapi/...).
 */
const LIKE_KEYS = /dk_[0-9A-Za-z]{20,}/g;
/** Dinghy's own lines hide keys by themselves, as in a deployment: what they let through must be seen here, by a test too. */
const isOwnLine = (text) => text.startsWith('{"level":');

for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write;
  stream.write = function writeWithoutKeys(chunk, ...rest) {
    return write.call(
      this,
      typeof chunk === 'string' && !isOwnLine(chunk) ? chunk.replace(LIKE_KEYS, 'dk_******') : chunk,
      ...rest,
    );
  };
}
