/** The one DynamoDB client of a process. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Three tries of one item must fit between the end of a submit's budget and the function's time-out. */
const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 1_000, throwOnRequestTimeout: true };

/** A DynamoDB beside everything else on one machine has no budget of a function to keep, but may be starved. */
const LOCAL_TIMEOUTS = { ...TIMEOUTS, requestTimeout: 5_000 };

export function dynamoClient(endpoint?: string): DynamoDBClient {
  const client = new DynamoDBClient({
    maxAttempts: 3,
    ...(endpoint === undefined ? { requestHandler: TIMEOUTS } : { requestHandler: LOCAL_TIMEOUTS, endpoint }),
  });
  withoutLogging(client);
  return client;
}

/**
 * The SDK prepares each request and each reply for its log, and throws the work away when there is none. A submit waits for
 * that.
 */
function withoutLogging(client: DynamoDBClient): void {
  client.middlewareStack.remove('loggerMiddleware');
}
