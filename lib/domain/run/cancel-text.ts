/** Why a run is CANCELED, for its `error`: who asked for it and when. */
import { ANONYMOUS } from '../access/principal.ts';
import { wireTime } from '../time.ts';
import type { RunHead } from './run.ts';

/** `endedAt`: when the job ended (UTC ms), for a job that was cancelled by somebody else. */
export function canceledText({ cancelAskedAt, cancelAskedBy, savepoint }: RunHead, endedAt: number): string {
  if (cancelAskedAt === null && savepoint?.type === 'cancel' && savepoint.state !== 'failed') {
    return `cancelled with a savepoint ${byWhom(savepoint.askedBy)} at ${utcTime(savepoint.askedAt)}`;
  }
  if (cancelAskedAt === null) return `cancelled in Flink at ${utcTime(endedAt)}, not through Dinghy`;
  return `cancelled ${byWhom(cancelAskedBy)} at ${utcTime(cancelAskedAt)}`;
}

/** Null: the cancel was recorded by a version of Dinghy that did not note who asked. */
function byWhom(caller: string | null): string {
  if (caller === null) return 'through Dinghy';
  return caller === ANONYMOUS ? 'by an anonymous caller' : `by ${caller}`;
}

/** The zone of the deployment is a matter of answers; a stored text names its own. */
function utcTime(atMs: number): string {
  return `${wireTime(atMs, 'UTC')} UTC`;
}
