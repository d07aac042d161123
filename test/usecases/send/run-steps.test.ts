/** Statements before the job, one by one: what each gives, what they have room for together, and whose fault a failure is. */
import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../lib/domain/errors.ts';
import { MAX_RESULT_BYTES } from '../../../lib/domain/limits.ts';
import type { KnownRows, PlanStep } from '../../../lib/domain/plan/plan.ts';
import type { RunBody } from '../../../lib/domain/plan/run-body.ts';
import type { GatewaySession } from '../../../lib/domain/ports.ts';
import type { Cell } from '../../../lib/domain/results/cell.ts';
import type { ResultPage } from '../../../lib/domain/results/result-page.ts';
import { NO_REDACTION } from '../../../lib/domain/secrets/redaction.ts';
import type { SqlVisit } from '../../../lib/usecases/connect/reach-flink.ts';
import { runSteps, type StepsOutcome } from '../../../lib/usecases/send/run-steps.ts';
import { withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { aBody } from '../../contracts/job-store.contract.ts';
import { START_OF_TIME, virtualClock } from '../../fakes/virtual-clock.ts';

type Via = PlanStep['via'];
interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly string[][];
}

/** A statement that the gateway answers so, a second later. */
interface Told {
  readonly via: Via;
  readonly answer?: Answer | Error;
  readonly rows?: KnownRows;
  readonly takesMs?: number;
  /** The gateway never comes so far. */
  readonly never?: boolean;
}

