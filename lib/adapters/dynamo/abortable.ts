/**
 * Ends a request of the SDK with a signal. Not by an option of `send`: with any option the SDK builds its whole middleware
 * anew for the request, and a submit waits for each of its requests.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

type Send = DynamoDBClient['send'];
type Command = Parameters<Send>[0];

const signals = new WeakMap<object, AbortSignal>();

/** From now on `sendWithin` can end requests of this client. */
export function makeAbortable(client: DynamoDBClient): DynamoDBClient {
  client.middlewareStack.add(
    (next) => async (args) => {
      const abortSignal = signals.get(args.input);
      // Stryker disable next-line ConditionalExpression: without a signal both do the same
      if (abortSignal === undefined) return await next(args);
      // What `next` does behind the last middleware, with the signal.
      const response = await client.config.requestHandler.handle(args.request as HttpRequest, { abortSignal });
      return response as Awaited<ReturnType<typeof next>>;
    },
    // Stryker disable next-line StringLiteral: behind those of the SDK, which promises no order without it; a name for people
    { priority: 'low', name: 'endsWithSignal', step: 'deserialize' },
  );
  return client;
}

type HttpRequest = Parameters<DynamoDBClient['config']['requestHandler']['handle']>[0];

/** Each try of the request ends with the signal; the SDK's pause before the next try does not. */
export function sendWithin(client: DynamoDBClient, command: Command, signal: AbortSignal): Promise<unknown> {
  signals.set(command.input, signal);
  return client.send(command);
}
