/** What is not to be masked: words that somebody needs to understand an error, though they stand behind "password" or "token". */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { maskSecrets, maskStatement } from '../../../lib/domain/secrets/mask-sql.ts';

const SENTENCES = [
  // Parsers.
  "unexpected token 'FROM'",
  'Encountered unexpected token: "FROM" "FROM" at line 1, column 8.',
  "Unrecognized token 'abc': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
  "Unexpected character ('<' (code 60)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
  'Cannot deserialize value of type `java.lang.String` from Object value (token `JsonToken.START_OBJECT`)',
  "unexpected token 'order_items_2024_q1'",
  'mismatched token: expected END but found ELSE',
  "Non-query expression encountered in illegal context near the token 'JOIN'",
  // What is missing or wrong.
  'password is required',
  'Password is not set for user flink',
  'The password was wrong.',
  'The password was empty or expired',
  'token not found',
  'token expired at 12:30',
  'Password authentication failed for user "flink"',
  'password does not match',
  'Password must not be null or empty',
  'The PASSWORD option must be set',
  'API_KEY environment variable is not set',
  'api_key is missing',
  'api_key parameter missing in the request',
  'client_secret cannot be resolved',
  'secret shop_password is not there',
  'The secret my-secret-1 was not found in namespace etl',
  'The secret key spec is invalid',
  'Missing required options are: password, username',
  'Missing required options are:\n\npassword\nurl',
  "Unsupported options found for 'jdbc'.\n\nUnsupported options:\n\npasword\n\nSupported options:\n\npassword\nurl\nusername",
  'One or more required options are missing.\n\nMissing required options are:\n\napi-key\nendpoint',
  "Option 'password' is set, but 'username' is not",
  'Config option security.delegation.tokens.enabled requires Hadoop',
  'The option sasl.jaas.config needs a login module',
  's3.secret-key without s3.access-key',
  '--password is required',
  'Option --password expects an argument',
  'The PASSWORD IS REQUIRED here',
  'password is DEFAULT',
  'flink run -p 4 job.jar',
  'the option -p is deprecated, use -parallelism',
  'Delegation token provider hadoopfs is not enabled',
  'Obtaining delegation tokens for user flink',
  'Credentials could not be loaded from any of the providers in the chain',
  'Unable to load credentials from any source',
  'Login failed: no JAAS configuration for KafkaClient was found',
  // Tables, columns, types.
  "Column 'password' not found in any table",
  "Object 'tokens' not found within 'default_catalog.default_database'",
  "Column types of query result and sink for 'c.d.secrets' do not match.\nSink schema: [password: STRING, token: BIGINT]",
  'Query schema: [password: STRING NOT NULL, api_key: VARCHAR(20), n: INT NOT NULL]',
  'CREATE TABLE t (password STRING, api_key VARCHAR(20), client_secret TIMESTAMP_LTZ(3), user_password map<string, int>)',
  'create table t (user_password string, api_key varchar(20) not null, access_key bigint)',
  'select api_key from t where api_key is null and user_password in (a, b) order by api_key desc',
  'select api_key as k, user_password like k from t group by api_key having api_key between 1 and 2',
  'Calc(select=[a, password AS p, UPPER(api_key) AS k], where=[IS NOT NULL(token)])',
  'Sort(orderBy=[api_key ASC, user_password DESC])',
  'No match found for function signature TOKEN(<CHARACTER>)',
  "Table 'auth.sessions' has no primary key",
  'primary key id is not unique; sort key name is',
  'Could not parse key field password of format json',
  // Words behind "password", "pass" and "token" that go on with the sentence.
  'pass the option to the job',
  'Pass arguments',
  'the job must pass int values',
  'please pass s3a paths',
  'users pass rows',
  'user code pass a function',
  'for example pass true',
  'the user did not pass credentials',
  'this function does not pass checks',
  'the first pass over the data',
  'with password file /etc/x',
  'using password hashing',
  'wrong password format',
  'wrong password given',
  'invalid password characters',
  'password login is disabled',
  'password column is invalid',
  'password field of table user is wrong',
  'password encoder bcrypt is invalid',
  'the password store was refused',
  'the default password option',
  'new password policy',
  'Enter the password again.',
  'Type your password twice',
  'login with password only',
  'for user flink and password authentication',
  'user name and password pair',
  'for table t and password column',
  'with token bucket',
  'access token type is wrong',
  'SELECT user u, password p FROM t',
  'SELECT user AS u, password AS p FROM t',
  "Invalid token 'FROM' at line 1",
  "Invalid token '}' at position 3",
  "Bad token ')'",
  "invalid token 'abc' near line 3",
  "JSON parse error: bad token 'x'",
  'unknown token "x"',
  // Keys that are named beside something else than their value.
  "Invalid value for option 'password': must not be null",
  '| user | password | email |',
  '| name | value |',
  'unexpected token=<EOF>',
  'the option password has no value',
  'The value 5 is not allowed for parallelism',
  // Other flags that begin with p, and ports.
  'flink run -p4 -u x',
  'flink run -pyfs a.py -pyexec b',
  'docker run -p8081:8081 flink',
  'the option -port8081 or -path1 or -parallelism4',
  'redis-cli -h x, import -w x',
  // Addresses.
  'abfss://container@account.dfs.core.windows.net/data',
  'abfss://container20240101backups@account.dfs.core.windows.net/data',
  'wasbs://container@account.blob.core.windows.net/data',
  'pekko.tcp://flink@jobmanager:6123/user/rpc/dispatcher_1',
  'akka.tcp://flink@jobmanager:6123/user/rpc/resourcemanager_*',
  'ssh://git@github.com/apache/flink.git',
  'hdfs://user@namenode:8020/flink',
  'jdbc:postgresql://flink@db:5432/shop',
  'sftp://etl@files.example.com/in',
  'user@example.com',
  'http://jm:8081/jobs?page=2',
];

