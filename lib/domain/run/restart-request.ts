/** What a caller asks for with a restart. */
export interface RestartRequest {
  readonly taskId: number;
  /** Where the new run starts from; null: from a savepoint of the old one. */
  readonly savePointPath: string | null;
  /** Values of the old run's variables that Dinghy does not keep. */
  readonly variables?: Readonly<Record<string, string>>;
}
