/** Values of 1 to 40 characters to be planted, and the notations in which Flink prints a value beside its key. */
import fc from 'fast-check';

export const KEYS = ['password', 'properties.sasl.jaas.config', 's3.secret-key', 'sourceTokenX.auth', 'apiKey'];
const anyValue = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 });
const lines = fc.string({
  unit: fc.constantFrom(...Array.from('abc\'"\\`\n ,;=&{}()[]$')),
  minLength: 1,
  maxLength: 40,
});
export const anyText = fc.oneof(anyValue, lines);
/** Without signs that any of the notations has for its own. */
export const plainText = fc.string({
  unit: fc.constantFrom(...Array.from('abcXYZ0189-_+/.!~*%')),
  minLength: 1,
  maxLength: 40,
});
/** What stands in the place of a value to compare with: nothing that is shown may depend on which of the two it was. */
export const MARK = 'pLaNtEd';

/** What Flink prints of a value, in the notations that say where it ends whatever it holds. */
export const EXACT: Readonly<Record<string, (key: string, value: string) => string>> = {
  'a table of options': (key, value) => `options are:\n'a'='b'\n'${key}'='${value.replaceAll("'", "''")}'\n'z'='y'`,
  'quoted SQL': (key, value) => `at CREATE TABLE t WITH (\n  '${key}' = '${value.replaceAll("'", "''")}',\n 'z' = 'y')`,
  JSON: (key, value) => `no ${JSON.stringify({ a: 'b', [key]: value, z: 'y' })}`,
  'JSON in JSON': (key, value) => `no ${JSON.stringify({ a: JSON.stringify({ [key]: value, z: 'y' }) })}`,
  JAAS: (key, value) => `a required ${key}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}" z="y";`,
};

/** And in those that do not: a value without signs of its own. */
export const LOOSE: Readonly<Record<string, (key: string, value: string) => string>> = {
  'a map of Java': (key, value) => `properties: [{a=b, ${key}=${value}, z=y}]`,
  'the end of a map': (key, value) => `properties: [{a=b, ${key}=${value}}]`,
  'a list': (key, value) => `with a=b, ${key}=${value}, z=y failed`,
  'a line': (key, value) => `a=b\n${key}=${value}\nz=y`,
  'a query': (key, value) => `at jdbc:mysql://h/d?a=b&${key}=${value}&z=y failed`,
  'a list with semicolons': (key, value) => `at jdbc:sqlserver://h;a=b;${key}=${value};z=y failed`,
  'an argument': (key, value) => `java --${key} x${value} -z y`,
};

