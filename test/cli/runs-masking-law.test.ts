/** What `dinghy runs` and `dinghy history` print of a run that failed does not depend on a secret, whatever Flink said of it. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoItems } from '../../lib/adapters/dynamo/items.ts';
import { dynamoJobStore } from '../../lib/adapters/dynamo/job-store.ts';
import { AppError } from '../../lib/domain/errors.ts';
import type { JobStore } from '../../lib/domain/ports.ts';
import { anyText, EXACT, KEYS, LOOSE, MARK, plainText } from '../domain/planted-values.ts';
import { fakeIds } from '../fakes/fake-ids.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';
import { startTestDynamodb, type TestDynamodb } from '../live/dynamodb.ts';
import { world } from '../usecases/world.ts';
import { runDinghy } from './run-dinghy.ts';

let dynamodb: TestDynamodb;
let store: JobStore;
let lastId = 1_000_000;

beforeAll(async () => {
  dynamodb = await startTestDynamodb();
  const clock = virtualClock();
  store = dynamoJobStore({ items: dynamoItems(dynamodb.client), table: dynamodb.jobsTable, clock, ids: fakeIds() });
});
afterAll(() => dynamodb.stop());

/** The output about a run of a task with this statement, of which Flink has said this. */
async function outputOf(statement: string, said: string): Promise<string> {
  const w = world({ tasks: [aTask({ statement })] });
  w.flink.fault = (call, before) => {
    if (before && (call === 'configure' || call === 'start')) throw new AppError('flink.rejected', said);
  };
  const { head } = await w.submit();
  lastId += 1;
  const id = lastId;
  await store.putHead({ ...head, id });
  const outputs = [
    await runDinghy(dynamodb, 'runs', '--limit', '1', '--json'),
    await runDinghy(dynamodb, 'history', `${id}`),
  ];
  expect(JSON.stringify(outputs)).toContain('FAILED');
  return JSON.stringify(outputs).replaceAll(String(id), 'N').replaceAll("'******'", '******');
}

const shapes = [
  ...Object.entries(EXACT).map(([name, print]) => [name, print, anyText] as const),
  ...Object.entries(LOOSE).map(([name, print]) => [name, print, plainText] as const),
];

describe('runs and history', () => {
  it.each(shapes)('say nothing of a value that Flink quotes in %s', async (_name, print, values) => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...KEYS), values, async (key, value) => {
        // Not a reference, and nothing that Flink's text has anyway.
        fc.pre(!value.startsWith("'") && !value.includes('${') && !/[\r\n]/.test(value));
        fc.pre(value.trim() !== '' && !print(key, MARK).includes(value.trim()));
        const statement = (some: string): string =>
          `CREATE TABLE t (i INT) WITH ('${key}' = '${some.replaceAll("'", "''")}'); INSERT INTO t SELECT 1`;
        const shown = await outputOf(statement(MARK), print(key, MARK));
        expect(shown).not.toContain(MARK);
        expect(await outputOf(statement(value), print(key, value))).toBe(shown);
      }),
      { numRuns: 20 },
    );
  });
});
