/** Each store of secrets against the contract; and what the requests to AWS are, and its refusals mean. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { secretReader, type SecretSettings } from '../../../lib/adapters/secrets/secret-reader.ts';
import type { SecretReader } from '../../../lib/domain/ports.ts';
import { secretReaderContract } from '../../contracts/secret-reader.contract.ts';
import { type AwsDouble, awsDouble } from '../../fakes/aws-double.ts';
import { memorySecrets } from '../../fakes/memory-secrets.ts';

const never = new AbortController().signal;
const PATH = 'dinghy/test/';
const NOTHING: SecretSettings = {
  secretStore: 'ssm',
  secretsPath: '',
  secretsFile: null,
  secretsEnvironment: null,
  awsRegion: 'eu-west-1',
};
const KEYS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
const before = { ...process.env };

beforeAll(() => void Object.assign(process.env, KEYS));
afterAll(() => {
  for (const name of Object.keys(KEYS)) {
    if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = before[name];
  }
});

const refusal = (secrets: SecretReader, name: string): Promise<Error> =>
  secrets.read(name, never).then(
    () => Promise.reject(new Error(`${name} was read`)),
    (error: unknown) => error as Error,
  );

secretReaderContract('in memory', () => {
  const secrets = memorySecrets();
  const put = (value: string): Promise<string> => {
    secrets.values.set('pw', value);
    return Promise.resolve('pw');
  };
  return Promise.resolve({ secrets, put, missing: 'nope', stop: () => Promise.resolve() });
});

secretReaderContract('environment', () => {
  const environment: Record<string, string> = {};
  const put = (value: string): Promise<string> => {
    environment['DINGHY_SECRET_PW'] = value;
    return Promise.resolve('env:DINGHY_SECRET_PW');
  };
  const secrets = secretReader({ ...NOTHING, secretsEnvironment: environment });
  const stop = (): Promise<void> => Promise.resolve();
  return Promise.resolve({ secrets, put, missing: 'env:DINGHY_SECRET_NOPE', asksNobody: true, stop });
});

function folder(): { file: string; remove: () => Promise<void> } {
  const path = mkdtempSync(join(tmpdir(), 'dinghy-secrets-'));
  return { file: join(path, 'secrets.json'), remove: () => rm(path, { recursive: true }) };
}

secretReaderContract('file', () => {
  const { file, remove } = folder();
  const put = (value: string): Promise<string> => {
    writeFileSync(file, JSON.stringify({ 'shop/pw': value }));
    return Promise.resolve('file:shop/pw');
  };
  const secrets = secretReader({ ...NOTHING, secretsFile: file });
  return Promise.resolve({ secrets, put, missing: 'file:shop/nope', stop: remove });
});

const onDouble = (double: AwsDouble, settings: Partial<SecretSettings> = {}): SecretReader =>
  secretReader({ ...NOTHING, secretsPath: PATH, ...settings }, double.endpoint);

secretReaderContract('SSM Parameter Store (double)', async () => {
  const double = await awsDouble();
  const put = (value: string): Promise<string> => {
    double.parameters.set('/dinghy/test/pw', value);
    return Promise.resolve('ssm:/dinghy/test/pw');
  };
  return { secrets: onDouble(double), put, missing: 'ssm:/dinghy/test/nope', stop: () => double.stop() };
});

secretReaderContract('Secrets Manager (double)', async () => {
  const double = await awsDouble();
  const put = (value: string): Promise<string> => {
    double.secrets.set('dinghy/test/pw', { SecretString: value });
    return Promise.resolve('secretsmanager:dinghy/test/pw');
  };
  return { secrets: onDouble(double), put, missing: 'secretsmanager:dinghy/test/nope', stop: () => double.stop() };
});

describe('the file of secrets', () => {
  let place: ReturnType<typeof folder>;
  let secrets: SecretReader;
  beforeEach(() => {
    place = folder();
    secrets = secretReader({ ...NOTHING, secretStore: 'file', secretsFile: place.file });
  });
  afterEach(() => place.remove());

  it('may be lines of name=value', async () => {
    writeFileSync(place.file, '# mine\n\npw = a=b c \r\nquoted="  x "\n');
    expect(await secrets.read('pw', never)).toBe('a=b c');
    expect(await secrets.read('quoted', never)).toBe('  x ');
  });

  it('has fields as Secrets Manager has them, and levels as SSM', async () => {
    writeFileSync(place.file, JSON.stringify({ 'shop/db': { password: 'x1', port: 5432 }, 'a#b': 'whole' }));
    expect(await secrets.read('shop/db#password', never)).toBe('x1');
    expect(await secrets.read('shop/db#port', never)).toBe('5432');
    expect(await secrets.read('/shop/db#password', never)).toBe('x1');
    expect(await secrets.read('a#b', never)).toBe('whole');
    expect(await refusal(secrets, 'shop/db#nope')).toMatchObject({ code: 'secret.notFound' });
  });

  it.each(['12345678901234567890', '1e30'])('holds the number %s: it must be in quotes', async (value) => {
    writeFileSync(place.file, `{"pw": ${value}}`);
    expect(await refusal(secrets, 'pw')).toMatchObject({ code: 'secret.refused' });
  });

  it.each(['null', '[', '{"pw": null}', '{"other": "x"}', '["pw"]'])('with %s has no such secret', async (text) => {
    writeFileSync(place.file, text);
    expect((await refusal(secrets, 'pw')).name).toBe('AppError');
  });

  it('is asked for when it is not there', async () => {
    const error = await refusal(secrets, 'pw');
    expect(error).toMatchObject({ code: 'secret.notFound' });
    expect(error.message).toContain(place.file);
  });

  it('is never quoted', async () => {
    writeFileSync(place.file, '{"pw": hunter22}');
    const error = await refusal(secrets, 'pw');
    expect(error).toMatchObject({ code: 'secret.refused' });
    expect(error.message).toMatch(/not valid JSON/);
    expect(error.message).not.toContain('hunter22');
  });
});

describe('stores that are switched off', () => {
  it.each(['file:pw', 'env:DINGHY_SECRET_PW', 'ssm:/dinghy/test/pw', 'secretsmanager:dinghy/test/pw'])(
    '%s is refused',
    async (name) => {
      process.env['DINGHY_SECRET_PW'] = 'must not be read';
      expect(await refusal(secretReader(NOTHING), name)).toMatchObject({ code: 'secret.refused' });
      Reflect.deleteProperty(process.env, 'DINGHY_SECRET_PW');
    },
  );

  it("a definition can't name the function's own credentials", async () => {
    const secrets = secretReader({ ...NOTHING, secretStore: 'env', secretsEnvironment: process.env });
    expect(await refusal(secrets, 'env:AWS_SECRET_ACCESS_KEY')).toMatchObject({ code: 'secret.refused' });
    expect(await refusal(secrets, 'AWS_SECRET_ACCESS_KEY')).toMatchObject({ code: 'secret.refused' });
  });
});

describe('AWS', () => {
  let double: AwsDouble;
  beforeEach(async () => {
    double = await awsDouble();
  });
  afterEach(() => double.stop());

  it('is asked for exactly one secret, decrypted', async () => {
    double.parameters.set('/dinghy/test/pw', 'x');
    double.secrets.set('dinghy/test/db', { SecretString: '{"password": "y", "port": 1}' });
    const secrets = onDouble(double);
    expect(await secrets.read('ssm:/dinghy/test/pw', never)).toBe('x');
    expect(await secrets.read('secretsmanager:dinghy/test/db#password', never)).toBe('y');
    expect(await secrets.read('secretsmanager:dinghy/test/db#port', never)).toBe('1');
    expect(double.seen.slice(0, 2)).toEqual([
      { target: 'AmazonSSM.GetParameter', body: { Name: '/dinghy/test/pw', WithDecryption: true } },
      { target: 'secretsmanager.GetSecretValue', body: { SecretId: 'dinghy/test/db' } },
    ]);
  });

  it('is the store of names that say none', async () => {
    double.parameters.set('/dinghy/test/pw', 'of ssm');
    double.secrets.set('dinghy/test/pw', { SecretString: 'of the manager' });
    expect(await onDouble(double).read('dinghy/test/pw', never)).toBe('of ssm');
    expect(await onDouble(double, { secretStore: 'secretsmanager' }).read('dinghy/test/pw', never)).toBe(
      'of the manager',
    );
  });

  it.each(['ssm:/dinghy/prod/pw', 'ssm:pw', 'secretsmanager:dinghy/testing', 'secretsmanager:other/dinghy/test/pw'])(
    'is not asked for %s, which is outside of the path',
    async (name) => {
      const error = await refusal(onDouble(double), name);
      expect(error).toMatchObject({ code: 'secret.refused' });
      expect(error.message).toMatch(/outside.*"dinghy\/test\/"/);
      expect(double.seen).toEqual([]);
    },
  );

  it.each([
    ['ssm:/dinghy/test/pw', 400, 'ParameterNotFound', '', 'secret.notFound', /does not exist/],
    ['secretsmanager:dinghy/test/pw', 400, 'ResourceNotFoundException', '', 'secret.notFound', /does not exist/],
    [
      'secretsmanager:dinghy/test/pw',
      400,
      'InvalidRequestException',
      'marked for deletion',
      'secret.notFound',
      /does not exist/,
    ],
    [
      'ssm:/dinghy/test/pw',
      400,
      'AccessDeniedException',
      'User: arn:x is not authorized',
      'secret.refused',
      /ssm:GetParameter/,
    ],
    [
      'secretsmanager:dinghy/test/pw',
      400,
      'AccessDeniedException',
      'no',
      'secret.refused',
      /secretsmanager:GetSecretValue/,
    ],
    [
      'ssm:/dinghy/test/pw',
      400,
      'AccessDeniedException',
      'not allowed kms:Decrypt',
      'secret.refused',
      /decrypt.*kms:Decrypt/,
    ],
    ['ssm:/dinghy/test/pw', 400, 'InvalidKeyId', '', 'secret.refused', /decrypt/],
    ['secretsmanager:dinghy/test/pw', 400, 'DecryptionFailure', '', 'secret.refused', /decrypt/],
    ['ssm:/dinghy/test/pw', 400, 'ThrottlingException', '', 'secret.unavailable', /too many requests.*Try again/],
    ['secretsmanager:dinghy/test/pw', 500, 'InternalServiceError', '', 'secret.unavailable', /Try again/],
    ['ssm:/dinghy/test/pw', 400, 'UnrecognizedClientException', '', 'secret.refused', /may not be read/],
  ])('%s answered with %s %s %s is %s', async (name, status, type, message, code, text) => {
    double.failure = { status, type, message };
    const error = await refusal(onDouble(double), name);
    expect(error).toMatchObject({ name: 'AppError', code });
    expect(error.message).toMatch(text);
    expect(error.message).toContain('dinghy/test/pw');
    expect(error.message).not.toContain('arn:x');
  });

  it('out of reach: try again', async () => {
    const secrets = onDouble({ ...double, endpoint: 'http://127.0.0.1:1' });
    expect(await refusal(secrets, 'ssm:/dinghy/test/pw')).toMatchObject({ code: 'secret.unavailable' });
  });

  const SSM = 'ssm:/dinghy/test/pw';
  const MANAGER = 'secretsmanager:dinghy/test/pw';

  it.each([
    ...['', 'null', '[]', '"text"', '<html>hunter22</html>', '{}', '{"Parameter": null}', '{"Parameter": "hunter22"}'],
    ...['{"Parameter": []}', '{"Parameter": {}}', '{"Parameter": {"Value": null}}', '{"Parameter": {"Value": ""}}'],
    ...[
      '{"Parameter": {"Value": 22}}',
      '{"Parameter": {"Value": true}}',
      '{"Parameter": {"Value": {"a": "hunter22"}}}',
    ],
    ...['{"Parameter": {"value": "hunter22"}}', '{"parameter": {"Value": "hunter22"}}'],
  ])('SSM answers 200 and %s: there is no value, and none is made up', async (reply) => {
    double.reply = reply;
    const error = await refusal(onDouble(double), SSM);
    expect(error).toMatchObject({ code: 'secret.unavailable', retryable: true });
    expect(error.message).toContain('SSM Parameter Store answered without a value for the secret "/dinghy/test/pw"');
    expect(error.message).not.toContain('hunter22');
  });

  it.each([
    ...['', 'null', '[]', '{}', '{"SecretString": null}', '{"SecretString": 22}', '{"SecretString": ["hunter22"]}'],
    ...['{"SecretBinary": 5}', '{"secretString": "hunter22"}', '<html>hunter22</html>'],
  ])('Secrets Manager answers 200 and %s: there is no value, and none is made up', async (reply) => {
    double.reply = reply;
    for (const name of [MANAGER, `${MANAGER}#password`]) {
      const error = await refusal(onDouble(double), name);
      expect(error).toMatchObject({ code: 'secret.unavailable' });
      expect(error.message).toContain('Secrets Manager answered without a value');
      expect(error.message).not.toContain('hunter22');
    }
  });

  it.each([
    ['12345678901234567890', /in quotes/],
    ['1e21', /in quotes/],
    ['0.1234567890123456789', /in quotes/],
    ['1e-9', /in quotes/],
    ['null', /no text in its field/],
  ])('a field that is %s is refused: it would not be what was stored', async (value, text) => {
    double.secrets.set('dinghy/test/pw', { SecretString: `{"password": ${value}}` });
    expect((await refusal(onDouble(double), `${MANAGER}#password`)).message).toMatch(text);
  });

  it.each([
    ['123456789012345', '123456789012345'],
    ['-1.5', '-1.5'],
    ['0', '0'],
    ['false', 'false'],
    ['""', ''],
  ])('a field that is %s is read as it stands', async (value, read) => {
    double.secrets.set('dinghy/test/pw', { SecretString: `{"password": ${value}}` });
    expect(await onDouble(double).read(`${MANAGER}#password`, never)).toBe(read);
  });

  it('does not answer: the time of the request ends it', async () => {
    double.failure = 'hang';
    const stop = new AbortController();
    const reading = onDouble(double)
      .read('ssm:/dinghy/test/pw', stop.signal)
      .catch((error: unknown) => error);
    while (double.seen.length === 0) await sleep(5);
    stop.abort();
    expect(await reading).toMatchObject({ code: 'budget.exceeded' });
  });

  it.each([
    [{ SecretBinary: 'AAAA' }, '', 'secret.refused', /binary/],
    [{ SecretString: 'hunter22' }, '#password', 'secret.refused', /not a JSON object/],
    [{ SecretString: '{"user": "hunter22"}' }, '#password', 'secret.notFound', /no field "password"/],
    [{ SecretString: '{"password": {"now": "hunter22"}}' }, '#password', 'secret.notFound', /no text in its field/],
  ])('%j read as name%s is refused without a word of it', async (stored, field, code, text) => {
    double.secrets.set('dinghy/test/pw', stored);
    const error = await refusal(onDouble(double), `secretsmanager:dinghy/test/pw${field}`);
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(text);
    expect(error.message).not.toContain('hunter22');
  });
});
