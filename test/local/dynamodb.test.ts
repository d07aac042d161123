/** The embedded DynamoDB. */
import { setImmediate as turn } from 'node:timers/promises';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestDynamodb } from '../live/dynamodb.ts';

const uncaught: unknown[] = [];
const note = (error: unknown): void => void uncaught.push(error);
beforeEach(() => process.on('uncaughtException', note));
afterEach(() => process.off('uncaughtException', note));

it('is stopped in the middle of a scan without an error that nobody catches', async () => {
  for (let turns = 0; turns < 90; turns += 3) {
    const dynamodb = await startTestDynamodb();
    const scan = new ScanCommand({ TableName: dynamodb.definitionsTable });
    const scans = Array.from({ length: 5 }, () => dynamodb.client.send(scan).catch(() => null));
    for (let passed = 0; passed < turns; passed += 1) await turn();
    await dynamodb.stop();
    await Promise.all(scans);
  }
  expect(uncaught).toEqual([]);
});
