import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Build, build, type Resource } from './build.ts';

const KB = 1024;

/** Route -> function. The whole list: a route that is not here is a mistake. Each has a second path, in which a key travels. */
const ROUTES = withKeys({
  'GET /openapi/submitTask': 'submit',
  'POST /openapi/submitTask': 'submit',
  'GET /openapi/onLineTask': 'submit',
  'GET /openapi/restartTask': 'submit',
  'GET /openapi/reOnLineTask': 'submit',
  'GET /openapi/selectSavePointRestartTask': 'submit',
  'GET /openapi/selectSavePointReOnLineTask': 'submit',
  'POST /openapi/executeSql': 'submit',
  'POST /openapi/executeJar': 'submit',
  'GET /openapi/cancel': 'control',
  'POST /openapi/cancel': 'control',
  'GET /openapi/savepointTask': 'control',
  'POST /openapi/savepointTask': 'control',
  'POST /openapi/savepoint': 'control',
  'GET /openapi/offLineTask': 'control',
  'POST /openapi/explainSql': 'analyse',
  'POST /openapi/getJobPlan': 'analyse',
  'POST /openapi/getStreamGraph': 'analyse',
  'GET /openapi/exportSql': 'analyse',
  'GET /openapi/getTaskLineage': 'analyse',
  'POST /openapi/getLineage': 'analyse',
  'GET /openapi/version': 'fallback',
  'GET /openapi/getJobInstance': 'read',
  'GET /openapi/getJobInstanceByTaskId': 'read',
  'POST /openapi/getJobInstanceList': 'read',
  'GET /openapi/getJobData': 'read',
  'GET /openapi/runs': 'read',
  'GET /openapi/runs/{id}': 'read',
  'GET /openapi/tasks': 'read',
  'GET /health': 'fallback',
  'GET /openapi.json': 'fallback',
  'ANY /openapi': 'fallback',
  'ANY /openapi/{proxy+}': 'fallback',
});

function withKeys(routes: Record<string, string>): Record<string, string> {
  const keyed = Object.entries(routes).map(([route, name]) => [route.replace(' ', ' /k/{key}'), name]);
  return { ...routes, ...(Object.fromEntries(keyed) as Record<string, string>) };
}

const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const READ_DEFINITIONS = ['BatchGetItem', 'GetItem', 'Query'].map((name) => `DefinitionsTable dynamodb:${name}`);
const WRITE_RUNS = ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'].map((name) => `JobsTable dynamodb:${name}`);
const FIND_SAVEPOINTS = ['JobsTable dynamodb:Query', 'JobsTable/index/byTask dynamodb:Query'];
const POLL_RUNS = ['BatchGetItem', 'GetItem', 'UpdateItem'].map((name) => `JobsTable dynamodb:${name}`);

/** Letting callers in: reading their keys, and noting the use of one. */
const ADMIT = ['DefinitionsTable dynamodb:GetItem', 'JobsTable dynamodb:UpdateItem'];

/** Function -> what it may do besides writing its own log. */
const RIGHTS: Record<string, string[]> = {
  submit: [...READ_DEFINITIONS, ...WRITE_RUNS, ...FIND_SAVEPOINTS, ...ADMIT],
  read: [
    ...POLL_RUNS,
    ...['JobsTable/index/byTask dynamodb:Query', 'JobsTable/index/active dynamodb:Query'],
    ...['DefinitionsTable dynamodb:GetItem', 'DefinitionsTable dynamodb:BatchGetItem'],
    'DefinitionsTable/index/byKind dynamodb:Query',
    ...ADMIT,
  ],
  control: [...READ_DEFINITIONS.filter((right) => !right.endsWith('Query')), ...POLL_RUNS, ...ADMIT],
  analyse: [...READ_DEFINITIONS, ...ADMIT],
  reconcile: [
    ...WRITE_RUNS,
    'JobsTable dynamodb:Query',
    ...['JobsTable/index/active dynamodb:Query', 'JobsTable/index/active dynamodb:Scan'],
    'FailedSweepsQueue sqs:SendMessage',
  ],
  fallback: ADMIT,
  scheduled: [...READ_DEFINITIONS, ...WRITE_RUNS, ...FIND_SAVEPOINTS, 'FailedSchedulesQueue sqs:SendMessage'],
};

