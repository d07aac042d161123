/** What the grammar of a text says to be secret: in each notation that Flink prints, whatever the value is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskSecrets, maskStatement, maskValue } from '../../../lib/domain/secrets/mask-sql.ts';
import { anyText, aWord, EXACT, KEYS, LINKED, LOOSE, MARK, plainText, SAID } from '../planted-values.ts';

const M = '******';

describe("a pair of a sensitive key and its value, in Flink's words", () => {
  it.each([
    // Tables of options, as Flink's factories print them.
    [
      "Table options are:\n\n'connector'='jdbc'\n'password'='x y'\n'url'='u'",
      `Table options are:\n\n'connector'='jdbc'\n'password'='${M}'\n'url'='u'`,
    ],
    ["'properties.sasl.jaas.config'='a.B required password=\"x\";'", `'properties.sasl.jaas.config'='${M}'`],
    // Maps of Java, as catalogs and operations print them.
    ['properties: [{at=open, type=m, password=x}])', `properties: [{at=open, type=m, password=${M}}])`],
    ['properties: [{password=my pass, phrase, at=open, type=m}])', `properties: [{password=${M}, at=open, type=m}])`],
    ['options={s3.secret-key=ab}cd, url=u}, snapshot=null}]', `options={s3.secret-key=${M}, url=u}, snapshot=null}]`],
    ['{a=b, token=x\ny, c=d}', `{a=b, token=${M}, c=d}`],
    ['{token=x}', `{token=${M}}`],
    ['[password=x, user=u]', `[password=${M}, user=u]`],
    ['Config{user=u,password=p,host=h}', `Config{user=u,password=${M},host=h}`],
    ['{token=${pw}, a=b}', '{token=${pw}, a=b}'],
    // Lists and lines.
    ['with user=u, password=p, host=h failed', `with user=u, password=${M}, host=h failed`],
    ['with password=p: refused', `with password=${M} refused`],
    ['no (password=a,b).', `no (password=${M}).`],
    ['a\nrest.password=x y z\nb=c', `a\nrest.password=${M}\nb=c`],
    ['a\n  db.password: x\n', `a\n  db.password: ${M}\n`],
    ['Authorization: Bearer abc.def is wrong', `Authorization: ${M} is wrong`],
    ['the header Bearer abc123.def is wrong', `the header Bearer ${M} is wrong`],
    ['Bearer authentication failed', 'Bearer authentication failed'],
    ['sent Basic dTp4MQ== to', `sent Basic ${M} to`],
    ['Basic authentication=none failed', 'Basic authentication=none failed'],
    // JSON, plain and quoted once more.
    ['{"user":"u","password":"a\\"b, c","n":1}', `{"user":"u","password":"${M}","n":1}`],
    ['"{\\"password\\":\\"a\\\\\\"b\\",\\"n\\":1}"', `"{\\"password\\":\\"${M}\\",\\"n\\":1}"`],
    ['{"token": 123, "n": 1}', `{"token": ${M}, "n": 1}`],
    ['{"auth": {"user": "u", "pass": "p"}, "n": 1}', `{"auth": ${M}, "n": 1}`],
    ["{'token': 'it', 'n': 1}", `{'token': '${M}', 'n': 1}`],
    // Quoted SQL.
    ["SELECT 'it, don't ^'password'^ = ^'x'^", `SELECT 'it, don't ^'password'^ = ^'${M}'^`],
    ["`'password' = 'x'` is", `\`'password' = '${M}'\` is`],
    [
      "CREATE TABLE t (a INT -- note\n) WITH (\n  'password'\n  =\n  'x',\n  'a' = 'b'\n",
      `CREATE TABLE t (a INT -- note\n) WITH (\n  'password'\n  =\n  '${M}',\n  'a' = 'b'\n`,
    ],
    [
      "CREATE TABLE t (a INT -- note ) WITH ( 'password' = 'x', 'a' = 'b' )",
      `CREATE TABLE t (a INT -- note ) WITH ( 'password' = '${M}', 'a' = 'b' )`,
    ],
    ["don't 'password' /* mine */ = -- and\n 'x' \"", `don't 'password' /* mine */ = -- and\n '${M}' "`],
    ["don't 'password' -- mine\n = 'x' \"", `don't 'password' -- mine\n = '${M}' "`],
    ["'password'=_UTF-16LE'x':VARCHAR \"", `'password'=_UTF-16LE'${M}':VARCHAR "`],
    ["a \" ''password'' = ''x'', ''a'' = ''b''", `a " ''password'' = ''${M}'', ''a'' = ''b''`],
    ["'password'='it's', 'a'='b' \"", `'password'='${M}', 'a'='b' "`],
    ["'password'='cut o", `'password'='${M}'`],
    [
      "x: 'password'='cut\n\tat a.b.C.d(C.java:1)\nCaused by: a.B: 'x'",
      `x: 'password'='${M}'\n\tat a.b.C.d(C.java:1)\nCaused by: a.B: 'x'`,
    ],
    // The value first.
    ["Could not parse value 'x y' for key 'db.password'.", `Could not parse value '${M}' for key 'db.password'.`],
    [
      'Invalid value x y for configuration sasl.jaas.config: no',
      `Invalid value ${M} for configuration sasl.jaas.config: no`,
    ],
    [
      "Could not parse value 'many' for key 'rows-per-second'.",
      "Could not parse value 'many' for key 'rows-per-second'.",
    ],
    ["Invalid value for option 'db.password': x7", `Invalid value for option 'db.password': ${M}`],
    ["Cannot parse 'x y' as value of option 'db.password'", `Cannot parse '${M}' as value of option 'db.password'`],
    ['The value x7 is not allowed for password', `The value ${M} is not allowed for password`],
    ['Option password has value x7', `Option password has value ${M}`],
    ["header 'X-Api-Key' with value 'x7'", `header 'X-Api-Key' with value '${M}'`],
    ['password is set to x7', `password is set to ${M}`],
    ['| key | value |\n| user | u |\n| password | x y |', `| key | value |\n| user | u |\n| password | ${M} |`],
    ['│ token │ x7 │', `│ token │ ${M} │`],
    ['<entry key="password">x7</entry>', `<entry key="password">${M}</entry>`],
    ['password → x7', `password → ${M}`],
    ['password=<x7>, a=b', `password=${M}, a=b`],
    ["Option{key='password', value='x y'}", `Option{key='password', value='${M}'}`],
    ['- name: password\n  value: x y\n', `- name: password\n  value: ${M}\n`],
    ['{"key":"password","value":"x y"}', `{"key":"password","value":"${M}"}`],
    ['Entry(key=token, value=x)', `Entry(key=token, value=${M})`],
    ['<user>u</user><password>x</password>', `<user>u</user><password>${M}</password>`],
    ['{"key": "password", "value": "x y"}', `{"key": "password", "value": "${M}"}`],
    // Other links than = and :.
    ["MAP['user','u','password','x y']", `MAP['user','u','password','${M}']`],
    ['(password,x)', `(password,${M})`],
    ["('password', 'x')", `('password', '${M}')`],
    ['password -> x, a -> b', `password -> ${M}, a -> b`],
    ['Map(password->x)', `Map(password->${M})`],
    ['the password is x7.', `the password is ${M}`],
    ["password is 'x y'", `password is '${M}'`],
    ["ALTER USER u WITH PASSWORD 'x'", `ALTER USER u WITH PASSWORD '${M}'`],
    ['IDENTIFIED BY x FOR', `IDENTIFIED BY ${M} FOR`],
    ["identified with sha2 by 'x'", `identified with sha2 by '${M}'`],
    ["password LIKE 'x%' OR token NOT LIKE 'y'", `password LIKE '${M}' OR token NOT LIKE '${M}'`],
    ["token IN ('x', 'y') z", `token IN (${M}) z`],
    ['at /a?p=hush', `at /a?p=${M}`],
    ['at /a&pw=hush', `at /a&pw=${M}`],
    ['run --password  hush x', `run --password  ${M} x`],
    ['{"name" : "password", "value" : "hush"}', `{"name" : "password", "value" : "${M}"}`],
    ['<name>password</name>\n  <value>hush</value>', `<name>password</name>\n  <value>${M}</value>`],
    ['<name>password</name><value>hush</value>', `<name>password</name><value>${M}</value>`],
    ["bad value 'hush' for config key 'password'", `bad value '${M}' for config key 'password'`],
    ["bad value 'hush' for config 'password'", `bad value '${M}' for config 'password'`],
    ['Authorization: Bearer  abc.def is', `Authorization: ${M} is`],
    ["password != 'x'", `password != '${M}'`],
    ["password == 'x'", `password == '${M}'`],
    ["SET password TO 'x'", `SET password TO '${M}'`],
    ['builder.setPassword("x").setUser("u")', `builder.setPassword("${M}").setUser("u")`],
    ["put('token','x')", `put('token','${M}')`],
    ['{password:x, a:b}', `{password:${M}, a:b}`],
    ['password:x', `password:${M}`],
    // Headers.
    ['密码=hush', `密码=${M}`],
    ['Cookie: a=x; b=y', `Cookie: ${M}`],
    ['Set-Cookie: sid=x; Path=/\nHost: h', `Set-Cookie: ${M}\nHost: h`],
    ['Authorization: Basic dTpw', `Authorization: ${M}`],
    ['Authorization: Digest username="u", response="x"\nHost: h', `Authorization: ${M}\nHost: h`],
    ['X-Api-Key: x', `X-Api-Key: ${M}`],
    ['Proxy-Authorization: Bearer x', `Proxy-Authorization: ${M}`],
    // Secrets with a form of their own.
    ['a -----BEGIN RSA PRIVATE KEY----- x y -----END RSA', `a -----BEGIN RSA PRIVATE KEY-----${M}-----END RSA`],
    ['refused sk-abcdef1234567 here', `refused ${M} here`],
    ['refused hvs.CAESIabcdef1234 here', `refused ${M} here`],
    ['as eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.a-b_1 is', `as ${M} is`],
    ['curl --user u:x http://h', `curl --user u:${M} http://h`],
    ['java -Dtoken=x -Da=b', `java -Dtoken=${M} -Da=b`],
    // Arguments of programs.
    ['run --password x --user u', `run --password ${M} --user u`],
    ["run --db-token 'x y' --user u", `run --db-token '${M}' --user u`],
    ['run --password=x --user=u', `run --password=${M} --user=u`],
    ['run --password --user u', 'run --password --user u'],
    ['run --password secret --user u', `run --password ${M} --user u`],
    ['run --api-key changed', `run --api-key ${M}`],
    ['run --token ABCDEFGHIJKLMNOP file', `run --token ${M} file`],
    ['run -p QWERTY', `run -p ${M}`],
    ['run --token x"x" --b', `run --token ${M} --b`],
    ['run --token "a b"c"d" --x', `run --token ${M} --x`],
    // Of two messages each has its own value.
    [
      "Bad value: x\nCaused by: a: Invalid value hush for key 'password'",
      `Bad value: x\nCaused by: a: Invalid value ${M} for key 'password'`,
    ],
    [
      "Invalid value 'a' for key 'x'; Invalid value 'hush' for key 'password'",
      `Invalid value 'a' for key 'x'; Invalid value '${M}' for key 'password'`,
    ],
    // A reference is shown, and a value with one in it is not.
    ["'password'='x${pw}', 'token'='${pw}x', 'auth'='${pw}'", `'password'='${M}', 'token'='${M}', 'auth'='\${pw}'`],
    ['?password=x${pw}&a', `?password=${M}&a`],
    ['?password=${pw}x&a', `?password=${M}&a`],
    // What is said of a key in capitals.
    ['password is QWERTY', `password is ${M}`],
    ['the token was ABC_DEF.', `the token was ${M}`],
    // A token that is no parser's.
    ["token 'aB3dE6gH9jK2mN5p' has expired", `token '${M}' has expired`],
    ['Invalid token "0123456789abcdef".', `Invalid token "${M}".`],
    ["CREATE THING t TOKEN 'aB3dE6gH9jK2mN5p'", `CREATE THING t TOKEN '${M}'`],
    ["it's the token 'aB3dE6gH9jK2mN5p'", `it's the token '${M}'`],
    // A word before it that is no parser's.
    ['Properties: password:x; user:u', `Properties: password:${M}; user:u`],
    ['with (pwd:x) there', `with (pwd:${M}) there`],
    ['no password or token: abc', `no password or token: ${M}`],
    ['the last token: abc', `the last token: ${M}`],
    ['current token=abc', `current token=${M}`],
  ])('%s', (text, expected) => expect(maskSecrets(text)).toBe(expected));

  it.each([
    'org.apache.calcite.TokenMgrError: Lexical error at line 1',
    'a.SecretException: no\n\tat a.PasswordToken.b(PasswordToken.java:12)',
    'LogicalSink(table=[[c, d, token]], fields=[password])',
    'key=[id], primaryKey=[id], upsertKey=[a]',
    'Unsupported options: password, token. Supported options: secret',
    'The element <password> is missing in <user>',
    'Encountered "FROM" at line 1, column 5.',
    "'key.format'='json'",
    "'password'='${pw}', 'token'='******'",
    'at https://h:8083/v1/a?x=y#z and s3://b/c:d',
    'SELECT a -> b, c => d FROM t',
    'password authentication failed for user u',
    'The password is required. The token is not set; the secret is too short, and auth is disabled.',
    'Unexpected token \'x\' and no token "y"',
    "Unsupported options: 'password', 'token', 'secret'",
    'Cookie policy: strict; the cookie is missing',
    'RecordType(id:INT, password:VARCHAR(20), secret:STRING)',
    'in C.java, password:12 and the word token:FROM',
    'flink run -p 2 -u x',
    'run -p 8081 x',
    '--password is  required',
    "'password'='******",
  ])('leaves %s', (text) => expect(maskSecrets(text)).toBe(text));
});

