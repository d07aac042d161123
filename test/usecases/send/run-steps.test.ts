/** Statements before the job, one by one: what each gives, what they have room for together, and whose fault a failure is. */
import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../lib/domain/errors.ts';
import { MAX_RESULT_BYTES } from '../../../lib/domain/limits.ts';
import type { JarJob, KnownRows, PlanStep } from '../../../lib/domain/plan/plan.ts';
import type { RunBody } from '../../../lib/domain/plan/run-body.ts';
import type { GatewaySession } from '../../../lib/domain/ports.ts';
import type { Cell } from '../../../lib/domain/results/cell.ts';
import type { ResultPage } from '../../../lib/domain/results/result-page.ts';
import { NO_REDACTION } from '../../../lib/domain/secrets/redaction.ts';
import type { JarVisit, ScriptVisit, SqlVisit } from '../../../lib/usecases/connect/reach-flink.ts';
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
  /** After these rows there are always more. */
  readonly endless?: boolean;
}

interface Run {
  readonly outcome: StepsOutcome;
  readonly sent: string[];
  readonly fetched: number;
}

async function steps(...all: readonly Told[]): Promise<Run> {
  const clock = virtualClock();
  let fetched = 0;
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
      fetched += 1;
      const kind = all[at(handle)]?.endless === true ? 'page' : 'end';
      return { kind, jobId: null, columns: [...columns], rows: cells };
    },
  } as unknown as GatewaySession;
  const identity = { address: 'jm:8081', jmId: 'a', highAvailability: false, forgetsEnded: false };
  const flink = { kind: 'sql', session, identity, redaction: NO_REDACTION } as unknown as SqlVisit;
  const run: RunBody = { ...body, plan: { ...body.plan, steps: planned } };
  const outcome = await clock.run(withinBudget(clock, 25_000, (budget) => runSteps(clock, run, flink, budget)));
  return { outcome, sent, fetched };
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

it('a statement that has brought more rows than there is room for is read no further', async () => {
  const rows = Array.from({ length: 400 }, () => ['x'.repeat(1_000)]);
  const { outcome, fetched } = await steps({ via: 'rows', answer: { columns: ['a'], rows }, endless: true });
  expect(outcome.kind === 'ran' ? outcome.results[0]?.truncatedBy : outcome).toBe('size');
  expect(fetched).toBe(1);
});

it('what comes before the job of a script is part of it: nothing is sent, and there are no rows', async () => {
  const clock = virtualClock();
  const flink = { kind: 'script' } as unknown as ScriptVisit;
  const running = withinBudget(clock, 25_000, (budget) => runSteps(clock, aBody(), flink, budget));
  expect(await clock.run(running)).toEqual({ kind: 'ran', results: [] });
});

describe('the jar of a run', () => {
  const job: JarJob = {
    ...{
      kind: 'jar',
      uri: 's3://b/a.jar',
      entryClass: null,
      args: [],
      parallelism: null,
      allowNonRestoredState: false,
    },
    ...{ segments: ['EXECUTE JAR'], start: 0 },
  };

  /** `frozen`: the content that the run was submitted with. */
  async function bringing(fails: Error | null, frozen = 'sha-1'): Promise<{ outcome: StepsOutcome; brought: number }> {
    const clock = virtualClock();
    let brought = 0;
    const bring = (): Promise<string> => {
      brought += 1;
      return fails === null ? Promise.resolve('upload-1') : Promise.reject(fails);
    };
    const flink = { kind: 'jar', job, jar: { sha256: 'sha-1', bring }, redaction: NO_REDACTION };
    const body = aBody();
    const run: RunBody = { ...body, plan: { ...body.plan, steps: [], job: { ...job, sha256: frozen } } };
    const bringingIt = withinBudget(clock, 25_000, (budget) =>
      runSteps(clock, run, flink as unknown as JarVisit, budget),
    );
    return { outcome: await clock.run(bringingIt), brought };
  }

  it('is brought to the JobManager, and has no rows', async () => {
    expect(await bringing(null)).toEqual({ outcome: { kind: 'ran', results: [] }, brought: 1 });
  });

  it('is not brought when it has changed since the submission', async () => {
    const { outcome, brought } = await bringing(null, 'sha-0');
    expect([outcome, brought]).toEqual([
      { kind: 'refused', reason: expect.stringContaining('has changed since the submission') as string, bySql: true },
      0,
    ]);
  });

  it.each<[ErrorCode, StepsOutcome['kind']]>([
    ['flink.failed', 'refused'],
    ['cluster.invalid', 'refused'],
    ['flink.noReply', 'interrupted'],
    ['flink.unreachable', 'interrupted'],
    ['budget.exceeded', 'interrupted'],
  ])('that can not be brought, with %s, means: %s', async (code, kind) => {
    const { outcome } = await bringing(new AppError(code, 'Said so.'));
    expect(outcome).toEqual({ kind, reason: 'line 1: Said so.', bySql: false });
  });

  it('that meets a bug brings it to light', async () => {
    const bug = new TypeError('x is undefined');
    await expect(bringing(bug)).rejects.toBe(bug);
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
