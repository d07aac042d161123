import { findApi } from '../api/api.ts';
import type { Call } from '../command.ts';
import { readNumber } from '../read-number.ts';
import { follow } from './follow.ts';
import { readTimeout } from './read-timeout.ts';

/** `dinghy watch`: follows a run until it ends; the exit code says how. */
export async function watch(call: Call): Promise<number> {
  const { positionals: [word = ''], timeout } = call; // prettier-ignore
  const runId = readNumber('RUN', word);
  const timeoutMs = readTimeout(timeout);
  return await follow(findApi(call), { runId, timeoutMs }, call);
}
