import { findApi } from '../api/api.ts';
import { callApi } from '../api/call-api.ts';
import { SAME_WISH_MS } from '../api/calls.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { reportDone, reportFailed } from './report.ts';
import { named, readTarget } from './target.ts';

/** `dinghy cancel`: done when the cancel is recorded; Dinghy carries it out from then on. */
export async function cancel(call: Call): Promise<number> {
  const target = readTarget(call);
  const api = findApi(call);
  const { parameters, look } = await named(api, target, 'id');
  const answer = await callApi(api, {
    method: 'POST',
    path: '/openapi/cancel',
    body: parameters,
    repeatWithinMs: SAME_WISH_MS,
    ifLost: `It is not known whether the run is being cancelled. Check: ${look}`,
  });
  if (!answer.success) return reportFailed(call, api, answer);
  reportDone(call, api, { data: answer.data, lines: [`${answer.msg}.`] });
  return EXIT.done;
}
