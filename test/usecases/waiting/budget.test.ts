/** The time of a call (protocol.md section 3.9): when its gate closes, what may still be done then, and that nothing goes on. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { type Budget, withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { growingPauses } from '../../../lib/usecases/waiting/growing-pauses.ts';
import { sideBySide } from '../../../lib/usecases/waiting/side-by-side.ts';
import { throwBugs } from '../../../lib/usecases/waiting/throw-bugs.ts';
import { type VirtualClock, virtualClock } from '../../fakes/virtual-clock.ts';

/** What `work` gives, of a call that has a second. */
async function within<T>(work: (budget: Budget, clock: VirtualClock) => Promise<T>): Promise<T> {
  const clock = virtualClock();
  return await clock.run(withinBudget(clock, 1_000, (budget) => work(budget, clock)));
}

describe('the gate of a call', () => {
  it('is open until the time is up, and closed from then on', async () => {
    const seen = await within(async (budget, clock) => {
      const at = (): unknown => [clock.monotonic(), budget.isOpen(), budget.remainingMs()];
      const first = at();
      await clock.sleep(999);
      const last = at();
      await clock.sleep(1);
      const end = at();
      await clock.sleep(50);
      return [first, last, end, at()];
    });
    expect(seen).toEqual([
      [0, true, 1_000],
      [999, true, 1],
      [1_000, false, 0],
      [1_050, false, 0],
    ]);
  });

  it('is closed once its signal has ended, whatever the clock says: a machine may have slept', async () => {
    const open = await within(async (budget, clock) => {
      await clock.sleep(1_001);
      expect(budget.signal.aborted).toBe(true);
      Object.assign(clock, { monotonic: () => 5 });
      return budget.isOpen();
    });
    expect(open).toBe(false);
  });

  it('is closed by the clock, even before the timer of its signal has come round', async () => {
    const clock = virtualClock();
    const { monotonic } = clock;
    const open = await clock.run(
      withinBudget(clock, 1_000, (budget) => {
        clock.monotonic = () => monotonic() + 1_000;
        return Promise.resolve(budget.isOpen());
      }),
    );
    expect(open).toBe(false);
  });

  it('ends a sleep with it', async () => {
    const wokenAt = await within(async (budget, clock) => {
      await budget.sleep(60_000);
      return clock.monotonic();
    });
    expect(wokenAt).toBe(1_000);
  });
});

describe('the time after a call', () => {
  it('is 300 ms, counted from the end of the budget', async () => {
    const seen = await within(async (budget, clock) => {
      const left = [budget.graceMs()];
      const signal = budget.graceSignal();
      for (const ms of [1_100, 199, 1, 10]) {
        await clock.sleep(ms);
        left.push(budget.graceMs(), Number(signal.aborted));
      }
      return left;
    });
    expect(seen).toEqual([1_300, 200, 0, 1, 0, 0, 1, 0, 1]);
  });

  it('leaves nothing that goes on: its timers end with the answer', async () => {
    const clock = virtualClock();
    const signals: AbortSignal[] = [];
    await clock.run(
      withinBudget(clock, 1_000, (budget) => Promise.resolve(signals.push(budget.signal, budget.graceSignal()))),
    );
    expect(clock.monotonic()).toBe(0);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});

describe('pieces of work side by side', () => {
  it('are all waited for when one fails, and the first that failed is told', async () => {
    const clock = virtualClock();
    const late = clock.sleep(100).then(() => 'done');
    let isLateDone = false;
    const noted = late.then(() => (isLateDone = true));
    const failing = sideBySide(noted, Promise.reject(new Error('first')), Promise.reject(new Error('second')));
    await expect(clock.run(failing)).rejects.toThrow('first');
    expect(isLateDone).toBe(true);
  });

  it('give what each of them gives, in their order', async () => {
    const clock = virtualClock();
    expect(
      await clock.run(
        sideBySide(
          clock.sleep(9).then(() => 'slow'),
          Promise.resolve(2),
        ),
      ),
    ).toEqual(['slow', 2]);
  });
});

describe('what went wrong with work that nobody wanted any more', () => {
  const failed = (reason: unknown): PromiseSettledResult<unknown> => ({ status: 'rejected', reason });

  it('is no matter when it came from outside, and comes to light when it is a bug', () => {
    const outside = failed(new AppError('flink.noReply', 'No reply.'));
    expect(() => throwBugs([outside, { status: 'fulfilled', value: new TypeError('a value') }])).not.toThrow();
    expect(() => throwBugs([outside, failed(new TypeError('x is undefined'))])).toThrow(TypeError);
  });
});

describe('pauses between looks', () => {
  it('double from the first to the longest, and stay there', () => {
    const next = growingPauses(100, 700);
    expect(Array.from({ length: 6 }, next)).toEqual([100, 200, 400, 700, 700, 700]);
  });
});
