/** A text that is too long for the record of its run is in the log as a whole, once; the record and the answer are cut. */
import { describe, expect, it } from 'vitest';
import { gatewayError } from '../../lib/adapters/flink/errors.ts';
import { bytesOf } from '../../lib/domain/cut-text.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { MAX_ERROR_LENGTH, MAX_LOGGED_BYTES } from '../../lib/domain/limits.ts';
import { record } from '../../lib/usecases/record/record.ts';
import type { Call } from '../fakes/fake-flink.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const told = ({ log }: World): unknown[] =>
  log.lines
    .filter(({ message }) => message.includes('beginning of this text'))
    .map(({ level, fields }) => [level, fields]);

it.each([
  ['表'.repeat(900), 1],
  ['x'.repeat(MAX_ERROR_LENGTH), 0],
])('the reason of an end', async (reason, lines) => {
  const w = world();
  const { head } = await w.submit();
  const evidence = { kind: 'over', status: 'UNKNOWN', reason } as const;
  const deps = { ...w, secrets: null };
  const ended = await record(deps, head, evidence, new AbortController().signal);
  expect(await record(deps, ended, evidence, new AbortController().signal)).toEqual(ended);
  expect(ended.error === reason).toBe(lines === 0);
  expect(told(w)).toEqual(Array(lines).fill(['warn', { runId: 1, text: reason }]));
});

const LONG = `Record ${'that could not be read, '.repeat(200)}and its last word`;

/** The one call of Flink's that fails, with its text as the adapter reads it. */
function failing(wanted: Call, text = LONG, statement = "SET 'a' = 'b';\nINSERT INTO orders SELECT 1;"): World {
  const variables = [{ name: 'pw', value: { secret: 'dinghy/pw' }, note: null }];
  const w = world({ tasks: [aTask({ statement, fragment: true })], variables });
  w.secrets.values.set('dinghy/pw', 'hunter22-hunter22');
  w.flink.fault = (call, before) => {
    if (call === wanted && before) throw gatewayError(`a.b.CException: ${text}\n\tat a.b.C.d(C.java:1)`);
  };
  return w;
}

describe('what Flink says at length', () => {
  it.each<[string, Call, string]>([
    ['of the statement that starts the job', 'start', 'line 2: '],
    ['of a statement before it', 'configure', 'line 1: '],
  ])('%s is cut in record and answer, and logged once', async (_what, call, place) => {
    const w = failing(call);
    const { head } = await w.submit();
    const shown = [w.store.heads.get(head.id)?.refusal ?? '', head.refusal ?? ''];
    for (const text of shown) {
      expect(bytesOf(text)).toBeLessThanOrEqual(MAX_ERROR_LENGTH);
      expect(text.startsWith(`${place}Record that`)).toBe(true);
    }
    expect(told(w)).toEqual([['warn', { runId: head.id, text: `${place}${LONG}` }]]);
  });

  it('when the run is sent again is logged with that send', async () => {
    const w = failing('start');
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) throw new AppError('flink.noReply', 'No reply.');
    };
    const { head } = await w.submit();
    w.flink.fault = failing('configure').flink.fault;
    await w.clock.advance(60_000);
    await w.reconcile();
    expect(w.store.heads.get(head.id)?.refusal).toMatch(/^line 1: Record that .*…$/);
    expect(told(w)).toEqual([['warn', { runId: head.id, text: `line 1: ${LONG}` }]]);
  });

  it('of a job that failed later is logged when that is recorded', async () => {
    const w = world();
    const { head } = await w.submit();
    Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { state: 'FAILED', endedAt: w.clock.now(), cause: LONG });
    await w.clock.advance(60_000);
    await w.reconcile();
    await w.reconcile();
    expect(bytesOf(w.store.heads.get(head.id)?.error ?? '')).toBeLessThanOrEqual(MAX_ERROR_LENGTH);
    expect(told(w)).toEqual([['warn', { runId: head.id, text: LONG }]]);
  });

  it('is logged up to a bound, without the values of secrets', async () => {
    const statement = "CREATE TABLE orders (a INT) WITH ('x' = '${pw}');\nINSERT INTO orders SELECT 1;";
    const w = failing('start', `${'表 hunter22-hunter22 '.repeat(200)}\n`.repeat(40), statement);
    const { head } = await w.submit();
    const [[, fields]] = told(w) as [[string, { text: string }]];
    expect(bytesOf(fields.text)).toBeLessThanOrEqual(MAX_LOGGED_BYTES);
    expect(bytesOf(fields.text)).toBeGreaterThan(MAX_LOGGED_BYTES - 100);
    expect(JSON.stringify([w.log.lines, head])).not.toContain('hunt');
  });

  it('why a gateway was not asked is kept short too', async () => {
    const w = world();
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) throw new AppError('flink.noReply', 'No reply.');
    };
    const { head } = await w.submit();
    w.flink.fault = (call, before) => {
      if (call === 'version' && before) throw new AppError('flink.unreachable', `表 ${LONG}`);
    };
    await w.clock.advance(60_000);
    await w.reconcile();
    expect(bytesOf(w.store.heads.get(head.id)?.triedWhy ?? '')).toBe(300);
    expect(told(w)).toEqual([['warn', { runId: head.id, text: expect.stringContaining(LONG) as string }]]);
  });
});

it('why a job failed is told at the SET that it is about', async () => {
  const w = world({
    tasks: [
      aTask({
        statement: "\nSET 'pipeline.operator-chaining' = 'perhaps';\nCREATE TABLE t (a INT);\nINSERT INTO t SELECT 1;",
      }),
    ],
  });
  const { head } = await w.submit();
  const cause = "Could not parse value 'perhaps' for key 'pipeline.operator-chaining.enabled'.";
  Object.assign(w.flink.jobs.get(head.jobId ?? '') ?? {}, { state: 'FAILED', endedAt: w.clock.now(), cause });
  await w.clock.advance(60_000);
  await w.reconcile();
  expect(w.store.heads.get(head.id)).toMatchObject({ status: 'FAILED', error: `line 2: ${cause}` });
});
