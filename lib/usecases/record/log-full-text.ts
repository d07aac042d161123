/** Logs a text that is too long for the record of a run, with the number of the run. */
import { bytesOf, cutText } from '../../domain/cut-text.ts';
import { MAX_ERROR_LENGTH, MAX_LOGGED_BYTES } from '../../domain/limits.ts';
import type { Log } from '../../domain/ports.ts';

/** Call it after the record is written. `text` is masked as in the record. */
export function logFullText(log: Log, runId: number, text: string, kept = MAX_ERROR_LENGTH): void {
  if (bytesOf(text) <= kept) return;
  log.warn('the record of a run has only the beginning of this text', { runId, text: cutText(text, MAX_LOGGED_BYTES) });
}
