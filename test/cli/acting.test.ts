/** restart, savepoint, cancel and status: what they ask of the API, what they say, and how they end. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { toApiKey } from '../../lib/domain/access/api-key.ts';
import { instance as run13, jobResult, saved, SAVEPOINT_PATH as PATH } from './api-answers.ts';
import { type ApiDouble, apiDouble, type Asked, dinghy, type Reply } from './api-double.ts';
import { DEAD_PID, stackFolder, stackOptions } from './stack-folder.ts';

const KEY = toApiKey(new Uint8Array(32).fill(7));

const instance = (more: object = {}) => run13('RUNNING', { duration: 3_725, ...more });
const TASKS: Reply = {
  data: { tasks: [{ id: 1, name: 'orders' }, { id: 2, name: 'two' }, { id: 7, name: 'two' }], next: null, unreadable: [] }, // prettier-ignore
};

let api: ApiDouble | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await api?.stop();
  api = undefined;
});

/** The command against an API that answers with these, one after the other, and with the last one for ever. */
async function run(args: readonly string[], replies: readonly Reply[], env: NodeJS.ProcessEnv = {}) {
  api = await apiDouble((_, nth) => replies[Math.min(nth, replies.length - 1)]!);
  const ended = await dinghy(args, { DINGHY_URL: api.url, ...env });
  return { ...ended, asked: api.asked, url: api.url };
}

const sent = ({ method, path, body }: Asked): unknown => ({ method, path, body });
const text = ({ out, err }: { out: readonly string[]; err: readonly string[] }): string => [...out, ...err].join('\n');

describe('dinghy restart', () => {
  it('restarts the task, says where, which run it is and from which savepoint', async () => {
    const { code, out, err, asked, url } = await run(['restart', '1'], [{ data: jobResult(), msg: 'Successfully' }]);
    expect(asked.map(sent)).toEqual([{ method: 'GET', path: '/openapi/restartTask?id=1', body: null }]);
    expect({ code, err }).toEqual({ code: 0, err: [] });
    expect(out).toEqual([
      `At ${url}: task 1 "orders" was restarted: run 13, job ${'ab'.repeat(16)}.`,
      `It starts from ${PATH}`,
      'Follow it: dinghy watch 13',
    ]);
  });

  it('takes a path to start from, whatever is in it', async () => {
    const { asked } = await run(['restart', '1', '--savepoint', 's3://b/a b&id=2'], [{ data: jobResult() }]);
    const query = new URLSearchParams(asked[0]?.path.split('?')[1]);
    expect([...query]).toEqual([
      ['id', '1'],
      ['savePointPath', 's3://b/a b&id=2'],
    ]);
  });

  it('that is not done in time ends with 124, and says what is waited for', async () => {
    const reply = { data: jobResult({ status: 'INITIALIZE' }), msg: 'Successfully. It starts when run 12 has ended' };
    const { code, out } = await run(['restart', '1'], [reply]);
    expect(code).toBe(124);
    expect(out.join('\n')).toMatch(/being restarted: run 13.*\n.*\nIt starts when run 12 has ended\.\n/);
  });

  it('that failed ends with 1 and the reason', async () => {
    const msg = 'Run 13 of task 1 failed: not restarted: the disk is full. Run 12 goes on';
    const failed = { data: jobResult({ status: 'FAILED', success: false }), success: false, msg };
    const { code, out, err, url } = await run(['restart', '1'], [failed]);
    expect({ code, out, err }).toEqual({ code: 1, out: [], err: [`dinghy: at ${url}: ${msg}`] });
  });

  it('asks again after a connection that was dropped, and says that it was one restart', async () => {
    const { code, out, asked } = await run(['restart', '1'], ['drop', { data: jobResult({ duplicate: true }) }]);
    expect(asked).toHaveLength(2);
    expect(code).toBe(0);
    expect(out[0]).toContain('This restart was already under way.');
  });
});