async function steps(...all: readonly Told[]): Promise<{ outcome: StepsOutcome; sent: string[] }> {
  const clock = virtualClock();
  const sent: string[] = [];
  const body = aBody();
  const planned = all.map(({ via, rows }, at): PlanStep => {
    const step = { ...body.plan.steps[0]!, via, segments: [`statement ${at}`], start: 0 };
    return rows === undefined ? step : { ...step, rows };
  });
  const given = async (at: number): Promise<Answer> => {
    const { answer = { columns: [], rows: [] }, takesMs = 1_000 } = all[at]!;
    await clock.sleep(takesMs);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const at = (sql: string): number => Number(sql.split(' ')[1]);
  const session = {
    configure: async (sql: string) => {
      sent.push(sql);
      await given(at(sql));
    },
    start: (sql: string) => {
      sent.push(sql);
      return Promise.resolve(sql);
    },
    fetch: async (handle: string): Promise<ResultPage> => {
      if (all[at(handle)]?.never === true) return { kind: 'notReady', jobId: null, columns: [], rows: [] };
      const { columns, rows } = await given(at(handle));
      const cells = rows.map((fields): Cell => ({ op: '+I', fields }));
      return { kind: 'end', jobId: null, columns: [...columns], rows: cells };
    },
  } as unknown as GatewaySession;
  const identity = { address: 'jm:8081', jmId: 'a', highAvailability: false, forgetsEnded: false };
  const flink = { kind: 'sql', session, identity, redaction: NO_REDACTION } as unknown as SqlVisit;
  const run: RunBody = { ...body, plan: { ...body.plan, steps: planned } };
  const outcome = await clock.run(withinBudget(clock, 25_000, (budget) => runSteps(clock, run, flink, budget)));
  return { outcome, sent };
}

const rowsOf = (outcome: StepsOutcome): unknown[] =>
  outcome.kind === 'ran' ? outcome.results.map(({ rowData }) => rowData) : [outcome];
const OK: Answer = { columns: ['result'], rows: [['OK']] };

describe('a statement', () => {
  it('that configures gives no rows; one that is asked for gives its own, with when it ran', async () => {
    const { outcome, sent } = await steps(
      { via: 'configure' },
      { via: 'rows', answer: { columns: ['a'], rows: [['1']] } },
    );
    expect(sent).toEqual(['statement 0', 'statement 1']);
    expect(outcome).toEqual({
      kind: 'ran',
      results: [
        {
          columns: ['a'],
          rowData: [{ a: '1' }],
          ...{ total: 1, limit: 1, truncated: false, truncatedBy: null, error: null },
          ...{ startedAt: START_OF_TIME + 1_000, endedAt: START_OF_TIME + 2_000 },
        },
      ],
    });
  });

  it('that only says OK has nothing to tell, unless its rows were asked for', async () => {
    const two: Answer = { columns: ['result', 'more'], rows: [['OK', 'x']] };
    const other: Answer = { columns: ['other'], rows: [['OK']] };
    const { outcome } = await steps(
      { via: 'statement', answer: OK },
      { via: 'rows', answer: { ...OK, rows: [['OK'], ['OK']] } },
      { via: 'statement', answer: { ...OK, rows: [['OK'], ['2 files']] } },
      { via: 'statement', answer: two },
      { via: 'statement', answer: other },
    );
    expect(rowsOf(outcome)).toEqual([
      [{ result: 'OK' }, { result: 'OK' }],
      [{ result: 'OK' }, { result: '2 files' }],
      [{ result: 'OK', more: 'x' }],
      [{ other: 'OK' }],
    ]);
  });

  it('whose rows are known is not sent', async () => {
    const rows = { columns: ['name', 'value'], rows: [['a', '1'], ['b']] };
    const { outcome, sent } = await steps({ via: 'known', rows }, { via: 'configure' });
    expect(sent).toEqual(['statement 1']);
    expect(outcome).toMatchObject({
      results: [
        {
          columns: ['name', 'value'],
          rowData: [
            { name: 'a', value: '1' },
            { name: 'b', value: '' },
          ],
          ...{ total: 2, limit: 2, truncated: false, truncatedBy: null, error: null },
          ...{ startedAt: START_OF_TIME, endedAt: START_OF_TIME },
        },
      ],
    });
  });
});

describe('the rows of several statements', () => {
  const many = (count: number): string[][] => Array.from({ length: count }, () => ['x'.repeat(1_000)]);

  it.each<[string, Told]>([
    ['were read', { via: 'rows', answer: { columns: ['a'], rows: many(200) } }],
    ['were known', { via: 'known', rows: { columns: ['a'], rows: many(200) } }],
  ])('have room in one item together: those that %s leave less for the next', async (_what, first) => {
    const { outcome } = await steps(first, { via: 'rows', answer: { columns: ['a'], rows: many(200) } });
    const results = outcome.kind === 'ran' ? outcome.results : [];
    expect(results.map(({ truncated, truncatedBy }) => [truncated, truncatedBy])).toEqual([
      [false, null],
      [true, 'size'],
    ]);
    const most = MAX_RESULT_BYTES / 1_000;
    const total = results.reduce((sum, { rowData }) => sum + rowData.length, 0);
    expect(total).toBeLessThanOrEqual(most);
    expect(total).toBeGreaterThan(most - 20);
  });
});

describe('a failure', () => {
  it.each<[ErrorCode, StepsOutcome['kind'], boolean]>([
    ['flink.rejected', 'refused', true],
    ['flink.failed', 'refused', false],
    ['flink.planRefused', 'refused', false],
    ['flink.duplicate', 'refused', false],
    ['flink.noReply', 'interrupted', false],
    ['flink.unreachable', 'interrupted', false],
    ['flink.protocol', 'interrupted', false],
    ['budget.exceeded', 'interrupted', false],
  ])('with %s means: %s', async (code, kind, bySql) => {
    const answer = new AppError(code, 'Said so.');
    for (const via of ['configure', 'rows'] as const) {
      const { outcome, sent } = await steps({ via, answer }, { via: 'configure' });
      expect(outcome).toEqual({ kind, reason: 'line 1: Said so.', bySql });
      expect(sent).toEqual(['statement 0']);
    }
  });

  it('by a bug is thrown', async () => {
    await expect(steps({ via: 'configure', answer: new TypeError('x is undefined') })).rejects.toThrow(TypeError);
  });

  it('by the time: what takes all of it is interrupted, and nothing is sent after it', async () => {
    const { outcome, sent } = await steps({ via: 'configure', takesMs: 25_000 }, { via: 'configure' });
    expect(outcome).toMatchObject({ kind: 'interrupted', reason: expect.stringContaining('Out of time') as string });
    expect(sent).toEqual(['statement 0']);
    const unread = await steps({ via: 'rows', never: true });
    expect(unread).toMatchObject({ outcome: { kind: 'interrupted', bySql: false }, sent: ['statement 0'] });
  });
});
