/** The numbers that users are told, and the limits of others that they must keep. */
import { expect, it } from 'vitest';
import {
  KEY_LIFE_MS,
  LAST_RUN_NUMBER,
  MARKS_LIFE_MS,
  MAX_BODY_BYTES,
  MAX_JAR_BYTES,
  MAX_KEPT_JAR_BYTES,
  MAX_LOST_AFTER_MINUTES,
  MAX_RESULT_BYTES,
  MAX_STATEMENT_BYTES,
} from '../../lib/domain/limits.ts';

const KB = 1_024;
const MB = 1_048_576;

it('are those of docs/internals/protocol.md and docs/guide/contract.md', () => {
  expect({ keyHours: KEY_LIFE_MS / 3_600_000, marksMinutes: MARKS_LIFE_MS / 60_000 }).toEqual({
    keyHours: 24,
    marksMinutes: 60,
  });
  expect(MAX_LOST_AFTER_MINUTES).toBe(10_080);
  // A Java Integer ends at 2147483647.
  expect(LAST_RUN_NUMBER).toBe(2_147_483_646);
});

it('fit the items of DynamoDB and the disk of a function', () => {
  expect([MAX_STATEMENT_BYTES, MAX_RESULT_BYTES, MAX_BODY_BYTES]).toEqual([256 * KB, 360 * KB, 380 * KB]);
  expect([MAX_JAR_BYTES, MAX_KEPT_JAR_BYTES]).toEqual([256 * MB, 512 * MB]);
});
