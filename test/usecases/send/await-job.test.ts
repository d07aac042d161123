/** Nothing is known of a send: the JobManager is asked for its job until it shows it. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { JobManager } from '../../../lib/domain/ports.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { FlinkJob } from '../../../lib/domain/run/status.ts';
import { awaitJob } from '../../../lib/usecases/send/await-job.ts';
import { withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { headAt, JOB_ID } from '../../builders/a-head.ts';
import { keptLog } from '../../fakes/fake-ids.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';

const RUNNING: FlinkJob = { state: 'RUNNING', ranAt: 1, endedAt: null };
const CANCELED: FlinkJob = { state: 'CANCELED', ranAt: 1, endedAt: 2 };

interface Awaited {
  readonly job: FlinkJob | null;
  /** What the JobManager was asked, with what and when. */
  readonly asked: unknown[][];
  readonly tookMs: number;
  readonly log: ReturnType<typeof keptLog>;
}

/** `shown`: what each look brings, the last one again and again. */
async function awaited(
  shown: readonly (FlinkJob | null | Error)[],
  changes: Partial<RunHead> = {},
  cancelFails: Error | null = null,
): Promise<Awaited> {
  const clock = virtualClock();
  const log = keptLog();
  const asked: unknown[][] = [];
  let looks = 0;
  const jobManager = {
    job: (address: string, id: string) => {
      asked.push(['job', address, id, clock.monotonic()]);
      const next = shown[Math.min((looks += 1), shown.length) - 1] ?? null;
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
    cancel: (address: string, id: string) => {
      asked.push(['cancel', address, id, clock.monotonic()]);
      return cancelFails === null ? Promise.resolve() : Promise.reject(cancelFails);
    },
  } as unknown as JobManager;
  const head = headAt(0, changes);
  const job = await clock.run(withinBudget(clock, 3_000, (budget) => awaitJob({ jobManager, log }, head, budget)));
  return { job, asked, tookMs: clock.monotonic(), log };
}

const away = new AppError('flink.unreachable', 'refused');
const bug = new TypeError('x is undefined');
const job = (at: number): unknown[] => ['job', 'jm:8081', JOB_ID, at];
const cancel = (at: number): unknown[] => ['cancel', 'jm:8081', JOB_ID, at];

describe('the job of a run', () => {
  it('is given as soon as it shows itself, and asked for ever less often until then', async () => {
    const { job: found, asked } = await awaited([null, null, null, RUNNING]);
    expect([found, asked]).toEqual([RUNNING, [job(0), job(50), job(150), job(350)]]);
  });

  it('that does not show itself is asked for to the end of the time, once in a second at the least', async () => {
    const { job: found, asked, tookMs } = await awaited([null]);
    expect([found, tookMs]).toEqual([null, 3_000]);
    expect(asked).toEqual([0, 50, 150, 350, 750, 1_550, 2_550].map(job));
  });

  it('is asked for again when the JobManager did not answer, which is logged; a bug is thrown', async () => {
    const { job: found, log } = await awaited([away, RUNNING]);
    expect(found).toEqual(RUNNING);
    const fields = { runId: 21, error: 'refused' };
    expect(log.lines).toEqual([{ level: 'info', message: 'JobManager did not answer', fields }]);
    await expect(awaited([bug])).rejects.toBe(bug);
  });

  it('that has none is not asked for', async () => {
    const { job: found, asked, tookMs } = await awaited([RUNNING], { jobId: null });
    expect([found, asked, tookMs]).toEqual([null, [], 0]);
  });
});

describe('the job of a preview', () => {
  it('is ended when it shows itself, and waited for: nobody takes its rows any more', async () => {
    const { job: found, asked } = await awaited([null, RUNNING, RUNNING, CANCELED], { kind: 'preview' });
    expect(found).toEqual(CANCELED);
    expect(asked).toEqual([job(0), job(50), cancel(50), job(150), cancel(150), job(350)]);
  });

  it('is told again when the cancel did not arrive, which is logged; a bug is thrown', async () => {
    const { job: found, asked, log } = await awaited([RUNNING, RUNNING, CANCELED], { kind: 'preview' }, away);
    expect([found, asked.filter(([what]) => what === 'cancel')]).toEqual([CANCELED, [cancel(0), cancel(50)]]);
    const line = { level: 'info', message: 'preview not cancelled yet', fields: { runId: 21, error: 'refused' } };
    expect(log.lines).toEqual([line, line]);
    await expect(awaited([RUNNING], { kind: 'preview' }, bug)).rejects.toBe(bug);
  });
});
