// One role per function, and in it only what that function does. Log groups are declared by the CLI (30 days), so no
// function needs the right to make one.

const account = '${AWS::Region}:${AWS::AccountId}';
const arnOf = (rest) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` });
/** By name: the tables may be there before the stack. */
const tableArn = (name) => arnOf(`dynamodb:${account}:table/\${self:custom.tables.${name}}`);
const definitions = tableArn('definitions');
const jobs = tableArn('jobs');
const index = (name) => ({ 'Fn::Join': ['/', [jobs, 'index', name]] });
const allow = (service, actions, resource) => ({
  Effect: 'Allow',
  Action: actions.map((action) => `${service}:${action}`),
  Resource: resource,
});

const readDefinitions = allow('dynamodb', ['GetItem', 'BatchGetItem', 'Query'], definitions);
const readTask = allow('dynamodb', ['GetItem', 'BatchGetItem'], definitions);
const listTasks = allow('dynamodb', ['Query'], { 'Fn::Join': ['/', [definitions, 'index', 'byKind']] });
const writeRuns = allow('dynamodb', ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem'], jobs);
const pollRuns = allow('dynamodb', ['GetItem', 'BatchGetItem', 'UpdateItem'], jobs);
const findSavepoints = allow('dynamodb', ['Query'], jobs);
const listRunsOfTask = allow('dynamodb', ['Query'], index('byTask'));
const listLiveRuns = allow('dynamodb', ['Query'], index('active'));
/** A scan reads the index in one request where it is small. */
const sweepRuns = allow('dynamodb', ['Query', 'Scan'], index('active'));
const keepIn = (queue) => allow('sqs', ['SendMessage'], { 'Fn::GetAtt': [queue, 'Arn'] });

const keyed = (statement, test, keys) => ({
  ...statement,
  Condition: { [`ForAllValues:${test}`]: { 'dynamodb:LeadingKeys': keys } },
});
/** What lets a caller in: its key or its entry among the principals is read, and the use of a key is noted. */
const readCallers = keyed(allow('dynamodb', ['GetItem'], definitions), 'StringEquals', ['APIKEY', 'PRINCIPALS']);
const noteKeyUse = keyed(allow('dynamodb', ['UpdateItem'], jobs), 'StringLike', ['APIKEY#*']);

/** What each function does. `starts`: it starts jobs, so it reads the secrets and the jars of tasks. */
const FUNCTIONS = {
  submit: { starts: true, may: [readDefinitions, writeRuns, findSavepoints, listRunsOfTask] },
  read: { may: [pollRuns, listRunsOfTask, listLiveRuns, readTask, listTasks] },
  control: { may: [readTask, pollRuns] },
  analyse: { may: [readDefinitions] },
  reconcile: { starts: true, may: [writeRuns, findSavepoints, sweepRuns, keepIn('FailedSweepsQueue')] },
  scheduled: {
    starts: true,
    may: [readDefinitions, writeRuns, findSavepoints, listRunsOfTask, keepIn('FailedSchedulesQueue')],
  },
  fallback: { may: [] },
};

/** They have no route. */
const UNCALLED = ['reconcile', 'scheduled'];

const NONE = { Ref: 'AWS::NoValue' };
const policy = (name, statements) => ({
  PolicyName: name,
  PolicyDocument: { Version: '2012-10-17', Statement: statements },
});
const when = (condition, value) => ({ 'Fn::If': [condition, value, NONE] });

const tracing = when(
  'Traced',
  policy('tracing', [allow('xray', ['PutTraceSegments', 'PutTelemetryRecords'], '*')]), // X-Ray knows no narrower resource
);

const secretsPath = '${self:custom.settings.secretsPath}*';

/** For the functions that send to Flink, and below the path alone. */
const secrets = when(
  'WithSecrets',
  policy('secrets', [
    allow('ssm', ['GetParameter'], arnOf(`ssm:${account}:parameter/${secretsPath}`)),
    allow('secretsmanager', ['GetSecretValue'], arnOf(`secretsmanager:${account}:secret:${secretsPath}`)),
  ]),
);
const viaStores = ['ssm', 'secretsmanager'].map((store) => ({
  'Fn::Sub': `${store}.\${AWS::Region}.\${AWS::URLSuffix}`,
}));
/** The key decrypts what the two stores hand out, and nothing else. */
const secretsKey = when(
  'WithSecretsKey',
  policy('secrets-key', [
    {
      ...allow('kms', ['Decrypt'], '${self:custom.settings.secretsKmsKey}'),
      Condition: { StringEquals: { 'kms:ViaService': viaStores } },
    },
  ]),
);
const jars = when(
  'ReadsJars',
  policy('jars', [allow('s3', ['GetObject'], { 'Fn::Split': [',', '${self:custom.settings.jarObjects}'] })]),
);

/** What Lambda does in the name of a function inside a VPC. AWS knows no narrower resource for these. */
const NETWORK = [
  ...['CreateNetworkInterface', 'DeleteNetworkInterface', 'DescribeNetworkInterfaces', 'DescribeSubnets'],
  ...['AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'],
];
const inVpc = when('InVpc', policy('network', [allow('ec2', NETWORK, '*')]));

/** @param {string} name of a function */
function roleOf(name) {
  const { starts = false, may } = FUNCTIONS[name];
  const callers = UNCALLED.includes(name) ? [] : [readCallers, noteKeyUse];
  const logGroup = `${name[0].toUpperCase()}${name.slice(1)}LogGroup`;
  const log = allow('logs', ['CreateLogStream', 'PutLogEvents'], { 'Fn::GetAtt': [logGroup, 'Arn'] });
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      Policies: [
        tracing,
        inVpc,
        ...(starts ? [secrets, secretsKey, jars] : []),
        policy(name, [...may, ...callers, log]),
      ],
    },
  };
}

module.exports = Object.fromEntries(Object.keys(FUNCTIONS).map((name) => [name, roleOf(name)]));
