/**
 * A run whose job is the main() of a jar. main() makes an environment of its own: of what stands beside EXECUTE JAR, only
 * settings reach it, as options of the run. Everything else would have no effect, and is refused.
 */
import type { TaskDefinition } from '../definition/definitions.ts';
import { AppError } from '../errors.ts';
import { readSetting, type Setting } from '../sql/setting.ts';
import { readJarStatement } from './jar-statement.ts';
import { type PlacedStatement, placeOf } from './placed-statement.ts';
import type { JarJob, PlannedStatement } from './plan.ts';

export interface PlannedJar {
  readonly job: JarJob;
  /** In the author's order, for the options of the run. */
  readonly settings: readonly Setting[];
  readonly savePointPath: string | null;
}

export function planJar(
  jar: PlacedStatement,
  planned: PlannedStatement,
  others: readonly PlacedStatement[],
  task: TaskDefinition,
): PlannedJar {
  checkTask(task, jar);
  const { savePointPath, ...read } = readJarStatement(jar.statement, placeOf(jar));
  return { job: { kind: 'jar', ...planned, ...read }, settings: others.map(settingOf), savePointPath };
}

function checkTask({ configJson }: TaskDefinition, jar: PlacedStatement): void {
  const functions = Object.keys(configJson.udfRefer).join(', ');
  if (functions === '') return;
  const why = `the functions of the task (udfRefer: ${functions}) do not reach the main() of a jar`;
  throw new AppError('sql.refused', `EXECUTE JAR (${placeOf(jar)}): ${why}. Remove them from the task.`);
}

function settingOf(placed: PlacedStatement): Setting {
  const setting = readSetting(placed.statement);
  if (setting !== null && setting.action !== 'list') return setting;
  const { kind } = placed.kind;
  const what = setting === null ? kind : 'SET without a key';
  const why = 'has no effect with EXECUTE JAR, because the main() of a jar creates its own environment';
  throw new AppError('sql.refused', `${what} (${placeOf(placed)}) ${why}. ${adviceFor(kind)}`);
}

function adviceFor(kind: string): string {
  if (kind.startsWith('ADD ')) return 'Build its classes into the jar, or put it on the class path of the cluster.';
  return 'Move it into main(), or into another task.';
}
