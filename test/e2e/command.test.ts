/** The acting commands as processes against the local stack, with a key: a task's life from its definition to its end. */
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../local/paths.ts';
import { instance, jobResult, preview, runDetails, saved, SAVEPOINT_PATH } from '../cli/api-answers.ts';
import type { StackProcess } from '../local/stack-process.ts';
import { expectState, flinkJobs, type Json, startReadyStack, stopStack, type Urls, urlsOf } from './stack.ts';

const TASKS = `
tasks:
  - id: 301
    name: endless
    type: local
    parallelism: 1
    checkpoint: 1000
    statement: |
      pace := 5;
      CREATE TEMPORARY TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '\${pace}');
      CREATE TEMPORARY TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');
      INSERT INTO snk SELECT id FROM src;
  - id: 302
    name: short
    type: local
    parallelism: 1
    statement: |
      CREATE TEMPORARY TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '3');
      CREATE TEMPORARY TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');
      INSERT INTO snk SELECT id FROM src;
  - id: 304
    name: shown
    type: local
    statement: SELECT * FROM (VALUES (1, 'Ann, B.'), (2, 'Eve')) AS t (id, name);
  - id: 303
    name: broken
    type: local
    statement: INSERT INTO nowhere SELECT 1;
`;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let stack: StackProcess | undefined;
let urls: Urls;
const keys: Record<'all' | 'other' | 'reader', string> = { all: '', other: '', reader: '' };
const everything: string[] = [];

function dinghy(args: readonly string[], env: NodeJS.ProcessEnv = { DINGHY_KEY: keys.all }): Promise<Ended> {
  const command = [join(ROOT, 'cli', 'dinghy.cjs'), ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env: { PATH: process.env['PATH'], ...env } }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

const here = (): string[] => ['--local', '--data-dir', stack?.dataDir ?? ''];

/** At the stack of this test, which is found by its data folder. */
async function act(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
  const ended = await dinghy([...args, ...here()], env);
  everything.push(ended.out, ended.err);
  return ended;
}

async function actJson(...args: string[]): Promise<Json> {
  const { code, out, err } = await act([...args, '--json']);
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Json;
}

/** The doubles of test/cli say nothing that the API does not say. */
function expectLike(real: unknown, double: object): void {
  for (const [name, value] of Object.entries(double)) {
    const seen = (real as Json)[name];
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) expectLike(seen, value as object);
    else if (value !== null && seen !== null) expect([name, typeof seen]).toEqual([name, typeof value]);
    expect(real).toHaveProperty(name);
  }
}

async function makeKey(name: string, ...flags: string[]): Promise<string> {
  const { code, out, err } = await dinghy(['keys', 'create', name, ...flags, ...here()], {});
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return out.trim();
}

beforeAll(async () => {
  stack = await startReadyStack(['--auth', 'keys']);
  urls = urlsOf(stack);
  keys.all = await makeKey('all');
  keys.other = await makeKey('other');
  keys.reader = await makeKey('reader', '--verbs', 'read');
  const folder = mkdtempSync(join(tmpdir(), 'dinghy-command-'));
  writeFileSync(join(folder, 'tasks.yaml'), TASKS);
  expect((await act(['apply', folder], {})).out).toContain('4 created');
});
afterAll(() => stopStack(stack));