describe('dinghy savepoint', () => {
  it.each([
    [[], 'trigger'],
    [['--stop'], 'stop'],
    [['--cancel'], 'cancelWithSavepoint'],
  ])('%j asks for %s', async (flags, type) => {
    const msg = `Execute Successfully. Run 12 of task 1 has the savepoint ${PATH} and goes on`;
    const { code, out, asked, url } = await run(['savepoint', '1', ...flags], [{ data: saved(PATH), msg }]);
    expect(asked.map(sent)).toEqual([
      { method: 'POST', path: '/openapi/savepoint', body: { taskId: 1, savePointType: type } },
    ]);
    expect(code).toBe(0);
    expect(out).toEqual([`At ${url}: Run 12 of task 1 has the savepoint ${PATH} and goes on.`]);
  });

  it('that is still being taken ends with 124', async () => {
    const msg = 'Execute Successfully. The savepoint of run 12 of task 1 is not complete yet.';
    expect(await run(['savepoint', '1'], [{ data: saved(null), msg }])).toMatchObject({ code: 124 });
  });

  it('that failed ends with 1: the job goes on', async () => {
    const msg = 'No savepoint was taken: the disk is full. Run 12 of task 1 goes on';
    const { code, err } = await run(['savepoint', '1', '--stop'], [{ data: saved(null), success: false, msg }]);
    expect(code).toBe(1);
    expect(err.join()).toContain('the disk is full');
  });

  it('refuses two ways to end a job, and asks nothing', async () => {
    const { code, err, asked } = await run(['savepoint', '1', '--stop', '--cancel'], [{ data: null }]);
    expect({ code, asked }).toEqual({ code: 2, asked: [] });
    expect(err).toEqual(['dinghy: --stop and --cancel end the job in two ways. Give one.']);
  });
});

describe('dinghy cancel', () => {
  it('says which run is being cancelled, and where', async () => {
    const msg = 'Execute Successfully. Run 7 of task 1 is being cancelled. Other runs of the task are still live: 5';
    const { code, out, asked, url } = await run(['cancel', '1'], [{ data: true, msg }]);
    expect(asked.map(sent)).toEqual([{ method: 'POST', path: '/openapi/cancel', body: { id: 1 } }]);
    expect(code).toBe(0);
    expect(out).toEqual([`At ${url}: Run 7 of task 1 is being cancelled. Other runs of the task are still live: 5.`]);
  });

  it.each([
    [['cancel', '--run', '13'], { runId: 13 }],
    [['savepoint', '--run', '13', '--stop'], { runId: 13, savePointType: 'stop' }],
  ])('%j means this run and no other', async (args, body) => {
    const { code, asked } = await run(args, [{ data: args[0] === 'cancel' ? true : saved(PATH) }]);
    expect({ code, bodies: asked.map((one) => one.body) }).toEqual({ code: 0, bodies: [body] });
  });

  it.each([
    [['cancel']],
    [['cancel', '1', '--run', '2']],
    [['cancel', '--run', 'x']],
    [['savepoint']],
    [['savepoint', '1', '--run', '2']],
  ])('%j: exit code 2, and nothing is sent', async (args) => {
    expect(await run(args, [{ data: true }])).toMatchObject({ code: 2, asked: [] });
  });

  it('with nothing to cancel ends with 1', async () => {
    const msg = 'Job Instance Not Exist: the task has no live run, so there is nothing to cancel.';
    const { code, err } = await run(['cancel', '1'], [{ data: null, code: 'run.notFound', msg }]);
    expect({ code, err }).toEqual({ code: 1, err: [`dinghy: ${msg}`] });
  });
});

describe('dinghy status', () => {
  it.each([
    [['status', '1'], '/openapi/getJobInstanceByTaskId?id=1'],
    [['status', '--run', '13'], '/openapi/getJobInstance?id=13'],
  ])('%j', async (args, path) => {
    const { code, out, asked } = await run(args, [{ data: instance() }]);
    expect(asked.map(sent)).toEqual([{ method: 'GET', path, body: null }]);
    expect(code).toBe(0);
    expect(out).toEqual([
      `run 13 of task 1 "orders": RUNNING, started 2026-01-31 12:00:00, 1 h 2 min, job ${'ab'.repeat(16)}`,
    ]);
  });

  it('shows a run of no stored task', async () => {
    const { code, out } = await run(['status', '--run', '13'], [{ data: instance({ taskId: null }) }]);
    expect({ code, line: out[0] }).toEqual({
      code: 0,
      line: expect.stringMatching(/^run 13 of no stored task "orders"/) as string,
    });
  });

  it('shows why a run failed as one line that does nothing to a terminal', async () => {
    const failed = instance({ status: 'FAILED', error: 'two\nlines \u001b[31mred', finishTime: '2026-01-31 12:00:09', duration: 9 }); // prettier-ignore
    const { out } = await run(['status', '1'], [{ data: failed }]);
    expect(out[0]).toContain('FAILED, started 2026-01-31 12:00:00, ended 2026-01-31 12:00:09, 9 s');
    expect(out[1]).toBe('error: two lines [31mred');
  });

  it('of a task that never ran says how to start it', async () => {
    const { code, out } = await run(['status', '1'], [{ data: null }]);
    expect({ code, out }).toEqual({ code: 0, out: ['Task 1 has never run. Start it: dinghy submit 1'] });
  });

  it.each([[['status']], [['status', '1', '--run', '2']]])('%j: one of both', async (args) => {
    expect(await run(args, [{ data: null }])).toMatchObject({
      code: 2,
      err: ['dinghy: give either a TASK or --run RUN.'],
    });
  });
});

