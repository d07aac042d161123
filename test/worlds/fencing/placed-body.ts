/** What is frozen of a run that was submitted before a scenario begins: as its submit has made it of the same task. */
import type { TaskDefinition } from '../../../lib/domain/definition/definitions.ts';
import type { DeploymentSettings } from '../../../lib/domain/options/deployment-settings.ts';
import { prepareRun } from '../../../lib/domain/plan/prepare-run.ts';
import type { RunBody } from '../../../lib/domain/plan/run-body.ts';
import { targetOf } from '../../../lib/domain/plan/run-target.ts';

export function placedBody(
  task: TaskDefinition,
  settings: DeploymentSettings,
  variables: Readonly<Record<string, string>>,
): RunBody {
  const target = targetOf(task, null, null, settings);
  const parts = { task, target, clusterConfiguration: null, envTask: null, variables: [], databases: [] };
  const request = { variables, savePointPath: null };
  return prepareRun({ ...settings, ...parts, request }).bodyFor(target.hosts);
}
