/** What a reply to the statement that starts a job proves, and what it does not (protocol.md section 5). */
import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../lib/domain/errors.ts';
import type { GatewaySession } from '../../../lib/domain/ports.ts';
import type { ResultPage } from '../../../lib/domain/results/result-page.ts';
import type { SqlVisit } from '../../../lib/usecases/connect/reach-flink.ts';
import {
  failed,
  type HandOver,
  handOver,
  notOurJob,
  type Send,
  silence,
  startJob,
  type StartOutcome,
} from '../../../lib/usecases/send/start-statement.ts';
import { withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';

const OURS = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);
const sources = [{ start: 0, envId: null, map: [], hasVariables: false }];
const sent: Send['sent'] = {
  sql: 'INSERT INTO a SELECT 1',
  planned: { segments: ['INSERT INTO a SELECT 1'], start: 0 },
  body: { statement: 'INSERT INTO a SELECT 1', plan: { sources, properties: {}, origins: {} } },
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
    ['flink.planRefused', { kind: 'unknown', reason: 'line 1: Said so.', answered: true, planRefused: true }],
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

describe('from the statement to its job', () => {
  const NOT_READY = { kind: 'notReady', jobId: null, columns: [], rows: [] } as unknown as ResultPage;
  const page = (jobId: string | null, kind = 'page'): ResultPage =>
    ({ kind, jobId, columns: [], rows: [] }) as unknown as ResultPage;

  /** The pages as they come, the last one again and again; and the tokens that were asked for. */
  async function started(pages: readonly (ResultPage | Error)[], untilMs = 20_000) {
    const clock = virtualClock();
    const tokens: number[] = [];
    const session = {
      start: () => Promise.resolve('op-1'),
      fetch: (handle: string, token: number) => {
        expect(handle).toBe('op-1');
        const next = pages[Math.min(tokens.push(token), pages.length) - 1] ?? NOT_READY;
        return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
      },
    } as unknown as GatewaySession;
    const send = {
      ...{ sent, executionConfig: { '$internal.pipeline.job-id': OURS } },
      permission: { sendUntilMs: untilMs, sentAt: clock.now() },
    };
    const outcome: StartOutcome = await clock.run(
      withinBudget(clock, 25_000, (budget) => startJob(clock, { session } as unknown as SqlVisit, send, budget)),
    );
    return { outcome, tokens };
  }

  it('it is accepted as soon as Flink names the job, on whichever page', async () => {
    expect(await started([page(OURS)])).toEqual({ outcome: { kind: 'accepted' }, tokens: [0] });
    expect(await started([NOT_READY, page(null), NOT_READY, page(OURS), page(null)])).toEqual({
      outcome: { kind: 'accepted' },
      tokens: [0, 0, 1, 1],
    });
  });

  it('it is another job, or none', async () => {
    expect((await started([page(OTHER)])).outcome).toMatchObject({ kind: 'unknown', otherJobId: OTHER });
    expect((await started([page(null, 'end')])).outcome).toMatchObject({ kind: 'unknown', answered: true });
  });

  it('nobody knows when the time is up', async () => {
    const { outcome } = await started([NOT_READY]);
    expect(outcome).toEqual({ kind: 'unknown', reason: null, answered: false });
  });

  it('Flink fails on the way', async () => {
    const error = new AppError('flink.rejected', 'No such table.');
    expect((await started([NOT_READY, error])).outcome).toEqual({
      ...{ kind: 'nothingStarted', reason: 'line 1: No such table.', bySql: true },
    });
  });

  it('nothing is asked of what was not sent', async () => {
    expect(await started([page(OURS)], -1)).toEqual({ outcome: { kind: 'notSent' }, tokens: [] });
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
      reason: `the statement ended, but Flink returned no job id for it; this run's job id is ${OURS}`,
      answered: true,
    });
  });

  it('is never that of a run without one', () => {
    expect(notOurJob(send(null), OTHER)).toMatchObject({ otherJobId: OTHER });
    expect(notOurJob(send(null), OTHER)?.reason).toContain('not job none of this run');
  });
});
