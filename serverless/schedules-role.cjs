// What EventBridge Scheduler may do in the name of the schedules of tasks: start slots, and keep those that it could not deliver.

const getArn = (name) => ({ 'Fn::GetAtt': [name, 'Arn'] });
const allow = (action, resource) => ({ Effect: 'Allow', Action: [action], Resource: resource });

module.exports = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'scheduler.amazonaws.com' },
          Action: 'sts:AssumeRole',
          // Only for the group of this stage: else any schedule of the account could use the role.
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' }, 'aws:SourceArn': getArn('SchedulesGroup') },
          },
        },
      ],
    },
    Policies: [
      {
        PolicyName: 'schedules',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            allow('lambda:InvokeFunction', getArn('ScheduledLambdaFunction')),
            allow('sqs:SendMessage', getArn('FailedSchedulesQueue')),
          ],
        },
      },
    ],
  },
};
