// The allowed values of settings that no function reads: only the template uses them.
const { refusal } = require('./refusal.cjs');

const COMMA = /\s*,\s*/;
const isEmptyOr = (isGood) => (text) => text === '' || isGood(text);
const each = (isGood) => (text) => text.trim().split(COMMA).filter(Boolean).every(isGood);
const like = (pattern) => (text) => pattern.test(text);
const isPositive = (text) => Number(text) > 0 && Number.isFinite(Number(text));
const isCount = like(/^[1-9]\d{0,6}$/);

/** The values that CloudWatch Logs allows. */
const LOG_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653];

const ARN = String.raw`arn:aws[\w-]*:`;

/** By name, under custom.settings of serverless.yml. */
const TEMPLATE_SETTINGS = {
  vpcSubnetIds: {
    isGood: each(like(/^subnet-\w+$/)),
    wanted: 'ids of subnets separated by commas, such as subnet-1,subnet-2',
  },
  vpcSecurityGroupIds: {
    isGood: each(like(/^sg-\w+$/)),
    wanted: 'ids of security groups separated by commas, such as sg-1',
  },
  throttlingRate: { isGood: isPositive, wanted: 'a number of requests a second above 0' },
  throttlingBurst: { isGood: isCount, wanted: 'a whole number of requests from 1' },
  reconcileConcurrency: { isGood: isEmptyOr(isCount), wanted: 'a whole number from 1, or empty' },
  secretsKmsKey: {
    isGood: isEmptyOr(like(new RegExp(`^${ARN}kms:[\\w-]+:\\d+:key/[\\w-]+$`))),
    wanted: 'the ARN of a KMS key, such as arn:aws:kms:eu-west-1:123456789012:key/…, or empty',
  },
  jarObjects: {
    isGood: each(like(new RegExp(`^${ARN}s3:::\\S+$`))),
    wanted: 'ARNs of objects in S3 separated by commas, such as arn:aws:s3:::my-jars/*',
  },
  logRetentionDays: { isGood: (text) => LOG_DAYS.includes(Number(text)), wanted: `one of ${LOG_DAYS.join(', ')}` },
  tables: { isGood: like(/^(?:new|existing)$/), wanted: 'new or existing' },
  domainName: {
    isGood: isEmptyOr(like(/^(?:[a-z0-9-]+\.)+[a-z]{2,}$/)),
    wanted: 'a domain name in lower case, such as dinghy.example.com, or empty',
  },
  domainCertificate: {
    isGood: isEmptyOr(like(new RegExp(`^${ARN}acm:[\\w-]+:\\d+:certificate/[\\w-]+$`))),
    wanted: 'the ARN of a certificate in ACM, or empty',
  },
  alarmTopic: {
    isGood: isEmptyOr(like(new RegExp(`^${ARN}sns:[\\w-]+:\\d+:[\\w-]+$`))),
    wanted: 'the ARN of an SNS topic, such as arn:aws:sns:eu-west-1:123456789012:alarms, or empty',
  },
  tracing: { isGood: like(/^(?:true|false)$/), wanted: 'true or false' },
};

/** @returns the value as a text */
function checkSetting(name, value) {
  const text = String(value);
  const { isGood, wanted } = TEMPLATE_SETTINGS[name];
  if (isGood(text)) return text;
  throw refusal(`The setting ${name} can't be used. It must be ${wanted}.`);
}

module.exports = { TEMPLATE_SETTINGS, checkSetting };