describe('credentials of other systems, in an option or a literal', () => {
  it.each([
    ['jdbc:mysql://h:3306/d?user=root&password=x&ssl=true', `jdbc:mysql://h:3306/d?user=root&password=${M}&ssl=true`],
    ['jdbc:mysql://u:p@h:3306/d', `jdbc:mysql://u:${M}@h:3306/d`],
    ['jdbc:mysql://(host=h,port=1,user=u,password=p)/d?a=b', `jdbc:mysql://(host=h,port=1,user=u,password=${M})/d?a=b`],
    ['jdbc:mysql://address=(host=h)(user=u)(password=p)/d', `jdbc:mysql://address=(host=h)(user=u)(password=${M})/d`],
    [
      'jdbc:sqlserver://h:1433;user=sa;password=a b;encrypt=true',
      `jdbc:sqlserver://h:1433;user=sa;password=${M};encrypt=true`,
    ],
    [
      'jdbc:sqlserver://h:1433;user=sa;password={a;b};encrypt=true',
      `jdbc:sqlserver://h:1433;user=sa;password=${M};encrypt=true`,
    ],
    ['jdbc:sqlserver://h:1433;user=sa@x;password=p', `jdbc:sqlserver://h:1433;user=sa@x;password=${M}`],
    ['jdbc:oracle:thin:scott/tiger@h:1521:orcl', `jdbc:oracle:thin:scott/${M}@h:1521:orcl`],
    ['jdbc:oracle:thin:scott/"ti@ger"@//h:1521/orcl', `jdbc:oracle:thin:scott/${M}@//h:1521/orcl`],
    ['jdbc:oracle:thin:u/p@db', `jdbc:oracle:thin:u/${M}@db`],
    ['jdbc:oracle:oci:u/p@w@db', `jdbc:oracle:oci:u/${M}@db`],
    ['JDBC:ORACLE:THIN:u/p/q@(DESCRIPTION=(HOST=h))', `JDBC:ORACLE:THIN:u/${M}@(DESCRIPTION=(HOST=h))`],
    ["jdbc:oracle:thin:u/it's@db", `jdbc:oracle:thin:u/${M}@db`],
    ['jdbc:oracle:thin:"u"/"p"@db', `jdbc:oracle:thin:"u"/${M}@db`],
    ['jdbc:oracle:thin:u/p', `jdbc:oracle:thin:u/${M}`],
    ['jdbc:oracle:thin:@//h:1521/s', 'jdbc:oracle:thin:@//h:1521/s'],
    ['jdbc:postgresql://h/d?user=u&password=p%26q', `jdbc:postgresql://h/d?user=u&password=${M}`],
    ['mongodb://u:p@h1:27017,h2:27017/d?authSource=admin', `mongodb://u:${M}@h1:27017,h2:27017/d?authSource=admin`],
    ['mongodb://h1:27017,h2:27017/d?mail=a@b', 'mongodb://h1:27017,h2:27017/d?mail=a@b'],
    ['mongodb+srv://u:p/w@h/d', `mongodb+srv://u:${M}@h/d`],
    ['amqp://u:p@h1,amqp://u:q@h2', `amqp://u:${M}@h1,amqp://u:${M}@h2`],
    ["mongodb://u:it's@h/d", `mongodb://u:${M}@h/d`],
    ["'mongodb://u:p@h/d','mongodb://u:q@h/d'", `'mongodb://u:${M}@h/d','mongodb://u:${M}@h/d'`],
    ['redis://:p@h:6379/0', `redis://:${M}@h:6379/0`],
    ['https://u:p@h/x', `https://u:${M}@h/x`],
    ['https://token@h/x', `https://${M}@h/x`],
    ['abfss://container@account.dfs.core.windows.net/x', 'abfss://container@account.dfs.core.windows.net/x'],
    ['s3://AKIA1:ab/c+d@bucket/x', `s3://AKIA1:${M}@bucket/x`],
    ['https://h/x?sig=a%2Bb&se=1', `https://h/x?sig=${M}&se=1`],
    [
      'https://b.s3/x?X-Amz-Credential=c&X-Amz-Signature=d&X-Amz-Date=e&X-Amz-Security-Token=f',
      `https://b.s3/x?X-Amz-Credential=${M}&X-Amz-Signature=${M}&X-Amz-Date=e&X-Amz-Security-Token=${M}`,
    ],
    ['http://h?access_key=a&access_token=b&user=c', `http://h?access_key=${M}&access_token=${M}&user=c`],
    ['AccountName=n;AccountKey=ab+/==;EndpointSuffix=s', `AccountName=n;AccountKey=${M};EndpointSuffix=s`],
    [
      'Endpoint=sb://h/;SharedAccessKeyName=n;SharedAccessKey=k=;EntityPath=p',
      `Endpoint=sb://h/;SharedAccessKeyName=n;SharedAccessKey=${M};EntityPath=p`,
    ],
    ['BlobEndpoint=https://h;SharedAccessSignature=sv=1&sig=x', `BlobEndpoint=https://h;SharedAccessSignature=${M}`],
    [
      'org.a.PlainLoginModule required username="u" password="a\\"b;c";',
      `org.a.PlainLoginModule required username="u" password="${M}";`,
    ],
    [
      'org.a.PlainLoginModule required username=u password=p;',
      `org.a.PlainLoginModule required username=u password=${M};`,
    ],
    [
      "org.a.ScramLoginModule required username='u' password='p';",
      `org.a.ScramLoginModule required username='u' password='${M}';`,
    ],
    ['{"tlsCertFile":"/x","password":"p"}', `{"tlsCertFile":"/x","password":"${M}"}`],
    ['token:abc', `token:${M}`],
    ['host=h dbname=d user=u password=p sslmode=x', `host=h dbname=d user=u password=${M} sslmode=x`],
    ['--db h --password p --user u', `--db h --password ${M} --user u`],
    // A word or capitals: in a value they are no part of a sentence.
    ['--password secret --user u', `--password ${M} --user u`],
    ['--token ABCDEFGHIJ_KLM', `--token ${M}`],
    ['--password changed', `--password ${M}`],
    ['--password is required', `--password ${M} required`],
  ])('%s', (value, expected) => {
    expect(maskValue(value)).toBe(expected);
    const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
    const statement = (text: string): string =>
      `CREATE TABLE t (a INT) WITH ('x' = ${literal(text)}, 'y' = 'z');\nSELECT ${literal(text)}`;
    expect(maskStatement(statement(value))).toBe(statement(expected));
    expect(maskStatement(`SELECT E${literal(value.replaceAll('\\', '\\\\'))}`)).toBe(
      `SELECT E${literal(expected.replaceAll('\\', '\\\\'))}`,
    );
  });
});

