import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { Cell } from '../../lib/domain/results/cell.ts';
import { aCluster, aTask } from '../fakes/memory-definitions.ts';
import { START_OF_TIME } from '../fakes/virtual-clock.ts';
import { world } from './world.ts';

describe('submit: the way of an INSERT', () => {
  it('starts one job under the id that was chosen, and records it', async () => {
    const w = world();
    const { head, duplicate } = await w.submit();
    expect(head).toMatchObject({ id: 1, status: 'CREATED', submitStatus: 'SUCCESS', open: [], active: 'LIVE#1' });
    expect(duplicate).toBe(false);
    expect([...w.flink.jobs.keys()]).toEqual([head.jobId]);
    expect(w.store.heads.get(1)).toEqual(head);
    expect(w.store.tasks.get(1)).toMatchObject({ claims: { [head.fp]: 1 }, claimSeq: 1, latestRunId: 1 });
  });

  it('says for how long it counts as one request, and whether it brought a key of its own', async () => {
    const w = world({ tasks: [aTask({ dedupeSeconds: 7 })] });
    expect(await w.submit()).toMatchObject({ dedupeSeconds: 7, keyed: false });
    expect(await w.submit({ key: 'k1' })).toMatchObject({ dedupeSeconds: 7, keyed: true });
  });

  it('sends SET and DDL in order, then the INSERT with what nobody can override', async () => {
    const w = world();
    const { head } = await w.submit();
    expect(w.flink.configured).toEqual([
      "CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen')",
      "CREATE TABLE snk (id BIGINT) COMMENT 'x 0, y 0' WITH ('connector' = 'blackhole')",
    ]);
    expect(w.flink.started).toEqual([
      {
        sql: 'INSERT INTO snk SELECT id FROM src',
        config: {
          'execution.target': 'remote',
          'rest.address': 'jobmanager',
          'rest.port': '8081',
          'high-availability.type': 'NONE',
          'table.dml-sync': 'false',
          '$internal.pipeline.job-id': head.jobId,
        },
      },
    ]);
  });

  it('makes the intent durable before the job-starting statement is sent', async () => {
    const w = world();
    let atSend: unknown;
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) atSend = structuredClone(w.store.heads.get(1));
    };
    const { head } = await w.submit();
    expect(atSend).toMatchObject({
      status: 'INITIALIZING',
      jobId: head.jobId,
      sends: 1,
      open: [1],
      active: 'INTENT#1',
    });
    expect(w.store.bodies.get('1/writer-1')).toMatchObject({ plan: { once: false } });
  });

  it('closes its session, and leaves none open', async () => {
    const w = world();
    await w.submit();
    expect([w.flink.sessionsOpened(), w.flink.openSessions()]).toEqual([1, 0]);
  });

  it('puts several INSERTs into one statement set, one job', async () => {
    const statement = `CREATE TABLE a (x INT) WITH ('connector'='blackhole'); CREATE TABLE b (x INT) WITH ('connector'='blackhole');
      INSERT INTO a SELECT 1; INSERT INTO b SELECT 2;`;
    const w = world({ tasks: [aTask({ statement })] });
    await w.submit();
    expect(w.flink.started.map(({ sql }) => sql.replace(/\s+/g, ' '))).toEqual([
      'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; END',
    ]);
    expect(w.flink.jobs.size).toBe(1);
  });

  it('gives the layers to the session and the savepoint to the statement', async () => {
    const task = aTask({
      type: 'standalone',
      clusterId: 1,
      parallelism: 3,
      checkpoint: 5000,
      savePointStrategy: 3,
      savePointPath: 'file:/sp/1',
    });
    const w = world({
      tasks: [task],
      clusters: [aCluster({ config: { 'table.exec.state.ttl': '1 h', 'parallelism.default': '9' } })],
    });
    await w.submit();
    expect(w.flink.lastProperties()).toEqual({
      'table.exec.state.ttl': '1 h',
      'pipeline.name': 'demo',
      'execution.runtime-mode': 'STREAMING',
      'parallelism.default': '3',
      'execution.checkpointing.interval': '5000 ms',
    });
    expect(w.flink.started[0]?.config).toMatchObject({
      'rest.address': 'jm',
      'execution.state-recovery.path': 'file:/sp/1',
    });
  });
});

