/** What a caller asks for with a restart. */
export interface RestartRequest {
  readonly taskId: number;
  /** Where the new run starts from; null: from a savepoint of the old one. */
  readonly savePointPath: string | null;
}
