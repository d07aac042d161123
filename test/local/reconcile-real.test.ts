/**
 * The reconciler on a real Flink that is killed, frozen and started again. What happened is asked of Flink's JobManager.
 * Waiting is done by the clock of the use cases: it can be set forward, which Flink does not notice.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jobManager } from '../../lib/adapters/flink/job-manager.ts';
import { sqlGateway } from '../../lib/adapters/flink/sql-gateway.ts';
import { systemClock, systemIds } from '../../lib/adapters/system.ts';
import { shownStatus } from '../../lib/domain/answer.ts';
import { AppError } from '../../lib/domain/errors.ts';
import type { SqlGateway } from '../../lib/domain/ports.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { cancelTask } from '../../lib/usecases/cancel-task.ts';
import { getJobInstance } from '../../lib/usecases/job-instance.ts';
import { reconcile } from '../../lib/usecases/reconcile.ts';
import { submitTask } from '../../lib/usecases/submit-task.ts';
import { type Flink, startFlink } from '../../local/flink.ts';
import { keptLog } from '../fakes/fake-ids.ts';
import { aTask, memoryDefinitions } from '../fakes/memory-definitions.ts';
import { memoryJobStore } from '../fakes/memory-job-store.ts';
import { memoryRequestKeyStore } from '../fakes/memory-request-key-store.ts';
import { memorySavepointStore } from '../fakes/memory-savepoint-store.ts';
import { memorySweepStore } from '../fakes/memory-sweep-store.ts';
import { NO_JARS } from '../fakes/no-jars.ts';

let flink: Flink;
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'dinghy-reconcile-'));
  flink = await startFlink({ version: '2.3.0', dir, slots: 8 });
}, 180_000);

afterAll(async () => {
  await flink.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Loses the hand-over of the next job-starting statement without sending it. */
function losing(gateway: SqlGateway, lose: () => boolean): SqlGateway {
  return {
    ...gateway,
    open: async (...args) => {
      const session = await gateway.open(...args);
      return {
        ...session,
        start: async (sql, config, signal) => {
          if (lose()) throw new AppError('flink.noReply', 'No reply.');
          return await session.start(sql, config, signal);
        },
      };
    },
  };
}

function bed() {
  const real = systemClock();
  let ahead = 0;
  const clock = { ...real, now: () => real.now() + ahead };
  const ids = systemIds();
  const store = memoryJobStore(clock, ids);
  let lose = false;
  const hosts = new URL(flink.restUrl).host;
  const deps = {
    definitions: memoryDefinitions({ tasks: [aTask()] }),
    store,
    keys: memoryRequestKeyStore(clock),
    savepoints: memorySavepointStore(),
    sweep: memorySweepStore(store.heads),
    secrets: null,
    gateway: losing(sqlGateway(), () => lose),
    jobManager: jobManager(),
    ...NO_JARS,
    clock,
    ids,
    log: keptLog(),
    settings: { sqlGatewayUrl: flink.gatewayUrl, flinkRest: hosts, flinkConfig: {} },
  };
  const request = { taskId: 1, variables: {}, savePointPath: null, isOnline: false, key: null };
  return {
    submit: (budgetMs = 25_000) => submitTask(deps)(request, { caller: 'test', budgetMs }),
    sweep: () => reconcile(deps)({ budgetMs: 60_000 }),
    poll: (id: number) => getJobInstance(deps)({ id }),
    cancel: () => cancelTask(deps)({ taskId: 1, mayBeEcho: false }, { caller: 'test', budgetMs: 5_000 }),
    head: (id: number): RunHead => {
      const head = store.heads.get(id);
      if (head === undefined) throw new Error(`no run ${id}`);
      return head;
    },
    loseNextSend: (on: boolean) => void (lose = on),
    setForward: (ms: number) => void (ahead += ms),
  };
}

async function jobsOf(head: RunHead): Promise<string[]> {
  const reply = await fetch(`${flink.restUrl}/jobs/overview`);
  const { jobs } = (await reply.json()) as { jobs: { jid: string; state: string }[] };
  return jobs.filter(({ jid }) => jid === head.jobId).map(({ state }) => state);
}

