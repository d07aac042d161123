/** In other languages, as people write them in comments and in names of their own. */
const FOREIGN =
  '密码 口令 密钥 パスワード 비밀번호 passwort kennwort contraseña contrasena senha пароль hasło wachtwoord'.split(' ');
export const FOREIGN_HINT = new RegExp(FOREIGN.join('|'), 'iu');
const FOREIGN_END = new RegExp(`(?:${FOREIGN.join('|')})$`);

const SENSITIVE = new Set([
  'passphrase',
  'pwd',
  'passcode',
  'sas',
  'secrets',
  'token',
  'auth',
  'authorization',
  'cookie',
  'cookies',
  'apikey',
  'accesskey',
  'secretkey',
  'privatekey',
]);

// `key` alone names columns and formats; it is a secret only behind one of these.
const SECRET_KEYS: ReadonlySet<string | undefined> = new Set(
  'access api secret private account shared encryption signing service master storage hmac'.split(' '),
);

const COMPOUND =
  /(?:password|passwd|secret|credentials?|(?:access|account|secret|auth|api|session|private)(?:key|token))$/;

/** How somebody is known, and where from, is no secret: `auth.type`, `token.endpoint`, `aws.credentials.provider`. */
const FACTS: ReadonlySet<string | undefined> = new Set(
  'source mechanism type method database scheme enabled provider providers loader path file endpoint uri url ttl lifetime renewal'.split(
    ' ',
  ),
);
const WITH_FACTS: ReadonlySet<string> = new Set(['auth', 'token', 'credential', 'credentials']);

/**
 * Every sensitive name has one of these in it: most names need no closer look. With `u`, since the K of Kelvin is a k in lower
 * case.
 */
const HINT = new RegExp(
  // Stryker disable next-line StringLiteral,ArrayDeclaration: what it lets through without need costs time alone
  ['pass', 'secret', 'key', 'cred', 'jaas', 'signature', ...SENSITIVE, ...FOREIGN].join('|'),
  'iu',
);

/**
 * Whether an option or variable of this name holds a secret: `password`, `s3.access-key`, `sasl.jaas.config`; but not
 * `primary.key`, `key.format`, `keyspace`. Decided by the words of the name.
 */
export function isSensitiveName(name: string): boolean {
  // Stryker disable next-line ConditionalExpression: without it the words say the same, but slowly
  if (!HINT.test(name)) return false;
  const words = name
    .replace(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  if (words.includes('jaas') || words.at(-1) === 'pass') return true;
  if (words.at(-1) === 'signature' && words.at(-2) === 'access') return true;
  return words.some(
    (word, index) =>
      (isSensitiveWord(word) && !(WITH_FACTS.has(word) && FACTS.has(words[index + 1]))) || isSecretKey(words, index),
  );
}

function isSensitiveWord(word: string): boolean {
  return SENSITIVE.has(word) || COMPOUND.test(word) || FOREIGN_END.test(word);
}

function isSecretKey(words: readonly string[], index: number): boolean {
  if (words[index + 1] === 'name') return false;
  return (words[index] === 'key' || words[index] === 'keys') && SECRET_KEYS.has(words[index - 1]);
}