describe('submit: rows and tasks without a job', () => {
  const select = "CREATE TABLE t (a INT) WITH ('connector'='datagen'); SHOW TABLES; SELECT a FROM t;";

  it('delivers the rows of a preview, ends its job and is FINISHED', async () => {
    const w = world({ tasks: [aTask({ statement: select, maxRowNum: 2 })] });
    const cells = ['1', '2', '3'].map((a) => ({ op: '+I' as const, fields: [a] }));
    w.flink.rowsOf = () => ({ columns: ['a'], cells, ends: false });
    const { head, result } = await w.submit();
    expect(head).toMatchObject({ status: 'FINISHED', submitStatus: 'SUCCESS', active: null });
    expect(result?.preview).toMatchObject({
      columns: ['a'],
      rowData: [{ a: '1' }, { a: '2' }],
      total: 2,
      truncated: true,
    });
    expect(result?.results.map(({ columns }) => columns)).toEqual([['table name'], ['a']]);
    expect([...w.flink.jobs.values()].map(({ state }) => state)).toEqual(['CANCELED']);
    expect(w.store.results.get(1)).toEqual(result);
  });

  it('gives what a statement answers, unless it is OK alone', async () => {
    const w = world({ tasks: [aTask({ statement: 'CALL a(); CALL b(); CALL c(); CALL d()' })] });
    const answers: Record<string, string[]> = { a: ['OK'], b: ['OK', '2 files'], c: [], d: ['done'] };
    w.flink.rowsOf = (sql) => {
      const cells = (answers[sql.charAt(5)] ?? []).map((text) => ({ op: '+I' as const, fields: [text] }));
      return { columns: ['result'], cells, ends: true };
    };
    const { head, result } = await w.submit();
    expect(head).toMatchObject({ status: 'FINISHED', submitStatus: 'SUCCESS' });
    expect(result?.results.map(({ rowData }) => rowData)).toEqual([
      [{ result: 'OK' }, { result: '2 files' }],
      [{ result: 'done' }],
    ]);
  });

  it("sends statements before the job to the task's own cluster, under no job id", async () => {
    const w = world({ tasks: [aTask({ statement: 'SHOW JOBS; SELECT 1' })] });
    await w.submit();
    const [show] = w.flink.started;
    expect(show?.sql).toBe('SHOW JOBS');
    expect(show?.config).toMatchObject({ 'rest.address': 'jobmanager', 'rest.port': '8081' });
    expect(show?.config).not.toHaveProperty(['$internal.pipeline.job-id']);
  });

  describe('as many rows as it may give', () => {
    const two = ['1', '2'].map((a) => ({ op: '+I' as const, fields: [a] }));
    const preview = async (cells: readonly Cell[], ends: boolean) => {
      const w = world({ tasks: [aTask({ statement: select, maxRowNum: 2 })] });
      w.flink.rowsOf = () => ({ columns: ['a'], cells: [...cells], ends });
      const startedAt = w.clock.now();
      const { result } = await w.submit();
      return { ...result?.preview, tookMs: w.clock.now() - startedAt };
    };

    it('are all of them when the query ends', async () => {
      expect(await preview(two, true)).toMatchObject({ total: 2, truncated: false, truncatedBy: null });
    });

    it('may not be all of them when nothing more comes: the preview does not wait for the end of the budget', async () => {
      const { tookMs, ...rows } = await preview(two, false);
      expect(rows).toMatchObject({ total: 2, truncated: true, truncatedBy: 'rows' });
      expect(tookMs).toBeLessThan(3_000);
    });

    it('are not all of them when one more comes', async () => {
      const three = [...two, { op: '+I' as const, fields: ['3'] }];
      expect(await preview(three, true)).toMatchObject({ total: 2, truncated: true, truncatedBy: 'rows' });
    });
  });

  it('gives the rows so far when the budget ends, marked as cut', async () => {
    const w = world({ tasks: [aTask({ statement: select })] });
    w.flink.rowsOf = () => ({ columns: ['a'], cells: [{ op: '+I', fields: ['1'] }], ends: false });
    const startedAt = w.clock.now();
    const { head, result } = await w.submit();
    expect(result?.preview).toMatchObject({ rowData: [{ a: '1' }], truncated: true, truncatedBy: 'time' });
    expect(head.status).toBe('FINISHED');
    expect(w.clock.now() - startedAt).toBeLessThanOrEqual(25_000);
  });

  it('does not deduplicate a task that only reads', async () => {
    const w = world({ tasks: [aTask({ statement: select })] });
    const first = await w.submit();
    const second = await w.submit();
    expect([first.head.id, second.head.id, second.duplicate]).toEqual([1, 2, false]);
    expect(w.store.tasks.get(1)).toMatchObject({ claims: {}, latestRunId: 2 });
  });

  it('is FINISHED at once when there is no job, with a number but without a job id', async () => {
    const w = world({ tasks: [aTask({ statement: "CREATE TABLE t (a INT) WITH ('connector'='datagen');" })] });
    const { head } = await w.submit();
    expect(head).toMatchObject({
      id: 1,
      kind: 'none',
      jobId: null,
      status: 'FINISHED',
      submitStatus: 'SUCCESS',
      active: null,
    });
    expect(w.flink.jobs.size).toBe(0);
  });
});

