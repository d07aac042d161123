/**
 * An invocation by EventBridge (rule or Scheduler): `{"taskId": 1, "variables"?: {...}}` as the target's input, or as the
 * `detail` of an event that a rule passes on unchanged. AWS has authenticated it.
 */
import type { Context } from 'aws-lambda';
import { BUDGET_MS } from '../domain/constants.ts';
import { AppError } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import { isAccepted, toJobResult } from '../domain/answer.ts';
import { readId, readText, readVariables, shown } from './request.ts';
import type { SubmitInput, SubmitOutput } from './submit-route.ts';
import type { Scope } from './route.ts';

export function parseScheduledEvent(event: unknown): SubmitInput {
  const input = inputOf(event);
  return {
    taskId: readId('taskId', input['taskId']),
    variables: readVariables('variables', input['variables']),
    savePointPath: readText('savePointPath', input['savePointPath']),
    isOnline: false,
    key: eventId(event) ?? null,
  };
}

/** A rule's event has an `id`; a Scheduler's input can carry its execution id. A retry by AWS brings the same. */
function eventId(event: unknown): string | undefined {
  if (!isObject(event)) return undefined;
  const id = event['id'] ?? event['executionId'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function inputOf(event: unknown): Readonly<Record<string, unknown>> {
  if (isObject(event)) {
    if ('taskId' in event) return event;
    if (isObject(event['detail'])) return event['detail'];
  }
  throw new AppError(
    'request.invalid',
    `The event is ${shown(event ?? 'empty')}. Send {"taskId": 1, "variables": {...}}.`,
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type SubmitUseCase = (input: SubmitInput, scope: Scope) => Promise<SubmitOutput>;

/** A refused or failed submit is thrown, so that it counts as an error of the function and reaches its failure target. */
export function scheduledSubmit(
  setUp: () => { timeZone: string; log: Log; clock: { now(): number } },
  submit: () => SubmitUseCase,
): (event: unknown, context?: Context) => Promise<object> {
  return async (event, context) => {
    const { timeZone, log, clock } = setUp();
    const scope = { caller: 'eventbridge', budgetMs: BUDGET_MS, timeZone, now: clock.now() };
    const input = parseScheduledEvent(event);
    // AWS repeats a failed asynchronous invocation under the same request id.
    const view = await submit()({ ...input, key: input.key ?? context?.awsRequestId ?? null }, scope);
    const { head } = view;
    log.info('submitted', { requestId: context?.awsRequestId, taskId: head.taskId, runId: head.id, jobId: head.jobId });
    if (!isAccepted(head)) {
      throw new AppError(
        'flink.rejected',
        `Run ${head.id} of task ${head.taskId} failed: ${head.error ?? head.refusal ?? ''}`,
      );
    }
    return toJobResult(view, timeZone);
  };
}
