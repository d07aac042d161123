/** The one DynamoDB client of a process, and how its failures are named. */
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AppError } from '../../domain/errors.ts';

/** Three tries of one item must fit between the end of a submit's budget and the function's time-out. */
const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 1_000, throwOnRequestTimeout: true };

/** A DynamoDB beside everything else on one machine has no budget of a function to keep, but may be starved. */
const LOCAL_TIMEOUTS = { ...TIMEOUTS, requestTimeout: 5_000 };

export function dynamoClient(endpoint?: string): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    maxAttempts: 3,
    ...(endpoint === undefined ? { requestHandler: TIMEOUTS } : { requestHandler: LOCAL_TIMEOUTS, endpoint }),
  });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

/** Runs one request; any failure but a failed condition becomes an AppError. */
export async function orUnavailable<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (cause) {
    if (isFailedCondition(cause)) throw cause;
    const name = cause instanceof Error ? cause.name : 'unknown error';
    throw new AppError('store.unavailable', `DynamoDB could not be used (${name}). Try again.`, { cause });
  }
}

/** True when the condition held; false when it failed; anything else is thrown. */
export async function held(request: Promise<unknown>): Promise<boolean> {
  try {
    await orUnavailable(request);
    return true;
  } catch (error) {
    if (isFailedCondition(error)) return false;
    throw error;
  }
}

function isFailedCondition(error: unknown): boolean {
  return error instanceof ConditionalCheckFailedException;
}
