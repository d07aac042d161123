/** What a poll tells of a job that Flink restarts again and again: why, and how often. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Live, startLive } from './live.ts';

const PATIENCE_MS = 90_000;
const LOOK_EVERY_MS = 500;
let live: Live;

beforeAll(async () => {
  live = await startLive();
}, PATIENCE_MS);
afterAll(() => live.stop());

/** Between two attempts for so long that polls meet it there. */
const RESTARTS = `SET 'restart-strategy.type' = 'fixed-delay';
  SET 'restart-strategy.fixed-delay.attempts' = '1000';
  SET 'restart-strategy.fixed-delay.delay' = '4 s';`;

async function polled(runId: string, until: (data: Readonly<Record<string, unknown>>) => boolean) {
  for (;;) {
    const data = await live.poll(runId);
    if (until(data)) return data;
    await sleep(LOOK_EVERY_MS);
  }
}

describe('a job for which there are not enough slots', { timeout: PATIENCE_MS }, () => {
  // What is grouped starts as a whole. Without that Flink starts those tasks that have slots, and the others wait.
  it('is told of: its tasks wait, or Flink refuses it a while after its own start, and restarts it', async () => {
    const { runId } = await live.submit(`SET 'parallelism.default' = '64';
      SET 'restart-strategy.type' = 'fixed-delay';
      SET 'restart-strategy.fixed-delay.attempts' = '1000';
      CREATE TABLE words (word STRING) WITH ('connector' = 'datagen', 'rows-per-second' = '1');
      CREATE TABLE counts (word STRING, n BIGINT) WITH ('connector' = 'blackhole');
      INSERT INTO counts SELECT word, COUNT(*) FROM words GROUP BY word;`);
    const { status, error } = await polled(runId, (data) => data['error'] !== null);
    if (status === 'RUNNING')
      expect(error).toMatch(/^the job waits for task slots: the cluster has \d+, and none is free\./);
    else expect([status, error]).toEqual(['RESTARTING', expect.stringMatching(/^restart \d+: .*slots/)]);
    await live.endJobs();
  });
});

describe('a job that Flink restarts', { timeout: PATIENCE_MS }, () => {
  it('is told of with the reason of its last restart, and how many there were', async () => {
    const { runId } = await live.submit(`${RESTARTS}
      CREATE TABLE words (word STRING) WITH ('connector' = 'datagen', 'rows-per-second' = '1');
      CREATE TABLE numbers (n INT) WITH ('connector' = 'blackhole');
      INSERT INTO numbers SELECT CAST(word AS INT) FROM words;`);
    const isTold = (restarts: number) => (data: Readonly<Record<string, unknown>>) =>
      data['status'] === 'RESTARTING' && data['error'] !== null && Number(data['failedRestartCount']) >= restarts;
    const first = await polled(runId, isTold(1));
    expect(first['error']).toMatch(/^restart \d+: (Source: words\[\d+\] -> Calc\[\d+\]: )?For input string: '/);
    // Flink counts late, but does.
    const later = await polled(runId, isTold(2));
    expect(later['error']).toMatch(/^restart [2-9]\d*: /);
    await live.endJobs();
  });
});