/** Functions that start jobs. */
const STARTERS = ['reconcile', 'scheduled', 'submit'];

let built: Build;

beforeAll(() => {
  built = build();
});
afterAll(() => {
  rmSync(built.directory, { recursive: true, force: true });
});

const ofType = (type: string) => Object.entries(built.resources).filter(([, resource]) => resource.Type === type);

/** Of the functions: the other one is EventBridge Scheduler's. */
const functionRoles = () => ofType('AWS::IAM::Role').filter(([id]) => id !== 'SchedulesRole');

/** Function name as in serverless.yml -> logical id and resource. */
function functions(): Map<string, [string, Resource]> {
  return new Map(
    ofType('AWS::Lambda::Function').map(([id, resource]) => [
      String(resource.Properties.FunctionName).replace('dinghy-dev-', ''),
      [id, resource],
    ]),
  );
}

const roleIdOf = (name: string) => functions().get(name)![1].Properties.Role['Fn::GetAtt'][0] as string;
const logGroupOf = (name: string) =>
  functions()
    .get(name)![0]
    .replace(/LambdaFunction$/, 'LogGroup');

/** How asynchronous invocations of a function are treated. */
function invokeConfigOf(name: string): Resource['Properties'] | undefined {
  const configs = ofType('AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => Properties);
  return configs.find(({ FunctionName }) => FunctionName.Ref === functions().get(name)![0]);
}

/** "JobsTable", or "JobsTable/index/active". */
function resourceName(resource: Statement['Resource']): string {
  if ('Fn::GetAtt' in resource) return resource['Fn::GetAtt'][0];
  if ('Fn::Sub' in resource) return tableWithArn(resource['Fn::Sub']);
  const [separator, [table, ...path]] = resource['Fn::Join'];
  return [tableWithArn(table['Fn::Sub']), ...path].join(separator);
}

/** The table of the template with the name of this ARN, in the account and region of the stack. */
function tableWithArn(arn: string): string {
  const before = 'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/';
  const found = ofType('AWS::DynamoDB::Table').find(
    ([, { Properties }]) => arn === before + String(Properties.TableName),
  );
  return found?.[0] ?? arn;
}

interface Statement {
  Effect: string;
  Action: string[];
  Resource:
    | { 'Fn::GetAtt': [string, string] }
    | { 'Fn::Sub': string }
    | { 'Fn::Join': [string, [{ 'Fn::Sub': string }, ...string[]]] };
}

/** The statements a role always has; those it has under a condition are looked at by themselves. */
function statementsOf(roleId: string): Statement[] {
  const policies = built.resources[roleId]!.Properties.Policies as {
    PolicyDocument?: { Statement: Statement[] };
  }[];
  return policies.flatMap((policy) => policy.PolicyDocument?.Statement ?? []);
}

describe('the zips', () => {
  it('are one per function', () => {
    expect(Object.keys(built.zips).sort()).toEqual(Object.keys(RIGHTS).sort());
  });

  it.each(Object.keys(RIGHTS))('%s holds its bundle and nothing else', (name) => {
    expect(Object.keys(built.zips[name]!)).toEqual([`handlers/${name}.mjs`]);
  });

  it.each(Object.keys(RIGHTS))('%s points at its source map without carrying it', (name) => {
    expect(new TextDecoder().decode(built.zips[name]![`handlers/${name}.mjs`])).not.toContain('sourceMappingURL=data:');
    expect(readdirSync(join(built.directory, '.esbuild/.build/handlers'))).toContain(`${name}.mjs.map`);
  });

  // What reads SQL, masks secrets and sends runs is in these, and restarts are in one of them. Each is loaded whole at a cold start.
  const SUBMITS = ['submit', 'scheduled', 'analyse', 'reconcile'];
  it.each(Object.keys(RIGHTS))('%s is small', (name) => {
    // submit also restarts, and runs what requests bring.
    const maxKb = name === 'submit' ? 550 : SUBMITS.includes(name) ? 500 : 400;
    expect(built.zips[name]![`handlers/${name}.mjs`]!.length).toBeLessThan(maxKb * KB);
  });

  it.each(Object.keys(RIGHTS))('%s loads by itself and exports its handler', (name) => {
    const { Handler, Environment } = functions().get(name)![1].Properties;
    const [path, exported] = (Handler as string).split(/\.(?=\w+$)/) as [string, string];
    const file = join(built.directory, 'unzipped', name, `${path}.mjs`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, built.zips[name]![`${path}.mjs`]!);

    const script = 'console.log(typeof (await import(process.argv[1]))[process.argv[2]])';
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--no-warnings', '--input-type=module', '-e', script, file, exported],
      { encoding: 'utf8', env: { AWS_REGION: 'us-east-1', ...Environment.Variables } as Record<string, string> },
    );

    expect({ stdout, stderr }).toEqual({ stdout: 'function\n', stderr: '' });
  });
});