describe('--json', () => {
  it.each([
    [['restart', '1'], jobResult()],
    [['savepoint', '1'], saved(PATH)],
    [['cancel', '1'], true],
    [['status', '1'], instance()],
  ])('%j prints the data of the API alone', async (args, data) => {
    const { out } = await run([...args, '--json'], [{ data }]);
    expect(JSON.parse(out.join('\n'))).toEqual(data);
  });

  it('prints the run of a failure too', async () => {
    const data = jobResult({ status: 'FAILED' });
    const { code, out } = await run(['restart', '1', '--json'], [{ data, success: false, msg: 'Run 13 failed' }]);
    expect(code).toBe(1);
    expect(JSON.parse(out.join('\n'))).toEqual(data);
  });

  it('says on stderr where something was changed', async () => {
    const { err, url } = await run(['cancel', '1', '--json'], [{ data: true, msg: 'Execute Successfully. Run 7' }]);
    expect(err).toEqual([`At ${url}: Run 7.`]);
  });
});

describe('a task by its name', () => {
  it('is looked up, page by page', async () => {
    const first: Reply = { data: { tasks: [{ id: 3, name: 'other' }], next: 3, unreadable: [] } };
    const { code, asked } = await run(['cancel', 'orders'], [first, TASKS, { data: true }]);
    expect(code).toBe(0);
    expect(asked.map(({ path }) => path)).toEqual([
      '/openapi/tasks?limit=1000',
      '/openapi/tasks?limit=1000&after=3',
      '/openapi/cancel',
    ]);
    expect(asked[2]?.body).toEqual({ id: 1 });
  });

  it.each([
    ['ordres', 'there is no task "ordres"', 'Did you mean "orders"?'],
    ['two', 'several tasks are named "two": 2, 7.', 'Give the id of one.'],
    ['Orders', 'there is no task "Orders"', 'Did you mean "orders"?'],
  ])('%s: nothing is changed', async (name, what, hint) => {
    const { code, err, asked } = await run(['cancel', name], [TASKS]);
    expect({ code, asked: asked.length }).toEqual({ code: 1, asked: 1 });
    expect(err.join()).toContain(what);
    expect(err.join()).toContain(hint);
  });

  it.each(['0', '99999999999', ''])('"%s" is neither', async (word) => {
    expect(await run(['cancel', word], [TASKS])).toMatchObject({ code: 2, asked: [] });
  });
});

describe('where it acts', () => {
  const unused = (): Reply => ({ data: true });

  it('has to be said', async () => {
    const { code, err } = await dinghy(['cancel', '1']);
    expect(code).toBe(2);
    expect(err).toEqual([
      'dinghy: there is no address. Give --url URL, set DINGHY_URL, use --local for the local stack of this checkout, or see dinghy context --help.',
    ]);
  });

  it.each([
    ['here', '"here" is not a URL'],
    ['ftp://host', '"ftp://host" is not a URL'],
    ['https://me:secret@host', 'is more than an address'],
    ['https://host/?token=secret', 'is more than an address'],
    ['https://host/#secret', 'is more than an address'],
  ])('--url %s is refused without its secrets', async (url, problem) => {
    const ended = await dinghy(['cancel', '1', '--url', url]);
    expect(ended.code).toBe(2);
    expect(text(ended)).toContain(problem);
    expect(text(ended)).not.toContain('secret');
  });

  it('--url wins over DINGHY_URL, and the next command is told with it', async () => {
    api = await apiDouble(() => ({ data: null }));
    const { out } = await dinghy(['status', '1', '--url', `${api.url}/openapi/`], { DINGHY_URL: 'http://127.0.0.1:9' });
    expect(api.asked[0]?.path).toBe('/openapi/getJobInstanceByTaskId?id=1');
    expect(out).toEqual([`Task 1 has never run. Start it: dinghy submit 1 --url ${api.url}`]);
  });

  it('a path before /openapi is kept, and a key in it is not shown', async () => {
    api = await apiDouble(unused);
    const ended = await dinghy(['cancel', '1', '--url', `${api.url}/k/${KEY}`]);
    expect(api.asked[0]?.path).toBe(`/k/${KEY}/openapi/cancel`);
    expect(text(ended)).not.toContain(KEY);
    expect(ended.out[0]).toContain(`At ${api.url}/k/dk_******: `);
  });

  it('nobody there: nothing was done', async () => {
    const gone = await apiDouble(unused);
    await gone.stop();
    for (const [url, why] of [
      [gone.url, 'ECONNREFUSED'],
      ['http://dinghy.invalid', 'ENOTFOUND|EAI_AGAIN'],
      ['http://127.0.0.1:25', 'browsers and fetch refuse this port'],
    ] as const) {
      const { code, err } = await dinghy(['cancel', '1', '--url', url]);
      expect(code).toBe(1);
      expect(err.join()).toMatch(
        new RegExp(`^dinghy: nothing answers at ${url} \\((${why})\\)\\. Nothing was done\\.`),
      );
    }
  });

  it.each([
    [{ http: 200, text: '<html>', headers: { 'content-type': 'text/html' } }, 'is not Dinghy (HTTP 200, text/html)'],
    [{ http: 404, text: '{"message":"Not Found"}' }, 'is not Dinghy (HTTP 404'],
    [{ http: 302, headers: { location: 'http://127.0.0.1:9/' } }, 'is not Dinghy (HTTP 302'],
    [{ http: 200, text: '{"success": "yes"}' }, 'is not Dinghy'],
  ] as [Reply, string][])('something else answers: %j', async (reply, problem) => {
    const { code, err, asked } = await run(['cancel', '1'], [reply]);
    expect({ code, asked: asked.length }).toEqual({ code: 1, asked: 1 });
    expect(err.join()).toContain(problem);
  });

  it('an answer of another shape is said to be one', async () => {
    const { code, err } = await run(['restart', '1'], [{ data: { id: 13 } }]);
    expect(code).toBe(1);
    expect(err.join()).toMatch(/is not understood: "\w+" is not as expected/);
  });
});

