/** What the stack of a stage says about where its schedules belong. */
import {
  CloudFormationClient,
  type CloudFormationClientConfig,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CommandError } from '../command-error.ts';

export interface SchedulesStack {
  readonly group: string;
  readonly functionArn: string;
  /** With which EventBridge Scheduler invokes the function. */
  readonly roleArn: string;
  /** For what could not be delivered. */
  readonly queueArn: string;
}

const OUTPUTS = {
  group: 'SchedulesGroupName',
  functionArn: 'ScheduledSubmitArn',
  roleArn: 'SchedulesRoleArn',
  queueArn: 'FailedSchedulesQueueArn',
} as const satisfies Record<keyof SchedulesStack, string>;

/** dinghy-definitions-prod belongs to the stack dinghy-prod. Null: the name does not say. */
export function stackOfTable(table: string): string | null {
  const [, service, stage] = /^(.+)-definitions-(.+)$/.exec(table) ?? [];
  return service === undefined ? null : `${service}-${stage}`;
}

export async function readStackOutputs(config: CloudFormationClientConfig, stack: string): Promise<SchedulesStack> {
  const client = new CloudFormationClient(config);
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stack }));
  const all = new Map(Stacks?.[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const read = (key: keyof SchedulesStack): string => {
    const value = all.get(OUTPUTS[key]);
    if (value !== undefined) return value;
    throw new CommandError(1, `The stack ${stack} has no output ${OUTPUTS[key]}: deploy it anew.`);
  };
  return {
    group: read('group'),
    functionArn: read('functionArn'),
    roleArn: read('roleArn'),
    queueArn: read('queueArn'),
  };
}
