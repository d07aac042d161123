/** Runs whose job is the main() of a jar: the way of one, and what becomes of it when something fails at any step. */
import { afterEach, describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import { AppError } from '../../lib/domain/errors.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import { appErrorOf } from '../builders/app-error-of.ts';
import type { Call } from '../fakes/fake-flink.ts';
import { aCluster, aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const MINUTE = 60_000;
const URI = 's3://jars/a.jar';
const SHA = 'a'.repeat(64);

const statement = (mainClass = 'dinghy.example.NumbersJob'): string =>
  `EXECUTE JAR WITH ('uri' = '${URI}', 'main-class' = '${mainClass}', 'args' = '--name x', 'savepoint-path' = 's3://sp')`;

let made: World[] = [];

function jarWorld(changes: Partial<TaskDefinition> = {}): World {
  const w = world({ tasks: [aTask({ dialect: 'FlinkJar', statement: statement(), ...changes })] });
  w.jarSource.kept.set(URI, SHA);
  made.push(w);
  return w;
}

afterEach(() => {
  // Whatever has happened: nothing stays on the disk as in use, and a jar needs no session.
  expect(made.map((w) => [w.jarSource.held(), w.flink.sessionsOpened()])).toEqual(made.map(() => [0, 0]));
  made = [];
});

async function now(w: World, id = 1): Promise<RunHead> {
  const head = await w.store.readHead(id);
  if (head === null) throw new Error(`no run ${id}`);
  return head;
}

const noReply = (): never => {
  throw new AppError('flink.noReply', 'No reply.');
};

/** The first time such a call comes, its reply is lost: before it took effect, or after. */
function loseOnce(w: World, call: Call, before: boolean): void {
  let lost = false;
  w.flink.fault = (seen, isBefore) => {
    if (lost || seen !== call || isBefore !== before) return;
    lost = true;
    noReply();
  };
}

async function sweepFor(w: World, minutes: number): Promise<void> {
  for (let n = 0; n < minutes; n++) {
    await w.clock.advance(MINUTE);
    await w.reconcile();
  }
}

describe('a jar whose digest the statement names', () => {
  const naming = (digest: string): string => statement().replace(')', `, 'sha256' = '${digest}')`);

  it('runs when it is that one', async () => {
    const w = jarWorld({ statement: naming(SHA.toUpperCase()) });
    expect((await w.submit()).head).toMatchObject({ submitStatus: 'SUCCESS' });
    expect(w.flink.jars.uploaded.size).toBe(1);
  });

  it('is refused with both digests when it is another: nothing is uploaded, and there is no run', async () => {
    const other = 'b'.repeat(64);
    const w = jarWorld({ statement: naming(other) });
    const { code, message } = await appErrorOf(w.submit());
    expect(code).toBe('jar.invalid');
    expect(message).toContain(`has the sha256 ${SHA}`);
    expect(message).toContain(`expects ${other}`);
    expect([w.flink.jars.uploaded.size, w.flink.jars.runs.length, w.store.heads.size]).toEqual([0, 0, 0]);
  });
});

describe('submit: the way of a jar', () => {
  it('uploads the jar and runs its main() under the job id of the run, with what the plan says', async () => {
    const w = jarWorld();
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'CREATED', submitStatus: 'SUCCESS', open: [], once: true, kind: 'job' });
    expect([...w.flink.jobs.keys()]).toEqual([head.jobId]);
    expect([...w.flink.jars.uploaded.values()]).toEqual([SHA]);
    expect(w.flink.jars.runs.map(({ what }) => what)).toEqual([
      {
        jobId: head.jobId,
        entryClass: 'dinghy.example.NumbersJob',
        args: ['--name', 'x'],
        parallelism: null,
        savePointPath: 's3://sp',
        allowNonRestoredState: false,
        flinkConfiguration: { 'pipeline.name': 'demo', 'execution.runtime-mode': 'STREAMING' },
      },
    ]);
    expect(head.savePointPath).toBe('s3://sp');
  });

  it('makes the intent durable before main() is run', async () => {
    const w = jarWorld();
    let atRun: unknown;
    w.flink.fault = (call, before) => {
      if (call === 'runJar' && before) atRun = structuredClone(w.store.heads.get(1));
    };
    const { head } = await w.submit();
    expect(atRun).toMatchObject({ status: 'INITIALIZING', jobId: head.jobId, sends: 1, open: [1], active: 'INTENT#1' });
  });

  it('uploads nothing that the JobManager has', async () => {
    const w = jarWorld({ dedupeSeconds: 0 });
    await w.submit();
    await w.cancel();
    await w.clock.advance(MINUTE);
    await w.reconcile();
    await w.submit();
    expect(w.flink.jars.uploaded.size).toBe(1);
    expect(w.flink.jobs.size).toBe(2);
  });

  it('is found, uploaded and run on the one JobManager that leads', async () => {
    const w = world({
      tasks: [aTask({ dialect: 'FlinkJar', type: 'standalone', clusterId: 1, statement: statement() })],
      clusters: [aCluster({ hosts: 'jm-1:8081,jm-2:8081', sqlGateway: null })],
    });
    w.jarSource.kept.set(URI, SHA);
    made.push(w);
    w.flink.deadHosts.add('jm-1:8081');
    expect((await w.submit()).head).toMatchObject({ status: 'CREATED', address: 'jm-2:8081' });
    expect([...w.flink.jars.addresses]).toEqual(['jm-2:8081']);
  });

  it.each([true, false])('has one of five requests at once upload the jar and run it (once: %s)', async (once) => {
    const w = jarWorld({ repeatable: !once });
    const views = await Promise.all([1, 2, 3, 4, 5].map(() => w.submit()));
    expect(new Set(views.map(({ head }) => head.jobId)).size).toBe(1);
    expect(views.filter(({ duplicate }) => duplicate)).toHaveLength(4);
    expect([w.flink.jars.uploaded.size, w.flink.jars.runs.length]).toEqual([1, 1]);
  });

  it('starts from the latest savepoint that is recorded, unless the statement names one', async () => {
    const bare = "EXECUTE JAR WITH ('uri' = 's3://jars/a.jar')";
    const w = jarWorld({ statement: bare, savePointStrategy: 1, dedupeSeconds: 0 });
    const { head } = await w.submit();
    const endedAt = w.clock.now();
    Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { state: 'FINISHED', endedAt });
    const left = { path: 's3://b/sp-1', isSavepoint: true, completedAt: endedAt, discarded: false };
    w.flink.completed.set(head.jobId ?? '', [left]);
    await w.reconcile();
    await w.clock.advance(MINUTE);
    await w.submit();
    expect(w.flink.jars.runs.map(({ what }) => what.savePointPath)).toEqual([null, 's3://b/sp-1']);
  });

  it('uploads it again, and runs it under the same job id and permission, when the JobManager has lost it', async () => {
    const w = jarWorld();
    w.flink.jars.uploaded.set('old', SHA);
    w.flink.fault = (call, before) => {
      if (call === 'runJar' && before) w.flink.jars.uploaded.delete('old');
    };
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'CREATED', sends: 1 });
    expect(w.flink.jars.runs.map(({ what }) => what.jobId)).toEqual([head.jobId, head.jobId]);
    expect([...w.flink.jobs.keys()]).toEqual([head.jobId]);
  });

  it('does so too when the JobManager was restarted meanwhile: no request before may have started it', async () => {
    const w = jarWorld();
    w.flink.fault = (call, before) => {
      if (call !== 'runJar' || !before || w.flink.jmId === '/tmp/flink-web-2') return;
      w.flink.jmId = '/tmp/flink-web-2';
      w.flink.jars.uploaded.clear();
    };
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'CREATED', sends: 1 });
    expect(w.flink.jobs.size).toBe(1);
  });

  it('gives up when it is lost once more', async () => {
    const w = jarWorld();
    w.flink.fault = (call, before) => {
      if (call === 'runJar' && before) w.flink.jars.uploaded.clear();
    };
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'FAILED', error: 'line 1: The JobManager has lost the jar.' });
    expect(w.flink.jars.runs).toHaveLength(2);
  });
});