describe('submit: repeats', () => {
  it('answers a repeat of a live run with that run, and starts nothing', async () => {
    const w = world();
    const first = await w.submit();
    await w.clock.advance(3_600_000);
    const second = await w.submit();
    expect(second).toMatchObject({ duplicate: true, head: { id: first.head.id, jobId: first.head.jobId } });
    expect(w.flink.jobs.size).toBe(1);
    expect(w.flink.openSessions()).toBe(0);
  });

  it('takes other variables for another run', async () => {
    const statement = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT ${x};";
    const w = world({ tasks: [aTask({ statement })] });
    await w.submit({ variables: { x: '1' } });
    const second = await w.submit({ variables: { x: '2' } });
    expect(second.duplicate).toBe(false);
    expect(w.flink.jobs.size).toBe(2);
  });

  it('starts anew when the run has ended and its window is over, not before', async () => {
    const w = world();
    const first = await w.submit();
    await endRun(w, first.head.id, 'FINISHED');
    await w.clock.advance(9_000);
    expect((await w.submit()).duplicate).toBe(true);
    await w.clock.advance(2_000);
    const third = await w.submit();
    expect(third).toMatchObject({ duplicate: false });
    expect(third.head.id).toBeGreaterThan(first.head.id);
  });

  it('starts anew at once after a cancel', async () => {
    const w = world();
    const first = await w.submit();
    await endRun(w, first.head.id, 'CANCELED');
    expect((await w.submit()).duplicate).toBe(false);
  });

  it('makes a claim without a run void after 5 s, and never takes it over', async () => {
    const w = world();
    w.store.tasks.set(1, { claims: { [await fingerprint(w)]: 77 }, claimSeq: 1, latestRunId: 77 });
    const before = w.clock.now();
    const view = await w.submit();
    expect(w.store.heads.get(77)).toMatchObject({ status: 'VOID' });
    expect(view.head.id).not.toBe(77);
    expect(w.clock.now() - before).toBeGreaterThanOrEqual(5_000);
    expect(w.flink.jobs.size).toBe(1);
  });

  it('refuses another savepoint while the run is live, naming run and restartTask', async () => {
    const w = world();
    await w.submit();
    await expect(w.submit({ savePointPath: 'file:/sp/2' })).rejects.toThrow(/Run 1 .*live.*file:\/sp\/2.*restartTask/);
  });
});