/** What drivers, services and parsers print around a key, without a value. */
const OF_DRIVERS = [
  "Encountered 'FROM' near 'password'",
  'Encountered "," near "password"',
  "mismatched input 'STRING' expecting ')' near 'password'",
  "cannot recognize input near 'password' 'STRING' ')' in create table statement",
  "cannot recognize input near 'CREATE' 'TABLE' 'secret' in ddl statement",
  "Column 'password' has type STRING but found INT",
  'the column password was expected to be STRING but was BIGINT',
  "Field 'token' was expected, but found 'FIELD_NAME'",
  'password rotation job received 401',
  'Password authentication failed, got status 401.',
  'No password was provided for user shop',
  'password too short: must have 8 characters',
  'password for user shop: not set',
  'token for user shop is expired.',
  'the password of the keystore is wrong',
  'fields=[password, name]',
  'Missing required options are: [password, username]',
  'Unsupported options: [password, url]',
  'unknown option [password]',
  'Table has no column [password, name2]',
  'CREATE TABLE secret (id INT)',
  'INSERT INTO password (x) SELECT 1',
  'SELECT password (x) FROM t',
  'access token (JWT) is missing',
  'the password (optional) of the user',
  'Enter password...',
  'Checking password... done',
  'Supported options: password ... url',
  'Login failed: 12:30',
  'login: https://h/x',
  'credentials file:/etc/x',
  "Error parsing arguments '[--input, x, --output, y]' on 'x'. Please prefix keys with -- or -.",
  "Error parsing arguments '[--password, --user, u]' on 'u'. Please prefix keys with -- or -.",
  'Illegal character in path at index 9: hdfs://h/a b',
  'Illegal character in authority at index 7: http://my_host:80',
  'at index 3: x',
  'no protocol: conf.yaml',
  "The connection string contains an invalid host 'h:x'. The port 'x' is not a valid",
  'Password has too few characters',
  "Value is missing for key 'password'",
  'auth.type is not known; found: kerberos',
  'The secret key has the wrong length: 12 bytes',
  "Token 'abc' was provided without an audience",
  'client-secret and client-id, but only one was found',
  'Credential provider: not configured',
  'Password Authentication Scheme (RFC 2617)',
  'key.deserializer=[org.apache.kafka.common.serialization.ByteArrayDeserializer]',
  "Access denied for user 'root'@'172.17.0.1' (using password: YES)",
  "Access denied for user 'root'@'172.17.0.1' (using password: NO)",
  'ORA-01017: invalid username/password; logon denied',
  'FATAL: password authentication failed for user "shop"',
  'The server requested SCRAM-based authentication, but no password was provided.',
  "Login failed for user 'sa'. ClientConnectionId:1b2c",
  'JAAS config property does not end with semi-colon',
  'Login module not specified in JAAS config',
  "Value not specified for key 'password' in JAAS config",
  "Could not find a 'KafkaClient' entry in the JAAS configuration. System property 'java.security.auth.login.config' is not set",
  'unable to authenticate user [elastic] for REST request [/_bulk]',
  'missing authentication credentials for REST request [/]',
  'The AWS Access Key Id you provided does not exist in our records. (Service: Amazon S3; Status Code: 403; Error Code: InvalidAccessKeyId; Request ID: 1; S3 Extended Request ID: x)',
  'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.',
  "errCode = 2, detailMessage = Access denied for user 'root@1.2.3.4' (using password: NO)",
  'Not authorized: invalid_client: Credentials given were invalid',
  'Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512',
  'WRONGPASS invalid username-password pair or user is disabled.',
  'NOAUTH Authentication required.',
  'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
  'Unable to load AWS credentials from any provider in the chain: [EnvironmentVariableCredentialsProvider: Unable to load AWS credentials from environment variables (AWS_ACCESS_KEY_ID (or AWS_ACCESS_KEY) and AWS_SECRET_KEY (or AWS_SECRET_ACCESS_KEY)), SystemPropertiesCredentialsProvider: Unable to load AWS credentials from Java system properties (aws.accessKeyId and aws.secretKey)]',
  'No AWS Credentials provided by SimpleAWSCredentialsProvider TemporaryAWSCredentialsProvider EnvironmentVariableCredentialsProvider IAMInstanceCredentialsProvider',
  'The security token included in the request is invalid.',
  'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  'Keystore was tampered with, or password was incorrect',
  'SIMPLE authentication is not enabled.  Available:[TOKEN, KERBEROS]',
  'No valid credentials provided (Mechanism level: Failed to find any Kerberos tgt)',
  'ConnectException: Failed to authenticate with the token endpoint',
  "Table options do not contain an option key 'password' for discovering a connector.",
  "Option 'password' of type STRING got no value",
  "The key 'token' is after the key 'id'",
  'the primary key (id) is not unique',
  'Duplicate key (x) of secret',
  'Snapshot of table auth.users (3) found',
  // Of connectors and catalogs.
  'Invalid S3 Credentials: only one S3 credential should exist',
  'Invalid credentials: null',
  'The token: must not be empty here',
  'security.token.required=true, security.auth=false',
  'create access token success',
  'delete access token error',
  'the run is identified by the `flink.job-id` property of its summary',
  'Each table in the catalog is identified by an id',
  'operators are identified by uid',
  "Command 'mkdir -p /opt/flink/x' failed",
  'mkdir -p %s',
  'mkdir -p ./a ../b ~/c',
  'docker run -p 8888:8888 -p 127.0.0.1:8081:8081 flink',
  'AUTH mode is unknown',
  "beeline -u 'jdbc:hive2://localhost:10000/'",
  'tool -u http://h:8081/x',
];