describe('submit: a jar that can not be brought', () => {
  it('does not exist: refused, no run, no claim', async () => {
    const w = jarWorld();
    w.jarSource.kept.clear();
    const error = await appErrorOf(w.submit());
    expect(error).toMatchObject({ code: 'jar.invalid' });
    expect([w.store.heads.size, w.store.tasks.get(1)?.claims ?? {}]).toEqual([0, {}]);
    expect(w.flink.jars.uploaded.size).toBe(0);
  });

  it('takes too long to be read: refused in time for an answer, no run', async () => {
    const w = jarWorld();
    w.jarSource.fault = async (_uri, signal) => {
      await w.clock.sleep(MINUTE, signal);
      if (signal.aborted) throw new AppError('jar.unavailable', 'The time was up.');
    };
    const startedAt = w.clock.now();
    const error = await appErrorOf(w.submit());
    expect(error.message).toMatch(/The jar could not be read within 12\.0 s\. .*make it smaller/);
    expect(w.clock.now() - startedAt).toBeLessThan(14_000);
    expect(w.store.heads.size).toBe(0);
  });

  it.each([true, false])(
    'takes too long to be uploaded: the run ends so, nothing was started (once: %s)',
    async (once) => {
      const w = jarWorld({ repeatable: !once });
      w.flink.fault = async (call, before) => {
        if (call === 'uploadJar' && before) await w.clock.sleep(MINUTE);
      };
      const startedAt = w.clock.now();
      const { head } = await w.submit();
      expect(w.clock.now() - startedAt).toBeLessThan(25_000);
      expect(w.flink.jars.runs).toEqual([]);
      if (once) {
        expect(head).toMatchObject({ status: 'FAILED', open: [], active: 'WATCH#1' });
        expect(head.error).toMatch(/line 1: The jar could not be uploaded within 20\.0 s/);
      } else {
        expect(head).toMatchObject({ status: 'INITIALIZING' });
      }
    },
  );

  it('meets a JobManager that takes none: refused, no run', async () => {
    const w = jarWorld();
    w.flink.fault = (call) => {
      if (call === 'findJar') throw new AppError('cluster.invalid', 'It takes no jars.');
    };
    expect(await appErrorOf(w.submit())).toMatchObject({ code: 'cluster.invalid' });
    expect(w.store.heads.size).toBe(0);
  });

  it('is not needed to answer a repeat of a live run', async () => {
    const w = jarWorld();
    const { head } = await w.submit();
    w.jarSource.kept.clear();
    expect(await w.submit()).toMatchObject({ duplicate: true, head: { id: head.id } });
  });
});

