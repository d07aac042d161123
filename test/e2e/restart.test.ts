/** What somebody has defined and run is still there after Ctrl-C and another `npm start`. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../local/paths.ts';
import { TABLE_NAMES } from '../../local/stack.ts';
import type { StackProcess } from '../local/stack-process.ts';
import { DINKY_JOB_CONFIG, DINKY_JOB_INSTANCE, DINKY_SUBMIT, expectShape, type Shape } from './contract-keys.ts';
import {
  call,
  flinkJobs,
  instanceWith,
  type Json,
  startReadyStack,
  stopStack,
  submitted,
  type Urls,
  urlsOf,
} from './stack.ts';

/** Task 1 of the examples, changed by its owner; on a cluster with a number, as in the recorded answers of Dinky. */
const MINE = (hosts: string): string => `
clusters:
  - name: mine
    type: standalone
    hosts: ${hosts}
tasks:
  - id: 1
    name: orders-per-product
    type: standalone
    cluster: mine
    parallelism: 1
    statement: |
      rows := 1;
      CREATE TABLE mine (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '\${rows}');
      CREATE TABLE away (id BIGINT) WITH ('connector' = 'blackhole');
      INSERT INTO away SELECT id FROM mine;
`;

let stack: StackProcess | undefined;
let urls: Urls;
let run: Json;

beforeAll(async () => {
  stack = await startReadyStack();
  urls = urlsOf(stack);
});
afterAll(() => stopStack(stack));

function dinghyApply(manifest: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'dinghy-mine-'));
  writeFileSync(join(folder, 'mine.yaml'), manifest);
  const args = ['apply', folder, '--endpoint', urls.dynamodb, '--table', TABLE_NAMES.DefinitionsTable];
  const text = execFileSync(process.execPath, [join(ROOT, 'cli', 'dinghy.cjs'), ...args], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return text;
}

describe('before the restart', () => {
  it("an example is changed with the dinghy command, and runs on its owner's cluster", async () => {
    expect(dinghyApply(MINE(new URL(urls.flink).host))).toContain('1 created, 1 updated, 0 unchanged.');
    run = await submitted(call(urls, '/openapi/submitTask?id=1'));
    expect(run['statement']).toContain('INSERT INTO away');
    expect(run).toMatchObject({ taskVersion: 2, jobConfig: { type: 'standalone', clusterId: expect.any(Number) } });
  });

  it('its answers have every key that Dinky had, of the same type', async () => {
    expectDinkyShape(run, DINKY_SUBMIT);
    expectDinkyShape(run['jobConfig'] as Json, DINKY_JOB_CONFIG);
    expectDinkyShape(await instanceWith(urls, run['id'], 'RUNNING'), DINKY_JOB_INSTANCE);
  });
});

/** Where Dinky said null, anything may be. */
function expectDinkyShape(value: Json, shape: Shape): void {
  expect(Object.keys(value)).toEqual(expect.arrayContaining(Object.keys(shape)));
  expectShape(value, Object.fromEntries(Object.entries(shape).filter(([, type]) => type !== 'null')));
}

describe('after the restart', () => {
  beforeAll(async () => {
    await stopStack(stack, { keepData: true });
    stack = await startReadyStack([], { ...(stack && { after: stack }) });
  });

  it('the examples are left as they are', () => {
    expect(stack?.output()).toContain('Examples: unchanged, 8 tasks defined\n');
  });

  it('the run of before is still answered, and is not said to have ended: nobody has seen its end', async () => {
    expect(await flinkJobs(urls)).toEqual([]);
    for (let look = 0; look < 4; look++) {
      const { success, data } = await call(urls, `/openapi/getJobInstance?id=${String(run['id'])}`);
      expect(success).toBe(true);
      expect(data).toMatchObject({ id: run['id'], jid: run['jobId'], taskId: 1, finishTime: null });
      expect(['RUNNING', 'RECONNECTING']).toContain(data['status']);
      // From the first sweep on it says who answers there, and what can be done.
      if (data['error'] !== null) {
        expect(data['status']).toBe('RECONNECTING');
        expect(data['error']).toMatch(/^another JobManager answers at .* "dinghy resolve \d+ --lost"/);
      }
      await sleep(3_000);
    }
    expect((await call(urls, '/openapi/getJobInstanceByTaskId?id=1')).data).toMatchObject({ id: run['id'] });
  });

  it("the owner's change of the example is still what runs", async () => {
    const data = await submitted(call(urls, '/openapi/submitTask?id=1&variables.rows=2'));
    expect(data['statement']).toContain('INSERT INTO away');
    expect(data).toMatchObject({ taskVersion: 2 });
    expect(Number(data['id'])).toBeGreaterThan(Number(run['id']));
  });
});
