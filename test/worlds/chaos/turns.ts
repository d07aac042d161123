/**
 * Whether a run that was acknowledged and never started had its fair turn: while it might be sent again, a sweep must have
 * asked its gateway (for a jar: its JobManager) at least once, whatever else hung.
 */
import { PATIENCE_MS, RESEND_UNTIL_MS } from '../../../lib/domain/limits.ts';
import type { RunBody } from '../../../lib/domain/plan/run-body.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { Complain } from './violations.ts';

const SKEW_MS = 3_000;
const MIN = 60_000;
/** So many sweeps of calm are enough for a turn. */
const CALM_MS = 4 * MIN;

export class Turns {
  readonly #asked = new Map<string, number[]>();
  /** From when on nothing was wrong with a cluster, its part of the index and the table. */
  readonly calmSince = new Map<string, number>();

  asked(hosts: string, what: string, at: number): void {
    const key = keyOf(hosts, what === 'find jar');
    this.#asked.set(key, [...(this.#asked.get(key) ?? []), at]);
  }

  /** `head` has just ended without a job. */
  judge(head: RunHead, body: RunBody | undefined, complain: Complain): void {
    if (!mightBeSentAgain(head)) return;
    const [from, to] = [head.intentAt + PATIENCE_MS - SKEW_MS, head.intentAt + RESEND_UNTIL_MS + SKEW_MS];
    const asked = this.#asked.get(keyOf(head.hosts, body?.plan.job?.kind === 'jar')) ?? [];
    if (head.sends > 1 || asked.some((at) => at >= from && at <= to)) return;
    const text = `it is ${head.status} (${head.error ?? ''}) without a turn to be sent again`;
    if (head.status === 'FAILED') complain('wrong final', head.id, text);
    else if ((this.calmSince.get(head.hosts) ?? Infinity) + CALM_MS < to) complain('lost', head.id, text);
  }
}

function keyOf(hosts: string, isJar: boolean): string {
  return `${hosts} ${isJar ? 'jar' : 'gateway'}`;
}

function mightBeSentAgain(head: RunHead): boolean {
  // What waited for the end of another run was never to be sent.
  if (head.follows !== null && head.sends === 0) return false;
  if (head.kind !== 'job' || head.once || head.cancelAskedAt !== null || head.refusal !== null) return false;
  return head.finishedAt !== null && head.finishedAt >= head.intentAt + RESEND_UNTIL_MS;
}
