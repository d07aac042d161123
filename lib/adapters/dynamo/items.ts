/** The items of DynamoDB as plain values, and the one place where its failures become ours. */
import { setMaxListeners } from 'node:events';
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { PutCommandInput, QueryCommandInput, ScanCommandInput, UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { AppError } from '../../domain/errors.ts';
import type { Log } from '../../domain/ports.ts';
import { type Commands, documentCommands, NotSent, type Send } from './commands.ts';
import { type GetInput, readsTogether } from './reads-together.ts';

export type Item = Readonly<Record<string, unknown>>;

type OfTable<T> = Readonly<T> & { readonly TableName: string };
export type PutInput = OfTable<PutCommandInput>;
export type UpdateInput = OfTable<UpdateCommandInput>;
export type QueryInput = OfTable<QueryCommandInput>;
export type ScanInput = OfTable<ScanCommandInput>;

export interface Page {
  readonly items: readonly Item[];
  /** The start of the next page; absent on the last one. */
  readonly after: Item | undefined;
}

/** All of them throw `store.unavailable` when DynamoDB can't do what it is asked. */
export interface Items {
  /** The same, but the signal ends every request, and its repetition by the SDK. */
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

interface ItemsOptions {
  /** Which setting of the deployment names a table, for messages. */
  readonly settings?: ReadonlyMap<string, string>;
  readonly log?: Pick<Log, 'warn'>;
}

const NO_LOG: Pick<Log, 'warn'> = { warn: () => undefined };

export function dynamoItems(client: DynamoDBClient, { settings = new Map(), log = NO_LOG }: ItemsOptions = {}): Items {
  const commands = documentCommands(client);
  return itemsBy({ ...commands, read: readsTogether(commands, log) }, settings);
}

type ReadingCommands = Commands & { readonly read: ReturnType<typeof readsTogether> };

/** `signal`: with it every request ends. */
function itemsBy(commands: ReadingCommands, settings: ReadonlyMap<string, string>, signal?: AbortSignal): Items {
  // Each request listens to it; Node.js takes more than ten listeners for a leak.
  if (signal !== undefined) setMaxListeners(0, signal);
  const sent = <I, O>(send: Send<I, O>, input: I): Promise<O> =>
    signal === undefined ? send(input, signal) : orAborted(signal, () => send(input, signal));
  const orUnavailable = <T>(table: string, request: Promise<T>): Promise<T> => translated(table, settings, request);

  return {
    within: (other) => itemsBy(commands, settings, other),

    get: (input) => orUnavailable(input.TableName, sent(commands.read, input)),

    put: async (input) => {
      const answer = nullIfRefused(sent(commands.put, input));
      return (await orUnavailable(input.TableName, answer)) !== null;
    },

    update: async (input) => {
      const answer = nullIfRefused(sent(commands.update, input));
      const updated = await orUnavailable(input.TableName, answer);
      return updated === null ? null : (updated.Attributes ?? {});
    },

    query: async (input) => toPage(await orUnavailable(input.TableName, sent(commands.query, input))),

    scan: async (input) => toPage(await orUnavailable(input.TableName, sent(commands.scan, input))),

    getAll: async (table, keys) => {
      const RequestItems = { [table]: { Keys: [...keys], ConsistentRead: true } };
      const answer = await orUnavailable(table, sent(commands.batchGet, { RequestItems }));
      return { items: answer.Responses?.[table] ?? [], left: answer.UnprocessedKeys?.[table]?.Keys ?? [] };
    },
  };
}

function toPage(answer: { Items?: Item[] | undefined; LastEvaluatedKey?: Item | undefined }): Page {
  return { items: answer.Items ?? [], after: answer.LastEvaluatedKey };
}

/** The SDK ends the request under way, but not its pause before the next try. */
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
    if (cause instanceof NotSent) throw cause.cause;
    const message = unavailableText(table, settings.get(table), cause);
    throw new AppError('store.unavailable', message, { cause });
  }
}

function unavailableText(table: string, setting: string | undefined, cause: unknown): string {
  // Stryker disable next-line StringLiteral: the SDK throws errors alone; its type does not say so
  const name = cause instanceof Error ? cause.name : 'unknown error';
  if (name === 'ResourceNotFoundException') {
    const named = setting === undefined ? '' : ` (the deployment's setting ${setting})`;
    return `The DynamoDB table "${table}" does not exist. Check its name${named} and the region.`;
  }
  if (name === 'AccessDeniedException') {
    return `DynamoDB refuses access to the table "${table}" (${name}). Give the role the right that is missing.`;
  }
  if (name === 'OutOfTime') {
    return 'DynamoDB did not answer within the time of the request. Try again.';
  }
  return `DynamoDB could not be used (${name}). Try again.`;
}
