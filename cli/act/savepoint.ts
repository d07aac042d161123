import * as v from 'valibot';
import { type Api, findApi } from '../api/api.ts';
import { type Answer, callApi } from '../api/call-api.ts';
import { SAME_WISH_MS } from '../api/calls.ts';
import { readData } from '../api/read-data.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../usage-error.ts';
import { reportDone, reportFailed } from './report.ts';
import { named, readTarget } from './target.ts';

const SAVED = v.object({ jobInfos: v.array(v.object({ savePoint: v.nullable(v.string()) })) });

/** `dinghy savepoint`: done when the savepoint is there. Without one, the job goes on. */
export async function savepoint(call: Call): Promise<number> {
  const type = typeOf(call);
  const target = readTarget(call);
  const api = findApi(call);
  const { parameters, look } = await named(api, target, 'taskId');
  const answer = await callApi(api, {
    method: 'POST',
    path: '/openapi/savepoint',
    body: { ...parameters, savePointType: type },
    repeatWithinMs: SAME_WISH_MS,
    ifLost: `It is not known whether the savepoint is being taken. Check: ${look}`,
  });
  if (!answer.success) return reportFailed(call, api, answer);
  reportDone(call, api, { data: answer.data, lines: [`${answer.msg}.`] });
  return isThere(api, answer) ? EXIT.done : EXIT.timedOut;
}

function typeOf({ stop, cancel }: Call): string {
  if (stop === true && cancel === true) throw new UsageError('--stop and --cancel end the job in two ways. Give one.');
  if (stop === true) return 'stop';
  return cancel === true ? 'cancelWithSavepoint' : 'trigger';
}

function isThere(api: Api, { data }: Answer): boolean {
  return readData(api, SAVED, data).jobInfos.some(({ savePoint }) => savePoint !== null);
}
