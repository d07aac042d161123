const SENSITIVE = new Set([
  'passphrase',
  'pwd',
  'secrets',
  'token',
  'auth',
  'authorization',
  'apikey',
  'accesskey',
  'secretkey',
  'privatekey',
]);

// `key` alone names columns and formats; it is a secret only behind one of these.
const SECRET_KEYS = new Set(['access', 'api', 'secret', 'private', 'account', 'shared', 'encryption', 'signing']);

const COMPOUND = /(?:password|passwd|secret|credentials?)$/;

/**
 * Whether an option or variable of this name holds a secret: `password`, `s3.access-key`, `sasl.jaas.config`; but not
 * `primary.key`, `key.format`, `keyspace`. Decided by the words of the name.
 */
export function isSensitiveName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  if (words.includes('jaas')) return true;
  return words.some((word, index) => isSensitiveWord(word) || isSecretKey(words, index));
}

function isSensitiveWord(word: string): boolean {
  return SENSITIVE.has(word) || COMPOUND.test(word);
}

function isSecretKey(words: readonly string[], index: number): boolean {
  // Stryker disable next-line StringLiteral: any word that is not in the set does
  return (words[index] === 'key' || words[index] === 'keys') && SECRET_KEYS.has(words[index - 1] ?? '');
}
