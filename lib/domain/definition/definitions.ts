/**
 * The definitions of users: tasks, clusters, cluster configurations, variables, registered databases.
 * Field names are the wire's (Dinky's); they are stored under the same names.
 */
import type { Grant } from '../access/access-key.ts';

export interface NameValue {
  readonly name: string;
  readonly value: string;
}

/** A stored task. Every field is present: missing fields have their defaults. */
export interface TaskDefinition {
  readonly id: number;
  /** Counts from 1; raised by every change of the definition. */
  readonly version: number;
  readonly name: string;
  /** FlinkSql, FlinkJar or FlinkSqlEnv. */
  readonly dialect: string;
  /** Run mode: local, standalone, yarn-session, kubernetes-session, yarn-application ... */
  readonly type: string;
  readonly statement: string;
  readonly note: string | null;
  readonly enabled: boolean;
  /** Dinky's life cycle number of a task (1 develop, 2 online); passed through to answers. */
  readonly step: number;
  readonly clusterId: number | null;
  readonly clusterConfigurationId: number | null;
  /** Id of a FlinkSqlEnv task whose statements run first. */
  readonly envId: number | null;
  /** Checkpoint interval in milliseconds; null leaves it to the cluster. */
  readonly checkpoint: number | null;
  /** 0 NONE, 1 LATEST, 2 EARLIEST, 3 CUSTOM. */
  readonly savePointStrategy: number;
  readonly savePointPath: string | null;
  /** Under which of these a request's savePointPath must lie, or under one of the deployment's; null or left out: anywhere. */
  readonly savePointPrefixes?: readonly string[] | null;
  /** Whether a job starts although some of the state belongs to nothing in it. */
  readonly allowNonRestoredState?: boolean;
  /** null leaves it to the cluster. */
  readonly parallelism: number | null;
  /** Whether deployment-wide and registered-database variables are visible. */
  readonly fragment: boolean;
  readonly statementSet: boolean;
  readonly batchModel: boolean;
  /** Most rows of a preview. */
  readonly maxRowNum: number;
  readonly useResult: boolean;
  readonly useChangeLog: boolean;
  readonly useAutoCancel: boolean;
  readonly configJson: TaskConfig;
  /** How long after its answer a run still answers a repeat of the request (design.md, rule 3). */
  readonly dedupeSeconds: number;
  /** Whether a FlinkJar task's main() may be run a second time by a re-send (protocol.md section 11). */
  readonly repeatable: boolean;
  /** Once a task declares them, a request may give no other variables; null: any, as data. */
  readonly parameters?: readonly TaskParameter[] | null;
  /** Its schedules. */
  readonly schedules?: readonly TaskSchedule[] | null;
}

/** A variable that a request may choose. */
export interface TaskParameter {
  readonly name: string;
  readonly type: 'string' | 'number' | 'date' | 'timestamp' | 'identifier' | 'boolean' | 'sql';
  readonly required: boolean;
  readonly default: string | null;
  /** A regular expression that the whole value must match. */
  readonly pattern: string | null;
  readonly values: readonly string[] | null;
}

/** One of `cron`, `rate` and `at` is given, in the words of EventBridge Scheduler. */
export interface TaskSchedule {
  readonly name: string;
  readonly cron: string | null;
  readonly rate: string | null;
  readonly at: string | null;
  /** The zone of all its times. */
  readonly timeZone: string;
  /** No slot is before it; null: none is too early. */
  readonly start: string | null;
  /** No slot is after it. */
  readonly end: string | null;
  /** The variables of each run; a value may have times of the slot, such as ${slot.date - 1d}. */
  readonly variables: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  /** How to treat slots of a time when nothing could be started. */
  readonly catchUp: 'skip' | 'run';
  /** How to treat a slot while a run of the task is live. */
  readonly overlap: 'skip' | 'queue' | 'cancel';
}

interface TaskConfig {
  /** Flink options of this task alone. */
  readonly customConfig: Readonly<Record<string, string>>;
  /** Function name -> class name, registered as temporary system functions. */
  readonly udfRefer: Readonly<Record<string, string>>;
}

export interface ClusterDefinition {
  readonly id: number;
  readonly name: string;
  /** standalone, yarn-session or kubernetes-session. */
  readonly type: string;
  /** JobManager REST addresses, "host:port[,host:port...]"; "https://" before a host asks for TLS. */
  readonly hosts: string;
  /** URL of the SQL gateway for this cluster; null uses the deployment's. */
  readonly sqlGateway: string | null;
  /** How many minutes another JobManager must answer there before a run is given up; null: the deployment's. */
  readonly lostAfterMinutes?: number | null;
  /** Flink options for every task on this cluster. */
  readonly config: Readonly<Record<string, string>>;
  readonly note: string | null;
  readonly enabled: boolean;
}

export interface ClusterConfiguration {
  readonly id: number;
  readonly name: string;
  /** The target it is for: yarn-application, kubernetes-application, ... */
  readonly type: string;
  /** URL of the SQL gateway that starts clusters of this kind; null uses the deployment's. */
  readonly sqlGateway: string | null;
  /** The address of such a cluster's JobManager, with `{clusterId}` in it; null: Flink's default, or not known. */
  readonly jobManager: string | null;
  /** In the form of Dinky's configJson: clusterConfig, flinkConfig, kubernetesConfig, appConfig (cluster-configuration.ts). */
  readonly configJson: {
    readonly clusterConfig?: Readonly<Record<string, unknown>>;
    readonly flinkConfig?: {
      readonly configuration?: Readonly<Record<string, string>>;
      readonly flinkConfigList?: readonly NameValue[];
      readonly [field: string]: unknown;
    };
    readonly kubernetesConfig?: Readonly<Record<string, unknown>>;
    readonly appConfig?: Readonly<Record<string, unknown>>;
  };
  readonly note: string | null;
  readonly enabled: boolean;
}

/** A variable's value: plain text, or the name of a secret that is read again for every send. */
export type VariableValue = string | { readonly secret: string };

export interface VariableDefinition {
  readonly name: string;
  readonly value: VariableValue;
  readonly note: string | null;
}

/** A registered database: its Flink options are a variable named like it. */
export interface DatabaseDefinition {
  readonly name: string;
  /** SQL text, as `'connector' = 'jdbc', 'url' = '...'`. */
  readonly flinkConfig: string;
  readonly note: string | null;
}

/** The rights of a caller that API Gateway has authenticated (auth=iam, auth=jwt). */
export interface PrincipalDefinition extends Grant {
  /** An ARN, or the subject of a token. */
  readonly name: string;
  readonly kind: 'iam' | 'jwt';
  readonly note: string | null;
  readonly enabled: boolean;
}

export const TASK_DEFAULTS = {
  dialect: 'FlinkSql',
  note: null,
  enabled: true,
  step: 2,
  clusterId: null,
  clusterConfigurationId: null,
  envId: null,
  checkpoint: null,
  savePointStrategy: 0,
  savePointPath: null,
  savePointPrefixes: null,
  allowNonRestoredState: false,
  parallelism: null,
  fragment: false,
  statementSet: true,
  batchModel: false,
  maxRowNum: 100,
  useResult: false,
  useChangeLog: false,
  useAutoCancel: true,
  configJson: { customConfig: {}, udfRefer: {} },
  dedupeSeconds: 10,
  repeatable: false,
  parameters: null,
  schedules: null,
} as const satisfies Partial<TaskDefinition>;

/** Flink's own limit. */
export const MAX_PARALLELISM = 32_768;

export const SAVEPOINT_STRATEGIES = ['NONE', 'LATEST', 'EARLIEST', 'CUSTOM'] as const;