describe('the functions', () => {
  it('are those we know', () => {
    expect([...functions().keys()].sort()).toEqual(Object.keys(RIGHTS).sort());
  });

  it.each([...new Set(Object.values(ROUTES))])('%s answers before API Gateway gives up', (name) => {
    expect(functions().get(name)![1].Properties.Timeout).toBeLessThanOrEqual(29);
  });

  it('reconcile sweeps each minute, is never retried, and reserves nothing unless told so', () => {
    expect(functions().get('reconcile')![1].Properties).toMatchObject({ Timeout: 60 });
    expect(functions().get('reconcile')![1].Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    expect(ofType('AWS::Events::Rule').map(([, { Properties }]) => Properties.ScheduleExpression as string)).toEqual([
      'rate(1 minute)',
    ]);
    expect(invokeConfigOf('reconcile')).toMatchObject({
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['FailedSweepsQueue', 'Arn'] } } },
    });
  });

  it.each(Object.keys(RIGHTS))('%s runs on Node 24 and arm64, outside any VPC, without tracing', (name) => {
    const properties = functions().get(name)![1].Properties;
    expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    expect(properties).not.toHaveProperty('VpcConfig');
    expect(properties).not.toHaveProperty('TracingConfig');
  });

  it('ask callers for keys and know no Flink unless told so', () => {
    for (const [, resource] of functions().values()) {
      expect(resource.Properties.Environment.Variables).toEqual({
        DEFINITIONS_TABLE: 'dinghy-definitions-dev',
        JOBS_TABLE: 'dinghy-jobs-dev',
        AUTH: 'keys',
        ADHOC: 'false',
        SQL_GATEWAY_URL: '',
        FLINK_REST: '',
        FLINK_CONFIG: '',
        TIME_ZONE: 'UTC',
        OPENAPI_VERSION: '1.2.0',
        LOG_LEVEL: 'info',
        SERVICE: 'dinghy-dev',
        METRICS: 'true',
        LOST_AFTER_MINUTES: '',
        SECRET_STORE: 'ssm',
        SECRETS_PATH: 'dinghy/dev/',
        SECRETS_FILE: '',
        SECRETS_ENV: 'false',
        JAR_HOSTS: '',
        SAVEPOINT_PATHS: '',
      });
    }
  });

  it('keep their logs for 30 days, in groups of their own', () => {
    for (const name of functions().keys()) {
      expect(built.resources[logGroupOf(name)]).toMatchObject({
        Type: 'AWS::Logs::LogGroup',
        Properties: { LogGroupName: `/aws/lambda/dinghy-dev-${name}`, RetentionInDays: 30 },
      });
    }
  });

  it('scheduled is tried three times within an hour, and an event that failed is kept', () => {
    expect(invokeConfigOf('scheduled')).toMatchObject({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 3600,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['FailedSchedulesQueue', 'Arn'] } } },
    });
  });

  it('are watched by alarms, and on a dashboard, where there is a topic to report to', () => {
    const alarms = ofType('AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(10);
    for (const [, alarm] of alarms) {
      expect(alarm).toMatchObject({ Condition: 'WithAlarms', Properties: { AlarmActions: [''], OKActions: [''] } });
    }
    const { Metrics } = built.resources['ErrorsAlarm']!.Properties as { Metrics: { MetricStat?: unknown }[] };
    const watched = JSON.stringify(Metrics);
    for (const [id] of functions().values()) expect(watched).toContain(`{"Ref":"${id}"}`);
    const { DashboardBody } = built.resources['Dashboard']!.Properties as { DashboardBody: { 'Fn::Sub': string } };
    const { widgets } = JSON.parse(DashboardBody['Fn::Sub']) as { widgets: { properties: { metrics: string[][] } }[] };
    expect(widgets.flatMap(({ properties }) => properties.metrics)).toContainEqual([
      'Dinghy',
      'RunsFailed',
      'service',
      'dinghy-dev',
    ]);
    for (const name of DashboardBody['Fn::Sub'].matchAll(/\$\{(?!AWS::)(\w+)/g)) {
      expect(built.resources).toHaveProperty([name[1]!]);
    }
  });

  it('are invoked by nobody but this API, and the reconciler by its schedule', () => {
    const permissions = ofType('AWS::Lambda::Permission').map(([, { Properties }]) => Properties);
    const [scheduled, ...routed] = permissions;
    expect(scheduled).toMatchObject({ Principal: 'events.amazonaws.com' });
    expect(JSON.stringify(scheduled!.SourceArn)).toContain(ofType('AWS::Events::Rule')[0]![0]);
    expect(routed.map(({ Principal }) => Principal as string)).toEqual(
      [...new Set(Object.values(ROUTES))].map(() => 'apigateway.amazonaws.com'),
    );
    for (const { SourceArn } of routed) expect(JSON.stringify(SourceArn)).toContain('{"Ref":"HttpApi"}');
  });
});

