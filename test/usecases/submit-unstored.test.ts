/** Statements that are no stored task: on the way of every submit, so that every promise of it holds. */
import { describe, expect, it } from 'vitest';
import type { RunView } from '../../lib/domain/answer.ts';
import type { TaskFields } from '../../lib/domain/definition/described-task.ts';
import { AppError } from '../../lib/domain/errors.ts';
import type { UnstoredRequest } from '../../lib/domain/run/submit-request.ts';
import { submitUnstored } from '../../lib/usecases/submit-unstored.ts';
import { appErrorOf } from '../builders/app-error-of.ts';
import type { Call } from '../fakes/fake-flink.ts';
import { aCluster, INSERT_SQL } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const MINUTE = 60_000;
const SELECT = 'SELECT 1 AS n';

interface Asked extends Partial<UnstoredRequest> {
  readonly caller?: string;
}

function execute(w: World, { caller = 'key a (1)', ...asked }: Asked = {}): Promise<RunView> {
  const request = { fields: { statement: INSERT_SQL }, variables: {}, savePointPath: null, key: null, ...asked };
  return w.clock.run(submitUnstored(w)(request, { caller, budgetMs: 25_000 }));
}

const bare = (): World => world({ clusters: [aCluster({ id: 3, hosts: 'other:8081' })] });

describe('a statement that is no stored task', () => {
  it('runs as a run like any other, with its intent before its send', async () => {
    const w = bare();
    let atSend: unknown;
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) atSend = structuredClone(w.store.heads.get(1));
    };
    const { head, body, duplicate } = await execute(w);
    expect(atSend).toMatchObject({ status: 'INITIALIZING', jobId: head.jobId, open: [1], active: 'INTENT#1' });
    expect(head).toMatchObject({ id: 1, submitStatus: 'SUCCESS', name: 'statement', createdBy: 'key a (1)' });
    expect(head.taskId).toBeLessThan(0);
    expect(w.store.tasks.get(head.taskId)?.latestRunId).toBe(1);
    expect(body.jobConfig.taskId).toBe(null);
    expect(duplicate).toBe(false);
    expect([...w.flink.jobs.keys()]).toEqual([head.jobId]);
  });

  it('runs where its fields say', async () => {
    const w = bare();
    const { head, body } = await execute(w, { fields: { statement: INSERT_SQL, clusterId: 3, parallelism: 2 } });
    expect(head).toMatchObject({ hosts: 'other:8081', clusterId: 3 });
    expect(body.jobConfig).toMatchObject({ type: 'standalone', parallelism: 2 });
  });

  it('gives the rows of a SELECT, each time anew', async () => {
    const w = bare();
    for (const id of [1, 2]) {
      const { head, duplicate } = await execute(w, { fields: { statement: SELECT } });
      expect({ id: head.id, kind: head.kind, duplicate }).toEqual({ id, kind: 'preview', duplicate: false });
    }
  });

  it.each<[string, Asked, RegExp]>([
    ['no cluster of that number', { fields: { statement: SELECT, clusterId: 9 } }, /cluster 9, which does not exist/],
    [
      'a type that needs a configuration',
      { fields: { statement: SELECT, type: 'yarn-application' } },
      /clusterConfigurationId/,
    ],
    [
      'an option that no task may set',
      { fields: { statement: SELECT, configJson: { customConfig: { 'rest.address': 'x' }, udfRefer: {} } } },
      /rest\.address/,
    ],
    ['two jobs', { fields: { statement: `${INSERT_SQL}; SELECT 1` } }, /would start a job/],
    ['a path that is none', { fields: { statement: INSERT_SQL }, savePointPath: 'relative' }, /savePointPath/],
    ['a variable without a value', { fields: { statement: "SELECT '${nobody}'" } }, /nobody/],
  ])('is refused without a run for %s', async (_, asked, why) => {
    const w = bare();
    const { message } = await appErrorOf(execute(w, asked));
    expect(message).toMatch(why);
    expect([w.store.heads.size, w.flink.jobs.size]).toEqual([0, 0]);
  });

  it('may name a savepoint only where the deployment allows it', async () => {
    const w = bare();
    const limited = { ...w, settings: { ...w.settings, savepointPrefixes: ['s3://b/allowed'] } };
    const asked = (savePointPath: string): Promise<RunView> => execute(limited, { savePointPath });
    expect((await appErrorOf(asked('s3://b/other/sp'))).message).toMatch(/not under any path/);
    expect((await asked('s3://b/allowed/sp')).head.savePointPath).toBe('s3://b/allowed/sp');
  });
});

