/** A template as small as one can be, with one function, its role and one table. */
import type { Template } from './template-values.ts';

type Fields = Readonly<Record<string, unknown>>;

export const SUB_TABLE = { 'Fn::Sub': 'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/runs' };

export const policyOf = (...statements: Fields[]): Fields => ({
  PolicyName: 'all',
  PolicyDocument: { Version: '2012-10-17', Statement: statements },
});

export const allow = (action: unknown, more: Fields = {}): Fields => ({
  Effect: 'Allow',
  Action: action,
  Resource: SUB_TABLE,
  ...more,
});

export function templateWith(role: Fields, more: Template['Resources'] = {}): Template {
  const key = (name: string): object[] => [{ AttributeName: name, KeyType: 'HASH' }];
  return {
    Conditions: { Never: { 'Fn::Equals': ['', 'x'] }, Always: { 'Fn::Not': [{ Condition: 'Never' }] } },
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: role },
      Log: { Type: 'AWS::Logs::LogGroup' },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: { FunctionName: 'reader', Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
      },
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: 'runs',
          KeySchema: key('pk'),
          GlobalSecondaryIndexes: [{ IndexName: 'byTask', KeySchema: key('taskId') }],
        },
      },
      ...more,
    },
  };
}
