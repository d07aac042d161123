/** A subcommand, and a call of it. */
import type { Io } from './io.ts';
import type { OptionName, OptionValues } from './option-table.ts';

export interface Options extends OptionValues {
  readonly positionals: readonly string[];
  readonly help: boolean;
  readonly local: boolean;
  readonly json: boolean;
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
  /** It calls the API, and its exit code tells kinds of failure apart. */
  readonly acts?: true;
  /** It changes something in the tables: with a context it says where. */
  readonly writes?: true;
  run(call: Call): Promise<number>;
}