describe('the routes', () => {
  it('lead each to its function', () => {
    const names = new Map([...functions()].map(([name, [id]]) => [id, name]));
    const routes = ofType('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => {
      const integration = built.resources[Properties.Target['Fn::Join'][1][1].Ref as string]!.Properties;
      return [Properties.RouteKey as string, names.get(integration.IntegrationUri['Fn::GetAtt'][0] as string)];
    });
    expect(Object.fromEntries(routes)).toEqual(ROUTES);
    expect(routes).toHaveLength(Object.keys(ROUTES).length);
  });

  it('wait for a function no longer than API Gateway may', () => {
    const integrations = ofType('AWS::ApiGatewayV2::Integration').map(([, { Properties }]) => Properties);
    expect(integrations.length).toBeGreaterThan(3);
    for (const { TimeoutInMillis } of integrations) expect(TimeoutInMillis).toBeLessThanOrEqual(30_000);
  });

  it('are throttled, and logged without the path a key may travel in', () => {
    const { DefaultRouteSettings, AccessLogSettings } = built.resources.HttpApiStage!.Properties;
    expect(DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
    expect(JSON.parse(AccessLogSettings.Format as string)).toMatchObject({
      requestId: '$context.requestId',
      // The id under which the function logs.
      functionRequestId: '$context.integration.requestId',
    });
    expect(AccessLogSettings.Format).not.toMatch(/context\.path|http\.path|rawPath|queryString/i);
  });
});

interface ConditionalPolicy {
  readonly 'Fn::If'?: readonly [string, { readonly PolicyDocument: { readonly Statement: unknown } }, unknown];
}

