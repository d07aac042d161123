/** A jar, and what its main() is run with. */
/** A jar on this machine's disk. */
export interface LocalJar {
  readonly sha256: string;
  /** File name, as people know it: "orders.jar". */
  readonly name: string;
  readonly sizeBytes: number;
  readonly path: string;
  /** It is not needed any more. */
  release(): void;
}

/** The arguments and options for the main() of a jar. */
export interface JarRun {
  /** The one job that it may start gets this id. */
  readonly jobId: string;
  readonly entryClass: string | null;
  readonly args: readonly string[];
  readonly parallelism: number | null;
  readonly savePointPath: string | null;
  readonly allowNonRestoredState: boolean;
  readonly flinkConfiguration: Readonly<Record<string, string>>;
}
