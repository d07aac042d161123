/** Polls a run until it has ended or the time is up. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../api/api.ts';
import { CommandError } from '../command-error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { type Printing, reportRun } from './report.ts';
import { durationText } from './run-text.ts';
import { readRun, type Run } from './runs-of-api.ts';

/** An answer is at most this old in the first minute of a run, and afterwards (contract.md, "Job instance"). */
const LOOK_YOUNG_MS = 1_000;
const LOOK_MS = 5_000;
const YOUNG_MS = 60_000;

const EXIT_OF_END: Readonly<Record<string, ExitCode>> = {
  FINISHED: EXIT.done,
  FAILED: EXIT.failed,
  UNKNOWN: EXIT.failed,
  CANCELED: EXIT.cancelled,
};

export interface Wanted {
  readonly runId: number;
  /** Null: for ever. */
  readonly timeoutMs: number | null;
}

/** Prints the status of the run, then how it ended; returns the exit code. @throws CommandError when the time is up */
export async function follow(api: Api, { runId, timeoutMs }: Wanted, printing: Printing): Promise<number> {
  const show = progressTo(printing);
  const started = performance.now();
  for (;;) {
    const seen = await readRun(api, runId);
    const end = EXIT_OF_END[seen.run.status];
    if (end !== undefined) {
      reportRun(printing, seen);
      return end;
    }
    show(seen.run);
    if (printing.io.isGone?.() === true) return EXIT.timedOut;
    const elapsedMs = performance.now() - started;
    const leftMs = timeoutMs === null ? Infinity : timeoutMs - elapsedMs;
    if (leftMs <= 0) throw stillGoing(api, seen.run);
    await sleep(Math.min(leftMs, elapsedMs < YOUNG_MS ? LOOK_YOUNG_MS : LOOK_MS));
  }
}

/** On a terminal one line that moves, elsewhere a line for each change. */
function progressTo({ io, json }: Printing): (run: Run) => void {
  let last = '';
  return ({ id, status, duration }) => {
    if (json) return;
    const line = `run ${id}: ${status}, ${durationText(duration)}`;
    if (io.moving !== undefined) io.moving(line);
    else if (status !== last) io.out(line);
    last = status;
  };
}

function stillGoing({ words }: Api, { id, status }: Run): CommandError {
  const hint = `It goes on. Follow it: dinghy watch ${id}${words}`;
  return new CommandError(EXIT.timedOut, `the time is up, and run ${id} has not ended (${status}). ${hint}`);
}
