/** A call of the API. It is repeated after a lost reply if that can't have an effect twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { hideApiKeys } from '../../lib/domain/access/api-key.ts';
import { CommandError } from '../command-error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { oneLine } from '../one-line.ts';
import type { Api } from './api.ts';
import { type ApiRequest, send, type Sent } from './send.ts';

export interface ApiCall extends ApiRequest {
  /** For how long after the first send a repeat of the call has no second effect. */
  readonly repeatWithinMs: number;
  /** Advice for the caller when it is not known whether the call arrived. */
  readonly ifLost: string;
}

export interface Answer {
  readonly success: boolean;
  /** Dinghy's message, as one line without the words that begin every success. */
  readonly msg: string;
  readonly data: unknown;
  /** An earlier attempt may have had the effect. */
  readonly repeated: boolean;
}

const PAUSES_MS = [500, 1_000, 2_000, 4_000];

/** @throws CommandError when the API refuses, or when there is no answer */
export async function callApi(api: Api, call: ApiCall): Promise<Answer> {
  const started = performance.now();
  let arrived = false;
  for (let tries = 0; ; tries += 1) {
    const sent = await send(api, call);
    if (sent.kind === 'answer') return toAnswer(sent, arrived);
    if (sent.kind === 'lost') arrived = true;
    const pauseMs = PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)] ?? 0;
    const isLate = performance.now() - started + pauseMs > call.repeatWithinMs;
    const isHopeless = sent.kind === 'refused' || sent.kind === 'foreign' || (sent.kind === 'unsent' && !arrived);
    if (isLate || isHopeless) throw failure(api, call, { sent, arrived });
    await sleep(pauseMs);
  }
}

function toAnswer({ success, msg, data, errorCode }: Extract<Sent, { kind: 'answer' }>, repeated: boolean): Answer {
  const told = oneLine(hideApiKeys(msg));
  if (!success && errorCode !== null) throw new CommandError(exitCodeOf(errorCode), told);
  return { success, msg: told.replace(/^(?:(?:Execute|Query) )?Successfully\.? ?/, ''), data, repeated };
}

function exitCodeOf(errorCode: string): ExitCode {
  return errorCode === 'request.unauthorized' || errorCode === 'request.forbidden' ? EXIT.notAllowed : EXIT.failed;
}

interface Failure {
  readonly sent: Exclude<Sent, { kind: 'answer' }>;
  /** Whether this request or an earlier one of the same call may have arrived. */
  readonly arrived: boolean;
}

function failure({ place, words }: Api, { ifLost }: ApiCall, { sent: { kind, why }, arrived }: Failure): CommandError {
  if (arrived) return new CommandError(EXIT.timedOut, `the answer of ${place} was lost (${why}). ${ifLost}${words}`);
  switch (kind) {
    case 'refused':
      return new CommandError(EXIT.notAllowed, `${place} refuses this caller (${why}). Check DINGHY_KEY.`);
    case 'throttled':
      return new CommandError(
        EXIT.failed,
        `${place} takes no more requests now (${why}). Nothing was done. Try again later.`,
      );
    case 'foreign':
      return new CommandError(EXIT.failed, `the server at ${place} is not Dinghy (${why}). Check the address.`);
    default:
      return new CommandError(
        EXIT.failed,
        `nothing answers at ${place} (${why}). Nothing was done. Check the address.`,
      );
  }
}
