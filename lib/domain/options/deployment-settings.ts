/** Defaults of the deployment, if task and cluster have no values. */
export interface DeploymentSettings {
  /** URL of the SQL gateway for clusters that name none; null when the deployment has none. */
  readonly sqlGatewayUrl: string | null;
  /** JobManager addresses of the default session cluster, for tasks of type local. */
  readonly flinkRest: string | null;
  /** For clusters without a value of their own (definitions.ts); null or undefined: Dinghy's default. */
  readonly lostAfterMinutes?: number | null;
  /** Lowest layer of Flink options. */
  readonly flinkConfig: Readonly<Record<string, string>>;
  /** Under which of these a request's savePointPath must lie; left out or none: anywhere. */
  readonly savepointPrefixes?: readonly string[];
}
