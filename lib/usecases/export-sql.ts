/** A stored task's SQL as a submit would run it: variables in place, secrets masked. Flink is not asked. */
import { exportScript } from '../domain/plan/export-script.ts';
import { functionSteps } from '../domain/plan/plan-run.ts';
import { prepareRun } from '../domain/plan/prepare-run.ts';
import { type InspectDeps, inspectTask } from './inspect-task.ts';

export interface ExportRequest {
  readonly task: number;
  readonly variables: Readonly<Record<string, string>>;
}

export function exportSql(
  deps: InspectDeps,
): (request: ExportRequest, scope: { readonly budgetMs: number }) => Promise<string> {
  return (request, scope) =>
    inspectTask(deps, request, scope, (_, input) => {
      const { target, bodyFor } = prepareRun(input);
      return Promise.resolve(exportScript(bodyFor(target.hosts), functionSteps(input.task)));
    });
}
