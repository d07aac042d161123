/**
 * The tasks of the real run. Each names its job after itself and its variables, so that two live jobs of one task and the
 * same variables are seen in Flink whatever Dinghy's records say.
 */
import type { TaskDefinition } from '../../../lib/domain/definition/definitions.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import type { Prng } from '../chaos/prng.ts';

const SRC = "CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1');";
const FEW =
  "CREATE TABLE few (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '20', 'number-of-rows' = '5');";
const SNK = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');";
const TEXTS = "CREATE TABLE txt (s STRING) WITH ('connector' = 'datagen', 'rows-per-second' = '1');";
const NAMED = "SET 'pipeline.name' = 'real-variables-${x}';";

const SQL_TASKS: readonly TaskDefinition[] = [
  aTask({ id: 1, name: 'real-streaming', statement: `${SRC} ${SNK} INSERT INTO snk SELECT id FROM src;` }),
  aTask({
    id: 2,
    name: 'real-bounded',
    statement: `${FEW} ${SNK} INSERT INTO snk SELECT id FROM few;`,
    dedupeSeconds: 2,
  }),
  aTask({
    id: 3,
    name: 'real-variables',
    statement: `${NAMED} ${SRC} ${SNK} INSERT INTO snk SELECT id FROM src WHERE id > \${x};`,
  }),
  aTask({ id: 4, name: 'real-preview', statement: 'SELECT a FROM (VALUES (1), (2)) AS t(a);' }),
  aTask({ id: 5, name: 'real-ddl', statement: `${SRC} ${SNK}` }),
  aTask({
    id: 6,
    name: 'real-once',
    statement: `${SRC} CREATE TABLE copy6 WITH ('connector' = 'blackhole') AS SELECT id FROM src;`,
  }),
  aTask({ id: 7, name: 'real-bad', statement: `${SRC} INSERT INTO nope SELECT id FROM src;`, dedupeSeconds: 1 }),
  aTask({
    id: 8,
    name: 'real-fails',
    statement: `${TEXTS} ${SNK} INSERT INTO snk SELECT CAST(s AS BIGINT) FROM txt;`,
    dedupeSeconds: 1,
  }),
  aTask({ id: 9, name: 'real-endless-preview', statement: `${SRC} SELECT id FROM src;`, maxRowNum: 2 }),
  aTask({ id: 10, name: 'real-streaming-2', statement: `${SRC} ${SNK} INSERT INTO snk SELECT id + 1 FROM src;` }),
];

/** Id of the cluster beside the default one. */
export const BESIDE = 2;

/** Where a task of the first cluster has its twin on the one beside it. */
export function besideOf(taskId: number): number {
  return taskId + 100;
}

/** `jarUri`: where the jar of test/live/jar-jobs is. */
export function realTasks(jarUri: string): readonly TaskDefinition[] {
  const dialect = 'FlinkJar';
  const statement = `EXECUTE JAR WITH ('uri' = '${jarUri}', 'main-class' = 'dinghy.test.CountedJob');`;
  const jar = aTask({ id: 11, name: 'real-jar-once', dialect, statement });
  const beside = SQL_TASKS.map((task) => onBeside(task));
  return [...SQL_TASKS, ...beside, jar, { ...jar, id: 12, name: 'real-jar-again', repeatable: true }];
}

function onBeside(task: TaskDefinition): TaskDefinition {
  const statement = task.statement.replace('real-', 'beside-');
  const name = task.name.replace('real-', 'beside-');
  return { ...task, id: besideOf(task.id), name, statement, type: 'standalone', clusterId: BESIDE };
}

export const BAD_SQL = 7;
const VARIABLE_TASK = 3;
/** Those that a duplicate would hurt come most. */
const WEIGHTED: readonly number[] = [
  1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 10, 11, 11, 12, 12, 12,
];
const JAR_TASKS: readonly number[] = [11, 12];

export interface Wish {
  readonly taskId: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** A jar is given half of a budget to be read in: a short one refuses them all. */
export function needsLongBudget(taskId: number): boolean {
  return JAR_TASKS.includes(taskId);
}

export function aWish(rng: Prng): Wish {
  const taskId = rng.pick(WEIGHTED);
  return { taskId, variables: taskId === VARIABLE_TASK ? { x: String(rng.int(1, 10)) } : {} };
}