describe('submit: what main() does', () => {
  const bad = (name: string): string => statement(`dinghy.test.BadMains$${name}`);

  it.each([
    ['a class that is not there', statement('nope.Nope'), /line 1: The program's entry point class 'nope.Nope'/],
    ['a main() that starts nothing', bad('StartsNothing'), /line 1: main\(\) ended without starting a job/],
    ['a main() that fails', bad('FailsBefore'), /line 1: main\(\) failed: IllegalStateException: something in main/],
  ])('%s: FAILED at once, with its reason', async (_what, text, reason) => {
    const w = jarWorld({ statement: text });
    const startedAt = w.clock.now();
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'FAILED', submitStatus: 'FAILED', open: [] });
    expect(head.error).toMatch(reason);
    expect(w.clock.now() - startedAt).toBeLessThan(5_000);
  });

  it('a main() that fails after its job was started: the job counts', async () => {
    const w = jarWorld({ statement: bad('FailsAfter') });
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'RUNNING', submitStatus: 'SUCCESS', error: null });
  });

  it('keeps no more of what main() says than fits beside the run', async () => {
    const w = jarWorld({ statement: bad('FailsAfter') });
    const { run } = w.flink.jars;
    Object.assign(w.flink.jars, {
      run: async (...args: Parameters<typeof run>) => {
        await run(...args).catch(() => undefined);
        throw new AppError('flink.mainFailed', `main() failed: IllegalStateException: ${'x'.repeat(500_000)}`);
      },
    });
    const { head } = await w.submit();
    expect(head.status).toBe('RUNNING');
    expect(head.refusal).toMatch(/^line 1: main\(\) failed: .*x…$/);
    expect(Buffer.byteLength(head.refusal ?? '')).toBe(1_000);
  });

  it.each([
    ['has been restarted since', (w: World) => (w.flink.jmId = '/tmp/flink-web-2')],
    ['does not answer', (w: World) => w.flink.deadHosts.add('jobmanager:8081')],
  ])('a main() that failed in a JobManager that %s: nobody knows', async (_what, happens) => {
    const w = jarWorld({ statement: bad('FailsBefore') });
    w.flink.fault = (call, before) => {
      if (call === 'runJar' && before) happens(w);
    };
    const { head } = await w.submit();
    expect(head).toMatchObject({ status: 'INITIALIZING', open: [1] });
    expect(head.refusal).toMatch(/main\(\) failed/);
  });

  it('another job under its id: asks what became of that', async () => {
    const w = jarWorld();
    w.flink.fault = (call, before, jobId) => {
      if (call !== 'runJar' || !before) return;
      const times = { ranAt: w.clock.now(), endedAt: null, cause: null };
      w.flink.jobs.set(jobId, { id: jobId, sql: '', config: {}, state: 'RUNNING', ...times });
    };
    expect((await w.submit()).head).toMatchObject({ status: 'RUNNING', submitStatus: 'SUCCESS' });
    expect(w.flink.jobs.size).toBe(1);
  });
});

