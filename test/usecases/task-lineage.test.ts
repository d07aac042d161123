/** getTaskLineage and getLineage: what is asked of Flink, what is left, and what is said where there is nothing to tell. */
import { describe, expect, it } from 'vitest';
import type { DescribedTask } from '../../lib/domain/definition/described-task.ts';
import { AppError } from '../../lib/domain/errors.ts';
import type { Lineage } from '../../lib/domain/lineage/lineage.ts';
import { taskLineage } from '../../lib/usecases/task-lineage.ts';
import { appErrorOf } from '../builders/app-error-of.ts';
import { type World, world } from './world.ts';

const INSERT = "CREATE TABLE a (id BIGINT) WITH ('connector' = 'blackhole');\nINSERT INTO a SELECT id FROM src";
const SCOPE = { budgetMs: 25_000 };

function ask(w: World, fields: DescribedTask['fields'], id: number | null = null): Promise<Lineage> {
  return w.clock.run(taskLineage(w)({ task: { id, fields }, variables: {} }, SCOPE));
}

describe('lineage', () => {
  it('starts and leaves nothing', async () => {
    const w = world({ tasks: [] });
    await ask(w, { statement: INSERT });
    expect(w.flink.started.map(({ sql }) => sql)[0]).toBe('EXPLAIN INSERT INTO a SELECT id FROM src');
    expect([w.flink.jobs.size, w.flink.openSessions(), w.store.heads.size]).toEqual([0, 0, 0]);
  });

  it.each([
    [
      'a jar',
      "EXECUTE JAR WITH ('uri' = 's3://b/a.jar', 'main-class' = 'M')",
      /EXECUTE JAR \(line 1\): .*only the main\(\) of a jar/,
    ],
    ['a DELETE', 'DELETE FROM a', /DELETE \(line 1\): .*EXPLAIN does not support DELETE/],
    ['definitions alone', "CREATE TABLE a (id BIGINT) WITH ('connector' = 'x')", /^No statement writes into a table/],
  ])('of %s is empty, and says why', async (_name, statement, said) => {
    const { tables, relations, untold } = await ask(world({ tasks: [] }), { statement });
    expect([tables, relations]).toEqual([[], []]);
    expect(untold.join(' ')).toMatch(said);
  });

  it.each([
    ['a task that is not there', {}, 99, 'task.notFound', /^Task Not Exist: there is no task 99/],
    ['a mistake', { statement: 'INSERT INTO nope SELECT 1' }, null, 'flink.rejected', /^line 1: .*nope/],
    ['two jobs', { statement: `${INSERT};\nSELECT 1` }, null, 'sql.refused', /would start a job/],
  ])('of %s is refused', async (_name, fields, id, code, message) => {
    const error = await appErrorOf(ask(world({ tasks: [] }), fields, id));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('says where Flink was looked for', async () => {
    const w = world({ tasks: [] });
    w.flink.fault = (call) => {
      if (call === 'open') throw new AppError('flink.unreachable', 'connection refused.');
    };
    const error = await appErrorOf(ask(w, { statement: INSERT }));
    expect(error.message).toMatch(/^The SQL gateway \(http:\/\/gateway:8083\) is out of reach: connection refused\./);
  });
});
