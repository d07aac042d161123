/** A DynamoDB client whose requests are answered in the test, as they go over the wire: of the SDK, only the network is left out. */
import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { HttpResponse } from '@smithy/core/transport';
import { LOCAL_AWS } from '../../local/dynamodb.ts';

export interface WireRequest {
  /** As "GetItem". */
  readonly operation: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- every operation has its own members
  readonly input: any;
  /** What ends it. */
  readonly signal: AbortSignal | undefined;
}

/** Thrown by an answer: DynamoDB refuses with an exception of this name. */
export class Refused extends Error {}

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

type Answer = (request: WireRequest) => object | Promise<object>;

export function fakeDynamodb(answer: Answer): DynamoDBClient {
  const handle = async ({ headers: sent, body }: Sent, options: { abortSignal?: AbortSignal }): Promise<object> => {
    const operation = sent['x-amz-target']?.split('.')[1] ?? '';
    const request = { operation, input: JSON.parse(textOf(body)), signal: options.abortSignal };
    const [statusCode, reply] = await outcome(answer, request);
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    return {
      response: new HttpResponse({ statusCode, headers, body: Readable.from([JSON.stringify(reply, base64)]) }),
    };
  };
  const credentials = { accessKeyId: LOCAL_AWS.AWS_ACCESS_KEY_ID, secretAccessKey: LOCAL_AWS.AWS_SECRET_ACCESS_KEY };
  return new DynamoDBClient({
    ...{ region: LOCAL_AWS.AWS_REGION, credentials, maxAttempts: 1 },
    requestHandler: { handle, metadata: { handlerProtocol: 'http/1.1' } } as never,
  });
}

async function outcome(answer: Answer, request: WireRequest): Promise<[number, object]> {
  try {
    return [200, await answer(request)];
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return [400, { __type: `com.amazonaws.dynamodb.v20120810#${error.message}`, message: 'refused by the test' }];
  }
}

function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
}

/** Bytes are base64 on the wire. */
function base64(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
