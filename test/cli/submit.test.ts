/** submit and watch: one run however often it is asked for, and an exit code that says how it ended. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { instance, jobResult as anyResult } from './api-answers.ts';
import { type ApiDouble, apiDouble, type Asked, dinghy, type Reply } from './api-double.ts';

const jobResult = (more: object = {}) =>
  anyResult({ jobConfig: { jobName: 'orders', taskId: 1, savePointPath: null }, ...more });
const ended = (status: string) => instance(status, { finishTime: '2026-01-31 12:00:05' });

let api: ApiDouble | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await api?.stop();
  api = undefined;
});

async function run(args: readonly string[], replies: readonly Reply[]) {
  await api?.stop();
  const started = await apiDouble((_, nth) => replies[Math.min(nth, replies.length - 1)]!);
  api = started;
  return { ...(await dinghy(args, { DINGHY_URL: started.url })), asked: started.asked, url: started.url };
}

const keyOf = ({ headers }: Asked) => headers['idempotency-key'];

describe('dinghy submit', () => {
  it('starts the task with its variables, none of which stands in the address', async () => {
    const args = [
      'submit',
      '1',
      '--var',
      'country=NO',
      '--var',
      'where=a=b',
      '--var',
      'empty=',
      '--savepoint',
      's3://b/1',
    ];
    const { code, out, asked, url } = await run(args, [{ data: jobResult() }]);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ method: 'POST', path: '/openapi/submitTask' });
    const variables = { country: 'NO', where: 'a=b', empty: '' };
    expect(asked[0]?.body).toEqual({ id: 1, variables, savePointPath: 's3://b/1' });
    expect({ code, out }).toEqual({
      code: 0,
      out: [`At ${url}: task 1 "orders" was started: run 13, job ${'ab'.repeat(16)}.`, 'Follow it: dinghy watch 13'],
    });
  });

  it('is sent again after a dropped connection under the same key, and under another one by the next command', async () => {
    const first = await run(['submit', '1'], ['drop', { http: 502 }, { data: jobResult({ duplicate: true }) }]);
    expect(first.asked.map(({ body }) => body)).toEqual(Array(3).fill({ id: 1, variables: {} }));
    const [key, ...others] = first.asked.map(keyOf);
    expect(key).toMatch(/^dinghy-command-[0-9a-f-]{36}$/);
    expect(others).toEqual([key, key]);
    // It may well be the run of the first try, so nothing is said of one that was there before.
    expect(first.out[0]).toContain('was started: run 13');
    const second = await run(['submit', '1'], [{ data: jobResult() }]);
    expect(keyOf(second.asked[0]!)).not.toBe(key);
  });

  it('that finds a live run says that nothing was started', async () => {
    const msg = 'Execute Successfully. This request repeats run 13 and started nothing new. You can start another run when this one ends.'; // prettier-ignore
    const { code, out } = await run(['submit', '1'], [{ data: jobResult({ duplicate: true }), msg }]);
    expect(code).toBe(0);
    expect(out).toHaveLength(2);
    expect(out[0]).toContain('is already live, and nothing new was started: run 13');
  });

  it('says what Dinghy notes of the start', async () => {
    const msg = 'Execute Successfully. No savepoint of this task is recorded yet: the job starts empty';
    const { out } = await run(['submit', '1'], [{ data: jobResult(), msg }]);
    expect(out[1]).toBe('No savepoint of this task is recorded yet: the job starts empty.');
  });

  it('that Flink has not taken in time is accepted', async () => {
    const { code, out } = await run(['submit', '1'], [{ data: jobResult({ status: 'INITIALIZE' }) }]);
    expect(code).toBe(0);
    expect(out[0]).toContain('was accepted, and Flink has not started it yet: run 13');
  });

  it.each([
    ['FAILED', 1],
    ['CANCEL', 3],
  ])('that ended %s at once exits with %i', async (status, expected) => {
    const failed = {
      data: jobResult({ status, success: false }),
      success: false,
      msg: 'Run 13 of task 1 failed: no table',
    };
    const { code, out, err, url } = await run(['submit', '1', '--wait'], [failed]);
    expect({ code, out }).toEqual({ code: expected, out: [] });
    expect(err).toEqual([`dinghy: at ${url}: Run 13 of task 1 failed: no table`]);
  });

  it('that is refused exits with 1, one that is not allowed with 4', async () => {
    const refused = (code: string): Reply => ({ data: null, code, msg: 'Task Not Exist: there is no task 1.' });
    expect((await run(['submit', '1'], [refused('task.notFound')])).code).toBe(1);
    expect((await run(['submit', '1'], [refused('request.forbidden')])).code).toBe(4);
  });

  it.each([
    [['--var', 'secret'], 'is not NAME=VALUE'],
    [['--var', '=secret'], 'is not NAME=VALUE'],
    [['--var', 'a=secret', '--var', 'a=2'], '--var gives "a" twice'],
    [['--timeout', '5s'], '--timeout needs --wait'],
    [['--wait', '--timeout', 'soon'], '--timeout "soon" is not a time'],
    [['--wait', '--timeout', '5'], '--timeout "5" is not a time'],
  ])('%j: exit code 2, and nothing is sent', async (flags, problem) => {
    const { code, err, asked } = await run(['submit', '1', ...flags], [{ data: jobResult() }]);
    expect({ code, asked }).toEqual({ code: 2, asked: [] });
    expect(err.join()).toContain(problem);
    expect(err.join()).not.toContain('secret');
  });

  it('--wait follows it to its end', async () => {
    const replies = [jobResult(), instance('CREATED'), instance('RUNNING'), instance('RUNNING'), ended('FINISHED')];
    const { code, out, asked } = await run(['submit', '1', '--wait'], replies.map((data) => ({ data }))); // prettier-ignore
    expect(code).toBe(0);
    expect(asked.slice(1).map(({ path }) => path)).toEqual(Array(4).fill('/openapi/getJobInstance?id=13'));
    expect(out.slice(1)).toEqual([
      'run 13: CREATED, 5 s',
      'run 13: RUNNING, 5 s',
      `run 13 of task 1 "orders": FINISHED, started 2026-01-31 12:00:00, ended 2026-01-31 12:00:05, 5 s, job ${'ab'.repeat(16)}`,
    ]);
  });

  it('--wait --json prints one JSON: the run as it ended', async () => {
    const replies = [{ data: jobResult() }, { data: instance('RUNNING') }, { data: ended('FAILED') }];
    const { code, out, err } = await run(['submit', '1', '--wait', '--json'], replies);
    expect(code).toBe(1);
    expect(JSON.parse(out.join('\n'))).toEqual(ended('FAILED'));
    expect(err[0]).toContain('was started: run 13');
  });
});

describe('dinghy watch', () => {
  it.each([
    ['FINISHED', 0],
    ['FAILED', 1],
    ['UNKNOWN', 1],
    ['CANCELED', 3],
  ])('a run that ends %s: exit code %i', async (status, code) => {
    expect(await run(['watch', '13'], [{ data: ended(status) }])).toMatchObject({ code, err: [] });
  });

  it('--timeout: exit code 124, and the run goes on', async () => {
    for (const status of ['RUNNING', 'RECONNECTING', 'CANCELLING']) {
      const { code, out, err } = await run(['watch', '13', '--timeout', '0s'], [{ data: instance(status) }]);
      expect({ code, out }).toEqual({ code: 124, out: [`run 13: ${status}, 5 s`] });
      expect(err).toEqual([
        `dinghy: the time is up, and run 13 has not ended (${status}). It goes on. Follow it: dinghy watch 13`,
      ]);
    }
  });

  it('goes on after a connection that was dropped', async () => {
    expect(await run(['watch', '13'], ['drop', { data: ended('FINISHED') }])).toMatchObject({ code: 0, err: [] });
  });

  it('ends with 4 when the key is revoked meanwhile', async () => {
    const revoked: Reply = { data: null, code: 'request.unauthorized', msg: 'The API key is not accepted' };
    expect(await run(['watch', '13'], [{ data: instance('RUNNING') }, revoked])).toMatchObject({ code: 4 });
  });

  it('of an unknown run exits with 1', async () => {
    const msg = 'Job Instance Not Exist: there is no run 13.';
    const { code, err } = await run(['watch', '13'], [{ data: null, code: 'run.notFound', msg }]);
    expect({ code, err }).toEqual({ code: 1, err: [`dinghy: ${msg}`] });
  });

  it.each(['x', '0', '-1', '1.5'])('%s is no run', async (word) => {
    expect(await run(['watch', word], [{ data: null }])).toMatchObject({ code: 2, asked: [] });
  });

  it('in a pipe prints no control character, as the process that it is', async () => {
    api = await apiDouble((_, nth) => ({ data: nth < 2 ? instance('RUNNING') : ended('CANCELED') }));
    const bin = fileURLToPath(new URL('../../cli/dinghy.cjs', import.meta.url));
    const env = { PATH: process.env['PATH'], DINGHY_URL: api.url };
    const { code, text } = await new Promise<{ code: unknown; text: string }>((resolve) => {
      execFile(process.execPath, [bin, 'watch', '13'], { env }, (error, out) =>
        resolve({ code: error?.code, text: out }),
      );
    });
    expect(code).toBe(3);
    expect(text.split('\n')).toHaveLength(3);
    expect(text).toMatch(/^run 13: RUNNING, 5 s\nrun 13 of task 1 "orders": CANCELED, [^\p{Cc}]*\n$/u);
  });
});

describe('on a terminal', () => {
  it('one line moves, and the end stays', async () => {
    const replies = [instance('CREATED'), instance('RUNNING', { duration: 6 }), ended('FINISHED')];
    api = await apiDouble((_, nth) => ({ data: replies[nth] }));
    const [out, moving]: [string[], string[]] = [[], []];
    const { main } = await import('../../cli/main.ts');
    const io = {
      out: (line: string) => out.push(line),
      err: () => undefined,
      moving: (line: string) => moving.push(line),
    };
    expect(await main(['watch', '13'], { DINGHY_URL: api.url }, io)).toBe(0);
    expect(moving).toEqual(['run 13: CREATED, 5 s', 'run 13: RUNNING, 6 s']);
    expect(out).toEqual([expect.stringContaining('FINISHED')]);
  });
});
