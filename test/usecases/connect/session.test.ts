/** How a session of the SQL gateway ends: closed once, left to the gateway, or never there. */
import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../lib/domain/errors.ts';
import type { GatewaySession, SqlGateway } from '../../../lib/domain/ports.ts';
import { openSession, type SessionDeps } from '../../../lib/usecases/connect/session.ts';
import { withSession } from '../../../lib/usecases/connect/with-session.ts';
import { type Budget, withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { keptLog } from '../../fakes/fake-ids.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';

const URL_WITH_PASSWORD = 'http://ada:hunter22@gw:8083';
const WANTED = {
  gatewayUrl: URL_WITH_PASSWORD,
  properties: { 'classloader.check-leaked-classloader': 'perhaps' },
  origins: { 'config of cluster 3 (prod)': ['classloader.check-leaked-classloader'] },
};

class Gateway {
  readonly clock = virtualClock();
  readonly log = keptLog();
  closed = 0;
  /** How long the gateway takes to close a session. */
  closingMs = 0;
  failure: Error | null = null;
  openFails: Error | null = null;

  readonly #session = {
    close: async (signal: AbortSignal): Promise<void> => {
      await this.clock.sleep(this.closingMs, signal);
      this.closed += 1;
      if (this.failure !== null) throw this.failure;
      if (signal.aborted) throw new AppError('budget.exceeded', 'Out of time.');
    },
  } as unknown as GatewaySession;

  readonly deps: SessionDeps = {
    clock: this.clock,
    log: this.log,
    gateway: {
      open: () => (this.openFails === null ? Promise.resolve(this.#session) : Promise.reject(this.openFails)),
      version: () => Promise.resolve('2.3.0'),
    } satisfies SqlGateway,
  };

  async within<T>(work: (budget: Budget) => Promise<T>): Promise<T> {
    return await this.clock.run(withinBudget(this.clock, 10_000, work));
  }

  open(budget: Budget): ReturnType<typeof openSession> {
    return openSession(this.deps, WANTED, budget, budget.signal);
  }

  async using<T>(work: () => Promise<T>): Promise<T> {
    return await this.within((budget) => withSession(this.deps, WANTED, budget, work));
  }
}

describe('a session', () => {
  it('is closed once, however often that is asked for', async () => {
    const g = new Gateway();
    await g.within(async (budget) => {
      const session = g.open(budget);
      await session.close();
      session.leaveOpen();
      await session.close();
    });
    expect(g.closed).toBe(1);
  });

  it('that was left to the gateway is not closed any more', async () => {
    const g = new Gateway();
    await g.within(async (budget) => {
      const session = g.open(budget);
      session.leaveOpen();
      await session.close();
    });
    expect(g.closed).toBe(0);
  });

  it('that never came to be needs no end, and nobody is told twice', async () => {
    const g = new Gateway();
    g.openFails = new AppError('flink.unreachable', 'refused');
    await g.within(async (budget) => {
      const session = g.open(budget);
      await expect(session.opening).rejects.toBe(g.openFails);
      await session.close();
    });
    expect([g.closed, g.log.lines]).toEqual([0, []]);
  });

  it('that takes long to close keeps an answer for a second and a half, and what is left after the budget', async () => {
    const g = new Gateway();
    g.closingMs = 60_000;
    const tookMs = await g.within(async (budget) => {
      const startedAt = g.clock.monotonic();
      await g.open(budget).close();
      return g.clock.monotonic() - startedAt;
    });
    expect(tookMs).toBe(1_500);
    await g.within(async (budget) => {
      const session = g.open(budget);
      await budget.sleep(10_000);
      const startedAt = g.clock.monotonic();
      await session.close();
      expect(g.clock.monotonic() - startedAt).toBe(300);
    });
  });

  it('that could not be closed is told of by its code alone: a text may quote a secret', async () => {
    const g = new Gateway();
    g.failure = new AppError('flink.failed', "Could not execute 'password' = 'hunter22'");
    await g.within(async (budget) => g.open(budget).close());
    const message = 'session not closed: the gateway closes it when it is idle';
    expect(g.log.lines).toEqual([{ level: 'warn', message, fields: { code: 'flink.failed' } }]);
  });

  it('whose end shows a bug does not hide it', async () => {
    const g = new Gateway();
    g.failure = new TypeError('x is undefined');
    await expect(g.within(async (budget) => g.open(budget).close())).rejects.toBe(g.failure);
  });
});

describe('a session that Flink does not open', () => {
  const unread =
    "Failed to openSession: Could not parse value 'perhaps' for key 'classloader.check-leaked-classloader': no boolean";

  it('because of an option is told with where that was written, and nobody is called out of reach', async () => {
    const told = {
      code: 'config.invalid',
      message: `config of cluster 3 (prod): ${unread} Nothing was started. Correct the option, then try again.`,
      cause: { message: unread },
    };
    const g = new Gateway();
    g.openFails = new AppError('flink.failed', unread);
    await expect(g.using(() => Promise.resolve('rows'))).rejects.toMatchObject(told);
    await expect(g.within((budget) => g.open(budget).opening)).rejects.toMatchObject(told);
  });

  it.each([
    new AppError('flink.failed', 'Failed to openSession: no more sessions'),
    new AppError('flink.failed', "Could not parse value 'x' for key 'of.the.gateway'"),
    new TypeError('x is undefined'),
  ])('for another reason is told as it came: %s', async (error) => {
    const g = new Gateway();
    g.openFails = error;
    await expect(g.using(() => Promise.resolve('rows'))).rejects.toBe(error);
  });
});

describe('work in a session of its own', () => {
  it('gives what it gives, and the session is closed', async () => {
    const g = new Gateway();
    expect(await g.using(() => Promise.resolve('rows'))).toBe('rows');
    expect(g.closed).toBe(1);
  });

  it.each<ErrorCode>(['flink.unreachable', 'flink.noReply', 'flink.protocol'])(
    'names the gateway, without its password, when that fails with %s',
    async (code) => {
      const g = new Gateway();
      const failing = g.using(() => Promise.reject(new AppError(code, 'Said so.')));
      await expect(failing).rejects.toMatchObject({
        code,
        message:
          'The SQL gateway (http://******@gw:8083) is out of reach: Said so. Nothing was started. Check that it runs and that its address is right, then try again.',
      });
      expect(g.closed).toBe(1);
    },
  );

  it("keeps any other error as it is: Flink's answer, a bug", async () => {
    for (const error of [new AppError('flink.rejected', 'No such table.'), new TypeError('x is undefined')]) {
      await expect(new Gateway().using(() => Promise.reject(error))).rejects.toBe(error);
    }
  });
});
