/** How the acting commands print: results to stdout, problems to stderr, and where it was done with both. */
import type { Api } from '../api/api.ts';
import type { Answer } from '../api/ask.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';

export type Printing = Pick<Call, 'io' | 'json'>;

/** `lines`: for people. With --json the data alone goes to stdout. */
export function reportDone({ io, json }: Printing, { place }: Api, { data }: Answer, lines: readonly string[]): void {
  const [first = '', ...rest] = lines;
  const told = [`At ${place}: ${first}`, ...rest];
  if (json) io.out(JSON.stringify(data, null, 2));
  for (const line of told) (json ? io.err : io.out)(line);
}

/** Gives the exit code. Data of a failure: the run that was recorded and failed. */
export function reportFailed({ io, json }: Printing, { place }: Api, { data, msg }: Answer): number {
  if (json) io.out(JSON.stringify(data ?? null, null, 2));
  io.err(`dinghy: at ${place}: ${msg}`);
  return EXIT.failed;
}
