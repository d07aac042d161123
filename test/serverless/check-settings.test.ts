/** A deployment says what is wrong with its settings before anything is built or sent. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../local/paths.ts';

interface Plugin {
  readonly hooks: { 'before:package:initialize': () => Promise<void> };
}
const require = createRequire(import.meta.url);
const CheckSettings = require('../../serverless/check-settings.cjs') as new (
  serverless: object,
  options: object,
) => Plugin;
const { readStage } = require('../../serverless/stage-settings.cjs') as {
  readStage: (stage: string, folder?: string) => Record<string, string>;
};

const GOOD = {
  settings: {
    ...{
      vpcSubnetIds: '',
      vpcSecurityGroupIds: '',
      throttlingRate: 50,
      throttlingBurst: 100,
      reconcileConcurrency: '',
      logRetentionDays: 30,
    },
    ...{ secretsKmsKey: '', jarObjects: '', tables: 'new', domainName: '', domainCertificate: '', tracing: 'false' },
    alarmTopic: '',
  },
  environment: { AUTH: 'keys', ADHOC: 'false', TIME_ZONE: 'UTC', SQL_GATEWAY_URL: '', FLINK_CONFIG: '' },
};

/** What the deployment says; the outputs of its stack when it says nothing. */
async function check(changes: {
  readonly param?: readonly string[];
  readonly settings?: object;
  readonly environment?: object;
}): Promise<object> {
  const service = {
    provider: { stage: 'dev', environment: { ...GOOD.environment, ...changes.environment } },
    custom: { settings: { ...GOOD.settings, ...changes.settings } },
    resources: { Outputs: {} as Record<string, object> },
  };
  const processedInput = { options: { param: changes.param } };
  const serverless = { service, processedInput, serviceDir: ROOT, configurationFilename: 'serverless.yml' };
  await new CheckSettings(serverless, { stage: 'no-such-stage' }).hooks['before:package:initialize']();
  return service.resources.Outputs;
}

describe('a setting by --param', () => {
  it('that is known is taken, and the stack keeps which were given', async () => {
    const param = ['timeZone=UTC', 'auth=keys', 'flinkConfig={"a":"b=c"}'];
    expect(await check({ param })).toMatchObject({ SettingsGiven: { Value: 'auth,flinkConfig,timeZone' } });
    expect(await check({})).toMatchObject({ SettingsGiven: { Value: '-' } });
  });

  it.each([
    ['timezone', 'timeZone'],
    ['flinkrest', 'flinkRest'],
    ['sqlGatewayURL', 'sqlGatewayUrl'],
    ['vpcSubnets', 'vpcSubnetIds'],
  ])('that is spelt %s is refused, and %s named', async (wrong, right) => {
    await expect(check({ param: [`${wrong}=x`] })).rejects.toThrow(
      `--param: there is no setting "${wrong}". Did you mean "${right}"? See docs/operate/settings.md.`,
    );
  });
});

describe('a value', () => {
  it.each([
    ['timeZone', { TIME_ZONE: 'Mars/Base' }],
    ['adhoc', { ADHOC: 'yes' }],
    ['auth', { AUTH: 'everybody' }],
    ['sqlGatewayUrl', { SQL_GATEWAY_URL: 'gateway:8083' }],
    ['flinkRest', { FLINK_REST: 'http://' }],
    ['flinkConfig', { FLINK_CONFIG: '[1]' }],
    ['logLevel', { LOG_LEVEL: 'loud' }],
    ['secretsPath', { SECRETS_PATH: '/dinghy' }],
    ['lostAfterMinutes', { LOST_AFTER_MINUTES: '0' }],
    ['savepointPaths', { SAVEPOINT_PATHS: 'here' }],
  ])('that functions could not use is refused by the name of its setting: %s', async (name, environment) => {
    const refused = await check({ environment }).catch((error: unknown) => (error as Error).message);
    expect(refused).toMatch(new RegExp(`^The setting ${name} can't be used. It must be .+\\.$`));
    for (const value of Object.values(environment)) expect(refused).not.toContain(`"${value}"`);
  });

  it.each([
    ['throttlingRate', ['fast', '0', '-1', '']],
    ['throttlingBurst', ['1.5', '0', 'x']],
    ['reconcileConcurrency', ['one', '0']],
    ['logRetentionDays', ['31', 'for ever', '']],
    ['vpcSubnetIds', ['vpc-1', 'subnet-1;subnet-2']],
    ['vpcSecurityGroupIds', ['subnet-1']],
    ['secretsKmsKey', ['alias/mine', 'arn:aws:kms:eu-west-1:1:alias/mine']],
    ['jarObjects', ['my-jars', 's3://my-jars/a.jar']],
    ['tables', ['exsting', '']],
    ['domainName', ['https://dinghy.example.com', 'Dinghy.example.com', 'dinghy']],
    ['domainCertificate', ['dinghy.example.com']],
    ['alarmTopic', ['alarms', 'arn:aws:sns:eu-west-1:alarms', 'arn:aws:sqs:eu-west-1:123456789012:alarms']],
    ['tracing', ['on']],
  ])('that is of no use in the template is refused: %s', async (name, values) => {
    for (const value of values) {
      await expect(check({ settings: { [name]: value } })).rejects.toThrow(`The setting ${name} can't be used.`);
    }
  });

  it.each([
    { vpcSubnetIds: 'subnet-1, subnet-2', vpcSecurityGroupIds: 'sg-0a1b' },
    { throttlingRate: '0.5', throttlingBurst: '1', reconcileConcurrency: 1 },
    { secretsKmsKey: 'arn:aws:kms:eu-west-1:1:key/2', jarObjects: 'arn:aws:s3:::a/*,arn:aws-cn:s3:::b/c.jar' },
    { tables: 'existing', domainName: 'dinghy.example.com' },
    { domainCertificate: 'arn:aws:acm:eu-west-1:123456789012:certificate/1a-2b', tracing: 'true' },
    { alarmTopic: 'arn:aws:sns:eu-west-1:123456789012:alarms' },
  ])('that is good is taken: %j', async (settings) => {
    expect(await check({ settings })).toHaveProperty('SettingsGiven');
  });
});

describe('the file of a stage', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dinghy-stages-'));
    mkdirSync(folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const read = (text: string): Record<string, string> => {
    writeFileSync(join(folder, 'prod.yml'), text);
    return readStage('prod', folder);
  };

  it('gives what --param would give', () => {
    const text =
      'timeZone: UTC\nthrottlingRate: 7\ntracing: true\nvpcSubnetIds: [a, b]\nflinkConfig: { parallelism.default: 2 }\nflinkRest: ""\n';
    expect(read(text)).toEqual({
      ...{ timeZone: 'UTC', throttlingRate: '7', tracing: 'true', vpcSubnetIds: 'a,b', flinkRest: '' },
      flinkConfig: '{"parallelism.default":2}',
    });
  });

  it('may be missing or empty', () => {
    expect(readStage('dev', folder)).toEqual({});
    expect(read('')).toEqual({});
    expect(read('# nothing yet\n')).toEqual({});
  });

  it.each([
    ['- timeZone', 'must be a map of settings'],
    ['timeZone', 'must be a map of settings'],
    ['timeZone: [', 'is not valid YAML'],
    ['timeZone:\n', '"timeZone" has no value. Give one, or leave the line out.'],
  ])('that says %j is refused', (text, message) => {
    expect(() => read(text)).toThrow(`stages/prod.yml`);
    expect(() => read(text)).toThrow(message);
  });
});