describe('the same request again', () => {
  it.each<[string, Asked]>([
    ['as it was', {}],
    ['with its fields in another order', { fields: { parallelism: 2, statement: INSERT_SQL, name: 'n' } }],
    ['with variables that it does not use', { variables: { nobody: 'uses it' } }],
    ['starting from LATEST', { fields: { name: 'n', statement: INSERT_SQL, parallelism: 2, savePointStrategy: 1 } }],
  ])('%s is the live run', async (_, again) => {
    const w = bare();
    const fields = { name: 'n', statement: INSERT_SQL, parallelism: 2 };
    await execute(w, { fields });
    await w.clock.advance(20 * MINUTE);
    expect(await execute(w, { fields, ...again })).toMatchObject({ head: { id: 1 }, duplicate: true });
    expect(w.flink.jobs.size).toBe(1);
  });

  it.each<[string, Asked]>([
    ['another caller', { caller: 'key b (2)' }],
    ['another name', { fields: { statement: INSERT_SQL, name: 'second' } }],
    ['another statement', { fields: { statement: `${INSERT_SQL} -- 2` } }],
    ['another parallelism', { fields: { statement: INSERT_SQL, parallelism: 2 } }],
    ['other variables that it uses', { variables: { x: '2' } }],
  ])('but for %s is another run', async (_, other) => {
    const w = bare();
    await execute(w);
    expect(await execute(w, other)).toMatchObject({ head: { id: 2 }, duplicate: false });
    expect(w.flink.jobs.size).toBe(2);
  });

  it('from another savepoint is refused while it lives, without advice that is of no use', async () => {
    const w = bare();
    await execute(w, { savePointPath: 's3://b/one' });
    const { message } = await appErrorOf(execute(w, { savePointPath: 's3://b/two' }));
    expect(message).toMatch(
      /is live and started from s3:\/\/b\/one; this request asks for s3:\/\/b\/two\. Cancel that run first and submit again\.$/,
    );
  });

  it('is the same within ten seconds of its answer although the job has ended, and not later', async () => {
    const w = bare();
    const { head } = await execute(w);
    Object.assign(w.flink.jobs.get(head.jobId ?? '')!, { state: 'FINISHED', endedAt: w.clock.now() });
    await w.clock.advance(5_000);
    expect(await execute(w)).toMatchObject({ head: { id: 1, status: 'FINISHED' }, duplicate: true });
    await w.clock.advance(20_000);
    expect(await execute(w)).toMatchObject({ head: { id: 2 }, duplicate: false });
  });

  it('under a key is the run of the key, also of a SELECT; another statement under it is refused', async () => {
    const w = bare();
    const fields = { statement: SELECT };
    await execute(w, { fields, key: 'k' });
    await w.clock.advance(60 * MINUTE);
    expect(await execute(w, { fields, key: 'k' })).toMatchObject({ head: { id: 1 }, duplicate: true });
    for (const other of [
      { fields: { statement: 'SELECT 2' } },
      { fields: { ...fields, savePointStrategy: 1 } },
      { fields, savePointPath: 's3://b/x' },
      { fields, variables: { a: '1' } },
    ]) {
      expect((await appErrorOf(execute(w, { ...other, key: 'k' }))).message).toMatch(
        /already belongs to another request \(run 1\)/,
      );
    }
    expect(await execute(w, { fields, key: 'k', caller: 'key b (2)' })).toMatchObject({ duplicate: false });
  });

  const CALLS: Call[] = ['open', 'configure', 'start', 'fetch', 'identify', 'job', 'close'];
  it.each(CALLS.flatMap((call) => [[call, true] as const, [call, false] as const]))(
    'after a reply of %s that was lost (before it took effect: %s) starts no second job, nor do the sweeps',
    async (lostCall, before) => {
      const w = bare();
      let lost = false;
      w.flink.fault = (call, isBefore) => {
        if (lost || call !== lostCall || isBefore !== before) return;
        lost = true;
        throw new AppError('flink.noReply', 'No reply.');
      };
      for (let n = 0; n < 3; n++) {
        await execute(w).catch((error: unknown) => {
          if (!(error instanceof AppError)) throw error;
        });
      }
      for (let n = 0; n < 5; n++) {
        await w.clock.advance(MINUTE);
        await w.reconcile();
      }
      const { head } = await execute(w);
      expect(w.flink.jobs.size).toBe(1);
      expect([...w.flink.jobs.keys()]).toEqual([head.jobId]);
    },
  );

  it('sent twice at once is one job', async () => {
    const w = bare();
    const both = submitUnstored(w);
    const request = { fields: { statement: INSERT_SQL }, variables: {}, savePointPath: null, key: null };
    const scope = { caller: 'c', budgetMs: 25_000 };
    const views = await w.clock.run(Promise.all([both(request, scope), both(request, scope)]));
    expect(new Set(views.map(({ head }) => head.id)).size).toBe(1);
    expect(w.flink.jobs.size).toBe(1);
  });
});

it('counts fields as what they are, and never as the number alone: a run of other work under its number is not its run', async () => {
  const w = bare();
  const { head } = await execute(w);
  const fields: TaskFields = { statement: `${INSERT_SQL} -- other` };
  const other = await execute(w, { fields });
  // As if the numbers of both were the same.
  w.store.heads.set(other.head.id, { ...other.head, taskId: head.taskId });
  w.store.tasks.set(head.taskId, {
    claims: { [head.fp]: other.head.id, [head.usedFp ?? '']: other.head.id },
    claimSeq: 1,
    latestRunId: 2,
  });
  expect((await execute(w)).head.id).not.toBe(other.head.id);
});
