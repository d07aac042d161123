/** Reads the definitions that a run needs: the task and all that it refers to. */
import type { ClusterConfiguration, ClusterDefinition, TaskDefinition } from '../domain/definition/definitions.ts';
import { type TaskFields, unstoredTask } from '../domain/definition/described-task.ts';
import { AppError } from '../domain/errors.ts';
import type { DeploymentSettings } from '../domain/options/deployment-settings.ts';
import type { TaskParts } from '../domain/plan/prepare-run.ts';
import { needsCluster, targetOf } from '../domain/plan/run-target.ts';
import type { DefinitionReader } from '../domain/ports.ts';

export async function loadTask(
  definitions: DefinitionReader,
  settings: DeploymentSettings,
  taskId: number,
): Promise<TaskParts> {
  return await loadParts(definitions, settings, await storedTask(definitions, taskId));
}

/** A task that may be run. */
export async function storedTask(definitions: DefinitionReader, taskId: number): Promise<TaskDefinition> {
  const task = await readTask(definitions, taskId);
  if (!task.enabled) {
    throw new AppError(
      'task.invalid',
      `Task ${task.id} (${task.name}) is disabled. Set enabled: true in its definition and apply it.`,
    );
  }
  return task;
}

/** @throws AppError task.notFound */
export async function readTask(definitions: DefinitionReader, taskId: number): Promise<TaskDefinition> {
  const task = await definitions.task(taskId);
  if (task !== null) return task;
  throw new AppError(
    'task.notFound',
    `Task Not Exist: there is no task ${taskId}. Check the id, or apply its definition first.`,
  );
}

/** A task that a request describes. `id`: its own number, if it has one. */
export async function loadUnstored(
  definitions: DefinitionReader,
  settings: DeploymentSettings,
  fields: TaskFields,
  id?: number,
): Promise<TaskParts> {
  const cluster = typeof fields.clusterId === 'number' ? await definitions.cluster(fields.clusterId) : null;
  return await loadParts(definitions, settings, unstoredTask(fields, cluster, id));
}

/** The definitions that a task refers to; the task itself may not be stored. */
export async function loadParts(
  definitions: DefinitionReader,
  settings: DeploymentSettings,
  task: TaskDefinition,
): Promise<TaskParts> {
  const [cluster, clusterConfiguration, envTask, variables, databases] = await Promise.all([
    needsCluster(task) ? loadCluster(definitions, task) : null,
    loadClusterConfiguration(definitions, task),
    loadEnvTask(definitions, task),
    task.fragment ? definitions.variables() : [],
    task.fragment ? definitions.databases() : [],
  ]);
  const target = targetOf(task, cluster, clusterConfiguration, settings);
  return { task, target, clusterConfiguration, envTask, variables, databases };
}

async function loadCluster(definitions: DefinitionReader, task: TaskDefinition): Promise<ClusterDefinition> {
  if (task.clusterId === null) {
    throw new AppError('task.invalid', `Task ${task.id} of type ${task.type} names no cluster. Set its clusterId.`);
  }
  const cluster = await definitions.cluster(task.clusterId);
  if (cluster === null) {
    const hint = 'Apply a definition of that cluster, or change the task.';
    throw new AppError(
      'cluster.notFound',
      `Task ${task.id} runs on cluster ${task.clusterId}, which does not exist. ${hint}`,
    );
  }
  if (!cluster.enabled) {
    throw new AppError('cluster.invalid', `Cluster ${cluster.id} (${cluster.name}) of task ${task.id} is disabled.`);
  }
  return cluster;
}

async function loadClusterConfiguration(
  definitions: DefinitionReader,
  task: TaskDefinition,
): Promise<ClusterConfiguration | null> {
  if (task.clusterConfigurationId === null) return null;
  const found = await definitions.clusterConfiguration(task.clusterConfigurationId);
  if (found !== null) return found;
  const what = `cluster configuration ${task.clusterConfigurationId}`;
  throw new AppError(
    'cluster.notFound',
    `Task ${task.id} uses ${what}, which does not exist. Apply it, or change the task.`,
  );
}

async function loadEnvTask(definitions: DefinitionReader, task: TaskDefinition): Promise<TaskDefinition | null> {
  if (task.envId === null) return null;
  const found = await definitions.task(task.envId);
  if (found === null) {
    throw new AppError(
      'task.notFound',
      `Task ${task.id} starts with task ${task.envId} (envId), which does not exist. Apply it, or change the task.`,
    );
  }
  if (found.dialect !== 'FlinkSqlEnv') {
    const seen = `task ${found.id} has dialect ${found.dialect}`;
    throw new AppError('task.invalid', `The envId of task ${task.id} must name a FlinkSqlEnv task; ${seen}.`);
  }
  return found;
}
