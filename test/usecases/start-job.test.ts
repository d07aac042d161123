/** What a reply to the statement that starts a job proves, and what it does not (protocol.md section 5). */
import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../lib/domain/errors.ts';
import { withinBudget } from '../../lib/usecases/budget.ts';
import type { SqlVisit } from '../../lib/usecases/open-flink.ts';
import { type HandOver, type Send, failed, handOver, notOurJob, silence } from '../../lib/usecases/start-job.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';

const OURS = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);
const sources = [{ start: 0, envId: null, map: [], hasVariables: false }];
const sent: Send['sent'] = {
  sql: 'INSERT INTO a SELECT 1',
  planned: { segments: ['INSERT INTO a SELECT 1'], start: 0 },
  body: { statement: 'INSERT INTO a SELECT 1', plan: { sources } },
};

async function handedOver(start: () => Promise<string>, untilMs = 20_000): Promise<HandOver> {
  const clock = virtualClock();
  const flink = { session: { start } } as unknown as SqlVisit;
  const permission = { sendUntilMs: untilMs, sentAt: clock.now() };
  const send = { sent, executionConfig: {}, permission };
  return await clock.run(withinBudget(clock, 25_000, (budget) => handOver(clock, flink, send, budget)));
}

describe('handing the statement over', () => {
  const fails = (code: ErrorCode) => (): Promise<string> => Promise.reject(new AppError(code, 'Said so.'));

  it('gives the operation that Flink has made of it', async () => {
    expect(await handedOver(() => Promise.resolve('op-1'))).toEqual({ kind: 'handed', operation: 'op-1' });
  });

  it('sends nothing without a permission', async () => {
    let calls = 0;
    const start = (): Promise<string> => Promise.resolve(String((calls += 1)));
    expect(await handedOver(start, -1)).toEqual({ kind: 'notSent' });
    expect(calls).toBe(0);
  });

  it.each<[ErrorCode, HandOver]>([
    ['flink.unreachable', { kind: 'nothingStarted', reason: 'Said so.', bySql: false }],
    ['flink.rejected', { kind: 'nothingStarted', reason: 'line 1: Said so.', bySql: true }],
    ['flink.failed', { kind: 'unknown', reason: 'line 1: Said so.', answered: true }],
    ['flink.noReply', { kind: 'unknown', reason: 'Said so.', answered: false }],
    ['flink.protocol', { kind: 'unknown', reason: 'Said so.', answered: false }],
    ['flink.duplicate', { kind: 'unknown', reason: null, answered: false }],
    ['budget.exceeded', { kind: 'unknown', reason: null, answered: false }],
  ])('that fails with %s proves no more than it says', async (code, outcome) => {
    expect(await handedOver(fails(code))).toEqual(outcome);
  });

  it('throws a bug', async () => {
    await expect(handedOver(() => Promise.reject(new TypeError('x is undefined')))).rejects.toThrow(TypeError);
  });
});

describe('a failure after the hand-over', () => {
  it('of the connection proves nothing: the statement may have arrived', () => {
    expect(failed(new AppError('flink.unreachable', 'refused'), sent)).toEqual({
      kind: 'unknown',
      reason: null,
      answered: false,
    });
    expect(silence(new AppError('flink.unreachable', 'refused'))).toBeNull();
  });
});

describe('the job that Flink names', () => {
  const send = (id: string | null): Send => ({
    sent,
    executionConfig: id === null ? {} : { '$internal.pipeline.job-id': id },
    permission: { sendUntilMs: 0, sentAt: 0 },
  });

  it('is the one of the run', () => {
    expect(notOurJob(send(OURS), OURS)).toBeNull();
  });

  it('is another one: both are named, and the other is kept', () => {
    expect(notOurJob(send(OURS), OTHER)).toEqual({
      kind: 'unknown',
      reason: `Flink started job ${OTHER} for this statement, not job ${OURS} of this run`,
      answered: true,
      otherJobId: OTHER,
    });
  });

  it('is none', () => {
    expect(notOurJob(send(OURS), null)).toEqual({
      kind: 'unknown',
      reason: `the statement ended, and Flink named no job for it; the job of this run would be ${OURS}`,
      answered: true,
    });
  });

  it('is never that of a run without one', () => {
    expect(notOurJob(send(null), OTHER)).toMatchObject({ otherJobId: OTHER });
    expect(notOurJob(send(null), OTHER)?.reason).toContain('not job none of this run');
  });
});
