/**
 * DynamoDB on plain values, and the one place where its failures become ours. Does what the SDK's document client does,
 * with the SDK's own conversion, but lets the SDK keep its middleware between requests, which that client can't: a
 * submit waits for every request it makes.
 */
import { setMaxListeners } from 'node:events';
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  type GetItemCommandInput,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { AppError } from '../../domain/errors.ts';
import { sendWithin } from './abortable.ts';

export type Item = Readonly<Record<string, unknown>>;

/** The SDK's input with plain values in it. */
type Plain<T, K extends keyof T> = Omit<T, K | 'TableName'> &
  Readonly<Partial<Record<K, Item | undefined>>> & { readonly TableName: string };
export type GetInput = Plain<GetItemCommandInput, 'Key'>;
export type PutInput = Plain<PutItemCommandInput, 'Item' | 'ExpressionAttributeValues'>;
export type UpdateInput = Plain<UpdateItemCommandInput, 'Key' | 'ExpressionAttributeValues'>;
export type QueryInput = Plain<QueryCommandInput, 'ExpressionAttributeValues' | 'ExclusiveStartKey'>;
export type ScanInput = Plain<ScanCommandInput, 'ExclusiveStartKey'>;

export interface Page {
  readonly items: readonly Item[];
  /** Where the next page begins; absent on the last one. */
  readonly after: Item | undefined;
}

/** All of them throw `store.unavailable` when DynamoDB can't do what it is asked. */
export interface Items {
  /** The same, but every request ends with the signal, and so does its repetition by the SDK. */
  within(signal: AbortSignal): Items;
  get(input: GetInput): Promise<Item | undefined>;
  /** False when the condition failed. */
  put(input: PutInput): Promise<boolean>;
  /** The attributes that `ReturnValues` asks for; null when the condition failed. */
  update(input: UpdateInput): Promise<Item | null>;
  query(input: QueryInput): Promise<Page>;
  scan(input: ScanInput): Promise<Page>;
  /** Strongly consistent, in any order; DynamoDB may leave keys for the next time. */
  getAll(table: string, keys: readonly Item[]): Promise<{ items: readonly Item[]; left: readonly Item[] }>;
}

/** `settings`: which setting of the deployment names a table, for messages. `signal`: with it every request ends. */
export function dynamoItems(
  dynamo: DynamoDBClient,
  settings: ReadonlyMap<string, string> = new Map(),
  signal?: AbortSignal,
): Items {
  const client = signal === undefined ? dynamo : boundClient(dynamo, signal);
  const orUnavailable = <T>(table: string, request: Promise<T>): Promise<T> => translated(table, settings, request);
  const unlessRefused = <T>(table: string, request: Promise<T>): Promise<T | null> =>
    orUnavailable(table, nullIfRefused(request));
  return {
    within: (other) => dynamoItems(dynamo, settings, other),

    get: async (input) => {
      const answer = client.send(new GetItemCommand({ ...input, Key: toValues(input.Key) }));
      return fromValues((await orUnavailable(input.TableName, answer)).Item);
    },

    put: async ({ Item: item, ...input }) => {
      const answer = client.send(new PutItemCommand({ ...withValues(input), Item: toValues(item) }));
      return (await unlessRefused(input.TableName, answer)) !== null;
    },

    update: async (input) => {
      const answer = client.send(new UpdateItemCommand({ ...withValues(input), Key: toValues(input.Key) }));
      const updated = await unlessRefused(input.TableName, answer);
      return updated === null ? null : (fromValues(updated.Attributes) ?? {});
    },

    query: async (input) => {
      const request = { ...withValues(input), ExclusiveStartKey: toValues(input.ExclusiveStartKey) };
      return toPage(await orUnavailable(input.TableName, client.send(new QueryCommand(request))));
    },

    scan: async (input) => {
      const request = { ...input, ExclusiveStartKey: toValues(input.ExclusiveStartKey) };
      return toPage(await orUnavailable(input.TableName, client.send(new ScanCommand(request))));
    },

    getAll: async (table, keys) => {
      const RequestItems = { [table]: { Keys: keys.map((key) => marshall(key)), ConsistentRead: true } };
      const answer = await orUnavailable(table, client.send(new BatchGetItemCommand({ RequestItems })));
      const plain = (items: readonly Values[] | undefined): Item[] => (items ?? []).map(toPlain);
      return { items: plain(answer.Responses?.[table]), left: plain(answer.UnprocessedKeys?.[table]?.Keys) };
    },
  };
}

/** The SDK ends the request under way, but not its pause before the next try. */
function boundClient(dynamo: DynamoDBClient, signal: AbortSignal): Pick<DynamoDBClient, 'send'> {
  // Each request listens to it; Node.js takes more than ten listeners for a leak.
  setMaxListeners(0, signal);
  const send = (command: Parameters<DynamoDBClient['send']>[0]): Promise<unknown> =>
    orAborted(signal, () => sendWithin(dynamo, command, signal));
  return { send: send as DynamoDBClient['send'] };
}

async function orAborted<T>(signal: AbortSignal, send: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw new OutOfTime();
  let giveUp = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(new OutOfTime());
    signal.addEventListener('abort', giveUp);
  });
  try {
    return await Promise.race([send(), aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

type Values = Record<string, AttributeValue>;

function toValues(item: Item): Values;
function toValues(item: Item | undefined): Values | undefined;
function toValues(item: Item | undefined): Values | undefined {
  return item === undefined ? undefined : marshall(item, { removeUndefinedValues: true });
}

function withValues<T extends { readonly ExpressionAttributeValues?: Item | undefined }>(
  input: T,
): Omit<T, 'ExpressionAttributeValues'> & { ExpressionAttributeValues: Values | undefined } {
  return { ...input, ExpressionAttributeValues: toValues(input.ExpressionAttributeValues) };
}

function fromValues(values: Values | undefined): Item | undefined {
  return values === undefined ? undefined : toPlain(values);
}

function toPage(answer: { Items?: Values[] | undefined; LastEvaluatedKey?: Values | undefined }): Page {
  return { items: (answer.Items ?? []).map(toPlain), after: fromValues(answer.LastEvaluatedKey) };
}

/**
 * A number that is too large for JavaScript arrives inexactly, and its schema refuses it. The SDK would fail, and with it the
 * whole page that the item is on.
 */
function toPlain(values: Values): Item {
  return unmarshall(values, { wrapNumbers: Number });
}

/** Null when the condition failed. */
async function nullIfRefused<T>(request: Promise<T>): Promise<T | null> {
  return await request.catch((error: unknown) => {
    if (error instanceof ConditionalCheckFailedException) return null;
    throw error;
  });
}

async function translated<T>(table: string, settings: ReadonlyMap<string, string>, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (cause) {
    const message = unavailableText(table, settings.get(table), cause);
    throw new AppError('store.unavailable', message, { cause });
  }
}

function unavailableText(table: string, setting: string | undefined, cause: unknown): string {
  const name = cause instanceof Error ? cause.name : 'unknown error';
  if (name === 'ResourceNotFoundException') {
    const named = setting === undefined ? '' : ` (the deployment's setting ${setting})`;
    return `The DynamoDB table "${table}" does not exist. Check its name${named} and the region.`;
  }
  if (name === 'OutOfTime') {
    return 'DynamoDB did not answer in the time a request has. Try again.';
  }
  return `DynamoDB could not be used (${name}). Try again.`;
}
