/** A run that was asked to end is waited for: who is asked meanwhile, and who is told again (protocol.md section 3.4). */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { FlinkJob } from '../../../lib/domain/run/status.ts';
import { awaitCancel } from '../../../lib/usecases/record/await-cancel.ts';
import { withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { headAt } from '../../builders/a-head.ts';
import { type World, world } from '../world.ts';

/** `look`: what the JobManager says each time, and may change. Gives what it was asked. */
async function waited(changes: Partial<RunHead>, look: (w: World, times: number) => FlinkJob | null | Error) {
  const w = world();
  const head = headAt(w.clock.now(), { status: 'RUNNING', submitStatus: 'SUCCESS', open: [], ...changes });
  w.store.heads.set(head.id, { ...head, cancelAskedAt: w.clock.now() });
  const asked: string[] = [];
  w.flink.job = () => {
    asked.push('job');
    const seen = look(w, asked.filter((what) => what === 'job').length);
    return seen instanceof Error ? Promise.reject(seen) : Promise.resolve(seen);
  };
  w.flink.cancel = () => {
    asked.push('cancel');
    return Promise.resolve();
  };
  const ended = await w.clock.run(withinBudget(w.clock, 3_000, (budget) => awaitCancel(w, head, budget)));
  return { ended, asked, tookMs: w.clock.monotonic() };
}

const job = (state: FlinkJob['state']): FlinkJob => ({ state, ranAt: null, endedAt: state === 'CANCELED' ? 9 : null });

describe('a run that was asked to end', () => {
  it('and whose record says that it has is not asked for', async () => {
    const { ended, asked, tookMs } = await waited({ status: 'CANCELED', active: null }, () => job('RUNNING'));
    expect([ended, asked, tookMs]).toEqual([true, [], 0]);
  });

  it('is asked for until Flink shows its end, and told again as long as Flink knows of no cancel', async () => {
    const states = ['RUNNING', 'CANCELLING', 'CANCELED'] as const;
    const { ended, asked, tookMs } = await waited({}, (_w, times) => job(states[times - 1] ?? 'CANCELED'));
    expect([ended, asked, tookMs]).toEqual([true, ['job', 'cancel', 'job', 'job'], 750]);
  });

  it('is not told again while Flink can not be reached, and not taken for ended', async () => {
    const { ended, asked, tookMs } = await waited({}, () => new AppError('flink.unreachable', 'refused'));
    expect([ended, [...new Set(asked)], tookMs]).toEqual([false, ['job'], 3_000]);
  });

  it('is not told again while nobody knows of its job: who sees it first tells it', async () => {
    const { ended, asked } = await waited(
      { status: 'INITIALIZING', submitStatus: 'INITIALIZE', open: [1] },
      () => null,
    );
    expect([ended, [...new Set(asked)]]).toEqual([false, ['job']]);
  });

  it('that Flink shows as ended is not told again', async () => {
    const { ended, asked } = await waited({}, () => job('CANCELED'));
    expect([ended, asked]).toEqual([true, ['job']]);
  });
});
