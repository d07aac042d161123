/** What the bundles leave out of the SDK changes nothing that the functions look at. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const plugins = createRequire(import.meta.url)('../../serverless/lambda-bundle.cjs') as Plugin[];

async function bundled(contents: string): Promise<string> {
  const built = await build({
    ...{ bundle: true, minify: true, format: 'esm', platform: 'node', target: 'node22', write: false },
    ...{ mainFields: ['module', 'main'], plugins: [...plugins], stdin: { contents, resolveDir: ROOT } },
  });
  return built.outputFiles[0]!.text;
}

function printed(code: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module'], {
    input: code,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : stderr;
}

it('an error of DynamoDB is still one of its class', async () => {
  const code = await bundled(`
    import { ConditionalCheckFailedException as C, DynamoDBServiceException as D, InternalServerError as I } from '@aws-sdk/client-dynamodb';
    const error = new C({ message: 'no', $metadata: {} });
    console.log([error instanceof C, error instanceof D, error instanceof Error, error instanceof I, Object.getPrototypeOf(error) === C.prototype, error.name].join());`);
  expect(code).not.toMatch(/setPrototypeOf\(this,\w+\.prototype\).{0,80}ConditionalCheckFailed/);
  expect(printed(code)).toBe('true,true,true,false,true,ConditionalCheckFailedException');
});

it('an answer of DynamoDB that is an error arrives with its name, whether its class is in the bundle or not', async () => {
  const code = await bundled(`
    import { Readable } from 'node:stream';
    import { ConditionalCheckFailedException, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
    import { HttpResponse } from '@smithy/core/transport';
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    for (const name of ['ConditionalCheckFailedException', 'ThrottlingException', 'BackupInUseException', 'AccessDeniedException']) {
      const reply = JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#' + name, message: 'no' });
      const handle = async () => ({ response: new HttpResponse({ statusCode: 400, headers, body: Readable.from([reply]) }) });
      const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
      const client = new DynamoDBClient({ region: 'eu-central-1', credentials, maxAttempts: 1, requestHandler: { handle } });
      const error = await client.send(new GetItemCommand({ TableName: 't', Key: {} })).catch((thrown) => thrown);
      console.log(error.name, error instanceof ConditionalCheckFailedException);
    }`);
  expect(code.includes('#BackupNotFoundException')).toBe(false);
  expect(printed(code).split('\n')).toEqual([
    'ConditionalCheckFailedException true',
    'ThrottlingException false',
    'BackupInUseException false',
    'AccessDeniedException false',
  ]);
});

it('what Node.js brings is loaded when it is used, by whatever name it is imported', async () => {
  const code = await bundled(`
    import http, { STATUS_CODES } from 'node:http';
    import * as path from 'path';
    import EventEmitter, { once } from 'node:events';
    import assert from 'node:assert';
    import { createHash as hash } from 'node:crypto';
    const loaded = () => ['crypto', 'assert'].filter((name) => process.moduleLoadList.includes('NativeModule ' + name));
    const lines = [loaded()];
    lines.push([typeof http.request, STATUS_CODES[404], path.join('a', 'b'), hash('md5').update('').digest('hex').length]);
    lines.push(loaded());
    class Own extends EventEmitter {}
    assert(new EventEmitter() instanceof EventEmitter.EventEmitter && new Own() instanceof EventEmitter.EventEmitter);
    lines.push([typeof once, typeof new Own().emit, new http.Agent({ maxSockets: 3 }).maxSockets], loaded());
    console.log(JSON.stringify(lines));`);
  expect(code.match(/\bfrom\s*["'][^"']+["']/g)).toEqual(["from 'node:module'"]);
  expect(JSON.parse(printed(code))).toEqual([
    [],
    ['function', 'Not Found', 'a/b', 32],
    ['crypto'],
    ['function', 'function', 3],
    ['crypto', 'assert'],
  ]);
});

it('an import while the function runs reads no member that nobody asked for', async () => {
  const code = await bundled(`
    const http = await import('node:http');
    const { Agent } = http.default ?? http;
    const loaded = process.moduleLoadList.filter((name) => name.includes('undici'));
    console.log([typeof Agent, typeof http.request, loaded.length].join());`);
  expect(code).not.toMatch(/\bimport\(/);
  expect(printed(code)).toBe('function,function,0');
});

/** What a DynamoDB client brings in before it has read its first item. */
const READS_ONE = `
  import { Readable } from 'node:stream';
  import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
  import { HttpResponse } from '@smithy/core/transport';
  const handle = async () => {
    const body = Readable.from(['{"Item":{"pk":{"S":"a"}}}']);
    return { response: new HttpResponse({ statusCode: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body }) };
  };
  process.env.AWS_ACCESS_KEY_ID = process.env.AWS_SECRET_ACCESS_KEY = 'a';
  const client = new DynamoDBClient({ region: 'eu-central-1', requestHandler: { handle } });
  const { Item } = await client.send(new GetItemCommand({ TableName: 't', Key: {} }));
  const loaded = process.moduleLoadList.filter((name) => /fs.promises|webcrypto|readablestream/.test(name));
  console.log([Item.pk.S, ...loaded].join());`;

it('a read of an item loads neither what a browser has nor what reads settings from files', async () => {
  expect(printed(await bundled(READS_ONE))).toBe('a');
});

/** What is loaded at the start of a function, before it is called: the files that its entry imports, directly or by others. */
async function loadedAtStart(entry: string): Promise<{ readonly atStart: string[]; readonly later: string[] }> {
  const { metafile } = await build({
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node22', write: false },
    ...{ mainFields: ['module', 'main'], plugins: [...plugins], absWorkingDir: ROOT, outdir: 'out', metafile: true },
    entryPoints: [entry],
  });
  const { outputs } = metafile;
  const first = Object.keys(outputs).find((name) => outputs[name]?.entryPoint === entry);
  const found = new Set([first ?? '']);
  for (const name of found) {
    const imported = outputs[name]?.imports.filter(({ kind }) => kind === 'import-statement') ?? [];
    for (const { path } of imported) found.add(path);
  }
  const inputsOf = (names: readonly string[]) => names.flatMap((name) => Object.keys(outputs[name]?.inputs ?? {}));
  const others = Object.keys(outputs).filter((name) => !found.has(name));
  return { atStart: inputsOf([...found]), later: inputsOf(others) };
}

const isSdk = (file: string): boolean => /node_modules\/(?:@aws-sdk|@smithy)\//.test(file);

it('the function that needs no table loads the SDK for callers that must be looked up, and not at its start', async () => {
  const { atStart, later } = await loadedAtStart('handlers/fallback.ts');
  expect(atStart.filter(isSdk)).toEqual([]);
  expect(later.some(isSdk)).toBe(true);
  expect((await loadedAtStart('handlers/read.ts')).atStart.some(isSdk)).toBe(true);
});