describe('the local stack', () => {
  it('is found by what it wrote, and gets no key that it does not ask for', async () => {
    api = await apiDouble(() => ({ data: true, msg: 'Execute Successfully. Run 7' }));
    const args = ['cancel', '1', ...stackOptions({ apiUrl: api.url })];
    const { code, out } = await dinghy(args, { DINGHY_URL: 'https://prod.example.com', DINGHY_KEY: KEY });
    expect({ code, out }).toEqual({ code: 0, out: [`At ${api.url} (the local stack): Run 7.`] });
    expect(api.asked[0]?.headers).not.toHaveProperty('authorization');
  });

  it('gets the key where it asks for one', async () => {
    api = await apiDouble(() => ({ data: true }));
    const args = ['cancel', '1', ...stackOptions({ apiUrl: api.url, auth: 'keys' })];
    await dinghy(args, { DINGHY_KEY: KEY });
    expect(api.asked[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it.each([
    ['no file', null],
    ['a file of something else', { apiUrl: 1 }],
    ['a stack that has died', { pid: DEAD_PID }],
  ])('%s: it is not running', async (_, stack) => {
    const dir = stackFolder(stack);
    const { code, err } = await dinghy(['cancel', '1', '--local', '--data-dir', dir]);
    expect(code).toBe(2);
    expect(err.join()).toContain(`no local stack that keeps its data in "${dir}" is running.`);
  });

  it('and another place at once are refused', async () => {
    expect((await dinghy(['cancel', '1', '--local', '--url', 'https://x'])).code).toBe(2);
    expect((await dinghy(['cancel', '1', '--data-dir', 'x'], { DINGHY_URL: 'https://x' })).code).toBe(2);
  });
});

describe('the key', () => {
  const keyFile = (content: string): string => {
    const file = join(mkdtempSync(join(tmpdir(), 'dinghy-key-')), 'key');
    writeFileSync(file, content);
    return file;
  };

  it.each([
    ['the environment', [], { DINGHY_KEY: KEY }],
    ['a file, which wins', ['--key-file', keyFile(`${KEY}\n`)], { DINGHY_KEY: 'other' }],
    ['a token of another kind', [], { DINGHY_KEY: 'eyJhbGciOi.x.y' }],
  ] as [string, string[], NodeJS.ProcessEnv][])('of %s is sent in a header', async (_, flags, env) => {
    const { asked } = await run(['cancel', '1', ...flags], [{ data: true }], env);
    const expected = env['DINGHY_KEY'] === 'other' ? KEY : env['DINGHY_KEY'];
    expect(asked[0]?.headers.authorization).toBe(`Bearer ${expected}`);
    expect(asked[0]?.path).not.toContain('dk_');
  });

  it.each([
    ['cut', KEY.slice(0, -3), 'may be incomplete or mistyped'],
    ['two words', `${KEY} ${KEY}`, 'must be one word'],
    ['two lines', `${KEY}\nX-Other: 1`, 'must be one word'],
    ['not ASCII', `${KEY}é`, 'must be one word'],
  ])('that is %s is refused before anything is sent, and not shown', async (_, key, problem) => {
    const ended = await run(['cancel', '1'], [{ data: true }], { DINGHY_KEY: key });
    expect({ code: ended.code, asked: ended.asked }).toEqual({ code: 2, asked: [] });
    expect(text(ended)).toContain(problem);
    expect(text(ended)).not.toContain(KEY.slice(3, 20));
  });

  it.each([
    [keyFile(''), 'is empty'],
    [join(tmpdir(), 'no-such-key'), 'cannot be read (ENOENT)'],
  ])('in a file that cannot be used: %#', async (file, problem) => {
    const { code, err } = await run(['cancel', '1', '--key-file', file], [{ data: true }]);
    expect(code).toBe(2);
    expect(err.join()).toContain(problem);
  });

  it.each([
    [['cancel', '1', '--key', KEY]],
    [['cancel', '1', `--key=${KEY}`]],
    [['cancel', KEY]],
    [['cancel', '1', KEY]],
    [[KEY]],
  ])('is not shown where somebody wrote it into the command: %#', async (args) => {
    const ended = await run(args, [TASKS]);
    expect([1, 2]).toContain(ended.code);
    expect(text(ended)).not.toContain(KEY);
  });

  it('in what the API says is not shown', async () => {
    const ended = await run(['cancel', '1'], [{ data: null, code: 'request.invalid', msg: `what is ${KEY}?` }]);
    expect(text(ended)).toContain('what is dk_******?');
  });

  it('over http to another machine is warned of', async () => {
    const { err } = await dinghy(['cancel', '1', '--url', 'http://dinghy.invalid'], { DINGHY_KEY: KEY });
    expect(err[0]).toBe('warning: the API key is sent to http://dinghy.invalid without encryption. Use https.');
    expect((await run(['cancel', '1'], [{ data: true }], { DINGHY_KEY: KEY })).err).toEqual([]);
  });

  it.each([
    [{ data: null, code: 'request.unauthorized', msg: 'The API key is not accepted' }],
    [{ data: null, code: 'request.forbidden', msg: 'The caller may not use task 1' }],
    [{ http: 401, text: '{"message":"Unauthorized"}' }],
    [{ http: 403, text: '{"message":"Forbidden"}' }],
  ] as [Reply][])('that may not do it: exit code 4, %j', async (reply) => {
    for (const args of [
      ['cancel', '1'],
      ['restart', 'orders'],
      ['savepoint', '1'],
      ['status', '1'],
    ]) {
      const { code, asked } = await run(args, [reply]);
      expect({ code, asked: asked.length }).toEqual({ code: 4, asked: 1 });
      await api?.stop();
    }
  });
});

describe('an answer that does not come', () => {
  it.each([
    ['a dropped connection', 'drop'],
    ['a fault of the gateway', { http: 503, text: '{"message":"Service Unavailable"}' }],
    ['too many requests', { http: 429 }],
  ] as [string, Reply][])('%s: asked again', async (_, reply) => {
    expect(await run(['cancel', '1'], [reply, reply, { data: true }])).toMatchObject({ code: 0, asked: { length: 3 } });
  });

  /** Each request takes six seconds, by the clock of the command. */
  async function runSlowly(args: readonly string[], replies: readonly Reply[]) {
    const now = performance.now.bind(performance);
    let addedMs = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now() + addedMs);
    const slow = await apiDouble((_, nth) => ((addedMs += 6_000), replies[Math.min(nth, replies.length - 1)]!));
    api = slow;
    return { ...(await dinghy(args, { DINGHY_URL: slow.url })), asked: slow.asked.length, url: slow.url };
  }

  // Later than 15 seconds after the first one, a repeat may mean another run.
  it('a change is not asked for again after a while: it ends with 124 and says where to look', async () => {
    const { code, err, url, asked } = await runSlowly(['cancel', '1'], ['drop']);
    expect({ code, asked }).toEqual({ code: 124, asked: 2 });
    expect(err).toEqual([
      `dinghy: the answer of ${url} was lost (UND_ERR_SOCKET). It is not known whether the run is being cancelled. Check: dinghy status 1`,
    ]);
  });

  it('a look is asked for again for longer', async () => {
    const replies: Reply[] = ['drop', 'drop', 'drop', { data: instance() }];
    expect(await runSlowly(['status', '1'], replies)).toMatchObject({ code: 0, asked: 4 });
  });
});
