/** How the acting commands print: results to stdout, problems to stderr, both with the place. */
import type { Api } from '../api/api.ts';
import type { Answer } from '../api/call-api.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { runText } from './run-text.ts';
import type { SeenRun } from './runs-of-api.ts';

export type Printing = Pick<Call, 'io' | 'json'>;

export interface Done {
  /** For programs: with --json only this goes to stdout. Undefined: a later step prints the data. */
  readonly data?: unknown;
  /** For people. */
  readonly lines: readonly string[];
}

export function reportDone({ io, json }: Printing, { place }: Api, { data, lines }: Done): void {
  const [first = '', ...rest] = lines;
  if (json && data !== undefined) io.out(JSON.stringify(data, null, 2));
  for (const line of [`At ${place}: ${first}`, ...rest]) (json ? io.err : io.out)(line);
}

export function reportRun({ io, json }: Printing, { run, data }: SeenRun): void {
  if (json) io.out(JSON.stringify(data, null, 2));
  else for (const line of runText(run)) io.out(line);
}

/** Returns the exit code. Data of a failure: the run that was recorded and failed. */
export function reportFailed({ io, json }: Printing, { place }: Api, { data, msg }: Answer): number {
  if (json) io.out(JSON.stringify(data ?? null, null, 2));
  io.err(`dinghy: at ${place}: ${msg}`);
  return EXIT.failed;
}
