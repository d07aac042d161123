/** `dinghy schedules` over a DynamoDB API: a night that was skipped can be told from one that was started. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../cli/main.ts';
import { definitionWriter } from '../../lib/adapters/dynamo/definition-writer.ts';
import { dynamoItems } from '../../lib/adapters/dynamo/items.ts';
import { dynamoJobStore } from '../../lib/adapters/dynamo/job-store.ts';
import { dynamoSlotStore } from '../../lib/adapters/dynamo/slot-store.ts';
import { headAt } from '../builders/a-head.ts';
import { aSchedule } from '../builders/a-schedule.ts';
import { fakeIds } from '../fakes/fake-ids.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';
import { startTestDynamodb, type TestDynamodb } from '../live/dynamodb.ts';

const NIGHT = Date.parse('2026-01-31T02:00:00Z');
const DAY_MS = 86_400_000;
let dynamodb: TestDynamodb;

beforeAll(async () => {
  dynamodb = await startTestDynamodb();
  const items = dynamoItems(dynamodb.client);
  const table = definitionWriter(items, dynamodb.definitionsTable);
  const weekly = aSchedule({ name: 'weekly', cron: null, rate: '7 days', enabled: false });
  await table.put('TASK', aTask({ schedules: [aSchedule(), weekly] }), 'nothing');
  await table.put('TASK', aTask({ id: 2, name: 'plain' }), 'nothing');
  const store = dynamoJobStore({ items, table: dynamodb.jobsTable, clock: virtualClock(), ids: fakeIds() });
  await store.putHead({ ...headAt(NIGHT), id: 21, taskId: 1 });
  await store.putHead({ ...headAt(NIGHT), id: 22, taskId: 3, unreachableSince: NIGHT });
  const slots = dynamoSlotStore(items, dynamodb.jobsTable);
  const slot = { taskId: 1, schedule: 'nightly', reason: null, runId: 21, recordedAt: Date.now() };
  await slots.record({ ...slot, at: NIGHT, outcome: 'started' });
  const why = 'run 21 of the task is live';
  await slots.record({ ...slot, at: NIGHT + DAY_MS, outcome: 'skipped', reason: why });
  await slots.record({ ...slot, at: NIGHT + 2 * DAY_MS, outcome: 'failed', runId: null, reason: 'No Flink.' });
  await slots.record({ ...slot, at: NIGHT + 3 * DAY_MS, outcome: 'skipped', reason: why });
});
afterAll(() => dynamodb.stop());

async function schedules(...args: string[]) {
  const lines: string[] = [];
  const io = { out: (line: string) => void lines.push(line), err: (line: string) => void lines.push(line) };
  const env = { AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint };
  const tables = ['--table', dynamodb.definitionsTable, '--jobs-table', dynamodb.jobsTable];
  return { code: await main(['schedules', ...args, ...tables], env, io), lines };
}

describe('dinghy schedules', () => {
  it('shows the next slot of each schedule, and the last three with their runs', async () => {
    const { code, lines } = await schedules();
    const [heading, next, ...last] = lines.map((line) => line.split(/ {2,}/));
    expect(code).toBe(0);
    expect(heading).toEqual(['TASK', 'SCHEDULE', 'SLOT (UTC)', 'OUTCOME', 'RUN', 'STATUS', 'REASON']);
    expect(next).toEqual(['1', 'nightly', expect.stringMatching(/ 02:00:00$/), 'next', '-', '-']);
    const status = headAt(NIGHT).status;
    expect(last).toEqual([
      ['1', 'nightly', '2026-02-03 02:00:00', 'skipped', '21', status, 'run 21 of the task is live'],
      ['1', 'nightly', '2026-02-02 02:00:00', 'failed', '-', '-', 'No Flink.'],
      ['1', 'nightly', '2026-02-01 02:00:00', 'skipped', '21', status, 'run 21 of the task is live'],
      ['1', 'weekly', '-', 'disabled', '-', '-'],
    ]);
  });

  it('shows more of one task, by its name too, and in another zone', async () => {
    for (const task of ['1', 'demo']) {
      const { lines } = await schedules(task, '--zone', 'Europe/Berlin');
      expect(lines).toContainEqual(expect.stringMatching(/nightly +2026-01-31 03:00:00 +started +21/));
    }
    expect((await schedules('plain')).lines).toEqual(['No task has schedules.']);
    expect((await schedules('nobody')).code).toBe(1);
  });

  it('prints JSON, with times in UTC', async () => {
    const { lines } = await schedules('1', '--json', '--zone', 'Europe/Berlin');
    const rows = JSON.parse(lines.join('\n')) as object[];
    expect(rows).toContainEqual({
      ...{ taskId: 1, schedule: 'nightly', slot: '2026-01-31T02:00:00.000Z', outcome: 'started' },
      ...{ runId: 21, status: headAt(NIGHT).status, reason: null },
    });
  });

  it('shows the status that callers see', async () => {
    const items = dynamoItems(dynamodb.client);
    const task = aTask({ id: 3, name: 'far', schedules: [aSchedule()] });
    await definitionWriter(items, dynamodb.definitionsTable).put('TASK', task, 'nothing');
    const slot = { taskId: 3, schedule: 'nightly', at: NIGHT, reason: null, runId: 22, recordedAt: Date.now() };
    await dynamoSlotStore(items, dynamodb.jobsTable).record({ ...slot, outcome: 'started' });
    expect((await schedules('far')).lines.join('\n')).toMatch(/started +22 +RECONNECTING/);
  });
});
