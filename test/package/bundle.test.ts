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
    import { createHash as hash } from 'node:crypto';
    console.log([typeof http.request, STATUS_CODES[404], path.join('a', 'b'), hash('md5').update('').digest('hex').length].join());`);
  expect(code.match(/\bfrom\s*["'][^"']+["']/g)).toEqual(["from 'node:module'"]);
  expect(printed(code)).toBe('function,Not Found,a/b,32');
});