describe('an ordinary sentence', () => {
  it.each([...SENTENCES, ...OF_DRIVERS])('stays as it is: %s', (sentence) => {
    expect(maskSecrets(sentence)).toBe(sentence);
  });

  it.each(SENTENCES)('stays as it is in a comment and in quotes: %s', (sentence) => {
    const sql = `SELECT 1 /* ${sentence.replaceAll('*/', '')} */`;
    expect(maskStatement(sql)).toBe(sql);
    expect(maskSecrets(`it says: ${sentence}`)).toBe(`it says: ${sentence}`);
  });
});

const VECTORS = join(import.meta.dirname, '../../vectors');

function linesOf(dir: string): Set<string> {
  const lines = readdirSync(join(VECTORS, dir)).flatMap((file) =>
    brotliDecompressSync(readFileSync(join(VECTORS, dir, file)))
      .toString('utf8')
      .trim()
      .split('\n')
      .flatMap((line) => (JSON.parse(line) as { body: string }).body.split(/\\n|\n/)),
  );
  return new Set(lines.filter((line) => !/^(?:\\t|\s)*(?:at|\.\.\.) /.test(line)));
}

describe('what Flink has answered', () => {
  // No secret was in any of the recorded statements.
  it.each(['flink-replies', 'deploy-replies', 'jar-runs'])('stays as it is, line by line: %s', (dir) => {
    const lines = [...linesOf(dir)];
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.filter((line) => maskSecrets(line) !== line)).toEqual([]);
  });
});
