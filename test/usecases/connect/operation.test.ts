/** How an operation of the gateway is followed: which page is asked for when, and when it is over. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { GatewaySession } from '../../../lib/domain/ports.ts';
import type { ResultPage } from '../../../lib/domain/results/result-page.ts';
import { lookAgainInMs, readOperation } from '../../../lib/usecases/connect/operation.ts';
import { readRows } from '../../../lib/usecases/connect/read-rows.ts';
import { keepsCatalogs } from '../../../lib/usecases/explain/keeps-catalogs.ts';
import { withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';

type Shown = ResultPage | Error;
type Budgeted<T> = (session: GatewaySession, tools: Tools) => Promise<T>;
interface Tools {
  readonly clock: ReturnType<typeof virtualClock>;
  readonly budget: Parameters<Parameters<typeof withinBudget>[2]>[0];
}

const page = (kind: ResultPage['kind'], ...rows: string[]): ResultPage => ({
  ...{ kind, jobId: null, columns: ['a'] },
  rows: rows.map((row) => ({ op: '+I', fields: row.split('=') })),
});
const NOT_READY = page('notReady');

interface Followed<T> {
  readonly told: T;
  readonly asked: number[][];
  readonly started: string[];
}

/** `shown`: what each fetch brings, the last one again and again. Gives what `work` gives, and which token was asked for when. */
async function following<T>(shown: readonly Shown[], work: Budgeted<T>): Promise<Followed<T>> {
  const clock = virtualClock();
  const asked: number[][] = [];
  const started: string[] = [];
  const session = {
    start: (sql: string) => {
      started.push(sql);
      return Promise.resolve('op-1');
    },
    fetch: (_handle: string, token: number) => {
      asked.push([token, clock.monotonic()]);
      const next = shown[Math.min(asked.length, shown.length) - 1] ?? NOT_READY;
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
  } as unknown as GatewaySession;
  const told = await clock.run(withinBudget(clock, 10_000, (budget) => work(session, { clock, budget })));
  return { told, asked, started };
}

const readAll: Budgeted<unknown[]> = async (session, { clock, budget }) => {
  const taken: unknown[] = [];
  const end = await readOperation(clock, { session, handle: 'op-1' }, budget, ({ rows }) => {
    taken.push(rows.length);
    return false;
  });
  return [end, taken];
};

describe('an operation', () => {
  it('is read page by page without a pause while there are rows, and with one where there are none', async () => {
    const { told, asked } = await following(
      [NOT_READY, page('page', '1', '2'), page('page'), page('page', '3'), page('end')],
      readAll,
    );
    expect(told).toEqual(['ended', [2, 0, 1, 0]]);
    expect(asked).toEqual([
      [0, 0],
      [0, 5],
      [1, 5],
      [2, 10],
      [3, 10],
    ]);
  });

  it('is looked at by how long it has taken itself, and stops when nothing more is wanted', async () => {
    const late: Budgeted<unknown> = async (session, { clock, budget }) => {
      await clock.sleep(4_000);
      return await readOperation(clock, { session, handle: 'op-1' }, budget, () => true);
    };
    const { told, asked } = await following([NOT_READY, NOT_READY, page('page', '1'), page('end')], late);
    expect(told).toBe('stopped');
    expect(asked).toEqual([
      [0, 4_000],
      [0, 4_005],
      [0, 4_010],
    ]);
  });

  it('is out of time when the gate closes, and no page is awaited after that', async () => {
    const { told, asked } = await following([NOT_READY], readAll);
    expect(told).toEqual(['outOfTime', []]);
    expect(asked.at(-1)?.[1]).toBeLessThan(10_000);
  });

  it('is out of time as well when the end of the time breaks off a fetch; before that the failure is told', async () => {
    const late: Budgeted<unknown> = async (session, tools) => {
      const { fetch } = session;
      const slow: GatewaySession = {
        ...session,
        fetch: async (...wanted) => {
          await tools.clock.sleep(10_001);
          return await fetch(...wanted);
        },
      };
      return await readAll(slow, tools);
    };
    const failure = new AppError('budget.exceeded', 'Out of time.');
    expect((await following([failure], late)).told).toEqual(['outOfTime', []]);
    await expect(following([failure], readAll)).rejects.toBe(failure);
    await expect(following([new TypeError('a bug')], late)).rejects.toThrow(TypeError);
  });

  it.each([
    [0, 5],
    [200, 5],
    [400, 10],
    [8_000, 200],
    [60_000, 250],
  ])('that has taken %i ms is looked at again in %i ms', (elapsed, pause) => {
    expect(lookAgainInMs(elapsed)).toBe(pause);
  });
});

describe('the rows of a statement', () => {
  const rows: Budgeted<unknown> = (session, { clock, budget }) => readRows(clock, session, 'SHOW TABLES', budget);

  it('are those of all its pages', async () => {
    const { told } = await following([page('page', '1'), NOT_READY, page('page', '2'), page('end')], rows);
    expect(told).toMatchObject([{ fields: ['1'] }, { fields: ['2'] }]);
  });

  it('are not given in part when the time is up', async () => {
    await expect(following([page('page', '1'), NOT_READY], rows)).rejects.toMatchObject({ code: 'budget.exceeded' });
  });
});

describe('the catalogs of a gateway', () => {
  const kept: Budgeted<boolean> = (session, { clock, budget }) => keepsCatalogs(clock, session, budget);

  it.each([
    ['are gone with the session by default', ['a=b'], false],
    ['are gone when it says so', ['a=b', 'table.catalog-store.kind=generic_in_memory'], false],
    ['stay where it keeps them in a store', ['table.catalog-store.kind=file', 'a=generic_in_memory'], true],
  ])('%s', async (_what, settings, keeps) => {
    const { told, started } = await following([page('page', ...settings), page('end')], kept);
    expect(told).toBe(keeps);
    expect(started).toEqual(['SET']);
  });
});