describe('a task that runs until somebody stops it', () => {
  let first: Json;
  let second: Json;

  it('has never run', async () => {
    const { code, out } = await act(['status', 'endless']);
    expect(code).toBe(0);
    expect(out).toMatch(/^Task endless has never run\. Start it: dinghy submit endless --local --data-dir /);
    expect(await actJson('status', 'endless')).toBeNull();
  });

  it('is started by its name, once, however often that is asked for', async () => {
    first = await actJson('submit', 'endless', '--var', 'pace=7');
    expectLike(first, jobResult());
    const again = await act(['submit', '301', '--var', 'pace=7']);
    expect(again.code).toBe(0);
    expect(again.out).toContain(`is already live, and nothing new was started: run ${String(first['id'])}, job`);
    expect(await flinkJobs(urls)).toHaveLength(1);
    await expectState(urls, first['jobId'], 'RUNNING');
  });

  it('shows how it is doing, and goes on when nobody watches any more', async () => {
    expectLike(await actJson('status', 'endless'), instance('RUNNING'));
    const { code, err } = await act(['watch', String(first['id']), '--timeout', '2s']);
    expect(code).toBe(124);
    expect(err).toContain(`run ${String(first['id'])} has not ended (RUNNING). It goes on.`);
  });

  it('gets a savepoint', async () => {
    const data = await actJson('savepoint', 'endless');
    expectLike(data, saved(SAVEPOINT_PATH));
    expect(data).toMatchObject({ jobInfos: [{ jobId: first['jobId'], savePoint: expect.stringMatching(/^file:/) }] });
    await expectState(urls, first['jobId'], 'RUNNING');
  });

  it('is restarted from another one, with its variables', async () => {
    second = await actJson('restart', 'endless');
    expectLike(second, jobResult());
    expect(second).toMatchObject({ duplicate: false, jobConfig: { variables: { pace: '7' } } });
    expect(second['jobConfig']).toMatchObject({ savePointPath: expect.stringMatching(/^file:.*savepoint-/) });
    await expectState(urls, first['jobId'], 'FINISHED');
    await expectState(urls, second['jobId'], 'RUNNING');
  });

  it('is cancelled, which is said with the run and the place', async () => {
    const { code, out } = await act(['cancel', 'endless']);
    expect(code).toBe(0);
    expect(out).toBe(`At ${urls.api} (the local stack): Run ${String(second['id'])} of task 301 is being cancelled.\n`);
    expect((await act(['watch', String(second['id'])])).code).toBe(3);
    await expectState(urls, second['jobId'], 'CANCELED');
  });

  it('is stopped with a savepoint, and there is nothing more to stop', async () => {
    const third = await actJson('submit', 'endless');
    await expectState(urls, third['jobId'], 'RUNNING');
    // To the caller who has just cancelled, it would be the same cancel once more.
    expect((await act(['savepoint', 'endless', '--cancel'], { DINGHY_KEY: keys.other })).code).toBe(0);
    expect((await act(['watch', String(third['id'])])).code).toBe(3);
    for (const args of [
      ['restart', 'endless'],
      ['savepoint', 'endless'],
    ]) {
      const { code, err } = await act(args);
      expect({ args, code }).toEqual({ args, code: 1 });
      expect(err).toMatch(/no live run/);
    }
  });
});

describe('a task that ends by itself', () => {
  it('FINISHED: 0', async () => {
    const { code, out } = await act(['submit', 'short', '--wait', '--timeout', '2m']);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/\nrun \d+ of task 302 "short": FINISHED, .*\n$/),
    });
  });

  it('shows what happened to it, and its rows', async () => {
    const { id } = await actJson('submit', 'shown');
    expect((await act(['watch', String(id)])).code).toBe(0);
    expectLike(await actJson('logs', String(id)), runDetails({ history: [] }));
    expectLike(await actJson('rows', String(id)), preview({ rowData: [] }));
    expect((await act(['logs', String(id)])).out).toMatch(/^run \d+ of task 304 "shown": FINISHED, [^]*submitted/);
    const { code, out } = await act(['rows', String(id), '--csv']);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('1,"Ann, B."\n') });
  });

  it('with an error: 1, and the reason', async () => {
    const { code, err } = await act(['submit', '303', '--wait']);
    expect(code).toBe(1);
    expect(err).toContain('nowhere');
  });
});

describe('what is not allowed', () => {
  it.each([
    ['without a key', () => ({})],
    ['with a key that nobody has made', () => ({ DINGHY_KEY: 'not-a-key' })],
    ['with a key for another verb', () => ({ DINGHY_KEY: keys.reader })],
  ])('%s: 4, and nothing runs', async (_, env) => {
    const before = (await flinkJobs(urls)).length;
    expect((await act(['submit', '301'], env())).code).toBe(4);
    expect((await act(['restart', '301'], env())).code).toBe(4);
    expect(await flinkJobs(urls)).toHaveLength(before);
  });

  it('is read all the same', async () => {
    expect((await act(['status', 'endless'], { DINGHY_KEY: keys.reader })).code).toBe(0);
  });
});

it('no output had a key in it', () => {
  expect(everything.length).toBeGreaterThan(20);
  for (const key of Object.values(keys)) expect(everything.join('\n')).not.toContain(key);
});

it('a stack that was stopped is not found any more', async () => {
  const dataDir = stack?.dataDir ?? '';
  await stopStack(stack, { keepData: true });
  const { code, err } = await dinghy(['cancel', 'endless', '--local', '--data-dir', dataDir]);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('no local stack that keeps its data in') });
});
