/** Each setting of a deployment: what is taken, and what is said of a bad one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig, tableName } from '../lib/config.ts';
import { AppError } from '../lib/domain/errors.ts';

function refusal(env: Record<string, string>): AppError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was expected to be refused');
}

describe('the settings of a deployment', () => {
  it('have defaults that let nobody in', () => {
    const defaults = {
      ...{
        auth: 'keys',
        adhoc: false,
        definitionsTable: '',
        jobsTable: '',
        dynamoEndpoint: undefined,
        sqlGatewayUrl: null,
      },
      ...{ flinkRest: null, flinkConfig: {}, timeZone: 'UTC', openapiVersion: '1.2.0', logLevel: 'info' },
      ...{ service: null, metrics: false },
      ...{ secretStore: 'ssm', secretsPath: '', secretsFile: null, secretsEnvironment: null, awsRegion: 'us-east-1' },
      ...{ jarFiles: false, jarHosts: [], savepointPrefixes: [], s3Endpoint: undefined, lostAfterMinutes: null },
    };
    expect(readConfig({})).toEqual(defaults);
    const names = [
      'AUTH',
      'ADHOC',
      'DEFINITIONS_TABLE',
      'JOBS_TABLE',
      'SQL_GATEWAY_URL',
      'FLINK_REST',
      'FLINK_CONFIG',
      'LOST_AFTER_MINUTES',
      'TIME_ZONE',
    ];
    const secrets = ['SECRET_STORE', 'SECRETS_PATH', 'SECRETS_FILE', 'SECRETS_ENV', 'AWS_REGION'];
    const jars = ['AWS_ENDPOINT_URL_S3', 'JAR_FILES', 'JAR_HOSTS', 'SAVEPOINT_PATHS'];
    const all = [...names, ...secrets, ...jars, 'OPENAPI_VERSION', 'LOG_LEVEL', 'AWS_ENDPOINT_URL_DYNAMODB'];
    expect(readConfig(Object.fromEntries(all.map((name) => [name, ''])))).toEqual(defaults);
  });

  it.each([
    ['AUTH', 'none', { auth: 'none' }],
    ['AUTH', 'keys', { auth: 'keys' }],
    ['AUTH', 'iam', { auth: 'iam' }],
    ['AUTH', 'jwt', { auth: 'jwt' }],
    ['ADHOC', 'true', { adhoc: true }],
    ['ADHOC', 'false', { adhoc: false }],
    ['DEFINITIONS_TABLE', 'd', { definitionsTable: 'd' }],
    ['JOBS_TABLE', 'j', { jobsTable: 'j' }],
    ['AWS_ENDPOINT_URL_DYNAMODB', 'http://localhost:8000', { dynamoEndpoint: 'http://localhost:8000' }],
    ['SQL_GATEWAY_URL', 'http://gw:8083', { sqlGatewayUrl: 'http://gw:8083' }],
    ['SQL_GATEWAY_URL', 'https://gw/prefix', { sqlGatewayUrl: 'https://gw/prefix' }],
    ['FLINK_REST', 'a:8081,b:8081', { flinkRest: 'a:8081,b:8081' }],
    ['FLINK_CONFIG', '{"a.b": "c", "n": 3, "t": true}', { flinkConfig: { 'a.b': 'c', n: '3', t: 'true' } }],
    ['LOST_AFTER_MINUTES', '1', { lostAfterMinutes: 1 }],
    ['LOST_AFTER_MINUTES', '10080', { lostAfterMinutes: 10_080 }],
    ['JAR_FILES', 'allowed', { jarFiles: true }],
    ['SAVEPOINT_PATHS', 's3://b/a, hdfs:///sp', { savepointPrefixes: ['s3://b/a', 'hdfs:///sp'] }],
    [
      'JAR_HOSTS',
      'Jars.Example.com, 10.0.0.7:9000,[::1]',
      { jarHosts: ['jars.example.com', '10.0.0.7:9000', '[::1]'] },
    ],
    ['AWS_ENDPOINT_URL_S3', 'http://localhost:9000', { s3Endpoint: 'http://localhost:9000' }],
    ['TIME_ZONE', 'Europe/Berlin', { timeZone: 'Europe/Berlin' }],
    ['OPENAPI_VERSION', '0.7.5', { openapiVersion: '0.7.5' }],
    ['LOG_LEVEL', 'debug', { logLevel: 'debug' }],
    ['LOG_LEVEL', 'error', { logLevel: 'error' }],
    ['SERVICE', 'dinghy-prod', { service: 'dinghy-prod' }],
    ['METRICS', 'true', { metrics: true }],
    ['METRICS', 'false', { metrics: false }],
    ['SECRET_STORE', 'secretsmanager', { secretStore: 'secretsmanager' }],
    ['SECRETS_PATH', 'dinghy/prod/', { secretsPath: 'dinghy/prod/' }],
    ['SECRETS_FILE', '/x/secrets.json', { secretsFile: '/x/secrets.json' }],
    ['SECRETS_ENV', 'true', { secretsEnvironment: { SECRETS_ENV: 'true' } }],
    ['SECRETS_ENV', 'false', { secretsEnvironment: null }],
    ['AWS_REGION', 'eu-west-1', { awsRegion: 'eu-west-1' }],
  ])('%s=%s is taken', (name, value, expected) => expect(readConfig({ [name]: value })).toMatchObject(expected));

  it.each([
    ['ADHOC', 'yes', /true or false/],
    ['ADHOC', 'TRUE', /true or false/],
    ['ADHOC', '1', /true or false/],
    ['AUTH', 'None', /one of keys, none, iam, jwt, or empty/],
    ['AUTH', 'refused', /one of keys, none, iam, jwt, or empty/],
    ['AUTH', 'none,keys', /one of keys, none, iam, jwt, or empty/],
    ['SQL_GATEWAY_URL', 'gw:8083', /http:\/\/host:8083/],
    ['SQL_GATEWAY_URL', 'ftp://gw', /http:\/\/host:8083/],
    ['SQL_GATEWAY_URL', 'nonsense', /http:\/\/host:8083/],
    ['FLINK_CONFIG', '{a: b}', /JSON object/],
    ['FLINK_CONFIG', 'null', /JSON object/],
    ['JAR_FILES', 'true', /"allowed" or empty/],
    ['SAVEPOINT_PATHS', 's3://b/a,savepoints', /absolute paths/],
    ['SAVEPOINT_PATHS', 's3://b/a/..', /absolute paths/],
    ['JAR_HOSTS', 'http://jars', /host names separated by commas/],
    ['JAR_HOSTS', '*.example.com', /host names separated by commas/],
    ['JAR_HOSTS', 'me:hush@jars', /host names separated by commas/],
    ['TIME_ZONE', 'Mars/Base', /Europe\/Berlin/],
    ['LOG_LEVEL', 'verbose', /debug, info, warn or error/],
    ['SECRET_STORE', 'vault', /one of ssm, secretsmanager, file, env/],
    ['SECRETS_PATH', 'dinghy/prod', /with a slash at the end/],
    ['SECRETS_PATH', '/dinghy/prod/', /none at the start/],
    ['SECRETS_PATH', 'dinghy/*/', /a prefix of secret names/],
    ['SECRETS_ENV', 'yes', /true or false/],
    ['JOBS_TABLE', 'my table', /name of a DynamoDB table/],
    ['DEFINITIONS_TABLE', ' ', /name of a DynamoDB table/],
    ['DEFINITIONS_TABLE', 'x'.repeat(1_025), /name of a DynamoDB table/],
    ['AWS_ENDPOINT_URL_DYNAMODB', 'localhost', /a URL/],
    ['AWS_ENDPOINT_URL_S3', 'nonsense', /a URL/],
    ['AWS_REGION', 'Europe', /a region such as/],
    ['AWS_REGION', 'eu west', /a region such as/],
    ['FLINK_CONFIG', '{"n": 1e999}', /JSON object/],
    ['LOG_LEVEL', 'INFO', /debug, info, warn or error/],
  ])('%s=%s is refused: the message names the setting and what is allowed', (name, value, allowed) => {
    const error = refusal({ [name]: value });
    expect(error.code).toBe('config.invalid');
    expect(error.message).toContain(name);
    expect(error.message).toMatch(allowed);
  });

  const SETTINGS = [
    ...[
      'AUTH',
      'ADHOC',
      'DEFINITIONS_TABLE',
      'JOBS_TABLE',
      'AWS_ENDPOINT_URL_DYNAMODB',
      'AWS_ENDPOINT_URL_S3',
      'SQL_GATEWAY_URL',
    ],
    ...[
      'FLINK_REST',
      'FLINK_CONFIG',
      'LOST_AFTER_MINUTES',
      'JAR_FILES',
      'JAR_HOSTS',
      'TIME_ZONE',
      'LOG_LEVEL',
      'SECRET_STORE',
    ],
    ...['SECRETS_PATH', 'SECRETS_ENV', 'AWS_REGION'],
  ];

  it('law: the value of a bad setting is never told, for the text goes to any caller', () => {
    const secret = fc.stringMatching(/^[QZX][a-zA-Z0-9!#%&+=-]{5,30}$/);
    const shape = fc.constantFrom(
      (s: string) => ` ${s} `,
      (s: string) => `https://me:${s}@`,
      (s: string) => `ftp://me:${s}@gw:8083`,
      (s: string) => `me:${s}@gw:8083`,
      (s: string) => `https://me:${s}@gw:8083, b:1`,
      (s: string) => `http://gw:99999?token=${s}`,
      (s: string) => `{"s3.secret-key": "${s}",}`,
      (s: string) => `["${s}"]`,
    );
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...SETTINGS), secret, shape, (name, value, put) => {
        try {
          readConfig({ [name]: put(value) });
        } catch (error) {
          refused += 1;
          expect(error).toMatchObject({ code: 'config.invalid' });
          expect(String(error)).toContain(name);
          expect(String(error)).not.toContain(value.slice(0, 6));
        }
      }),
      { numRuns: 2_000 },
    );
    expect(refused).toBeGreaterThan(1_000);
  });

  it('AUTH with a token in it is told by its name and its rule', () => {
    const rule = 'It must be one of keys, none, iam, jwt, or empty, which is keys.';
    const message = `The deployment's setting AUTH can't be used. ${rule}`;
    expect(refusal({ AUTH: 'MyToken' }).message).toBe(message);
  });
});

