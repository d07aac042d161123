/** Lists, and the rows of a preview: what a caller sees of them, and that tasks of others do not exist for it. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { TaskPage, TasksWanted } from '../../lib/domain/definition/task-page.ts';
import type { RunList, TaskList } from '../../lib/domain/ports.ts';
import { ANY_RUNS, type RunsWanted } from '../../lib/domain/run/run-page.ts';
import { jobData } from '../../lib/usecases/job-data.ts';
import { listRuns } from '../../lib/usecases/list-runs.ts';
import { listTasks } from '../../lib/usecases/list-tasks.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const ALL = { budgetMs: 5_000, maySee: (_: number) => true };
const FIRST = { budgetMs: 5_000, maySee: (id: number) => id === 1 };

let w: World;
beforeEach(() => {
  w = world({ tasks: [aTask({ statement: 'SELECT 1 AS a;' })] });
});

describe('tasks', () => {
  const task = (id: number) => ({ id, name: `t${id}`, dialect: 'FlinkSql', type: 'local' });
  const page: TaskPage = {
    tasks: [1, 2, 3].map((id) => ({ ...task(id), version: 1, enabled: true, note: null })),
    next: 3,
    unreadable: ['TASK#9'],
  };
  const asked: TasksWanted[] = [];
  const taskList: TaskList = {
    tasks: (wanted) => (asked.push(wanted), Promise.resolve(page)),
    within: () => taskList,
  };

  it('are shown as they are stored, from where the caller goes on', async () => {
    const wanted = { limit: 3, after: 7 };
    expect(await w.clock.run(listTasks({ ...w, taskList })(wanted, ALL))).toEqual(page);
    expect(asked).toEqual([wanted]);
  });

  it('of others are left out, and the page goes on where it ended', async () => {
    const { tasks, next } = await w.clock.run(listTasks({ ...w, taskList })({ limit: 3, after: null }, FIRST));
    expect([tasks.map(({ id }) => id), next]).toEqual([[1], 3]);
  });
});

describe('runs', () => {
  const asked: RunsWanted[] = [];
  const runList: RunList = {
    run: () => Promise.resolve(null),
    runs: (wanted) => {
      asked.push(wanted);
      return Promise.resolve({ runs: [], next: 4, unreadable: ['RUN#2'] });
    },
    twins: () => Promise.resolve({ runs: [], unreadable: [] }),
    within: () => runList,
  };
  const ask = (since: ((now: number) => number) | null) =>
    w.clock.run(listRuns({ ...w, runList })({ ...ANY_RUNS, since, limit: 5 }, FIRST));

  it('are asked for by the time it is now, and the answer says what was asked', async () => {
    expect(await ask((now) => now - 1_000)).toMatchObject({ limit: 5, runs: [], next: 4, unreadable: ['RUN#2'] });
    expect(asked.at(-1)).toMatchObject({ since: w.clock.now() - 1_000, limit: 5 });
    await ask(null);
    expect(asked.at(-1)?.since).toBeNull();
  });

  it('of tasks of others are not even looked for', async () => {
    await ask(null);
    expect([1, 2].map((id) => asked.at(-1)?.maySee(id))).toEqual([true, false]);
  });
});

describe('the rows of a preview', () => {
  const ask = (jobId: string, scope = ALL) => w.clock.run(jobData(w)({ jobId }, scope));
  const jobId = (): string => w.store.heads.get(1)!.jobId!;
  beforeEach(async () => {
    w.flink.rowsOf = () => ({ columns: ['a'], cells: [{ op: '+I', fields: ['7'] }], ends: true });
    await w.submit();
    await w.store.notePreview(jobId(), 1);
  });

  it('are found by the id of its job', async () => {
    const { head, body, result, duplicate } = await ask(jobId());
    expect([head.id, body.jobConfig.taskId, duplicate]).toEqual([1, 1, false]);
    expect(JSON.stringify(result)).toContain('"7"');
  });

  it.each([
    ['of another task', (): unknown => ask(jobId(), { budgetMs: 5_000, maySee: (id: number) => id !== 1 })],
    ['of a job that is no preview', () => ask('ab'.repeat(16))],
  ])('%s are unknown', async (_, asking) => {
    await expect(asking()).rejects.toMatchObject({
      code: 'run.notFound',
      message: expect.stringMatching(
        /^Job Instance Not Exist: no preview has the job .* as submitTask returned it/,
      ) as string,
    });
  });

  it('of a run whose details are gone are unknown as well', async () => {
    const id = jobId();
    w.store.bodies.clear();
    await expect(ask(id)).rejects.toMatchObject({ code: 'run.notFound' });
  });

  it('of a run whose record is gone are unknown as well', async () => {
    const id = jobId();
    w.store.heads.clear();
    await expect(ask(id)).rejects.toMatchObject({ code: 'run.notFound' });
  });
});