/** Where a word or another sign than `=` or `:` leads from the key to the value. */
export const LINKED: Readonly<Record<string, (key: string, value: string) => string>> = {
  'a map of SQL': (key, value) => `MAP['a', 'b', '${key}', '${value}', 'z', 'y']`,
  'a map of a plan': (key, value) => `MAP(_UTF-16LE'a', _UTF-16LE'b', _UTF-16LE'${key}', _UTF-16LE'${value}', z=y)`,
  'a tuple': (key, value) => `[(a,b),(${key},${value.replaceAll('.', '')}7),(z,y)]`,
  'a tuple of literals': (key, value) => `[('a', 'b'), ('${key}', '${value}'), ('z', 'y')]`,
  'a map of Scala': (key, value) => `Map(a -> b, ${key} -> ${value}, z -> y)`,
  'a sentence': (key, value) => `the ${key} is 7${value}, z=y`,
  'a call': (key, value) => `conf.set("${key}", "${value}") z y`,
  'a function': (key, value) => `JSON_OBJECT('a' VALUE 'b', '${key}' VALUE '${value}', 'z' VALUE 'y')`,
  'an encoded query': (key, value) => `url=a%3Db%26${key}%3D${encodeURIComponent(value)}%26z%3Dy`,
  'what Gson writes': (key, value) => `h?a\\u003db\\u0026${key}\\u003d${value}\\u0026z\\u003dy`,
  'an object of name and value': (key, value) => `[{"name":"${key}","value":"${value}"},{"name":"z","value":"y"}]`,
  'YAML of name and value': (key, value) => `- name: ${key}\n  value: ${value}\n- name: z\n  value: y`,
  'a block of YAML': (key, value) => `${key}: |\n  ${value}\n  ${value}\nz: y`,
  "Hadoop's XML": (key, value) => `<name>${key}</name> <value>${value}</value><name>z</name><value>y</value>`,
  'a user of another system': (_key, value) => `CREATE USER u IDENTIFIED BY '${value}' z y`,
  'a cookie': (_key, value) => `Cookie: a=${value}; b=${value}\nz: y`,
  'a password in a sentence': (_key, value) => `user me with password x7${value} z=y`,
  'a name and a blank': (_key, value) => `api_key x7${value} z=y`,
  'a short flag': (_key, value) => `mysql -u me -p x${value} z=y`,
  'a short flag without a blank': (_key, value) => `mysql -u me -px${value} z=y`,
  'a flag of another program': (_key, value) => `redis-cli -a x${value} z=y`,
  'a user with a slash': (_key, value) => `sqlplus me/${value.replaceAll('/', '')}7@db z=y`,
  "the arguments of Flink's ParameterTool": (key, value) =>
    `Error parsing arguments '[--${key}, x${value}, a]' on 'x${value}'. z=y`,
  'what Hive could not read': (key, value) => `cannot recognize input near '${key}' '=' 'x7${value}' z=y`,
  'what a parser met': (key, value) => `Encountered "x7${value}" near "${key}" z=y`,
  'a wrong value': (key, value) => `Property '${key}' has invalid value: 'x7${value}' z=y`,
  'a record of Java': (_key, value) => `Password[value=x7${value}] z=y`,
  'dots to the value': (_key, value) => `password.....x7${value} z=y`,
  'an address without a scheme': (_key, value) => `at me:x${value.replaceAll('/', '')}@db.example.com:3306 z=y`,
  'an address in an address': (_key, value) =>
    `at https%3A%2F%2Fme%3Ax${encodeURIComponent(encodeURIComponent(value))}%40h z=y`,
  'an address of JSON': (_key, value) => `{"u":"https:\\/\\/me:x${value.replaceAll('/', '\\/')}@h\\/", "z":"y"}`,
  'arguments in JSON': (key, value) => `["--${key}","x${value}","--z","y"]`,
  'arguments without dashes': (key, value) => `args [a, ${key}, x${value}, z, y]`,
  'users of a server of Kafka': (_key, value) => `a.PlainLoginModule required user_me="x${value}" z="y";`,
  "MySQL's own statement": (_key, value) => `SET PASSWORD FOR 'me'@'h' = 'x${value}' z y`,
  'a key of two words': (_key, value) => `API key a1b2c3${value} is wrong z=y`,
  'what nobody could log on with': (_key, value) => `user me could not log on with x${value}7\nz=y`,
  'a password in Chinese': (_key, value) => `密码：x${value}7 z=y`,
  'an address of Oracle': (_key, value) => `at jdbc:oracle:thin:me/${value}@db z=y`,
  'a token of an address': (_key, value) => `at nats://${encodeURIComponent(value)}@h:4222 z=y`,
  'a basic user': (_key, value) => `curl -u me:${value} z y`,
};

/** Letters that are no word of a sentence. */
export const aWord = fc
  .string({ unit: fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyzABCXYZ')), minLength: 1, maxLength: 38 })
  .map((letters) => `q${letters}q`);

/** Sentences that say of a word what it is. */
export const SAID: Readonly<Record<string, (value: string) => string>> = {
  'beside a user': (value) => `user me with password ${value} z=y`,
  'beside a user, shortly': (value) => `user me pass ${value} z=y`,
  used: (value) => `connected with password ${value}, z=y`,
  'called wrong': (value) => `wrong password ${value}: z=y`,
  rejected: (value) => `password ${value} is not valid z=y`,
  'a bad token': (value) => `bad token "${value}" z=y`,
  'a token that has expired': (value) => `token '${value}' has expired z=y`,
  'a token of a kind': (value) => `access token ${value} was revoked z=y`,
};
