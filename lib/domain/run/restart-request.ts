/** The parameters of a restart. */
export interface RestartRequest {
  readonly taskId: number;
  /** The start path of the new run; null: a savepoint of the old one. */
  readonly savePointPath: string | null;
  /** Values of the old run's variables that Dinghy does not keep. */
  readonly variables?: Readonly<Record<string, string>>;
}