describe('a value that only a blank, or nothing, leads to', () => {
  it.each([
    // Behind a name that is no word of a sentence, any value.
    ['PASSWORD x', `PASSWORD ${M}`],
    ['CREATE USER u PASSWORD hunter;', `CREATE USER u PASSWORD ${M};`],
    ['api_key x', `api_key ${M}`],
    ['apiKey hunter', `apiKey ${M}`],
    ['client_secret a.b-c and more', `client_secret ${M} and more`],
    ['AUTH hunter', `AUTH ${M}`],
    ['SAS_TOKEN x, z', `SAS_TOKEN ${M}, z`],
    // Behind one that may be, a value that is no word.
    ['with password hunter2 at host', `with password ${M} at host`],
    ['Password 7seven is wrong', `Password ${M} is wrong`],
    ['db.password hunter2', `db.password ${M}`],
    ['passphrase a1b2 c', `passphrase ${M} c`],
    ['pwd x1', `pwd ${M}`],
    ['password is hunter', `password is ${M}`],
    ['the password was hunter', `the password was ${M}`],
    ['Password was "hunter"', `Password was "${M}"`],
    ['PASSWORD ${pw}', 'PASSWORD ${pw}'],
    // Flags of programs.
    ['mysql -u root -p hunter db', `mysql -u root -p ${M} db`],
    ['tool -p "a b" c', `tool -p "${M}" c`],
    ["tool --token 'a b' c", `tool --token '${M}' c`],
    ['java -jar a.jar --api-key hunter --x y', `java -jar a.jar --api-key ${M} --x y`],
    ['-p x', `-p ${M}`],
    ["main --token a$'b-16 --c d", `main --token ${M} --c d`],
    ['main --password "a b"c\'d e\'f g', `main --password ${M} g`],
    ["run it as 'main --token x' first", `run it as 'main --token ${M}' first`],
    // A key of two words.
    ['Invalid API key: x1', `Invalid API key: ${M}`],
    ['secret key=x', `secret key=${M}`],
    ['the private key: abc, y', `the private key: ${M}, y`],
    // Keys that say themselves that they are such.
    ['Incorrect API key provided: sk-proj-abcd1234efgh5678.', `Incorrect API key provided: ${M}.`],
    ['remote: ghp_abcdefghij0123456789', `remote: ${M}`],
    ['slack said xoxb-1234-abcd5678', `slack said ${M}`],
    ["IDENTIFIED BY 'x'", `IDENTIFIED BY '${M}'`],
    ['IDENTIFIED BY x ACCOUNT LOCK', `IDENTIFIED BY ${M} ACCOUNT LOCK`],
    ["MAP['password','x']", `MAP['password','${M}']`],
  ])('is masked: %s', (text, expected) => {
    expect(maskSecrets(text)).toBe(expected);
    const inComment = maskStatement(`SELECT 1 /* ${text} */`);
    expect(inComment).toBe(`SELECT 1 /* ${expected} */`);
  });
});

