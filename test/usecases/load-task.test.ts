/** What a run needs to know is read before it; what is missing is named, with what to do. */
import { describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import type { ErrorCode } from '../../lib/domain/errors.ts';
import type { TaskParts } from '../../lib/domain/plan/prepare-run.ts';
import { loadTask } from '../../lib/usecases/load-task.ts';
import {
  aCluster,
  aClusterConfiguration,
  aTask,
  type Definitions,
  memoryDefinitions,
} from '../fakes/memory-definitions.ts';

const settings = { sqlGatewayUrl: 'http://gw:8083', flinkRest: 'jm:8081', flinkConfig: {} };
const ENV = aTask({ id: 7, dialect: 'FlinkSqlEnv', name: 'env' });
const VARIABLES = [{ name: 'a', value: 'b', note: null }];

async function loaded(task: Partial<TaskDefinition>, others: Definitions = {}): Promise<TaskParts> {
  const tasks = [aTask(task), ...(others.tasks ?? [])];
  return await loadTask(memoryDefinitions({ ...others, tasks }), settings, 1);
}

describe('a task', () => {
  it('comes with all that it names', async () => {
    const named = { type: 'standalone', clusterId: 1, clusterConfigurationId: 5, envId: 7 };
    const parts = await loaded(named, {
      ...{ tasks: [ENV], clusters: [aCluster()], clusterConfigurations: [aClusterConfiguration()] },
    });
    expect(parts).toMatchObject({ task: named, envTask: ENV, clusterConfiguration: { id: 5 } });
    expect(parts.target).toMatchObject({ hosts: 'jm:8081', gatewayUrl: 'http://gw:8083', clusterId: 1 });
  });

  it('that names nothing comes alone', async () => {
    const parts = await loaded({}, { variables: VARIABLES });
    expect(parts).toMatchObject({ clusterConfiguration: null, envTask: null, variables: [], databases: [] });
  });

  it('has the global variables and databases when it puts fragments in place', async () => {
    const database = { id: 3, name: 'db', flinkConfig: "'connector' = 'jdbc'" } as never;
    const parts = await loaded({ fragment: true }, { variables: VARIABLES, databases: [database] });
    expect(parts).toMatchObject({ variables: VARIABLES, databases: [database] });
  });
});

interface Missing {
  readonly what: string;
  readonly task: Partial<TaskDefinition>;
  readonly others?: Definitions;
  readonly code: ErrorCode;
  readonly says: string;
}

const MISSING: readonly Missing[] = [
  { what: 'the task', task: { id: 2 }, code: 'task.notFound', says: 'Task Not Exist: there is no task 1.' },
  { what: 'its being enabled', task: { enabled: false }, code: 'task.invalid', says: 'Task 1 (demo) is disabled.' },
  {
    what: 'the name of a cluster',
    task: { type: 'standalone' },
    code: 'task.invalid',
    says: 'Task 1 of type standalone names no cluster. Set its clusterId.',
  },
  {
    what: 'its cluster',
    task: { type: 'standalone', clusterId: 4 },
    code: 'cluster.notFound',
    says: 'Task 1 runs on cluster 4, which does not exist. Apply a definition of that cluster, or change the task.',
  },
  {
    what: 'a cluster that is enabled',
    task: { type: 'standalone', clusterId: 1 },
    others: { clusters: [aCluster({ enabled: false })] },
    code: 'cluster.invalid',
    says: 'Cluster 1 (main) of task 1 is disabled.',
  },
  {
    what: 'its cluster configuration',
    task: { clusterConfigurationId: 5 },
    code: 'cluster.notFound',
    says: 'Task 1 uses cluster configuration 5, which does not exist. Apply it, or change the task.',
  },
  {
    what: 'the task that it starts with',
    task: { envId: 7 },
    code: 'task.notFound',
    says: 'Task 1 starts with task 7 (envId), which does not exist. Apply it, or change the task.',
  },
  {
    what: 'a task that can come first',
    task: { envId: 7 },
    others: { tasks: [aTask({ id: 7 })] },
    code: 'task.invalid',
    says: 'The envId of task 1 must name a FlinkSqlEnv task; task 7 has dialect FlinkSql.',
  },
];

describe('what is missing', () => {
  it.each(MISSING)('is $what: it is named, with what to do', async ({ task, others, code, says }) => {
    const message = expect.stringContaining(says) as string;
    await expect(loaded(task, others)).rejects.toMatchObject({ code, message });
  });
});