describe('a table', () => {
  it.each(['DEFINITIONS_TABLE', 'JOBS_TABLE'] as const)('%s that is not set is named, with what to do', (setting) => {
    for (const env of [{}, { [setting]: '' }]) {
      const ask = (): string => tableName(readConfig(env), setting);
      expect(ask).toThrow(AppError);
      expect(ask).toThrow(new RegExp(`${setting} is missing. Set it to the name of the table, such as dinghy-`));
    }
    expect(tableName(readConfig({ [setting]: 'mine' }), setting)).toBe('mine');
  });

  it('may be given by its ARN', () => {
    const arn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/dinghy-jobs-prod';
    expect(readConfig({ JOBS_TABLE: arn }).jobsTable).toBe(arn);
  });
});

describe('an address with a password', () => {
  it.each([
    ['SQL_GATEWAY_URL', 'ftp://me:hush@gw:8083'],
    ['SQL_GATEWAY_URL', 'me:hush@gw:8083'],
    ['FLINK_REST', 'http://me:hush@jm'],
    ['AWS_ENDPOINT_URL_S3', 'me:hush@s3'],
  ])('%s=%s is not shown whole', (name, value) => {
    const { message } = refusal({ [name]: value });
    expect(message).toContain(name);
    expect(message).not.toContain('hush');
  });
});

describe('settings that are not what they should be', () => {
  it('FLINK_CONFIG never shows its values: they may be secrets, and the text goes to any caller', () => {
    expect(refusal({ FLINK_CONFIG: '{"s3.secret-key": "hush",}' }).message).not.toContain('hush');
  });

  it.each(['[1]', '"text"', '5', '{"a": {"b": 1}}', '{"a": null}'])('FLINK_CONFIG=%s is refused', (value) => {
    expect(refusal({ FLINK_CONFIG: value }).code).toBe('config.invalid');
  });

  it.each(['flink', 'flink:99999', 'flink:8081,'])('FLINK_REST=%s is refused, for it is not host:port', (value) => {
    expect(refusal({ FLINK_REST: value }).message).toContain('FLINK_REST');
  });
});
