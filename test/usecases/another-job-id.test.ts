/** Flink says that it has started a job, but not the one of the run (protocol.md section 5). */
import { describe, expect, it } from 'vitest';
import { aTask } from '../fakes/memory-definitions.ts';
import { world } from './world.ts';

const OTHER = 'dead'.repeat(8);
const ofBoth = (jobId: string | null): RegExp => new RegExp(`job ${OTHER} .*job ${jobId ?? ''}`);

describe('another job id', () => {
  it('is no success: the answer names both ids, and the run stays open', async () => {
    const w = world();
    w.flink.takesId = () => OTHER;
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'INITIALIZING', submitStatus: 'INITIALIZE', open: [1] });
    expect(head.refusal).toMatch(ofBoth(head.jobId));
    expect([...w.flink.jobs.keys()]).toEqual([OTHER]);
  });

  it('is no success when Flink names none', async () => {
    const w = world();
    w.flink.takesId = () => OTHER;
    w.flink.tellsJobId = false;
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'INITIALIZING', submitStatus: 'INITIALIZE' });
    expect(head.refusal).toMatch(/returned no job id/);
  });

  it('does not matter when the JobManager shows the job of the run', async () => {
    const w = world();
    w.flink.tellsJobId = false;
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'RUNNING', submitStatus: 'SUCCESS', open: [] });
  });

  it('is not sent again, which would start one more; the run ends UNKNOWN with both ids as the reason', async () => {
    const w = world();
    w.flink.takesId = () => OTHER;
    const { head } = await w.submit();
    for (let minute = 0; minute < 23; minute += 1) {
      await w.clock.advance(60_000);
      await w.reconcile();
    }
    const ended = await w.poll(head.id);
    expect(ended).toMatchObject({ status: 'UNKNOWN', submitStatus: 'FAILED', sends: 1 });
    expect(ended.error).toMatch(ofBoth(head.jobId));
    expect(w.flink.started).toHaveLength(1);
  });

  it('gives no rows of a preview', async () => {
    const w = world({
      tasks: [aTask({ statement: "CREATE TABLE t (a INT) WITH ('connector'='datagen'); SELECT a FROM t;" })],
    });
    w.flink.takesId = () => OTHER;
    w.flink.rowsOf = () => ({ columns: ['a'], cells: [{ op: '+I', fields: ['1'] }], ends: false });
    const { head, result } = await w.submit();
    expect(head.status).not.toBe('FINISHED');
    expect(result).toBeNull();
    expect(head.refusal).toMatch(ofBoth(head.jobId));
    expect(w.flink.jobs.get(OTHER)?.state).toBe('CANCELED');
  });
});
