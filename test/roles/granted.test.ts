import { describe, expect, it } from 'vitest';
import { grantedBy } from './granted.ts';
import { allow, policyOf, SUB_TABLE, templateWith } from './template.ts';
import type { Template } from './template-values.ts';

const RUNS = 'arn:aws:dynamodb:us-east-1:123456789012:table/runs';
const NONE = { Ref: 'AWS::NoValue' };
const grantsOf = (...statements: object[]) =>
  grantedBy(templateWith({ Policies: [policyOf(...(statements as Record<string, unknown>[]))] })).functions['reader'];

describe('what a role grants', () => {
  it('is read with the names that the table and the function have in AWS', () => {
    expect(grantedBy(templateWith({ Policies: [policyOf(allow(['dynamodb:GetItem', 'dynamodb:Query']))] }))).toEqual({
      functions: { reader: [{ actions: ['dynamodb:GetItem', 'dynamodb:Query'], resources: [RUNS], keys: null }] },
      tables: { runs: { arn: RUNS, partitionKey: 'pk', indexes: { byTask: 'taskId' } } },
    });
  });

  it.each([
    [SUB_TABLE, RUNS],
    [{ 'Fn::GetAtt': ['Table', 'Arn'] }, RUNS],
    [{ 'Fn::Sub': '${Table.Arn}/index/*' }, `${RUNS}/index/*`],
    [{ 'Fn::Sub': 'arn:aws:dynamodb:eu-west-1:1:table/${Table}' }, 'arn:aws:dynamodb:eu-west-1:1:table/runs'],
    [{ 'Fn::Join': ['/', [SUB_TABLE, 'index', 'byTask']] }, `${RUNS}/index/byTask`],
    [{ 'Fn::If': ['Never', 'one', SUB_TABLE] }, RUNS],
    [{ 'Fn::If': ['Always', '*', SUB_TABLE] }, '*'],
    [{ 'Fn::GetAtt': ['Log', 'Arn'] }, 'arn:aws:::Log'],
  ])('on the resource %j', (resource, arn) => {
    expect(grantsOf(allow('dynamodb:GetItem', { Resource: resource }))).toMatchObject([{ resources: [arn] }]);
    expect(grantsOf(allow('dynamodb:GetItem', { Resource: [resource, NONE] }))).toMatchObject([{ resources: [arn] }]);
  });

  it.each([
    ['ForAllValues:StringEquals', false],
    ['ForAllValues:StringLike', true],
  ])('for certain partitions: %s', (operator, like) => {
    const Condition = { [operator]: { 'dynamodb:LeadingKeys': ['A#*', 'B'] } };
    expect(grantsOf(allow('dynamodb:GetItem', { Condition }))).toMatchObject([
      { keys: { like, values: ['A#*', 'B'] } },
    ]);
  });

  it('is nothing under a condition that does not hold, and nothing of other services', () => {
    const policies = [{ 'Fn::If': ['Never', policyOf(allow('dynamodb:*')), NONE] }, policyOf(allow('s3:GetObject'))];
    expect(grantedBy(templateWith({ Policies: policies })).functions).toEqual({ reader: [] });
  });

  it.each(['*', 'dynamodb:*', 'DynamoDB:GetItem', 'dynamo*:GetItem'])('counts %s', (action) => {
    expect(grantsOf(allow(action))).toHaveLength(1);
  });
});

describe('a template that is not understood is refused', () => {
  const withStatement = (statement: object): Template =>
    templateWith({ Policies: [policyOf(statement as Record<string, unknown>)] });
  const onResource = (resource: unknown): Template => withStatement(allow('dynamodb:GetItem', { Resource: resource }));
  const onCondition = (condition: unknown): Template =>
    withStatement(allow('dynamodb:GetItem', { Condition: condition }));
  const keys = { 'dynamodb:LeadingKeys': ['A'] };

  it.each<readonly [string, Template]>([
    ['Deny', withStatement({ ...allow('dynamodb:GetItem'), Effect: 'Deny' })],
    ['Deny of another service', withStatement({ ...allow('s3:GetObject'), Effect: 'Deny' })],
    ['NotAction', withStatement({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' })],
    ['NotResource', withStatement({ Effect: 'Allow', Action: '*', NotResource: 'x' })],
    ['no resource', withStatement({ Effect: 'Allow', Action: 'dynamodb:GetItem' })],
    ['a managed policy', templateWith({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] })],
    ['a boundary', templateWith({ PermissionsBoundary: 'arn' })],
    ['a policy of its own', templateWith({}, { P: { Type: 'AWS::IAM::Policy' } })],
    ["a table's own policy", templateWith({}, tableWith({ ResourcePolicy: {} }))],
    ['a global table', onResourceOf('AWS::DynamoDB::GlobalTable')],
    ['an unknown function', onResource({ 'Fn::ImportValue': 'x' })],
    ['an unknown name', onResource({ Ref: 'Nobody' })],
    ['a name of another resource', onResource({ Ref: 'Log' })],
    ['an unknown attribute', onResource({ 'Fn::GetAtt': ['Table', 'StreamArn'] })],
    ['Fn::Sub with a map', onResource({ 'Fn::Sub': ['${x}', { x: 'y' }] })],
    ['Fn::Sub without a value', onResource({ 'Fn::Sub': 'a${AWS::NoValue}' })],
    ['an unknown condition', onResource({ 'Fn::If': ['Perhaps', 'x', 'y'] })],
    ['another test', onCondition({ StringEquals: keys })],
    ['another key', onCondition({ 'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['a'] } })],
    ['two tests', onCondition({ 'ForAllValues:StringEquals': keys, 'ForAllValues:StringLike': keys })],
    ['two keys', onCondition({ 'ForAllValues:StringEquals': { ...keys, 'dynamodb:Attributes': ['a'] } })],
    ['no test', onCondition({})],
    ['a policy variable', onCondition({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['${aws:userid}'] } })],
    ['a role elsewhere', templateWith({}, functionWith('arn:aws:iam::1:role/admin'))],
  ])('%s', (_what, template) => {
    expect(() => grantedBy(template)).toThrow("The roles of the template can't be read: ");
  });

  function tableWith(more: object): Template['Resources'] {
    const table = templateWith({}).Resources['Table']!;
    return { Table: { ...table, Properties: { ...table.Properties, ...more } } };
  }
  function functionWith(role: unknown): Template['Resources'] {
    return { Function: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'reader', Role: role } } };
  }
  function onResourceOf(type: string): Template {
    const statement = allow('dynamodb:GetItem', { Resource: { 'Fn::GetAtt': ['Other', 'Arn'] } });
    return templateWith({ Policies: [policyOf(statement)] }, { Other: { Type: type } });
  }
});