describe('a user alone before a host', () => {
  it.each([
    ['nats://x@h:4222', `nats://${M}@h:4222`],
    ['tls://x@h', `tls://${M}@h`],
    ['redis://x@h/0', `redis://${M}@h/0`],
    ['redis://:p@h:6379', `redis://:${M}@h:6379`],
    ['rediss://default:p@h', `rediss://default:${M}@h`],
    ['wss://x@h/ws', `wss://${M}@h/ws`],
    ['mqtt://x@h', `mqtt://${M}@h`],
    ['git+https://x@github.com/a/b.git', `git+https://${M}@github.com/a/b.git`],
    ['smb://dom;u:x@h/share', `smb://dom;u:${M}@h/share`],
    ['https://hooks.slack.com/services/T0/B0/x', `https://hooks.slack.com/services/${M}`],
    ['https://discord.com/api/webhooks/1/x', `https://discord.com/api/webhooks/1/${M}`],
    ['https://api.telegram.org/bot1:x/send', `https://api.telegram.org/bot${M}`],
    ['sftp://etl:x@h/in', `sftp://etl:${M}@h/in`],
    ['s3://AKIAIOSFODNN7EXAMPLE:x@bucket/a', `s3://AKIAIOSFODNN7EXAMPLE:${M}@bucket/a`],
    ['custom://a1b2c3d4e5f6g7h8i9j0@h', `custom://${M}@h`],
    ['http://h/a;p=x', `http://h/a;p=${M}`],
    ['http://h/a?p=x&q=y', `http://h/a?p=${M}&q=y`],
  ])('is a token where the system takes one: %s', (text, expected) => {
    expect(maskSecrets(`at ${text} failed`)).toBe(`at ${expected} failed`);
    expect(maskValue(text)).toBe(expected);
  });
});

