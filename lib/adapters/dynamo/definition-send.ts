/** Where errors of the SDK become ours, for the Definitions table. */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AppError } from '../../domain/errors.ts';

/** The part of the document client that is used here. */
export type Sender = Pick<DynamoDBDocumentClient, 'send'>;

export const isFailedCondition = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';

/** Runs one request. A failed condition is the caller's to read; everything else means that the store is not there. */
export async function sendDefinition<T>(tableName: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (cause) {
    if (isFailedCondition(cause)) throw cause;
    throw new AppError('store.unavailable', unavailableText(tableName, cause), { cause });
  }
}

function unavailableText(tableName: string, cause: unknown): string {
  const name = cause instanceof Error ? cause.name : 'unknown error';
  if (name === 'ResourceNotFoundException') return `The definitions table "${tableName}" does not exist.`;
  return `The definitions table "${tableName}" did not answer (${name}). Try again.`;
}
