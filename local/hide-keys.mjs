/**
 * Loaded into the process of the API before anything else. `serverless offline` writes the path of each request into its log,
 * and an API key may travel in it (/k/<key>/openapi/...).
 */
const LIKE_KEYS = /dk_[0-9A-Za-z]{20,}/g;

for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write;
  stream.write = function writeWithoutKeys(chunk, ...rest) {
    return write.call(this, typeof chunk === 'string' ? chunk.replace(LIKE_KEYS, 'dk_******') : chunk, ...rest);
  };
}