describe('a real Flink that goes wrong', () => {
  let b: ReturnType<typeof bed>;
  beforeEach(() => {
    b = bed();
  });

  it('adopts the job of a statement that a frozen gateway was given, when it thaws', async () => {
    await b.submit();
    await b.cancel();
    await expect.poll(() => b.poll(1).then(({ status }) => status), { interval: 1_000 }).toBe('CANCELED');
    const frozen = b.submit(4_000);
    await expect.poll(() => b.head(2).status, { interval: 5 }).toBe('INITIALIZING');
    await flink.gateway.kill('SIGSTOP');
    const { head } = await frozen;
    await flink.gateway.kill('SIGCONT');
    if (head.status === 'INITIALIZING') {
      b.setForward(56_000);
      await expect
        .poll(
          async () => {
            await b.sweep();
            return b.head(2).status;
          },
          { interval: 1_000 },
        )
        .toBe('RUNNING');
    }
    expect(await jobsOf(b.head(2))).toEqual(['RUNNING']);
    await b.cancel();
  });

  it('answers INITIALIZE while the JobManager is frozen, and ends up with the one job', async () => {
    const gone = b.submit(6_000);
    await expect.poll(() => b.head(1).status, { interval: 5 }).toBe('INITIALIZING');
    await flink.jobManager.kill('SIGSTOP');
    const { head } = await gone;
    const polled = await b.poll(1);
    if (head.status === 'INITIALIZING') expect(shownStatus(polled)).toBe('RECONNECTING');
    await flink.jobManager.kill('SIGCONT');
    b.setForward(56_000);
    await expect
      .poll(
        async () => {
          await b.sweep();
          return b.head(1).status;
        },
        { timeout: 90_000, interval: 1_000 },
      )
      .toBe('RUNNING');
    expect(await jobsOf(b.head(1))).toEqual(['RUNNING']);
    await b.cancel();
  });

  it('sends a lost submission again, under the same id', async () => {
    b.loseNextSend(true);
    await b.submit(3_000);
    b.loseNextSend(false);
    expect(b.head(1)).toMatchObject({ status: 'INITIALIZING', sends: 1 });
    b.setForward(56_000);
    await b.sweep();
    expect(b.head(1)).toMatchObject({ sends: 2, submitStatus: 'SUCCESS' });
    expect(await jobsOf(b.head(1))).toHaveLength(1);
    await b.cancel();
  });

  it('keeps a cancel while the JobManager is away; a restarted one has forgotten the job: UNKNOWN, never FAILED', async () => {
    await b.submit();
    await flink.jobManager.kill('SIGKILL');
    await b.cancel();
    expect(shownStatus(await b.poll(1))).toBe('RECONNECTING');
    await b.sweep();
    expect(b.head(1).finishedAt).toBeNull();
    await flink.jobManager.restart();
    await flink.ready();
    await b.sweep();
    expect(b.head(1)).toMatchObject({ finishedAt: null });
    b.setForward(51_000);
    await b.sweep();
    // It is another process than the one that took the job: only when it has answered for five minutes the job is lost.
    expect(b.head(1)).toMatchObject({ finishedAt: null });
    for (let minute = 1; minute <= 6; minute += 1) {
      b.setForward(60_000);
      await b.sweep();
    }
    expect(b.head(1)).toMatchObject({ status: 'UNKNOWN', error: expect.stringContaining('the job is lost') as string });
  });

  it('does not send again to a JobManager that was restarted: nobody can tell what it had been given', async () => {
    await flink.ready();
    b.loseNextSend(true);
    await b.submit(3_000);
    b.loseNextSend(false);
    await flink.jobManager.kill('SIGKILL');
    await flink.jobManager.restart();
    await flink.ready();
    b.setForward(56_000);
    await b.sweep();
    expect(b.head(1)).toMatchObject({ sends: 1, status: 'INITIALIZING' });
    b.setForward(21 * 60_000);
    await b.sweep();
    b.setForward(60_000);
    await b.sweep();
    expect(b.head(1)).toMatchObject({ status: 'UNKNOWN' });
    expect(await jobsOf(b.head(1))).toEqual([]);
  });
});
