/**
 * Checks that an event is a request of API Gateway's HTTP API, format 2.0. Any other event is a mistake of the invoker. It is
 * thrown, so that it counts as an error of the function: nobody would read an answer.
 */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { isRecord } from '../domain/definition/dinky-config.ts';
import { AppError } from '../domain/errors.ts';
import { kindOf } from './request.ts';

export function checkHttpEvent(event: unknown): asserts event is APIGatewayProxyEventV2 {
  if (isHttpEvent(event)) return;
  throw new AppError('request.invalid', `The event is ${whatItIs(event)}. ${WANTED} ${whatToDo(event)}`);
}

/** A request of API Gateway, in any format. */
export function isRequest(event: unknown): boolean {
  return isRecord(event) && 'requestContext' in event;
}

function isHttpEvent(event: unknown): event is APIGatewayProxyEventV2 {
  if (!isRecord(event) || !isRecord(event['requestContext']) || !isRecord(event['headers'])) return false;
  const { http, requestId } = event['requestContext'];
  const { rawPath, rawQueryString, body } = event;
  const texts = [requestId, rawPath, rawQueryString, body ?? '', ...(isRecord(http) ? [http['method']] : [null])];
  return texts.every((text) => typeof text === 'string');
}

const WANTED = "This function answers requests of API Gateway's HTTP API, in the payload format 2.0.";

/** No values: they may be those of variables. */
function whatItIs(event: unknown): string {
  if (!isRecord(event)) return kindOf(event);
  if (isOlderFormat(event)) return 'a request of API Gateway in the payload format 1.0';
  if ('detail-type' in event) return 'an event of EventBridge';
  return 'an unknown object';
}

function whatToDo(event: unknown): string {
  if (isRecord(event) && isOlderFormat(event)) return 'Set the payload format of the integration to 2.0.';
  return 'To start a task by an event, invoke the function "scheduled".';
}

const isOlderFormat = (event: Readonly<Record<string, unknown>>): boolean => 'httpMethod' in event;