describe('the roles', () => {
  it('are one per function, trusted by Lambda alone', () => {
    const used = [...functions().keys()].map(roleIdOf);
    expect(new Set(used).size).toBe(used.length);
    expect(used.sort()).toEqual(
      functionRoles()
        .map(([id]) => id)
        .sort(),
    );
    for (const id of used) {
      expect(built.resources[id]!.Properties.AssumeRolePolicyDocument.Statement).toEqual([
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ]);
    }
  });

  it.each(Object.entries(RIGHTS))('%s may do exactly what it needs', (name, rights) => {
    const statements = statementsOf(roleIdOf(name));
    expect(statements.every(({ Effect }) => Effect === 'Allow')).toBe(true);
    const found = statements.flatMap(({ Action, Resource }) =>
      Action.map((action) => `${resourceName(Resource)} ${action}`),
    );
    expect(found.sort()).toEqual([...rights, ...LOGS.map((action) => `${logGroupOf(name)} ${action}`)].sort());
  });

  it('read of the callers what lets one in, and write the use of keys alone', () => {
    const [read, write] = statementsOf(roleIdOf('fallback'));
    const keys = (condition: string, values: string[]) => ({ [condition]: { 'dynamodb:LeadingKeys': values } });
    expect(read).toMatchObject({ Condition: keys('ForAllValues:StringEquals', ['APIKEY', 'PRINCIPALS']) });
    expect(write).toMatchObject({ Condition: keys('ForAllValues:StringLike', ['APIKEY#*']) });
  });

  it('have no wildcard, but where AWS knows nothing narrower and it is off (X-Ray, a VPC), and below the path of secrets', () => {
    for (const [, role] of functionRoles()) {
      expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
      const [tracing, network, ...all] = role.Properties.Policies as Record<string, [string, unknown, unknown]>[];
      const own = all.filter((policy) => policy['Fn::If']?.[0] !== 'WithSecrets');
      expect(JSON.stringify(own).replaceAll('["APIKEY#*"]', '')).not.toContain('*');
      expect(tracing!['Fn::If']![0]).toBe('Traced');
      expect(network!['Fn::If']![0]).toBe('InVpc');
      expect(JSON.stringify(tracing)).toContain('["xray:PutTraceSegments","xray:PutTelemetryRecords"]');
    }
    expect(built.template.Conditions.Traced).toEqual({ 'Fn::Equals': ['false', 'true'] });
  });

  it('may read secrets below the path of the stage, in functions that send to Flink alone', () => {
    const policyOf = (name: string, condition: string): unknown =>
      (built.resources[roleIdOf(name)]!.Properties.Policies as Record<string, [string, unknown, unknown]>[]).find(
        (policy) => policy['Fn::If']?.[0] === condition,
      )?.['Fn::If'];
    const readers = [...functions().keys()].filter((name) => policyOf(name, 'WithSecrets') !== undefined);
    expect(readers.sort()).toEqual(STARTERS);
    for (const name of readers) {
      const resource = (of: string) => ({
        'Fn::Sub': `arn:\${AWS::Partition}:${of}/dinghy/dev/*`.replace('secret:/', 'secret:'),
      });
      expect(policyOf(name, 'WithSecrets')).toEqual([
        'WithSecrets',
        {
          PolicyName: 'secrets',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Action: ['ssm:GetParameter'],
                Resource: resource('ssm:${AWS::Region}:${AWS::AccountId}:parameter'),
              },
              {
                Effect: 'Allow',
                Action: ['secretsmanager:GetSecretValue'],
                Resource: resource('secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:'),
              },
            ],
          },
        },
        { Ref: 'AWS::NoValue' },
      ]);
      expect(policyOf(name, 'WithSecretsKey')).toMatchObject({ 1: { PolicyName: 'secrets-key' } });
    }
    expect(built.template.Conditions).toMatchObject({
      WithSecrets: { 'Fn::Not': [{ 'Fn::Equals': ['dinghy/dev/', ''] }] },
      WithSecretsKey: { 'Fn::Not': [{ 'Fn::Equals': ['', ''] }] },
    });
  });

  it('read jars where a job is started, and only if the deployment names some', () => {
    const readers = [...functions().keys()].filter((name) =>
      JSON.stringify(built.resources[roleIdOf(name)]!.Properties.Policies).includes('"s3:'),
    );
    expect(readers.sort()).toEqual(STARTERS);
    expect(built.template.Conditions.ReadsJars).toEqual({ 'Fn::Not': [{ 'Fn::Equals': ['', ''] }] });
    for (const name of STARTERS) {
      expect(functions().get(name)![1].Properties.EphemeralStorage).toEqual({ Size: 1024 });
      const policies = built.resources[roleIdOf(name)]!.Properties.Policies as ConditionalPolicy[];
      expect(policies.map((policy) => policy['Fn::If']?.[0])).toContain('ReadsJars');
    }
  });

  it('let EventBridge Scheduler start slots and keep what failed, for schedules of this stage alone', () => {
    const { AssumeRolePolicyDocument, Policies } = built.resources['SchedulesRole']!.Properties;
    const group = { 'Fn::GetAtt': ['SchedulesGroup', 'Arn'] };
    expect(AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' }, 'aws:SourceArn': group } },
      },
    ]);
    expect((Policies as { PolicyDocument: { Statement: unknown } }[]).map((it) => it.PolicyDocument.Statement)).toEqual(
      [
        [
          ['lambda:InvokeFunction', 'ScheduledLambdaFunction'],
          ['sqs:SendMessage', 'FailedSchedulesQueue'],
        ].map(([action, name]) => ({ Effect: 'Allow', Action: [action], Resource: { 'Fn::GetAtt': [name, 'Arn'] } })),
      ],
    );
  });

  it('have the network rights of a VPC only inside one', () => {
    for (const [, role] of functionRoles()) {
      const policies = role.Properties.Policies as ConditionalPolicy[];
      const [, network] = policies.find((policy) => policy['Fn::If']?.[0] === 'InVpc')!['Fn::If']!;
      const [statement] = network.PolicyDocument.Statement as Statement[];
      expect(statement!.Action.every((action) => action.startsWith('ec2:'))).toBe(true);
      expect(statement!.Action).toContain('ec2:CreateNetworkInterface');
    }
    expect(built.template.Conditions.InVpc).toEqual({ 'Fn::Not': [{ 'Fn::Equals': ['', ''] }] });
  });
});