describe('a command line', () => {
  it.each([
    ['mysql -u root -phunter shop', `mysql -u root -p${M} shop`],
    ['mysqldump -uroot -pS3cret! db', `mysqldump -uroot -p${M} db`],
    ['mysql --user=root -p"a b" db', `mysql --user=root -p"${M}" db`],
    ['/usr/bin/mysql -h h -P 3306 -p1234', `/usr/bin/mysql -h h -P 3306 -p${M}`],
    ['mariadb-dump -psecret', `mariadb-dump -p${M}`],
    ["sshpass -p 'a b' ssh x", `sshpass -p '${M}' ssh x`],
    ['7z a -phunter x.7z f', `7z a -p${M} x.7z f`],
    ['redis-cli -h h -a hunter ping', `redis-cli -h h -a ${M} ping`],
    ['sqlcmd -S h -U sa -P hunter', `sqlcmd -S h -U sa -P ${M}`],
    ['bcp t out f -U sa -Phunter -S h', `bcp t out f -U sa -P${M} -S h`],
    ['ldapsearch -D cn=a -w hunter -b x', `ldapsearch -D cn=a -w ${M} -b x`],
    ['sqlplus -s app/hunter@db @x.sql', `sqlplus -s app/${M}@db @x.sql`],
    ['expdp system/manager@orcl tables=x', `expdp system/${M}@orcl tables=x`],
    // Of a program that the text does not name.
    ['-u root -phunter', `-u root -p${M}`],
    ['-phunter -u root', `-p${M} -u root`],
    ['-pS3cret', `-p${M}`],
    ['["-phunter2","x"]', `["-p${M}","x"]`],
  ])('hides what the program takes for a password: %s', (text, expected) => {
    expect(maskSecrets(text)).toBe(expected);
    expect(maskSecrets(`it ran:\n${text}`)).toBe(`it ran:\n${expected}`);
  });
});

