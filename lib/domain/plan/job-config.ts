/** The wire's `jobConfig`: the settings of the task, in every JobResult (contract.md, "submitTask"). */
import { SAVEPOINT_STRATEGIES, type TaskDefinition } from '../definition/definitions.ts';
import { shownTaskId } from '../definition/described-task.ts';
import type { GatewayConfig } from './gateway-config.ts';

export interface JobConfig {
  readonly type: string;
  readonly checkpoint: number | null;
  readonly savePointStrategy: (typeof SAVEPOINT_STRATEGIES)[number];
  readonly savePointPath: string | null;
  readonly parallelism: number | null;
  readonly clusterId: number | null;
  readonly clusterConfigurationId: number | null;
  readonly step: number;
  readonly configJson: Readonly<Record<string, string>>;
  readonly udfRefer: Readonly<Record<string, string>>;
  readonly useResult: boolean;
  readonly useChangeLog: boolean;
  readonly useAutoCancel: boolean;
  readonly useRemote: boolean;
  readonly address: string;
  /** Null: it is no stored task. */
  readonly taskId: number | null;
  readonly jarFiles: readonly string[];
  readonly pyFiles: readonly string[];
  readonly jobName: string;
  readonly fragment: boolean;
  readonly statementSet: boolean;
  readonly batchModel: boolean;
  readonly maxRowNum: number;
  /** Null for session modes. */
  readonly gatewayConfig: GatewayConfig | null;
  readonly variables: Readonly<Record<string, string>>;
}

export interface JobConfigInput {
  readonly task: TaskDefinition;
  readonly address: string;
  readonly savePointPath: string | null;
  /** The path is the request's own, with any strategy of the task. */
  readonly asksForPath: boolean;
  /** The request's variables, with the values of sensitive ones masked. */
  readonly variables: Readonly<Record<string, string>>;
  /** Effective Flink options, with the values of sensitive ones masked. */
  readonly configuration: Readonly<Record<string, string>>;
  /** For a run with its own cluster. */
  readonly gatewayConfig?: GatewayConfig | null;
}

export function toJobConfig(input: JobConfigInput): JobConfig {
  const { task, address, savePointPath, asksForPath, variables, configuration, gatewayConfig = null } = input;
  const strategy = asksForPath ? 'CUSTOM' : (SAVEPOINT_STRATEGIES[task.savePointStrategy] ?? 'NONE');
  return {
    type: task.type,
    checkpoint: task.checkpoint,
    savePointStrategy: strategy,
    savePointPath,
    parallelism: task.parallelism,
    clusterId: task.clusterId,
    clusterConfigurationId: task.clusterConfigurationId,
    step: task.step,
    configJson: configuration,
    udfRefer: task.configJson.udfRefer,
    useResult: task.useResult,
    useChangeLog: task.useChangeLog,
    useAutoCancel: task.useAutoCancel,
    useRemote: true,
    address,
    taskId: shownTaskId(task.id),
    jarFiles: [],
    pyFiles: [],
    jobName: task.name,
    fragment: task.fragment,
    statementSet: task.statementSet,
    batchModel: task.batchModel,
    maxRowNum: task.maxRowNum,
    gatewayConfig,
    variables,
  };
}