describe('the tables', () => {
  it.each(['DefinitionsTable', 'JobsTable'])('%s is protected against deletion', (id) => {
    expect(built.resources[id]!.Properties).toMatchObject({ DeletionProtectionEnabled: true });
  });

  it.each(['DefinitionsTable', 'JobsTable'])('%s is on demand, recoverable and outlives the stack', (id) => {
    expect(built.resources[id]).toMatchObject({
      Type: 'AWS::DynamoDB::Table',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      },
    });
  });

  it('are two, of which only Jobs forgets', () => {
    expect(ofType('AWS::DynamoDB::Table').map(([id]) => id)).toEqual(['DefinitionsTable', 'JobsTable']);
    expect(built.resources.JobsTable!.Properties.TimeToLiveSpecification).toEqual({
      AttributeName: 'expiresAt',
      Enabled: true,
    });
    expect(built.resources.DefinitionsTable!.Properties).not.toHaveProperty('TimeToLiveSpecification');
  });

  it('Jobs has the indexes of the reconciler and of the lists of runs', () => {
    expect(built.resources.JobsTable!.Properties.GlobalSecondaryIndexes).toEqual([
      {
        IndexName: 'active',
        KeySchema: [
          { AttributeName: 'active', KeyType: 'HASH' },
          { AttributeName: 'id', KeyType: 'RANGE' },
        ],
        Projection: {
          ProjectionType: 'INCLUDE',
          NonKeyAttributes: [
            'hosts',
            'jobId',
            'status',
            'intentAt',
            'cancelAskedAt',
            'missedAt',
            'unreachableSince',
            'deployment',
          ],
        },
      },
      {
        IndexName: 'byTask',
        KeySchema: [
          { AttributeName: 'taskId', KeyType: 'HASH' },
          { AttributeName: 'id', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ]);
  });
});

describe('the settings of a deployment', () => {
  it('let API Gateway ask callers for their signature or their token', () => {
    const jwt = ['--param', 'jwtIssuer=https://issuer.example.com', '--param', 'jwtAudience=dinghy'];
    for (const [args, type] of [
      [['--param', 'auth=iam'], 'AWS_IAM'],
      [['--param', 'auth=jwt', ...jwt], 'JWT'],
    ] as const) {
      const { directory, resources } = build([...args]);
      rmSync(directory, { recursive: true });
      const routes = Object.values(resources).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route');
      const isOpen = (key: string): boolean => key.endsWith('/health');
      for (const { Properties } of routes) {
        const expected = isOpen(Properties.RouteKey as string) ? undefined : type;
        expect([Properties.RouteKey, Properties.AuthorizationType]).toEqual([Properties.RouteKey, expected]);
      }
      expect(routes).toHaveLength(Object.keys(ROUTES).length);
    }
  });

  const variablesOf = ({ resources }: Build) => resources.SubmitLambdaFunction!.Properties.Environment.Variables;

  it('come from parameters, else from the environment', () => {
    const other = build(['--stage', 'local', '--param', 'auth=none', '--param', 'timeZone=Europe/Berlin'], {
      AUTH: 'iam',
      SQL_GATEWAY_URL: 'http://127.0.0.1:8083',
      FLINK_REST: '127.0.0.1:8081',
      TRACING: 'true',
      JAR_OBJECTS: 'arn:aws:s3:::a/*,arn:aws:s3:::b/*',
      VPC_SUBNET_IDS: 'subnet-1, subnet-2',
      VPC_SECURITY_GROUP_IDS: 'sg-1',
      THROTTLING_RATE: '7',
      SECRETS_PATH: 'shop/',
      SECRETS_KMS_KEY: 'arn:aws:kms:eu-west-1:1:key/2',
    });
    rmSync(other.directory, { recursive: true });

    expect(variablesOf(other)).toMatchObject({
      JOBS_TABLE: 'dinghy-jobs-local',
      AUTH: 'none',
      TIME_ZONE: 'Europe/Berlin',
      SQL_GATEWAY_URL: 'http://127.0.0.1:8083',
      FLINK_REST: '127.0.0.1:8081',
      SECRET_STORE: 'ssm',
      SECRETS_PATH: 'shop/',
      SECRETS_FILE: '',
      SECRETS_ENV: 'false',
    });
    const submitPolicies = JSON.stringify(other.resources.SubmitRole!.Properties.Policies);
    expect(submitPolicies).toContain('parameter/shop/*');
    expect(submitPolicies).toContain(
      '{"Effect":"Allow","Action":["kms:Decrypt"],"Resource":"arn:aws:kms:eu-west-1:1:key/2",' +
        '"Condition":{"StringEquals":{"kms:ViaService":[{"Fn::Sub":"ssm.${AWS::Region}.${AWS::URLSuffix}"},',
    );
    expect(other.resources.SubmitLambdaFunction!.Properties).toMatchObject({
      VpcConfig: { SubnetIds: ['subnet-1', 'subnet-2'], SecurityGroupIds: ['sg-1'] },
      TracingConfig: { Mode: 'Active' },
    });
    expect(other.template.Conditions.ReadsJars).toEqual({
      'Fn::Not': [{ 'Fn::Equals': ['arn:aws:s3:::a/*,arn:aws:s3:::b/*', ''] }],
    });
    const policies = other.resources.SubmitRole!.Properties.Policies as ConditionalPolicy[];
    const jars = policies.find((policy) => policy['Fn::If']?.[0] === 'ReadsJars');
    expect(jars?.['Fn::If']?.[1].PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['s3:GetObject'],
        Resource: { 'Fn::Split': [',', 'arn:aws:s3:::a/*,arn:aws:s3:::b/*'] },
      },
    ]);
    expect(other.template.Conditions.Traced).toEqual({ 'Fn::Equals': ['true', 'true'] });
    expect(other.resources.HttpApiStage!.Properties.DefaultRouteSettings.ThrottlingRateLimit).toBe('7');
  });

  it('refuse a VPC of which one half is missing', () => {
    expect(() => build([], { VPC_SUBNET_IDS: 'subnet-1' })).toThrow(/both vpcSubnetIds and vpcSecurityGroupIds/);
  });
});
