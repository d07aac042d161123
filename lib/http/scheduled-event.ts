/**
 * An invocation by EventBridge (rule or Scheduler): `{"taskId": 1, "variables"?: {...}}` as the target's input, or as the
 * `detail` of an event that a rule passes on unchanged. AWS has authenticated it. All errors are thrown: the function has no
 * caller who would read an answer.
 */
import type { Context } from 'aws-lambda';
import { callerOf } from '../domain/access/principal.ts';
import { failureCode, isAccepted, type SubmittedRun, toJobResult } from '../domain/answer.ts';
import { isRecord } from '../domain/definition/dinky-config.ts';
import { AppError } from '../domain/errors.ts';
import { BUDGET_MS } from '../domain/limits.ts';
import type { Log } from '../domain/ports.ts';
import type { RunHead } from '../domain/run/run.ts';
import type { SubmitRequest } from '../domain/run/submit-request.ts';
import type { AskedSlot } from '../domain/schedule/plan-slot.ts';
import type { SlotOutcome } from '../domain/slot-outcome.ts';
import { type EventFields, eventName, refusePlaceholders } from './event-name.ts';
import { causeText, loggedText, refusalText } from './refusal-text.ts';
import { invalid, kindOf, readId, readText, readVariables, refuseDeep, shown } from './request.ts';
import type { Scope } from './route.ts';
import { parseSlotEvent } from './slot-event.ts';

export function parseScheduledEvent(event: unknown): SubmitRequest {
  refuseDeep('The event', event);
  refusePlaceholders(event);
  const fields = fieldsOf(event);
  const input = inputOf(fields);
  const asked = {
    taskId: readId('taskId', input['taskId']),
    variables: readVariables('variables', input['variables']),
    savePointPath: readText('savePointPath', input['savePointPath']),
  };
  return { ...asked, isOnline: false, key: eventName(fields, input, asked) };
}

function fieldsOf(event: unknown): EventFields {
  if (isRecord(event)) return event;
  throw invalid(`The event is ${event === undefined || event === null ? 'empty' : kindOf(event)}. ${WHAT_TO_SEND}`);
}

function inputOf(event: EventFields): EventFields {
  if ('taskId' in event) return event;
  const { detail } = event;
  if (isRecord(detail) && 'taskId' in detail) return detail;
  const what =
    event['detail-type'] === 'Scheduled Event' ? 'is the bare event of a rule, and' : `has ${fieldNames(event)}, and`;
  throw invalid(`The event ${what} names no task. ${WHAT_TO_SEND} A rule needs an input transformer for that.`);
}

/** Only names: the values may be those of variables. */
function fieldNames(event: EventFields): string {
  const names = Object.keys(event);
  return names.length === 0 ? 'no fields' : `the fields ${shown(names.join(', '))}`;
}

const WHAT_TO_SEND = 'Send {"taskId": 1, "variables": {...}}.';

type SubmitUseCase = (input: SubmitRequest, scope: Scope) => Promise<SubmittedRun>;

type SlotUseCase = (slot: AskedSlot, scope: Scope) => Promise<SlotOutcome>;

/** A refused or failed submit is thrown, so that it counts as an error of the function and reaches its failure target. */
export function scheduledSubmit(
  setUp: () => { timeZone: string; log: Log; clock: { now(): number } },
  submit: () => SubmitUseCase,
  startSlot: () => SlotUseCase,
): (event: unknown, context?: Context) => Promise<object> {
  return async (event, context) => {
    const { timeZone, log, clock } = setUp();
    const requestId = context?.awsRequestId;
    const scope = scopeOf(requestId ?? '', timeZone, clock.now());
    try {
      const slot = parseSlotEvent(event);
      if (slot !== null) return answerToSlot(await startSlot()(slot, scope), { slot, requestId, timeZone, log });
      const input = parseScheduledEvent(event);
      // AWS repeats a failed asynchronous invocation under the same request id.
      const view = await submit()({ ...input, key: input.key ?? requestId ?? null }, scope);
      return answerToRun(view, { requestId, timeZone, log });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.error('scheduled submit failed', {
        requestId,
        code: error.code,
        reason: loggedText(error),
        cause: causeText(error),
      });
      // AWS keeps only the message of an error.
      throw new AppError(error.code, `${error.code}: ${refusalText(error)}`, { cause: error });
    }
  };
}

interface AnswerContext {
  readonly requestId: string | undefined;
  readonly timeZone: string;
  readonly log: Log;
}

function answerToRun(
  view: SubmittedRun,
  { requestId, timeZone, log, slot }: AnswerContext & { slot?: SlotName },
): object {
  const { head, duplicate } = view;
  const { taskId, id: runId, jobId } = head;
  log.info('submitted', { requestId, taskId, runId, jobId, duplicate, ...slot });
  if (!isAccepted(head)) throw failedRun(head);
  return toJobResult(view, timeZone);
}

interface SlotName {
  readonly schedule: string;
  /** UTC, ISO 8601. */
  readonly scheduledTime: string;
}

function answerToSlot(outcome: SlotOutcome, { slot, ...context }: AnswerContext & { slot: AskedSlot }): object {
  const { taskId, schedule, at } = slot;
  const name = { schedule, scheduledTime: new Date(at).toISOString() };
  if (outcome.kind === 'started') return answerToRun(outcome.run, { ...context, slot: name });
  const skipped = { taskId, runId: outcome.run?.head.id ?? null, ...name, because: outcome.because };
  context.log.info('slot skipped', { requestId: context.requestId, ...skipped });
  return { skipped: true, ...skipped };
}

/** AWS has authenticated the caller. */
function scopeOf(requestId: string, timeZone: string, now: number): Scope {
  const principal = { kind: 'schedule', name: '', keyId: null, sourceIp: null, requestId } as const;
  return { principal, caller: callerOf(principal), maySee: () => true, budgetMs: BUDGET_MS, timeZone, now };
}

function failedRun(head: RunHead): AppError {
  const { id, taskId, error, refusal } = head;
  const reason = error ?? refusal ?? 'the reason is not known';
  return new AppError(failureCode(head), `Run ${id} of task ${taskId} failed: ${reason}`);
}