describe('a sentence', () => {
  it.each([
    // A user beside it.
    ['user flink pass hunter', `user flink pass ${M}`],
    ["login 'root' pass x failed", `login 'root' pass ${M} failed`],
    ['user u / pass x', `user u / pass ${M}`],
    ['username=app and password hunter', `username=app and password ${M}`],
    ['FATAL: login for user app with password hunter failed', `FATAL: login for user app with password ${M} failed`],
    ['as root with password toor', `as root with password ${M}`],
    // It is used, or wrong.
    ['with password hunter at host', `with password ${M} at host`],
    ['connect using password hunter, then', `connect using password ${M}, then`],
    ['wrong password hunter for user x', `wrong password ${M} for user x`],
    ['incorrect passphrase correcthorse for key', `incorrect passphrase ${M} for key`],
    ['default password changeme', `default password ${M}`],
    ['password hunter is wrong', `password ${M} is wrong`],
    ['password HunTer rejected', `password ${M} rejected`],
    ['pwd hunter has been revoked', `pwd ${M} has been revoked`],
    ['db pass hunter', `db pass ${M}`],
    ['the pass hunter2 is', `the pass ${M} is`],
    ['error: pass x1', `error: pass ${M}`],
    // A token that nobody parses.
    ['bad token "x"', `bad token "${M}"`],
    ["invalid token 'abc' for user", `invalid token '${M}' for user`],
    ['token "x" has expired', `token "${M}" has expired`],
    ['token "it is" could not be known', 'token "it is" could not be known'],
    ['access token "abc" refused', `access token "${M}" refused`],
    ['invalid api token abc1', `invalid api token ${M}`],
    ['auth token abc9 was revoked', `auth token ${M} was revoked`],
  ])('that says of a word what it is hides the word: %s', (text, expected) => {
    expect(maskSecrets(text)).toBe(expected);
    expect(maskStatement(`SELECT 1 /* ${text} */`)).toBe(`SELECT 1 /* ${expected} */`);
  });
});

