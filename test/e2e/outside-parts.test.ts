/** `npm start -- --flink-rest URL --sql-gateway URL --dynamodb URL`: a Flink and a DynamoDB that somebody else runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalDynamodb, startDynamodb } from '../../local/dynamodb.ts';
import { type Flink, startFlink } from '../../local/flink.ts';
import { descendants, type StackProcess, survivors } from '../local/stack-process.ts';
import {
  call,
  expectState,
  instanceWith,
  startReadyStack,
  stopStack,
  submitted,
  tablesOf,
  type Urls,
} from './stack.ts';

const dir = mkdtempSync(join(tmpdir(), 'dinghy-outside-'));
let flink: Flink | undefined;
let dynamodb: LocalDynamodb | undefined;
let stack: StackProcess | undefined;
let urls: Urls;

beforeAll(async () => {
  dynamodb = await startDynamodb({});
  flink = await startFlink({ version: '2.3.0', dir });
  const options = { 'flink-rest': flink.restUrl, 'sql-gateway': flink.gatewayUrl, dynamodb: dynamodb.endpoint };
  stack = await startReadyStack(Object.entries(options).flatMap(([name, url]) => [`--${name}`, url]));
  const api = `http://127.0.0.1:${stack.port}`;
  urls = { api, flink: flink.restUrl, gateway: flink.gatewayUrl, dynamodb: dynamodb.endpoint };
});
afterAll(async () => {
  await stopStack(stack);
  await flink?.stop();
  await dynamodb?.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe('npm start with a Flink and a DynamoDB of somebody else', () => {
  it('starts neither, and says where they are', () => {
    const output = stack?.output() ?? '';
    for (const url of Object.values(urls)) expect(output).toContain(url);
    // Where its DynamoDB is stands in what the stack wrote.
    expect(output).toContain('npx dinghy apply examples --local --data-dir ');
    expect(output).not.toContain('JobManager');
  });

  it('runs a task there and records it there', async () => {
    const { id, jobId, jobManagerAddress } = await submitted(call(urls, '/openapi/submitTask?id=1'));
    expect(jobManagerAddress).toBe(new URL(urls.flink).host);
    await expectState(urls, jobId, 'RUNNING');
    expect(await tablesOf(urls).headOf(id)).toMatchObject({ jobId, submitStatus: 'SUCCESS' });
    await instanceWith(urls, id, 'RUNNING');
  });

  it('ends nothing but its own on Ctrl-C', async () => {
    const own = descendants(stack?.child.pid ?? 0);
    await stopStack(stack);
    expect(await survivors(own)).toEqual([]);
    expect((await fetch(`${urls.flink}/overview`)).status).toBe(200);
    expect(await tablesOf(urls).heads()).toHaveLength(1);
  });
});