describe('submit: what Flink refuses', () => {
  it("ends FAILED with the reason and the author's line when DDL or INSERT is refused", async () => {
    const w = world({ tasks: [aTask({ statement: '\n-- nothing here\nINSERT INTO nope SELECT 1;' })] });
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'FAILED', submitStatus: 'FAILED', open: [], active: 'WATCH#1' });
    expect(head.error).toMatch(/^line 3: Cannot find table .*nope/);
    expect(w.flink.openSessions()).toBe(0);
  });

  it("refuses without a run when the gateway can't be reached", async () => {
    const w = world();
    w.flink.fault = (call) => {
      if (call === 'open')
        throw new AppError('flink.unreachable', "Flink can't be reached at gateway:8083: connection refused.");
    };
    await expect(w.submit()).rejects.toThrow(/SQL gateway.*gateway:8083.*Nothing was started/);
    expect(w.store.heads.size).toBe(0);
    expect(w.store.tasks.size).toBe(0);
  });

  it("refuses without a run, and closes its session, when the JobManager can't be reached", async () => {
    const w = world();
    w.flink.fault = (call) => {
      if (call === 'identify')
        throw new AppError('flink.unreachable', "Flink can't be reached at jobmanager:8081: connection refused.");
    };
    await expect(w.submit()).rejects.toThrow(/Flink cluster.*jobmanager:8081/);
    expect([w.flink.sessionsOpened(), w.flink.openSessions(), w.store.heads.size]).toEqual([1, 0, 0]);
  });

  it('asks the JobManager when the reply to the job-starting statement is lost', async () => {
    const w = world();
    w.flink.fault = (call, before) => {
      if (call === 'fetch' && before) throw new AppError('flink.noReply', 'No reply.');
      if (call === 'job' && w.clock.monotonic() > 3_000) {
        const jobId = w.store.heads.get(1)?.jobId ?? '';
        w.flink.jobs.set(jobId, {
          id: jobId,
          sql: '',
          config: {},
          state: 'RUNNING',
          ranAt: w.clock.now(),
          endedAt: null,
          cause: null,
        });
      }
    };
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'RUNNING', submitStatus: 'SUCCESS' });
  });

  it.each([
    ['flink.failed', 'Failed to submit job.', 'line 3: Failed to submit job.'],
    ['flink.noReply', 'No reply from Flink.', 'No reply from Flink.'],
    ['flink.protocol', 'The SQL gateway answered HTTP 502.', 'The SQL gateway answered HTTP 502.'],
    ['flink.duplicate', 'Job has already been submitted.', null],
  ] as const)('tells what it has while the outcome is not known: %s', async (code, message, told) => {
    const w = world();
    w.flink.fault = (call, before) => {
      if (call !== 'fetch' || !before) return;
      w.flink.jobs.clear();
      throw new AppError(code, message);
    };
    const { head } = await w.submit();
    expect(head).toMatchObject({ submitStatus: 'INITIALIZE', status: 'INITIALIZING', refusal: told, open: [1] });
    // Only what Flink said can be what became of the run.
    const stored = await w.store.readHead(head.id);
    expect(stored?.refusal).toBe(code === 'flink.failed' ? told : null);
  });

  it('a statement that Flink refuses ends the run at once, and the mended one runs', async () => {
    const tasks = [aTask()];
    const w = world({ tasks });
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) throw new AppError('flink.rejected', 'INSERT OVERWRITE is not supported.');
    };
    const startedAt = w.clock.now();
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'FAILED', submitStatus: 'FAILED', open: [], sends: 1 });
    expect(head.error).toBe('line 3: INSERT OVERWRITE is not supported.');
    expect(w.clock.now() - startedAt).toBeLessThan(2_000);
    w.flink.fault = () => undefined;
    tasks[0] = aTask({ version: 2 });
    const again = await w.submit();
    expect(again.duplicate).toBe(false);
    expect(again.head).toMatchObject({ status: 'CREATED', submitStatus: 'SUCCESS' });
  });

  it('takes a duplicate refusal for what GET /jobs/:id says', async () => {
    const w = world();
    w.flink.fault = (call, before) => {
      const jobId = w.store.heads.get(1)?.jobId ?? '';
      if (call === 'start' && before) {
        w.flink.jobs.set(jobId, {
          id: jobId,
          sql: '',
          config: {},
          state: 'FAILED',
          ranAt: null,
          endedAt: START_OF_TIME,
          cause: 'no such savepoint',
        });
      }
    };
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'FAILED', submitStatus: 'FAILED', error: 'no such savepoint', active: null });
    expect(w.flink.jobs.size).toBe(1);
  });
});

describe('submit: the budget', () => {
  it('answers INITIALIZE at 25 s, with nothing left running, and leaves the statement to the gateway', async () => {
    const w = world();
    w.flink.planningMs = 60_000;
    const startedAt = w.clock.now();
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'INITIALIZING', submitStatus: 'INITIALIZE', open: [1], active: 'INTENT#1' });
    expect(w.clock.now() - startedAt).toBe(25_000);
    expect(w.flink.openSessions()).toBe(1);
  });

  it('sends nothing that starts a job once the budget is over', async () => {
    const w = world();
    w.flink.fault = async (call, before) => {
      if (call === 'configure' && before) await w.clock.sleep(26_000);
    };
    const { head } = await w.submit();
    expect(head.submitStatus).toBe('INITIALIZE');
    expect(w.flink.started).toEqual([]);
  });

  it('writes a new permission when the statements before the job took longer than the first one lasts', async () => {
    const w = world();
    w.flink.fault = async (call, before, sql) => {
      if (call === 'configure' && before && sql.includes('snk')) await w.clock.sleep(21_000);
    };
    const { head } = await w.submit();
    expect(head).toMatchObject({ sends: 2, open: [], status: 'CREATED' });
    expect(head.sentAt - head.intentAt).toBeGreaterThanOrEqual(20_000);
  });
});

async function endRun(w: ReturnType<typeof world>, runId: number, status: 'FINISHED' | 'CANCELED'): Promise<void> {
  const head = await w.store.readHead(runId);
  if (head === null) throw new Error(`no run ${runId}`);
  await w.store.updateHead(
    head,
    { status, finishedAt: w.clock.now(), active: null, answeredAt: w.clock.now() },
    status,
  );
}

/** The fingerprint of a request without variables, as a submit stores it. */
async function fingerprint(w: ReturnType<typeof world>): Promise<string> {
  return Promise.resolve(w.ids.sha256('[]'));
}
