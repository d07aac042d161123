// Checks the stack and tables in AWS before a deployment.
const { CloudFormationClient, DescribeStacksCommand } = require('@aws-sdk/client-cloudformation');
const { DescribeTableCommand, DynamoDBClient } = require('@aws-sdk/client-dynamodb');
const { refusal } = require('./refusal.cjs');

/**
 * @param given names of the settings that this deployment has
 * @param output the output of the stack that holds those of the last deployment
 */
async function checkStack(serverless, { stage, given, output }) {
  const aws = serverless.getProvider('aws');
  const config = await aws.getAwsSdkV3Config();
  const stack = await findStack(new CloudFormationClient(config), aws.naming.getStackName());
  checkNothingIsReset(stage, settingsOf(stack, output), given);
  await checkTables(new DynamoDBClient(config), serverless.service.custom, stack !== null);
}

/** Null: there is none. */
async function findStack(cloudFormation, StackName) {
  try {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
    return Stacks[0] ?? null;
  } catch (error) {
    if (/does not exist/.test(error.message)) return null;
    throw error;
  }
}

function settingsOf(stack, output) {
  const value = stack?.Outputs?.find(({ OutputKey }) => OutputKey === output)?.OutputValue ?? '';
  return value.split(',').filter((name) => /^\w+$/.test(name));
}

/** Otherwise they would silently go back to their defaults. */
function checkNothingIsReset(stage, before, now) {
  const lost = before.filter((name) => !now.includes(name));
  if (lost.length === 0) return;
  throw refusal(
    `The stage ${stage} was deployed with settings that are missing now: ${lost.join(', ')}. ` +
      `Write them into stages/${stage}.yml, or give them with --param. To reset a setting, give its default.`,
  );
}

/** CloudFormation fails on an existing table, but only after a minute. */
async function checkTables(dynamodb, { tables, settings }, isUpdate) {
  const names = Object.values(tables);
  const there = await Promise.all(names.map((name) => hasTable(dynamodb, name)));
  const found = names.filter((_, at) => there[at]);
  const missing = names.filter((_, at) => !there[at]);
  if (settings.tables === 'existing' && missing.length > 0)
    throw refusal(
      `tables=existing, but there is no table ${missing.join(' and no table ')}. Use tables=new to make both.`,
    );
  if (settings.tables === 'new' && !isUpdate && found.length > 0)
    throw refusal(
      `There is a table ${found.join(' and a table ')} already. To take over both tables, use tables=existing ` +
        '(docs/operate/deploy.md).',
    );
}

async function hasTable(dynamodb, TableName) {
  try {
    await dynamodb.send(new DescribeTableCommand({ TableName }));
    return true;
  } catch (error) {
    if (error.name === 'ResourceNotFoundException') return false;
    throw error;
  }
}

module.exports = { checkStack };
