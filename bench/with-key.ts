/**
 * The same calls with an API key and without one, in pairs and in turns first. What a key costs is the difference within a
 * pair: the machine's slow moments meet both.
 */
import { accessKeyRegistry } from '../lib/adapters/dynamo/access-key-registry.ts';
import { dynamoItems } from '../lib/adapters/dynamo/items.ts';
import type { HttpHandler } from '../lib/http/route.ts';
import { dynamodbClient } from '../local/dynamodb.ts';
import { aKey, aSecret } from '../test/builders/access-key.ts';
import { anEvent, type Call, type Envelope } from '../test/builders/event.ts';
import { bundled, type HandlerModule } from './bundled.ts';
import { type Figure, withRange } from './figures.ts';
import { median, quantile, range } from './stats.ts';
import type { BenchTables } from './tables.ts';

const WARMUP = 100;
const MAX_SLOWER_MS = 1;

interface Timed {
  readonly ms: number;
  /** Requests to DynamoDB, by operation. */
  readonly operations: readonly string[];
}

interface Pair {
  readonly without: Timed;
  readonly withKey: Timed;
}

export interface Measured {
  readonly what: string;
  readonly entry: 'handlers/read.ts' | 'handlers/submit.ts';
  readonly call: Call;
  readonly pairs: number;
  readonly isRight: (answer: Envelope) => boolean;
  /** Pairs with other requests to DynamoDB are left out; null: none. */
  readonly operations: readonly string[] | null;
}

/** `asked`: what this process asks DynamoDB, as it goes out. */
export async function benchWithKey(tables: BenchTables, asked: string[], measured: Measured): Promise<Figure[]> {
  const items = dynamoItems(dynamodbClient(tables.endpoint));
  const keys = accessKeyRegistry(items, { definitions: tables.definitionsTable, jobs: tables.jobsTable });
  await keys.create(aKey(1)).catch(() => undefined); // Any error: the key of an earlier measurement is there.
  const side = async (auth: 'none' | 'keys', headers: Readonly<Record<string, string>>) => {
    // A handler reads its settings with its first call.
    process.env['AUTH'] = auth;
    const { handler } = await bundled<HandlerModule>(measured.entry);
    const call = async (): Promise<Timed> => await timed(handler, headers, asked, measured);
    await call();
    return call;
  };
  const without = await side('none', {});
  const withKey = await side('keys', { 'dinky-token': aSecret(1) });
  const pairs: Pair[] = [];
  for (let n = 0; n < WARMUP + measured.pairs; n++) {
    const first = n % 2 === 0 ? await without() : await withKey();
    const second = n % 2 === 0 ? await withKey() : await without();
    if (n >= WARMUP)
      pairs.push(n % 2 === 0 ? { without: first, withKey: second } : { without: second, withKey: first });
  }
  return summed(
    measured,
    pairs.filter((pair) => isMeant(measured, pair)),
  );
}

async function timed(
  handler: HttpHandler,
  headers: Readonly<Record<string, string>>,
  asked: string[],
  { call, isRight, what }: Measured,
): Promise<Timed> {
  const event = anEvent(call);
  asked.length = 0;
  const started = performance.now();
  const { body } = await handler({ ...event, headers: { ...event.headers, ...headers } });
  const ms = performance.now() - started;
  const answer = JSON.parse(body ?? '') as Envelope;
  if (!isRight(answer)) throw new Error(`${what}: ${answer.msg} ${JSON.stringify(answer.data)}`);
  return { ms, operations: [...asked] };
}

function isMeant({ operations }: Measured, { without, withKey }: Pair): boolean {
  return operations === null || [without, withKey].every((one) => one.operations.join() === operations.join());
}

function summed({ what, operations }: Measured, pairs: readonly Pair[]): Figure[] {
  const side = (name: keyof Pair): string => {
    const times = pairs.map((pair) => pair[name].ms);
    return `${quantile(times, 0.5).toFixed(2)} and ${quantile(times, 0.99).toFixed(2)} ms`;
  };
  const slower = (chosen: readonly Pair[]): number => median(chosen.map((pair) => pair.withKey.ms - pair.without.ms));
  const reads = operations === null ? '' : `, each ${operations.join(' and ')} alone`;
  return [
    { what: `${what}, p50 and p99 of the handler without a key`, goal: 'none', figure: side('without') },
    { what: `${what}, p50 and p99 of the handler with a key`, goal: 'none', figure: `${side('withKey')}${reads}` },
    {
      what: `${what}, with a key later than without, in ${pairs.length} pairs`,
      goal: `at most ${MAX_SLOWER_MS} ms`,
      figure: `${withRange(slower(pairs), range(pairs, slower))} ms`,
    },
  ];
}
