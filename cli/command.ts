/** What a subcommand is, and what it is called with. */
import type { Io } from './io.ts';

export interface Options {
  readonly positionals: readonly string[];
  readonly help: boolean;
  readonly local: boolean;
  readonly json: boolean;
  readonly table?: string | undefined;
  readonly 'jobs-table'?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly task?: string | undefined;
  readonly live?: boolean | undefined;
  readonly limit?: string | undefined;
  readonly after?: string | undefined;
  readonly zone?: string | undefined;
  readonly 'sql-gateway'?: string | undefined;
  readonly 'flink-rest'?: string | undefined;
  readonly variable?: readonly string[] | undefined;
  readonly plan?: boolean | undefined;
  readonly lost?: boolean | undefined;
  readonly by?: string | undefined;
}

export interface Call extends Options {
  readonly env: NodeJS.ProcessEnv;
  readonly io: Io;
}

export interface Command {
  readonly name: string;
  /** Positional arguments, as help shows them; in brackets: may be left out. */
  readonly takes: readonly string[];
  readonly options: readonly OptionName[];
  readonly summary: string;
  readonly details: readonly string[];
  run(call: Call): Promise<number>;
}

export type OptionName =
  | ('table' | 'jobs-table' | 'local' | 'endpoint' | 'region' | 'json' | 'task' | 'live' | 'limit' | 'after' | 'zone')
  | ('sql-gateway' | 'flink-rest' | 'variable' | 'plan' | 'lost' | 'by');
