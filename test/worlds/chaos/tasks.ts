/** The tasks of a world: one of each kind that the protocol treats apart. */
import type { TaskDefinition } from '../../../lib/domain/definition/definitions.ts';
import { aTask, INSERT_SQL } from '../../fakes/memory-definitions.ts';
import { ON_SECOND } from './clusters.ts';

const SRC = "CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen');";
const SNK = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');";

const jarOf = (mainClass: string): Pick<TaskDefinition, 'dialect' | 'statement'> => ({
  dialect: 'FlinkJar',
  statement: `EXECUTE JAR WITH ('uri' = 's3://jars/a.jar', 'main-class' = '${mainClass}');`,
});

const ON_FIRST: readonly TaskDefinition[] = [
  aTask({ id: 1, name: 'streaming', statement: INSERT_SQL }),
  // Each run goes on from what the one before has left.
  aTask({
    id: 2,
    name: 'bounded',
    statement: `${SRC} ${SNK} INSERT INTO snk SELECT id FROM src LIMIT 5;`,
    savePointStrategy: 1,
  }),
  aTask({ id: 3, name: 'variables', statement: `${SRC} ${SNK} INSERT INTO snk SELECT id FROM src WHERE id > \${x};` }),
  aTask({ id: 4, name: 'preview', statement: 'SELECT a FROM (VALUES (1), (2)) AS t(a);' }),
  aTask({ id: 5, name: 'ddl', statement: `${SRC} CREATE TABLE ddl5 (id BIGINT) WITH ('connector' = 'blackhole');` }),
  aTask({
    id: 6,
    name: 'once',
    statement: `${SRC} CREATE TABLE copy6 WITH ('connector' = 'blackhole') AS SELECT id FROM src;`,
  }),
  aTask({ id: 7, name: 'bad', statement: `${SRC} INSERT INTO nope SELECT id FROM src;` }),
  aTask({ id: 8, name: 'show', statement: `${SRC} SHOW TABLES;` }),
  aTask({ id: 9, name: 'endless-preview', statement: `${SRC} SELECT id FROM src;`, maxRowNum: 5 }),
  aTask({ id: 10, name: 'jar-once', ...jarOf('dinghy.example.NumbersJob') }),
  aTask({ id: 11, name: 'jar-again', ...jarOf('dinghy.example.NumbersJob'), repeatable: true }),
  aTask({ id: 12, name: 'jar-fails', ...jarOf('dinghy.test.BadMains$FailsBefore') }),
  aTask({ id: 13, name: 'jar-fails-late', ...jarOf('dinghy.test.BadMains$FailsAfter'), repeatable: true }),
];

/** The same task on the second cluster has this much more in its number. */
export const SECOND = 100;

export const TASKS: readonly TaskDefinition[] = [
  ...ON_FIRST,
  ...ON_FIRST.map((task) => ({ ...task, ...ON_SECOND, id: task.id + SECOND, name: `${task.name}-b` })),
];

export function kindOfTask(taskId: number): number {
  return taskId % SECOND;
}

export const LATEST_TASK = 2;
export const VARIABLE_TASK = 3;
/** Previews and tasks without a job make no claim. */
export const WITHOUT_CLAIM: readonly number[] = [4, 8, 9];
export const VALUES: readonly string[] = ['1', '2', '3'];
/** Streaming and variables most: they are what duplicates are about. */
export const TASK_WEIGHTS: readonly number[] = [
  1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 6, 6, 7, 8, 9, 10, 10, 11, 11, 11, 12, 13,
];

/** Of the tasks without a job: what has run when all of them has run. No other task of its cluster has this statement. */
export function lastStatementOf(taskId: number): string {
  const statements = TASKS.find((task) => task.id === taskId)?.statement.split(';') ?? [];
  return statements.at(-2)?.trim() ?? '';
}
