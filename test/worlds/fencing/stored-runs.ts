/** Runs that were in the table before a scenario begins, some of them beside what hangs or fails. */
import type { RunBody } from '../../../lib/domain/plan/run-body.ts';
import { intentIn, liveIn } from '../../../lib/domain/run/active-partitions.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { headAt } from '../../builders/a-head.ts';
import type { MemoryTable } from '../../fakes/memory-job-store.ts';
import type { FencedFlink } from './fenced-flink.ts';
import { START } from './simulation.ts';

export interface StoredRun {
  readonly id: number;
  /** waiting: nobody learned what became of its one send; ended: recorded as RUNNING, but its job has finished. */
  readonly was: 'waiting' | 'ended';
  readonly ageMs: number;
  /** Else the one that answers. */
  readonly gateway?: string;
  /** Something that it needs does not answer: nobody promises when it is settled. */
  readonly sick?: boolean;
  /** Flink can not show its job, only list it. */
  readonly poisons?: boolean;
}

const GATEWAY = 'http://gw:8083';

export function storeRuns(runs: readonly StoredRun[], table: MemoryTable, flink: FencedFlink): void {
  for (const run of runs) {
    const head = headOf(run);
    table.heads.set(run.id, head);
    table.bodies.set(`${run.id}/${head.writer}`, bodyOf(run));
    const before = table.tasks.get(1);
    const claims = { ...before?.claims, [head.fp]: run.id };
    table.tasks.set(1, { claims, claimSeq: (before?.claimSeq ?? 0) + 1, latestRunId: run.id });
    table.counter = Math.max(table.counter, run.id);
    if (run.was === 'waiting') continue;
    flink.accept(head.jobId ?? '', false);
    for (const job of flink.live()) if (job.jobId === head.jobId) flink.end(job, 'FINISHED');
    if (run.poisons === true) flink.poisoned.add(head.jobId ?? '');
  }
}

function headOf({ id, was, ageMs }: StoredRun): RunHead {
  const intentAt = START - ageMs;
  const jobId = id.toString(16).padStart(32, '0');
  const own = { id, taskId: 1, fp: `stored-${id}`, jobId, writer: `before-${id}`, jmId: 'jm-1' };
  if (was === 'waiting') return headAt(intentAt, { ...own, active: intentIn(id) });
  const shown = { status: 'RUNNING', submitStatus: 'SUCCESS', shownBy: 'jm-1' } as const;
  return headAt(intentAt, { ...own, ...shown, open: [], answeredAt: intentAt, active: liveIn(id) });
}

function bodyOf({ gateway }: StoredRun): RunBody {
  const statement = 'INSERT INTO snk SELECT id FROM src';
  return {
    statement,
    plan: {
      ...{ steps: [], properties: {}, savePointPath: null, once: false, readOnly: false, maxRowNum: 100 },
      job: { kind: 'job', segments: [[0, statement.length]], start: 0 },
      ...{ useChangeLog: false, sources: [], secrets: {}, sensitive: [], warnings: [], origins: {} },
    },
    jobConfig: {} as RunBody['jobConfig'],
    gatewayUrl: gateway ?? GATEWAY,
  };
}