describe('a jar whose submitter learns nothing', () => {
  it('that ran: the reconciler finds its job', async () => {
    const w = jarWorld();
    w.flink.fault = (call, before) => {
      if (call === 'job' || (call === 'runJar' && !before)) noReply();
    };
    expect((await w.submit()).head).toMatchObject({ status: 'INITIALIZING', open: [1] });
    w.flink.fault = () => undefined;
    await w.reconcile();
    expect(await now(w)).toMatchObject({ status: 'RUNNING', submitStatus: 'SUCCESS' });
    expect(w.flink.jars.runs).toHaveLength(1);
  });

  it('that did not run, and may not be repeated: waited for until nothing can land any more, then FAILED', async () => {
    const w = jarWorld();
    loseOnce(w, 'runJar', true);
    await w.submit();
    await sweepFor(w, 19);
    expect(await now(w)).toMatchObject({ status: 'INITIALIZING' });
    await sweepFor(w, 3);
    expect(await now(w)).toMatchObject({ status: 'FAILED', error: 'Flink accepted none of 1 submission' });
    expect(w.flink.jars.runs).toEqual([]);
  });

  it('that did not run, and may be repeated: run again after a minute, under the same job id', async () => {
    const w = jarWorld({ repeatable: true });
    loseOnce(w, 'runJar', true);
    const { head } = await w.submit();
    await sweepFor(w, 2);
    expect(await now(w)).toMatchObject({ status: 'RUNNING', sends: 2, jobId: head.jobId });
    expect([...w.flink.jobs.keys()]).toEqual([head.jobId]);
    expect(w.flink.jars.uploaded.size).toBe(1);
  });

  it('whose JobManager lost the jar meanwhile: uploaded again before it is run again', async () => {
    const w = jarWorld({ repeatable: true });
    loseOnce(w, 'runJar', true);
    await w.submit();
    w.flink.jars.uploaded.clear();
    await sweepFor(w, 2);
    expect(await now(w)).toMatchObject({ status: 'RUNNING', sends: 2 });
    expect(w.flink.jars.uploaded.size).toBe(1);
  });

  it('that ran after all, in a JobManager that is restarted as it is run again: main() is not run in the next one', async () => {
    const w = jarWorld({ repeatable: true });
    loseOnce(w, 'runJar', true);
    await w.submit();
    w.flink.fault = (call, before) => {
      if (call !== 'runJar' || !before || w.flink.jmId === '/tmp/flink-web-2') return;
      // The first has landed after all; then its job is gone with the process, and so are the uploads.
      w.flink.jmId = '/tmp/flink-web-2';
      w.flink.jars.uploaded.clear();
    };
    await sweepFor(w, 2);
    expect(await now(w)).toMatchObject({ status: 'INITIALIZING', sends: 2, open: [1] });
    expect((await now(w)).refusal).toMatch(/restarted/);
    await sweepFor(w, 25);
    expect(await now(w)).toMatchObject({ status: 'UNKNOWN' });
    expect(w.flink.jars.runs).toHaveLength(1);
    expect(w.flink.jobs.size).toBe(0);
  });

  it('whose job another sweep has found as its jar turns out to be gone: main() is not run', async () => {
    const w = jarWorld({ repeatable: true });
    loseOnce(w, 'runJar', true);
    await w.submit();
    w.flink.fault = async (call, before) => {
      if (call !== 'runJar' || !before) return;
      w.flink.jars.uploaded.clear();
      const head = await now(w);
      if (head.status === 'INITIALIZING') await w.store.updateHead(head, { status: 'RUNNING', open: [] }, 'found');
    };
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(await now(w)).toMatchObject({ status: 'RUNNING', sends: 2, open: [] });
    // The one that was told that the jar is gone.
    expect(w.flink.jars.runs).toHaveLength(1);
    expect(w.flink.jobs.size).toBe(0);
  });

  it('whose jar was deleted on the same JobManager, as it is run again: uploaded once more, and run', async () => {
    const w = jarWorld({ repeatable: true });
    loseOnce(w, 'runJar', true);
    const { head } = await w.submit();
    let deleted = false;
    w.flink.fault = (call, before) => {
      if (call !== 'runJar' || !before || deleted) return;
      deleted = true;
      w.flink.jars.uploaded.clear();
    };
    await sweepFor(w, 2);
    expect(await now(w)).toMatchObject({ status: 'RUNNING', sends: 2 });
    expect(w.flink.jars.runs.map(({ what }) => what.jobId)).toEqual([head.jobId, head.jobId]);
    expect(w.flink.jobs.size).toBe(1);
  });

  it('that ran after all when it is run again: Flink refuses the second, and its job counts', async () => {
    const w = jarWorld({ repeatable: true });
    w.flink.fault = (call, before) => {
      if (call === 'job' || call === 'overview' || (call === 'runJar' && !before)) noReply();
    };
    const { head } = await w.submit();
    const job = w.flink.jobs.get(head.jobId ?? '');
    w.flink.jobs.clear();
    w.flink.fault = (call, before) => {
      // It lands in the very moment in which the second is sent.
      if (call === 'runJar' && before && job !== undefined) w.flink.jobs.set(job.id, job);
    };
    await sweepFor(w, 3);
    expect(await now(w)).toMatchObject({ status: 'RUNNING', submitStatus: 'SUCCESS' });
    expect(w.flink.jobs.size).toBe(1);
  });

  it('whose jar is another one by now: it is not run under the id of this run', async () => {
    const w = jarWorld({ repeatable: true });
    loseOnce(w, 'runJar', true);
    await w.submit();
    w.jarSource.kept.set(URI, 'f'.repeat(64));
    await sweepFor(w, 25);
    expect(await now(w)).toMatchObject({
      status: 'FAILED',
      error: expect.stringMatching(/line 1: the jar s3:\/\/.* has changed since the submission.*Submit the task again/),
    });
    expect(w.flink.jars.runs).toEqual([]);
    expect(w.flink.jobs.size).toBe(0);
  });

  it('whose jar is gone from where it was: the run waits, and ends by itself', async () => {
    const w = jarWorld({ repeatable: true });
    loseOnce(w, 'runJar', true);
    await w.submit();
    w.jarSource.kept.clear();
    await sweepFor(w, 2);
    expect(await now(w)).toMatchObject({ status: 'INITIALIZING', sends: 1 });
    await sweepFor(w, 60);
    expect((await now(w)).finishedAt).not.toBeNull();
  });
});

describe('a fault at every step, before it took effect or after: one job or none, and every run comes to an end', () => {
  const CALLS: Call[] = ['identify', 'findJar', 'uploadJar', 'runJar', 'job'];
  const CASES = CALLS.flatMap((call) =>
    [true, false].flatMap((before) => [true, false].map((once) => ({ call, before, once }))),
  );

  it.each(CASES)('$call, before: $before, once: $once', async ({ call, before, once }) => {
    const w = jarWorld({ repeatable: !once });
    loseOnce(w, call, before);
    const first = await w.submit().catch(() => null);
    if (first === null) {
      expect(w.store.heads.size).toBe(0);
      return;
    }
    await sweepFor(w, 25);
    const head = await now(w);
    expect(w.flink.jobs.size).toBeLessThanOrEqual(1);
    if (once) expect(w.flink.jars.runs.length).toBeLessThanOrEqual(1);
    expect(head.status).toBe(w.flink.jobs.size === 1 ? 'RUNNING' : 'FAILED');
    expect(head.submitStatus).not.toBe('INITIALIZE');
    if (!once) expect(head.status).toBe('RUNNING');
  });
});