describe('what Java could not read as an address', () => {
  it.each([
    ['Illegal character in user info at index 9: amqp://u:hu sh@h:5672/v', `amqp://u:${M}@h:5672/v`],
    ['Illegal character in query at index 20: https://h/x?token=hu sh|x', `https://h/x?token=${M}`],
    ['Expected authority at index 5: s3a://AK:hu/sh+@b/x', `s3a://AK:${M}@b/x`],
    ['Illegal character in authority at index 7: http://my_host:80/a b@c', 'http://my_host:80/a b@c'],
    ['Illegal character in authority at index 7: http://h:80, c@d', 'http://h:80, c@d'],
  ])('is hidden up to the end of its line: %s', (text, shown) => {
    expect(maskSecrets(`${text}\n\tat a.b.C.d(C.java:1)`)).toMatch(/at index \d+: /);
    expect(maskSecrets(`${text}\n\tat a.b.C.d(C.java:1)`)).toContain(`: ${shown}\n\tat`);
    expect(maskValue(text.replace(/.*: (?=\w+:\/\/)/, ''))).toBe(shown);
  });
});

describe('a statement', () => {
  it.each([
    ["WITH ('password' = 'a' 'b'\n'c', 'x' = 'y')", `WITH ('password' = '${M}' '${M}'\n'${M}', 'x' = 'y')`],
    ["WITH ('password' = U&'a', 'b' = 'c')", `WITH ('password' = U&'${M}', 'b' = 'c')`],
    ["WITH ('password' = _UTF8'a', 'b' = 'c')", `WITH ('password' = _UTF8'${M}', 'b' = 'c')`],
    ["SELECT f(api_key => 'a')", `SELECT f(api_key => '${M}')`],
    ["SELECT 1 WHERE password != 'a'", `SELECT 1 WHERE password != '${M}'`],
    ["SELECT 1 WHERE password <> 'a'", `SELECT 1 WHERE password <> '${M}'`],
    ["SELECT 1 -- 'password' = 'a'\n /* token=b */", `SELECT 1 -- 'password' = '${M}'\n /* token=${M} */`],
    ["url := 'jdbc:x://h?password=a';\nSELECT 1", `url := 'jdbc:x://h?password=${M}';\nSELECT 1`],
    [
      "SELECT MAP['a', 'b', 'password', 'x'], f('password', 'y')",
      `SELECT MAP['a', 'b', 'password', '${M}'], f('password', 'y')`,
    ],
    ["SELECT JSON_OBJECT('token' VALUE 'a')", `SELECT JSON_OBJECT('token' VALUE '${M}')`],
    ["SELECT 1 WHERE password NOT LIKE 'a%' AND b LIKE 'c'", `SELECT 1 WHERE password NOT LIKE '${M}' AND b LIKE 'c'`],
    [
      "SELECT 1 WHERE token NOT IN ('a', 'b') AND c IN ('d')",
      `SELECT 1 WHERE token NOT IN ('${M}', '${M}') AND c IN ('d')`,
    ],
    ["CREATE USER u IDENTIFIED BY 'a'", `CREATE USER u IDENTIFIED BY '${M}'`],
    ["ALTER USER u PASSWORD 'a'", `ALTER USER u PASSWORD '${M}'`],
    ['SET url = jdbc:x://h?password=a', `SET url = jdbc:x://h?password=${M}`],
    ["SELECT MAP['password','x']", `SELECT MAP['password','${M}']`],
    ["WITH ('password'='x')", `WITH ('password'='${M}')`],
    ["WITH ('password' /* c */ = -- d\n 'x')", `WITH ('password' /* c */ = -- d\n '${M}')`],
    ["SELECT 1 WHERE token IN ('a') AND c = 'd'", `SELECT 1 WHERE token IN ('${M}') AND c = 'd'`],
    ["SELECT MAP['a', 'b'], 'password', 'y'", "SELECT MAP['a', 'b'], 'password', 'y'"],
    ["ALTER SYSTEM x password TO 'a'", `ALTER SYSTEM x password TO '${M}'`],
    ["CREATE THING t TOKENS 'aB3dE6gH9jK2mN5p'", `CREATE THING t TOKENS '${M}'`],
    ["CREATE USER u IDENTIFIED WITH sha2 AS 'a'", `CREATE USER u IDENTIFIED WITH sha2 AS '${M}'`],
    ["SELECT a AS 'b', c BY 'd'", "SELECT a AS 'b', c BY 'd'"],
    ['password := hush;', `password := ${M};`],
    ["= 'x'", "= 'x'"],
  ])('%s', (text, expected) => expect(maskStatement(text)).toBe(expected));

  it('keeps what is no literal and no comment', () => {
    const sql = 'SELECT token, a.password AS p FROM a JOIN b ON a.token = b.token AND a.secret=b.secret';
    expect(maskStatement(sql)).toBe(sql);
  });

  const PLAIN = [
    'CREATE TABLE t (id INT, password STRING, token VARCHAR(20) NOT NULL, PRIMARY KEY (password,token) NOT ENFORCED)',
    "CREATE TABLE t (password STRING COMMENT 'of the user', token INT METADATA FROM 'value')",
    'SELECT password, token FROM t WHERE token IS NOT NULL AND password IS NULL AND secret IS DISTINCT FROM auth',
    'INSERT INTO users(password,token) SELECT `password`, `token` FROM t',
    'INSERT INTO users (password, token) VALUES (1, 2)',
    'SELECT COUNT(DISTINCT token), MAX(password) AS secret FROM t GROUP BY token, password HAVING COUNT(token) > 1',
    'SELECT t.password, CAST(token AS STRING) FROM t ORDER BY password, token LIMIT 3',
    "SELECT password, 'x' AS y, COALESCE(token, 'none') FROM t",
    'SELECT a IN (password, token), password IN (a, b), password BETWEEN 1 AND 2 FROM t',
    "ALTER TABLE t ADD (secret STRING COMMENT 'x' AFTER password)",
    "SELECT * FROM t, LATERAL TABLE(f(password, ',')) AS p(token) WHERE p.token IS JSON",
    "SELECT user_id, 'password' AS kind, ARRAY['password', 'token'] FROM t",
  ];

  it.each(PLAIN)(
    'columns that are called like secrets stay readable, in the statement and where Flink quotes it: %s',
    (sql) => {
      expect(maskStatement(sql)).toBe(sql);
      expect(maskSecrets(`At line 1, column 2 of ${sql}`)).toBe(`At line 1, column 2 of ${sql}`);
    },
  );
});

