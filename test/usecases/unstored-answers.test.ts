/** What an answer shows of a statement that a request brought: passwords in it are masked, wherever they stand. */
import { expect, it } from 'vitest';
import { executeSqlRoute } from '../../lib/http/execute-route.ts';
import { route } from '../../lib/http/route.ts';
import { runRoute } from '../../lib/http/run-route.ts';
import { admitEverybody } from '../../lib/usecases/admit-caller.ts';
import { getRun } from '../../lib/usecases/job-instance.ts';
import { submitUnstored } from '../../lib/usecases/submit-unstored.ts';
import { type Call, callHandler, type Envelope } from '../builders/event.ts';
import { world } from './world.ts';

const P = { literal: 'l1teral-hush', option: '0ption-hush', variable: 'v4riable-hush', path: 'p4th-hush' };
const STATEMENT = `CREATE TABLE snk (id BIGINT) WITH ('connector' = 'jdbc', 'password' = '${P.literal}', 'token' = '\${my_token}');
INSERT INTO snk SELECT 1;`;

it('masks what looks like a secret in the answer of the submit, of a repeat, of the run, and in the log', async () => {
  const w = world();
  const context = { admit: admitEverybody, timeZone: 'UTC', clock: w.clock, log: w.log };
  const execute = route(
    () => context,
    executeSqlRoute,
    () => submitUnstored(w),
  );
  const details = route(
    () => context,
    runRoute,
    () => getRun({ ...w, secrets: null }),
  );
  const ask = (handler: typeof execute, call: Call): Promise<Envelope> => w.clock.run(callHandler(handler, call));
  const body = JSON.stringify({
    statement: STATEMENT,
    configuration: { 's3.secret-key': P.option },
    variables: { my_token: P.variable },
    savePointPath: `s3://key:${P.path}@bucket/sp`,
  });
  const call = { method: 'POST', path: '/openapi/executeSql', body };
  const answers = [await ask(execute, call), await ask(execute, call)];
  answers.push(await ask(details, { path: '/openapi/runs/1' }));
  expect(answers.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(w.flink.configured.join()).toContain(P.literal);
  const everything = JSON.stringify([answers, w.log]);
  for (const value of Object.values(P)) expect(everything).not.toContain(value);
});
