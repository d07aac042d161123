/** The schedules of a stage in EventBridge Scheduler: one group. */
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  ListSchedulesCommand,
  ResourceNotFoundException,
  SchedulerClient,
  type SchedulerClientConfig,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import type { SchedulesStack } from './stack-outputs.ts';
import type { WantedSchedule } from './wanted-schedule.ts';

export interface Scheduler {
  /** Those that begin so. */
  names(prefix: string): Promise<readonly string[]>;
  /** Null: there is none, or it does not lead to the function of this stack. */
  read(name: string): Promise<WantedSchedule | null>;
  create(wanted: WantedSchedule): Promise<void>;
  update(wanted: WantedSchedule): Promise<void>;
  remove(name: string): Promise<void>;
}

/** With the hour of the function's own retries well within the day for which a slot is known. */
const RETRY = { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 20 };

export function scheduler(config: SchedulerClientConfig, stack: SchedulesStack): Scheduler {
  const client = new SchedulerClient(config);
  const { group: GroupName } = stack;
  return {
    names: async (prefix) => {
      const names: string[] = [];
      let token: string | undefined;
      do {
        const page = await client.send(new ListSchedulesCommand({ GroupName, NamePrefix: prefix, NextToken: token }));
        names.push(...(page.Schedules ?? []).flatMap(({ Name }) => Name ?? []));
        token = page.NextToken;
      } while (token !== undefined);
      return names.filter((name) => name.startsWith(prefix));
    },
    read: async (name) => {
      try {
        return toWanted(name, await client.send(new GetScheduleCommand({ GroupName, Name: name })), stack);
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return null;
        throw error;
      }
    },
    create: async (wanted) => {
      await client.send(new CreateScheduleCommand(toInput(wanted, stack)));
    },
    update: async (wanted) => {
      await client.send(new UpdateScheduleCommand(toInput(wanted, stack)));
    },
    remove: async (name) => {
      try {
        await client.send(new DeleteScheduleCommand({ GroupName, Name: name }));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      }
    },
  };
}

const dateOf = (ms: number | null): Date | undefined => (ms === null ? undefined : new Date(ms));

function toInput(wanted: WantedSchedule, stack: SchedulesStack): CreateScheduleCommandInput {
  return {
    Name: wanted.name,
    GroupName: stack.group,
    Description: 'Made by dinghy apply, which changes and removes it',
    ScheduleExpression: wanted.expression,
    ScheduleExpressionTimezone: wanted.timeZone,
    State: wanted.isEnabled ? 'ENABLED' : 'DISABLED',
    StartDate: dateOf(wanted.startMs),
    EndDate: dateOf(wanted.endMs),
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: targetOf(wanted.input, stack),
  };
}

function targetOf(Input: string, { functionArn, roleArn, queueArn }: SchedulesStack) {
  return { Arn: functionArn, RoleArn: roleArn, Input, DeadLetterConfig: { Arn: queueArn }, RetryPolicy: RETRY };
}

function toWanted(name: string, there: GetScheduleCommandOutput, stack: SchedulesStack): WantedSchedule | null {
  const input = there.Target?.Input ?? '';
  if (!isOurs(there.Target, stack)) return null;
  return {
    name,
    expression: there.ScheduleExpression ?? '',
    timeZone: there.ScheduleExpressionTimezone ?? 'UTC',
    isEnabled: there.State === 'ENABLED',
    startMs: there.StartDate?.getTime() ?? null,
    endMs: there.EndDate?.getTime() ?? null,
    input,
  };
}

function isOurs(target: GetScheduleCommandOutput['Target'], stack: SchedulesStack): boolean {
  const wanted = targetOf('', stack);
  const { MaximumEventAgeInSeconds, MaximumRetryAttempts } = target?.RetryPolicy ?? {};
  return (
    target?.Arn === wanted.Arn &&
    target.RoleArn === wanted.RoleArn &&
    target.DeadLetterConfig?.Arn === wanted.DeadLetterConfig.Arn &&
    MaximumEventAgeInSeconds === RETRY.MaximumEventAgeInSeconds &&
    MaximumRetryAttempts === RETRY.MaximumRetryAttempts
  );
}