describe('a planted value of 1 to 40 characters', () => {
  it.each(Object.entries(EXACT))('is not to be seen in %s, whatever it holds', (_what, print) => {
    fc.assert(
      fc.property(fc.constantFrom(...KEYS), anyText, (key, value) => {
        // That is a reference to a secret.
        fc.pre(!/^\$\{.*\}$/s.test(value));
        const shown = maskSecrets(print(key, value));
        expect(shown).toBe(maskSecrets(print(key, MARK)));
        expect(shown).not.toContain(MARK);
        expect(shown).toMatch(/z.*y/s);
      }),
      { numRuns: 500 },
    );
  });

  it.each(Object.entries({ ...LOOSE, ...LINKED }))('is not to be seen in %s', (_what, print) => {
    fc.assert(
      fc.property(fc.constantFrom(...KEYS), plainText, (key, value) => {
        const shown = maskSecrets(print(key, value));
        expect(shown).toBe(maskSecrets(print(key, MARK)));
        expect(shown).not.toContain(MARK);
        expect(shown).toMatch(/z.*y|\}\]$/s);
      }),
      { numRuns: 500 },
    );
  });

  it.each(Object.entries(SAID))('of letters alone is not to be seen in a sentence where it is %s', (_what, print) => {
    fc.assert(
      fc.property(aWord, (value) => {
        const shown = maskSecrets(print(value));
        expect(shown).toBe(maskSecrets(print(MARK)));
        expect(shown).not.toContain(MARK);
        expect(shown).toMatch(/z=y$/);
      }),
      { numRuns: 500 },
    );
  });

  it('masked twice is masked once', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values({ ...EXACT, ...LOOSE, ...LINKED })), plainText, (print, value) => {
        const shown = maskSecrets(print('password', value));
        expect(maskSecrets(shown)).toBe(shown);
      }),
      { numRuns: 500 },
    );
  });
});
