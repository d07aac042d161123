/**
 * Loaded into the process of the API before anything else. `serverless offline` logs the path of each request, which may
 * contain an API key (/k/<key>/openapi/...).
 */
const LIKE_KEYS = /dk_[0-9A-Za-z]{20,}/g;
/** Only lines of serverless offline: Dinghy's own lines hide keys themselves, and a test must see if they don't. */
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
